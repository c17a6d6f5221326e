//! What changed between two texts, word by word.

/// What became of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Kept,
    Removed,
    Added,
}

/// Cells of the table two changed passages are compared in; longer ones are shown as removed and added.
const MAX_CELLS: usize = 1_000_000;

/// The older text with what was removed, and the newer one with what was added, in order.
pub(crate) fn difference(older: &str, newer: &str) -> Vec<(Change, String)> {
    let words = |text| str::split_inclusive(text, char::is_whitespace).collect::<Vec<_>>();
    let (older, newer) = (words(older), words(newer));
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let head = older.iter().zip(&newer).take_while(same).count();
    let (a, b) = (&older[head..], &newer[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);

    let mut runs = Vec::new();
    push(&mut runs, Change::Kept, &older[..head]);
    compare(&mut runs, a, b);
    push(&mut runs, Change::Kept, &older[older.len() - tail..]);
    runs
}

/// Longest common subsequence, its lengths counted from the ends.
fn compare(runs: &mut Vec<(Change, String)>, a: &[&str], b: &[&str]) {
    let width = b.len() + 1;
    if (a.len() + 1) * width > MAX_CELLS {
        push(runs, Change::Removed, a);
        push(runs, Change::Added, b);
        return;
    }
    let mut longest = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i] == b[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            push(runs, Change::Kept, &a[i..=i]);
            i += 1;
            j += 1;
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            push(runs, Change::Removed, &a[i..=i]);
            i += 1;
        } else {
            push(runs, Change::Added, &b[j..=j]);
            j += 1;
        }
    }
    push(runs, Change::Removed, &a[i..]);
    push(runs, Change::Added, &b[j..]);
}

fn push(runs: &mut Vec<(Change, String)>, change: Change, words: &[&str]) {
    if words.is_empty() {
        return;
    }
    match runs.last_mut() {
        Some((last, text)) if *last == change => text.push_str(&words.concat()),
        _ => runs.push((change, words.concat())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_kept_removed_and_added() {
        let runs = difference(
            "we see you on {{ d }} at noon",
            "we meet you on {{ d }} soon at noon",
        );
        let runs: Vec<_> = runs
            .iter()
            .map(|(change, text)| (*change, text.as_str()))
            .collect();
        assert_eq!(
            runs,
            [
                (Change::Kept, "we "),
                (Change::Removed, "see "),
                (Change::Added, "meet "),
                (Change::Kept, "you on {{ d }} "),
                (Change::Added, "soon "),
                (Change::Kept, "at noon"),
            ]
        );
        assert!(difference("", "").is_empty());
        assert_eq!(difference("", "a"), [(Change::Added, "a".to_owned())]);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_back(older in "[ab \\n]{0,60}", newer in "[ab \\n]{0,60}") {
            let runs = difference(&older, &newer);
            let without = |change| runs.iter().filter(|(c, _)| *c != change).map(|(_, t)| t.as_str()).collect::<String>();
            prop_assert_eq!(without(Change::Added), older);
            prop_assert_eq!(without(Change::Removed), newer);
        }
    }
}
