//! The page in six languages, and which one a browser gets before anything is known of its owner.

use super::assets;
use super::packed::Packed;
use bitewing_core::Language;
use serde_json::Value;
use std::sync::LazyLock;

/// Languages a browser may name; more are not looked at.
const MOST: usize = 32;

/// The page per language, the words of that language in it.
static PAGES: LazyLock<Vec<(Language, Packed)>> = LazyLock::new(|| {
    Language::ALL
        .into_iter()
        .map(|language| (language, Packed::new(fill(language))))
        .collect()
});

/// The page in a language.
pub(super) fn page(language: Language) -> Option<&'static Packed> {
    let found = PAGES.iter().find(|(known, _)| *known == language);
    found.map(|(_, page)| page)
}

/// What the page says in a language, by key.
pub(super) fn table(language: Language) -> Value {
    let name = format!("{}.json", language.tag());
    let asset = assets::find(&name).map_or("{}", |asset| asset.body);
    serde_json::from_str(asset).unwrap_or_default()
}

/// Puts words in the places of the page that are marked `{{key}}`.
fn fill(language: Language) -> String {
    let words = table(language);
    let mut page = String::new();
    let mut rest = assets::PAGE.body;
    while let Some((before, place)) = rest.split_once("{{") {
        let (key, behind) = place.split_once("}}").unwrap_or((place, ""));
        page.push_str(before);
        match key {
            "lang" => page.push_str(language.tag()),
            "words" => page.push_str(&words.to_string()),
            _ => page.push_str(words[key].as_str().unwrap_or_default()),
        }
        rest = behind;
    }
    page.push_str(rest);
    page
}

/// The best language for an `Accept-Language` (RFC 9110 12.5.4); of equals the first.
pub(super) fn preferred(accepted: &str) -> Language {
    let mut best = (0.0, Language::default());
    for item in accepted.split(',').take(MOST) {
        let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
        let Ok(language) = tag.trim().parse::<Language>() else {
            continue;
        };
        let weight = match parameters.trim().strip_prefix("q=") {
            Some(weight) => weight.trim().parse().unwrap_or(0.0),
            None => 1.0,
        };
        if weight > best.0 && weight <= 1.0 {
            best = (weight, language);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_language_is_chosen_by_weight_then_order() {
        for (accepted, language) in [
            ("", Language::En),
            ("*", Language::En),
            ("fr-CA,fr;q=0.9,en;q=0.8", Language::Fr),
            ("de, ru;q=0.7, it;q=0.9", Language::It),
            ("es;q=0.5,pt;q=0.5", Language::Es),
            ("fr;q=0", Language::En),
            ("fr;q=NaN, ru;q=2, pt ; q=0.1", Language::Pt),
            (";;,,q=1", Language::En),
        ] {
            assert_eq!(preferred(accepted), language, "{accepted}");
        }
    }

    #[test]
    fn every_place_of_the_page_is_filled_in_every_language() {
        for language in Language::ALL {
            let page = page(language).unwrap().plain();
            assert!(page.contains(&format!("<html lang=\"{language}\">")));
            assert!(!page.contains("{{") && !page.contains("}}"), "{language}");
            let words = table(language);
            for key in [
                "pageTitle",
                "loading",
                "noScriptTitle",
                "noScriptText",
                "old",
            ] {
                assert!(
                    page.contains(&format!(">{}<", words[key].as_str().unwrap())),
                    "{key}"
                );
            }
        }
    }
}
