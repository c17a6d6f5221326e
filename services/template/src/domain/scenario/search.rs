//! How well a scenario fits what a patient wrote.

use super::library::{self, recognise, service_name};
use super::words::{Word, words};
use super::{Scenario, Spot};
use crate::domain::Key;
use crate::domain::phrasebook::Locale;

/// The share of an example's weight that a text must hold to be like it.
const ENOUGH: f32 = 0.34;
/// What all the other examples add to the best one.
const OTHERS: f32 = 0.15;

/// What a patient wrote, taken apart.
pub(crate) struct Query {
    pub(crate) locale: Locale,
    /// Each word with how much it tells.
    pub(crate) words: Vec<(Word, f32)>,
    /// The service it is about, as it was told or recognised.
    pub(crate) service: Option<Key>,
    /// Whether it was told.
    told: bool,
}

/// Takes a text apart.
pub(crate) fn asked(text: &str, locale: Locale, service: Option<Key>) -> Query {
    let words = words(text, locale);
    Query {
        locale,
        told: service.is_some(),
        service: service.or_else(|| recognise(&words, locale).cloned()),
        words: words
            .into_iter()
            .map(|word| {
                let weight = library::weight(&word, locale);
                (word, weight)
            })
            .collect(),
    }
}

/// How well a scenario fits, 0 to about 1.5: the cosine of the text and the example nearest to it, and a little of the
/// others. One that is about another service is pushed back, one about the same service is pulled ahead. A service of the
/// chain's own is not recognised by the library's words: only its examples tell.
pub(crate) fn fit(query: &Query, spot: &Spot, examples: &[Vec<Word>]) -> f32 {
    let asked: f32 = query.words.iter().map(|(_, weight)| weight).sum();
    if asked <= 0.0 || examples.is_empty() {
        return 0.0;
    }
    let (mut best, mut all) = (0.0_f32, 0.0_f32);
    for example in examples {
        let held = |word: &&Word| query.words.iter().any(|(other, _)| word.same(other));
        let weight = |word: &Word| library::weight(word, query.locale);
        let whole: f32 = example.iter().map(weight).sum();
        let shared: f32 = example.iter().filter(held).map(weight).sum();
        if whole > 0.0 && shared / whole >= ENOUGH {
            let cosine = shared / (whole * asked).sqrt();
            best = best.max(cosine);
            all += cosine;
        }
    }
    let score = best + OTHERS * all / examples.len() as f32;
    match (&spot.service, &query.service) {
        (None, _) => score,
        (Some(one), Some(other)) if one == other => score * 1.25,
        (Some(one), _) if !query.told && service_name(one, query.locale).is_none() => score * 1.1,
        (Some(_), Some(_)) => score * 0.4,
        (Some(_), None) => score * 0.7,
    }
}

impl Scenario {
    /// How well the scenario fits.
    pub(crate) fn fits(&self, query: &Query) -> f32 {
        let examples = self.content.example_words(&self.spot);
        fit(query, &self.spot, &examples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scenario::built_ins;

    /// The intents that fit best, the best first, and the service.
    fn search(text: &str, locale: Locale) -> (Vec<&'static str>, Option<Key>) {
        let query = asked(text, locale, None);
        let mut scored: Vec<_> = built_ins(locale)
            .iter()
            .map(|entry| {
                (
                    fit(&query, &entry.scenario.spot, &entry.examples),
                    &entry.scenario.spot,
                )
            })
            .filter(|(score, _)| *score > 0.0)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let intents = scored
            .iter()
            .map(|(_, spot)| spot.intent.as_str())
            .collect();
        (intents, query.service)
    }

    #[test]
    fn words_nobody_wrote_down_find_what_is_meant() {
        for (locale, text, intent, service) in [
            (
                Locale::Ru,
                "Здравствуйте! Подскажите, пожалуйста, сколько будет стоить поставить имплант?",
                "price",
                "implant",
            ),
            (
                Locale::Ru,
                "какая цена на чистку зубов",
                "price",
                "cleaning",
            ),
            (
                Locale::Ru,
                "можно записаться на завтра на осмотр?",
                "booking",
                "consultation",
            ),
            (
                Locale::En,
                "hi, roughly how much would a crown cost with you",
                "price",
                "crown",
            ),
            (
                Locale::En,
                "my cheek is swollen and I have a fever since last night",
                "urgent",
                "",
            ),
            (
                Locale::FrCa,
                "bonjour combien coute un blanchiment chez vous",
                "price",
                "whitening",
            ),
            (
                Locale::FrFr,
                "je dois décaler mon rendez-vous de jeudi",
                "reschedule",
                "",
            ),
            (
                Locale::It,
                "quanto costa più o meno un impianto?",
                "price",
                "implant",
            ),
            (
                Locale::PtBr,
                "queria remarcar minha consulta de sexta",
                "reschedule",
                "",
            ),
            (
                Locale::PtPt,
                "quanto custa um implante?",
                "price",
                "implant",
            ),
            (
                Locale::Es,
                "cuanto cuesta una corona dental",
                "price",
                "crown",
            ),
        ] {
            let (intents, recognised) = search(text, locale);
            assert_eq!(
                intents.first(),
                Some(&intent),
                "{locale} {text}: {intents:?}"
            );
            assert_eq!(
                recognised.as_ref().map_or("", Key::as_str),
                service,
                "{text}"
            );
        }
    }

    #[test]
    fn what_has_nothing_to_do_with_it_finds_nothing() {
        let (intents, service) = search("qwertz asdfgh", Locale::En);
        assert!(intents.is_empty() && service.is_none());
        assert!(search("", Locale::Ru).0.is_empty());
    }
}
