//! Greetings without a name: never «Hi ,» (R13, R31).
//!
//! Wordings write the salutation in the vocative, in one of three places. Before a comma at the beginning of a
//! sentence it goes with its comma; behind a greeting word it goes with the comma and the space before it; behind a
//! greeting word that asks for a name, such as «Dear», a word for anyone takes its place.

use super::Locale;
use crate::domain::source;

/// Greeting words that do not stand alone, and who they greet where nobody is named.
const ANYONE: [(Locale, &str, &str); 3] = [
    (Locale::En, "Dear", "patient"),
    (Locale::Es, "Saludamos a", "usted"),
    (Locale::It, "Gentile", "paziente"),
];

/// The wording without a greeting's name.
pub(super) fn without(text: &str, name: &str, locale: Locale) -> String {
    let mut left = String::with_capacity(text.len());
    let mut from = 0;
    let mut capital = false;
    for placed in source::scan(text).unwrap_or_default() {
        if placed.name != name {
            continue;
        }
        push(&mut left, &text[from..placed.start], capital);
        capital = false;
        from = placed.end;
        let rest = &text[from..];
        let before = left.trim_end_matches(' ');
        let anyone = ANYONE
            .into_iter()
            .find(|(of, word, _)| *of == locale && before.ends_with(word));
        if let Some((_, _, anyone)) = anyone {
            left.push_str(anyone);
        } else if before.is_empty() || before.ends_with(['\n', '.', '!', '?', '…']) {
            let skipped = rest.trim_start_matches([',', ':', '!', ' ', '\n']);
            from += rest.len() - skipped.len();
            capital = true;
        } else {
            let kept = before.trim_end_matches(',').len();
            left.truncate(kept);
        }
    }
    push(&mut left, &text[from..], capital);
    left
}

/// The wording without a value that is a sentence of its own.
pub(super) fn without_sentence(text: &str, name: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut from = 0;
    for placed in source::scan(text).unwrap_or_default() {
        if placed.name == name {
            left.push_str(&text[from..placed.start]);
            from = placed.end;
            let rest = &text[from..];
            if left.is_empty() || left.ends_with([' ', '\n']) {
                from += rest.len() - rest.trim_start_matches(' ').len();
            }
            if text[from..].is_empty() || text[from..].starts_with('\n') {
                left.truncate(left.trim_end_matches(' ').len());
            }
        }
    }
    left.push_str(&text[from..]);
    left
}

fn push(left: &mut String, text: &str, capital: bool) {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if capital => {
            left.extend(first.to_uppercase());
            left.push_str(letters.as_str());
        }
        _ => left.push_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_greeted_by_a_comma() {
        let greet = |locale, text| without(text, "p.s", locale);
        for (locale, text, left) in [
            (Locale::En, "Dear {{ p.s }},\n\nwe", "Dear patient,\n\nwe"),
            (Locale::En, "Hi {{ p.s }}, we", "Hi, we"),
            (Locale::FrFr, "Bonjour {{ p.s }} ! Ici", "Bonjour ! Ici"),
            (Locale::PtBr, "Parabéns, {{ p.s }}! Tudo", "Parabéns! Tudo"),
            (Locale::Ru, "{{ p.s }}, добрый день!", "Добрый день!"),
            (Locale::Ru, "{{ p.s }}, {{ c.n }} ждёт", "{{ c.n }} ждёт"),
            (Locale::FrCa, "{{ p.s }},\n\nnous", "Nous"),
            (Locale::En, "Hello.\n{{ p.s }}, we", "Hello.\nWe"),
        ] {
            assert_eq!(greet(locale, text), left);
        }
    }

    #[test]
    fn a_sentence_goes_with_its_space() {
        let text = |text| without_sentence(text, "p.c");
        assert_eq!(text("A. {{ p.c }} B."), "A. B.");
        assert_eq!(text("A. {{ p.c }}\n\nB."), "A.\n\nB.");
        assert_eq!(text("A. {{ p.c }}"), "A.");
    }
}
