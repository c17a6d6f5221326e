//! The wordings that come with the product.

use super::{Locale, Medium, Occasion, Place, Register};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// A subject, of e-mails only, and a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// As a file holds it: by register and channel.
type File = BTreeMap<String, BTreeMap<Medium, Written>>;

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Body(String),
    Mail { subject: String, body: String },
}

static KIND: LazyLock<BTreeMap<String, Arc<Occasion>>> = LazyLock::new(|| {
    let kinds: BTreeMap<String, Occasion> =
        toml::from_str(KINDS).expect("a test reads every file of the library");
    let named = |(name, kind): (String, Occasion)| {
        let kind = Occasion {
            name: name.clone(),
            ..kind
        };
        (name, Arc::new(kind))
    };
    kinds.into_iter().map(named).collect()
});

static BOOK: LazyLock<BTreeMap<&'static str, HashMap<Place, Words>>> = LazyLock::new(|| {
    let mut book: BTreeMap<_, HashMap<_, _>> = BTreeMap::new();
    for (kind, locale, text) in FILES {
        let words = read(locale, text).expect("a test reads every file of the library");
        book.entry(*kind).or_default().extend(words);
    }
    book
});

fn read(locale: &str, text: &str) -> Option<Vec<(Place, Words)>> {
    let locale = Locale::parse(locale).ok()?;
    let file: File = toml::from_str(text).ok()?;
    let mut words = Vec::new();
    for (register, channels) in file {
        let register = Register::ALL
            .into_iter()
            .find(|known| known.name() == register)?;
        for (medium, written) in channels {
            let place = Place {
                locale,
                register,
                medium,
            };
            let (subject, body) = match written {
                Written::Body(body) => (String::new(), body),
                Written::Mail { subject, body } => (subject, body),
            };
            let body = body.trim().to_owned();
            words.push((place, Words { subject, body }));
        }
    }
    Some(words)
}

/// A kind by its name.
pub(crate) fn kind(name: &str) -> Option<&'static Occasion> {
    KIND.get(name).map(|kind| &**kind)
}

/// A kind by its name, to be kept.
pub(crate) fn shared_kind(name: &str) -> Option<Arc<Occasion>> {
    KIND.get(name).map(Arc::clone)
}

/// Every kind, by name.
pub(crate) fn kinds() -> impl Iterator<Item = &'static Occasion> {
    KIND.values().map(|kind| &**kind)
}

/// What is said where a clinic wrote nothing of its own; every channel of a kind has it.
pub(crate) fn built_in(kind: &Occasion, place: Place) -> Option<&'static Words> {
    BOOK.get(kind.name.as_str())?.get(&place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::phrasebook::{check, variable};

    #[test]
    fn every_kind_is_worded_everywhere_and_soundly() {
        let mut count = 0;
        for kind in kinds() {
            assert!(!kind.says.is_empty() && !kind.channels.is_empty());
            for locale in Locale::ALL {
                for register in Register::ALL {
                    for &medium in &kind.channels {
                        let place = Place {
                            locale,
                            register,
                            medium,
                        };
                        let words = built_in(kind, place);
                        let words = words.unwrap_or_else(|| panic!("{} {place:?}", kind.name));
                        let sound = check(kind, medium, &words.subject, &words.body);
                        assert_eq!(sound.as_ref(), Ok(words), "{} {place:?}", kind.name);
                        count += 1;
                    }
                }
            }
        }
        assert_eq!(count, BOOK.values().map(HashMap::len).sum::<usize>());
        assert!(count > 1_000, "{count}");
    }

    #[test]
    fn every_value_of_a_kind_is_in_the_palette() {
        for kind in kinds() {
            for name in kind.variables.iter().chain(&kind.required) {
                assert!(variable(name).is_some(), "{name}");
                assert!(kind.variables.contains(name), "{name}");
            }
        }
    }
}
