//! A disguise changes no verdict.

use std::path::Path;
use std::sync::LazyLock;

use bitewing_guard::corpus::{self, Direction, Message};
use bitewing_guard::eval::outbound;
use bitewing_guard::message::Inbound;
use proptest::prelude::*;

use crate::{GUARD, POLICY};

/// Every fortieth message of the corpus.
static SOME: LazyLock<Vec<Message>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    corpus::read(&folder)
        .unwrap()
        .into_iter()
        .step_by(40)
        .collect()
});

/// What a caller decides by, without places in the text.
fn judged(message: &Message, text: &str) -> String {
    match message.direction {
        Direction::Out => {
            let verdict = GUARD.check(text, &outbound(message), &POLICY).unwrap();
            let mut rules: Vec<_> = verdict
                .findings
                .iter()
                .map(|f| (f.rule.clone(), f.action))
                .collect();
            rules.sort();
            format!("{:?} {:?} {rules:?}", verdict.action, verdict.approver)
        }
        Direction::In => {
            let analysis = GUARD.analyze(text, &Inbound::default()).unwrap();
            format!(
                "{:?} {:?} {:?} {:?} {} {} {:?}",
                analysis.urgency,
                analysis.red_flags,
                analysis.sentiment,
                analysis.intents[0].0,
                analysis.harassment,
                analysis.opt_out,
                analysis.outcomes
            )
        }
    }
}

/// Emoji and links are looked at as they are written; a disguise of theirs is another matter.
fn is_plain(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || c.is_ascii_whitespace() || ",.!?'’-«»".contains(c))
        && !text.split('.').any(|part| {
            part.starts_with(char::is_alphanumeric)
                && !part.is_empty()
                && text.contains(&format!(".{part}"))
        })
}

fn invisible(text: &str, every: usize) -> String {
    let mut disguised = String::new();
    for (place, letter) in text.chars().enumerate() {
        disguised.push(letter);
        if place % every == 0 && letter.is_alphabetic() {
            disguised.push('\u{200b}');
        }
    }
    disguised
}

fn spaced(text: &str) -> String {
    format!("  {} \n", text.replace(' ', " \t  "))
}

fn borrowed(text: &str, every: usize) -> String {
    let latin: Vec<char> = "aceopxy".chars().collect();
    let cyrillic: Vec<char> = "асеорху".chars().collect();
    let russian = text
        .chars()
        .filter(|c| ('\u{400}'..='\u{52f}').contains(c))
        .count()
        * 2
        > text.chars().count();
    let (from, to) = if russian {
        (&cyrillic, &latin)
    } else {
        (&latin, &cyrillic)
    };
    text.chars()
        .enumerate()
        .map(
            |(place, letter)| match from.iter().position(|c| *c == letter) {
                Some(index) if place % every == 0 => to[index],
                _ => letter,
            },
        )
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn verdicts_are_stable_under_disguises(place in 0_usize..10_000, every in 1_usize..5) {
        let message = &SOME[place % SOME.len()];
        let plain = judged(message, &message.text);
        if is_plain(&message.text) {
            prop_assert_eq!(&judged(message, &invisible(&message.text, every)), &plain);
            prop_assert_eq!(&judged(message, &message.text.to_uppercase()), &plain);
            prop_assert_eq!(&judged(message, &borrowed(&message.text, every)), &plain);
        }
        prop_assert_eq!(&judged(message, &spaced(&message.text)), &plain);
    }

    #[test]
    fn no_text_makes_the_guard_fall(text in "\\PC{1,300}") {
        let message = &SOME[0];
        if let Ok(verdict) = GUARD.check(&text, &outbound(message), &POLICY) {
            for finding in &verdict.findings {
                if let Some(span) = finding.span {
                    prop_assert!(text.get(span.start..span.end).is_some());
                }
            }
        }
        let _ = GUARD.analyze(&text, &Inbound::default());
    }
}
