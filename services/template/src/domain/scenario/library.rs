//! The scenarios that come with the product, and the words by which patients name services: `scenarios/<locale>.toml`.

use super::content::{Answer, Content, Step};
use super::words::{Word, lexemes, words};
use super::{Scenario, Spot};
use crate::domain::Key;
use crate::domain::phrasebook::{Locale, Register};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

const FILES: [(Locale, &str); 8] = [
    (Locale::En, include_str!("../../../scenarios/en.toml")),
    (Locale::FrCa, include_str!("../../../scenarios/fr-CA.toml")),
    (Locale::FrFr, include_str!("../../../scenarios/fr-FR.toml")),
    (Locale::It, include_str!("../../../scenarios/it.toml")),
    (Locale::PtBr, include_str!("../../../scenarios/pt-BR.toml")),
    (Locale::PtPt, include_str!("../../../scenarios/pt-PT.toml")),
    (Locale::Es, include_str!("../../../scenarios/es.toml")),
    (Locale::Ru, include_str!("../../../scenarios/ru.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    services: BTreeMap<String, Service>,
    scenario: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    name: String,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    intent: String,
    #[serde(default)]
    service: String,
    title: String,
    examples: Vec<String>,
    formal: Vec<String>,
    informal: Vec<String>,
    #[serde(default)]
    steps: Vec<Step>,
}

/// A scenario with the words of its examples.
pub(crate) struct Entry {
    pub(crate) scenario: Scenario,
    pub(crate) examples: Vec<Vec<Word>>,
}

struct Shelf {
    entries: Vec<Entry>,
    /// Service, its name, and the words of each way to name it.
    services: Vec<(Key, String, Vec<Vec<Word>>)>,
    /// In how many entries a lexeme occurs.
    spread: HashMap<String, usize>,
}

fn shelf(locale: Locale, text: &str) -> Option<Shelf> {
    let file: File = toml::from_str(text).ok()?;
    let services = file.services.into_iter().map(|(key, service)| {
        let ways = service.words.iter().map(|way| words(way, locale)).collect();
        Some((Key::parse(&key).ok()?, service.name, ways))
    });
    let services = services.collect::<Option<_>>()?;
    let mut entries = Vec::new();
    for written in file.scenario {
        let answers = [
            (Register::Formal, written.formal),
            (Register::Informal, written.informal),
        ];
        let answers = answers.into_iter().flat_map(|(register, bodies)| {
            bodies
                .into_iter()
                .map(move |body| Answer { register, body })
        });
        let spot = Spot {
            locale,
            intent: Key::parse(&written.intent).ok()?,
            service: Key::optional(&written.service).ok()?,
        };
        let content = Content::parse(Content {
            title: written.title,
            examples: written.examples,
            answers: answers.collect(),
            steps: written.steps,
        });
        let content = content.ok()?;
        let examples = content.example_words(&spot);
        let scenario = Scenario {
            spot,
            content,
            owned: None,
        };
        entries.push(Entry { scenario, examples });
    }
    entries.sort_by(|a, b| a.scenario.spot.cmp(&b.scenario.spot));
    let mut spread: HashMap<String, usize> = HashMap::new();
    for entry in &entries {
        let lexemes: HashSet<&str> = entry.examples.iter().flatten().flat_map(lexemes).collect();
        for lexeme in lexemes {
            *spread.entry(lexeme.to_owned()).or_default() += 1;
        }
    }
    Some(Shelf {
        entries,
        services,
        spread,
    })
}

static SHELVES: LazyLock<Vec<Shelf>> = LazyLock::new(|| {
    let read = |(locale, text)| shelf(locale, text).expect("a test reads every file");
    FILES.into_iter().map(read).collect()
});

fn of(locale: Locale) -> &'static Shelf {
    &SHELVES[locale as usize]
}

/// The scenarios of a locale, by intent and service.
pub(crate) fn built_ins(locale: Locale) -> &'static [Entry] {
    &of(locale).entries
}

/// The scenario of a spot.
pub(crate) fn built_in(spot: &Spot) -> Option<&'static Entry> {
    let entries = built_ins(spot.locale);
    let place = entries.binary_search_by(|entry| entry.scenario.spot.cmp(spot));
    place.ok().map(|place| &entries[place])
}

/// The service a text is about: the one that is named with the most words.
pub(crate) fn recognise(text: &[Word], locale: Locale) -> Option<&'static Key> {
    let named = |way: &&Vec<Word>| {
        !way.is_empty()
            && way
                .iter()
                .all(|word| text.iter().any(|other| word.same(other)))
    };
    of(locale)
        .services
        .iter()
        .filter_map(|(key, _, ways)| {
            let longest = ways.iter().filter(named).map(Vec::len).max()?;
            Some((longest, key))
        })
        .max_by_key(|(longest, _)| *longest)
        .map(|(_, key)| key)
}

/// What a service is called where a price has no name in the locale.
pub(crate) fn service_name(service: &Key, locale: Locale) -> Option<&'static str> {
    let mut services = of(locale).services.iter();
    let service = services.find(|(key, ..)| key == service);
    service.map(|(_, name, _)| name.as_str())
}

/// How much a word tells: the fewer scenarios of the library hold it, the more (inverse document frequency).
pub(super) fn weight(word: &Word, locale: Locale) -> f32 {
    let shelf = of(locale);
    let spread = lexemes(word)
        .filter_map(|lexeme| shelf.spread.get(lexeme))
        .max();
    let spread = spread.map_or(0.5, |entries| *entries as f32);
    (1.0 + shelf.entries.len() as f32 / spread).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::phrasebook::{Given, sample};
    use crate::domain::scenario::{asked, fit, suggest};
    use std::collections::BTreeSet;

    #[test]
    fn the_whole_library_is_sound_and_the_same_everywhere() {
        for (locale, text) in FILES {
            let file: File =
                toml::from_str(text).unwrap_or_else(|error| panic!("{locale}: {error}"));
            for written in &file.scenario {
                assert!(
                    written.formal.len() > 1 && written.informal.len() > 1,
                    "{locale} {}",
                    written.intent
                );
                assert!(written.examples.len() >= 4, "{locale} {}", written.intent);
            }
            assert!(shelf(locale, text).is_some(), "{locale}");
        }
        let spots = |locale| -> Vec<_> {
            let entries = built_ins(locale).iter().map(|entry| &entry.scenario.spot);
            entries
                .map(|spot| (spot.intent.as_str(), spot.service_text()))
                .collect()
        };
        let services = |locale: Locale| -> BTreeSet<_> {
            of(locale)
                .services
                .iter()
                .map(|(key, ..)| key.as_str())
                .collect()
        };
        for locale in Locale::ALL {
            assert_eq!(spots(locale), spots(Locale::En), "{locale}");
            assert_eq!(services(locale), services(Locale::En), "{locale}");
            let once: BTreeSet<_> = spots(locale).into_iter().collect();
            assert_eq!(once.len(), built_ins(locale).len(), "{locale}");
        }
    }

    #[test]
    fn every_answer_is_filled_in_without_a_hole() {
        let mut count = 0;
        for locale in Locale::ALL {
            for entry in built_ins(locale) {
                for register in Register::ALL {
                    let given = sample(locale, register);
                    let answers = suggest(&entry.scenario, register, &given, &[])
                        .ok()
                        .unwrap();
                    assert!(answers.len() > 1);
                    for answer in answers {
                        assert!(answer.missing.is_empty(), "{locale} {}", answer.body);
                        assert!(!answer.text.is_empty() && !answer.text.contains("{{"));
                        count += 1;
                    }
                }
            }
        }
        assert!(count > 300, "{count}");
    }

    #[test]
    fn without_a_price_no_answer_tells_one() {
        for locale in Locale::ALL {
            let spot = Spot {
                locale,
                intent: Key::parse("price").unwrap(),
                service: None,
            };
            let price = &built_in(&spot).unwrap().scenario;
            for answer in suggest(price, Register::Formal, &Given::default(), &[])
                .ok()
                .unwrap()
            {
                assert!(
                    answer.text.is_empty() && answer.missing.contains(&"price.range"),
                    "{locale}"
                );
            }
        }
    }

    #[test]
    fn every_example_finds_its_own_scenario() {
        let (mut asked_for, mut found) = (0, 0);
        for locale in Locale::ALL {
            for entry in built_ins(locale) {
                for example in &entry.scenario.content.examples {
                    let query = asked(example, locale, None);
                    let best = built_ins(locale).iter().max_by(|a, b| {
                        let fit =
                            |entry: &Entry| fit(&query, &entry.scenario.spot, &entry.examples);
                        fit(a).total_cmp(&fit(b))
                    });
                    asked_for += 1;
                    found += usize::from(best.unwrap().scenario.spot == entry.scenario.spot);
                }
            }
        }
        assert!(
            asked_for > 400 && found == asked_for,
            "{found} of {asked_for}"
        );
    }
}
