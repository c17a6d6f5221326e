//! Numbers that must not travel in a message: payment cards and national identity numbers.
//!
//! Each is recognised by its shape and its check digits. Where a shape is also that of a telephone number
//! (nine or eleven bare digits), the number counts only beside the word that names it.

mod card;
mod latin;
mod near;
mod russia;

use std::ops::Range;

use crate::text::Folded;

/// What kind of number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A payment card.
    Card,
    /// Canada: social insurance number.
    CanadaSin,
    /// United States: social security number.
    UsaSsn,
    /// France: numéro d'inscription au répertoire.
    FranceNir,
    /// Italy: codice fiscale.
    ItalyCodiceFiscale,
    /// Spain: DNI or NIE.
    SpainDni,
    /// Portugal: número de identificação fiscal.
    PortugalNif,
    /// Brazil: cadastro de pessoas físicas.
    BrazilCpf,
    /// Russia: СНИЛС.
    RussiaSnils,
    /// Russia: ИНН of a person.
    RussiaInn,
}

/// A number that was found, as characters of the folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where.
    pub(crate) chars: Range<usize>,
}

/// Finds every such number, in the order of the text.
pub(crate) fn find(folded: &Folded) -> Vec<Secret> {
    let chars = folded.chars();
    let mut found = Vec::new();
    for run in near::digit_runs(chars) {
        let kind = card::is_card(&run)
            .then_some(Kind::Card)
            .or_else(|| latin::of_digits(chars, &run))
            .or_else(|| russia::of_digits(chars, &run));
        if let Some(kind) = kind {
            found.push(Secret {
                kind,
                chars: run.from..run.to,
            });
        }
    }
    found.extend(latin::of_letters(chars));
    found.sort_by_key(|secret| (secret.chars.start, secret.kind));
    found.dedup_by(|next, kept| next.chars.start < kept.chars.end);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    fn kinds(text: &str) -> Vec<Kind> {
        find(&fold(text)).iter().map(|secret| secret.kind).collect()
    }

    #[test]
    fn every_kind_is_found_and_one_wrong_digit_is_not() {
        for (kind, right, wrong) in [
            (Kind::Card, "4111 1111 1111 1111", "4111 1111 1111 1112"),
            (Kind::Card, "378282246310005", "378282246310006"),
            (Kind::CanadaSin, "046-454-286", "046-454-287"),
            (Kind::UsaSsn, "123-45-6789", "000-45-6789"),
            (
                Kind::FranceNir,
                "1 84 12 76 451 089 46",
                "1 84 12 76 451 089 47",
            ),
            (
                Kind::ItalyCodiceFiscale,
                "RSSMRA85T10A562S",
                "RSSMRA85T10A562T",
            ),
            (Kind::SpainDni, "12345678Z", "12345678A"),
            (Kind::SpainDni, "X-1234567-L", "X-1234567-M"),
            (Kind::PortugalNif, "NIF 123 456 789", "NIF 123 456 788"),
            (Kind::BrazilCpf, "529.982.247-25", "529.982.247-26"),
            (Kind::RussiaSnils, "112-233-445 95", "112-233-445 96"),
            (Kind::RussiaInn, "ИНН 500100732259", "ИНН 500100732258"),
        ] {
            assert_eq!(kinds(&format!("it is {right}, thanks")), [kind], "{right}");
            assert_eq!(kinds(&format!("it is {wrong}, thanks")), [], "{wrong}");
        }
    }

    #[test]
    fn telephone_numbers_amounts_and_dates_are_not_secrets() {
        for text in [
            "Call 912 345 678 or 11 98765-4321",
            "+7 912 345-67-89 после 18:00",
            "12/03/2026 at 10:30, 1.250,00 EUR, invoice 2026-000123",
            "tel. 514-555-0199, ext. 4",
            "0000 0000 0000 0000",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn a_disguised_card_is_a_card() {
        assert_eq!(kinds("４１１１-1111\u{200b}-1111-1111"), [Kind::Card]);
    }
}
