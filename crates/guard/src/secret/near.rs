//! Runs of digits, and the words beside them.

/// Digits that belong together, with single separators between them.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) digits: Vec<u8>,
    /// Lengths of the groups between separators.
    pub(super) groups: Vec<usize>,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// The longest run of digits that is looked at.
const LONGEST: usize = 24;

pub(super) fn digit_runs(chars: &[char]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let mut run = Run {
            digits: Vec::new(),
            groups: vec![0],
            from: at,
            to: at,
        };
        while at < chars.len() {
            if chars[at].is_ascii_digit() {
                run.digits.push(chars[at] as u8 - b'0');
                if let Some(group) = run.groups.last_mut() {
                    *group += 1;
                }
                at += 1;
                run.to = at;
            } else if matches!(chars[at], ' ' | '-' | '.')
                && chars.get(at + 1).is_some_and(char::is_ascii_digit)
            {
                run.groups.push(0);
                at += 1;
            } else {
                break;
            }
        }
        // Letters that touch make it something else: a room, a plate, an order.
        let touches = |index: Option<usize>| {
            index
                .and_then(|index| chars.get(index))
                .is_some_and(|letter| letter.is_alphanumeric() || *letter == '+')
        };
        if run.digits.len() <= LONGEST
            && !touches(run.from.checked_sub(1))
            && !touches(Some(run.to))
        {
            runs.push(run);
        }
    }
    runs
}

/// Whether one of these words stands within the twenty-five characters before.
pub(super) fn named(chars: &[char], from: usize, words: &[&str]) -> bool {
    let before: String = chars[from.saturating_sub(25)..from].iter().collect();
    before
        .split(|letter: char| !letter.is_alphanumeric())
        .any(|word| words.contains(&word))
}

/// The check of cards and of Canadian numbers (ISO/IEC 7812-1, annex B).
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(*digit) << (place % 2);
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}
