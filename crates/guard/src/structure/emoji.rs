//! Emoji by class (R62): an allow-list, classes that have no place, and not too many.

use super::Case;

pub(super) fn apply(case: &mut Case<'_>) {
    let mut count = 0;
    for (from, to) in runs(case.text) {
        let emoji: String = case.text[from..to].replace('\u{fe0f}', "");
        let plain = without_skin(&emoji);
        count += 1;
        let policy = case.policy;
        let class = policy
            .emoji_class(&emoji)
            .or_else(|| policy.emoji_class(&plain));
        if policy.allows_emoji(&emoji) || policy.allows_emoji(&plain) {
            continue;
        }
        let rule = class.unwrap_or("emoji.other").to_owned();
        case.found(
            &rule,
            Some(from..to),
            "guard.emoji.class",
            Some("🙂".to_owned()),
        );
    }
    let emoticons: Vec<(usize, usize, String)> = case
        .policy
        .emoticons()
        .flat_map(|(emoticon, rule)| {
            case.text
                .match_indices(emoticon)
                .filter(|(at, _)| stands_alone(case.text, *at, *at + emoticon.len()))
                .map(|(at, _)| (at, at + emoticon.len(), rule.to_owned()))
                .collect::<Vec<_>>()
        })
        .collect();
    for (from, to, rule) in emoticons {
        case.found(
            &rule,
            Some(from..to),
            "guard.emoji.class",
            Some(":)".to_owned()),
        );
    }
    if count > case.policy.emoji_limit() {
        case.found("emoji.count", None, "guard.emoji.count", None);
    }
}

fn without_skin(emoji: &str) -> String {
    emoji
        .chars()
        .filter(|part| !matches!(part, '\u{1f3fb}'..='\u{1f3ff}'))
        .collect()
}

/// `;)` counts between spaces or at an edge, not inside `(a;b)`.
fn stands_alone(text: &str, from: usize, to: usize) -> bool {
    let before = text[..from].chars().next_back();
    let after = text[to..].chars().next();
    before.is_none_or(|c| c.is_whitespace() || c.is_alphanumeric() || ".!?,".contains(c))
        && after.is_none_or(|c| !c.is_alphanumeric())
}

/// The emoji of a text, each with its joined parts, skin tones and selectors.
fn runs(text: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut joined = false;
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        let glued = found.last().is_some_and(|last| last.1 == at);
        match letter {
            '\u{200d}' if glued => {
                joined = true;
                extend(&mut found, end);
                continue;
            }
            '\u{fe0e}' | '\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}' if glued => {
                extend(&mut found, end);
                continue;
            }
            // Two letters make a flag.
            '\u{1f1e6}'..='\u{1f1ff}'
                if glued
                    && text[..at].chars().rev().take_while(|c| is_flag(*c)).count() % 2 == 1 =>
            {
                extend(&mut found, end);
            }
            _ if is_emoji(letter) => {
                if joined && glued {
                    extend(&mut found, end);
                } else {
                    found.push((at, end));
                }
            }
            _ => {}
        }
        joined = false;
    }
    found
}

fn extend(found: &mut [(usize, usize)], end: usize) {
    if let Some(last) = found.last_mut() {
        last.1 = end;
    }
}

fn is_flag(letter: char) -> bool {
    matches!(letter, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Characters that are shown as pictures (Unicode 16, Extended_Pictographic without signs of text such
/// as the copyright sign).
fn is_emoji(letter: char) -> bool {
    matches!(letter,
        '\u{231a}' | '\u{231b}' | '\u{2328}' | '\u{23cf}' | '\u{23e9}'..='\u{23f3}'
        | '\u{23f8}'..='\u{23fa}' | '\u{2600}'..='\u{2604}' | '\u{260e}' | '\u{2611}'
        | '\u{2614}' | '\u{2615}' | '\u{2618}' | '\u{261d}' | '\u{2620}' | '\u{2622}'
        | '\u{2623}' | '\u{2626}' | '\u{262a}' | '\u{262e}' | '\u{262f}' | '\u{2638}'..='\u{263a}'
        | '\u{2640}' | '\u{2642}' | '\u{2648}'..='\u{2653}' | '\u{265f}' | '\u{2660}'
        | '\u{2663}' | '\u{2665}' | '\u{2666}' | '\u{2668}' | '\u{267b}' | '\u{267e}'
        | '\u{267f}' | '\u{2692}'..='\u{2697}' | '\u{2699}' | '\u{269b}' | '\u{269c}'
        | '\u{26a0}' | '\u{26a1}' | '\u{26a7}' | '\u{26aa}' | '\u{26ab}' | '\u{26b0}'
        | '\u{26b1}' | '\u{26bd}' | '\u{26be}' | '\u{26c4}' | '\u{26c5}' | '\u{26c8}'
        | '\u{26ce}' | '\u{26cf}' | '\u{26d1}' | '\u{26d3}' | '\u{26d4}' | '\u{26e9}'
        | '\u{26ea}' | '\u{26f0}'..='\u{26f5}' | '\u{26f7}'..='\u{26fa}' | '\u{26fd}'
        | '\u{2702}' | '\u{2705}' | '\u{2708}'..='\u{270d}' | '\u{270f}' | '\u{2712}'
        | '\u{2714}' | '\u{2716}' | '\u{271d}' | '\u{2721}' | '\u{2728}' | '\u{2733}'
        | '\u{2734}' | '\u{2744}' | '\u{2747}' | '\u{274c}' | '\u{274e}' | '\u{2753}'..='\u{2755}'
        | '\u{2757}' | '\u{2763}' | '\u{2764}' | '\u{2795}'..='\u{2797}' | '\u{27a1}'
        | '\u{27b0}' | '\u{27bf}' | '\u{2934}' | '\u{2935}' | '\u{2b05}'..='\u{2b07}'
        | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}' | '\u{2b55}' | '\u{2139}'
        | '\u{1f004}' | '\u{1f0cf}' | '\u{1f170}'..='\u{1f171}' | '\u{1f17e}' | '\u{1f17f}'
        | '\u{1f18e}' | '\u{1f191}'..='\u{1f19a}' | '\u{1f1e6}'..='\u{1f1ff}'
        | '\u{1f201}'..='\u{1f251}' | '\u{1f300}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}' | '\u{1f7e0}'..='\u{1f7eb}' | '\u{1f90c}'..='\u{1f9ff}'
        | '\u{1fa70}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emoji(text: &str) -> Vec<&str> {
        runs(text)
            .iter()
            .map(|(from, to)| &text[*from..*to])
            .collect()
    }

    #[test]
    fn joined_parts_tones_and_flags_are_one_emoji() {
        assert_eq!(emoji("a👩‍⚕️b❤️👍🏽🇵🇹🇧🇷"), ["👩‍⚕️", "❤️", "👍🏽", "🇵🇹", "🇧🇷"]);
    }

    #[test]
    fn signs_of_text_are_no_emoji() {
        assert_eq!(emoji("© ® ™ № 1 # § € → •"), [""; 0]);
    }

    #[test]
    fn an_emoticon_stands_alone() {
        assert!(stands_alone("see you ;)", 8, 10));
        assert!(!stands_alone("(a;)b", 2, 4));
    }
}
