//! Prices are given as a range with its condition, and are given (R77).

use super::Case;
use crate::lexicon::Lexicon;
use crate::reading::{Reading, Shares};
use crate::text::fold;

pub(super) fn apply(case: &mut Case<'_>) {
    let amounts = amounts(case.reading.folded.chars());
    let priced = case.mentions("price");
    let hedged = case.mentions("price_hedge");
    let settled = case.mentions("price_settled");
    if let [only] = amounts.as_slice()
        && priced
        && !hedged
        && !settled
    {
        let bytes = case.reading.folded.original(only.clone());
        case.found("price.single", Some(bytes), "guard.price.single", None);
    }
    let asked = case
        .context
        .answers
        .as_deref()
        .is_some_and(|answers| asks_a_price(answers, case.reading, case.lexicon));
    if asked && amounts.is_empty() && case.mentions("price_dodge") {
        case.found(
            "price.dodged",
            case.mention("price_dodge"),
            "guard.price.dodged",
            None,
        );
    }
}

fn asks_a_price(answers: &str, reading: &Reading, lexicon: &Lexicon) -> bool {
    let mut shares = [0.0; 6];
    shares[reading.language.language as usize] = 1.0;
    let asked = Reading::with_shares(fold(answers), Shares(shares), None, lexicon);
    lexicon.id("price").is_some_and(|price| {
        asked
            .mentions
            .iter()
            .any(|mention| mention.concept == price)
    })
}

/// Amounts of money: a number beside a currency, with an optional fraction.
fn amounts(chars: &[char]) -> Vec<std::ops::Range<usize>> {
    const AFTER: [&str; 24] = [
        "€",
        "$",
        "£",
        "₽",
        "eur",
        "euro",
        "euros",
        "usd",
        "cad",
        "dollar",
        "dollars",
        "dolares",
        "pesos",
        "reais",
        "contos",
        "руб",
        "рублеи",
        "рубля",
        "р",
        "pounds",
        "quid",
        "chf",
        "soles",
        "balles",
    ];
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let from = at;
        while at < chars.len()
            && (chars[at].is_ascii_digit()
                || matches!(chars[at], '.' | ',' | ' ' | '\'')
                    && chars.get(at + 1).is_some_and(char::is_ascii_digit))
        {
            at += 1;
        }
        let before = from
            .checked_sub(1)
            .map(|index| {
                if chars[index] == ' ' {
                    index.saturating_sub(1)
                } else {
                    index
                }
            })
            .is_some_and(|index| matches!(chars[index], '€' | '$' | '£' | '₽'));
        let rest: String = chars[at..]
            .iter()
            .skip_while(|c| **c == ' ')
            .take(8)
            .collect();
        let word: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
        let sign = rest.chars().next().map(String::from).unwrap_or_default();
        if before || AFTER.contains(&word.as_str()) || AFTER.contains(&sign.as_str()) {
            found.push(from..at);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_a_currency() {
        let count = |text: &str| amounts(fold(text).chars()).len();
        assert_eq!(count("1 250,00 € or $80, then 30 euros"), 3);
        assert_eq!(count("от 5 000 руб. до 7 000 рублей"), 2);
        assert_eq!(count("at 10:30 on the 12th, room 4"), 0);
    }
}
