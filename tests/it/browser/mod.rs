//! The patient's pages in a real browser.
//!
//! | module | holds |
//! |---|---|
//! | [`stage`] | a chain, its patients and what is sent to them |
//! | [`driver`] | runs `tests/browser/scenarios/*.mjs` and answers what they ask |
//! | [`journey`] | from the link to the files, in every language, by finger and by key |
//! | [`limits`] | what a page must not do: be slow, tell, load from elsewhere, fall to a scanner |
//! | [`interruptions`] | dead links, cut connections, reloads, a second tab |
//! | [`preferences`] | the preference centre |
//! | [`library`] | what clinics say, for a manager to read |
//! | [`screenshots`] | what the documents show |

pub(crate) mod driver;
mod interruptions;
mod journey;
mod library;
mod limits;
mod preferences;
mod screenshots;
mod stage;

use serde_json::Value;

/// A list of what was found.
fn list(found: &Value) -> &[Value] {
    found.as_array().expect("a list").as_slice()
}

/// A text of what was found.
fn words(found: &Value) -> &str {
    found.as_str().expect("a text")
}

/// A sentence of the page in a language.
fn says(language: &str, key: &str) -> String {
    let folder = "services/secure-document/src/pages/assets/words";
    let path = crate::layering::root().join(format!("{folder}/{language}.json"));
    let table: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    words(&table[key]).to_owned()
}
