//! The files the patient's page is made of. They are part of the program: nothing to install, nothing
//! from a third party.

use super::packed::Packed;
use std::sync::LazyLock;

/// A file of the page.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its name below `/d/assets/`.
    pub name: &'static str,
    /// Its `Content-Type`.
    pub media_type: &'static str,
    /// Its content.
    pub body: &'static str,
}

/// The page itself, served at `/d`.
pub const PAGE: Asset = Asset {
    name: "document.html",
    media_type: "text/html; charset=utf-8",
    body: include_str!("document.html"),
};

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const WORDS: &str = "application/json";

macro_rules! asset {
    ($name:literal, $media_type:expr) => {
        asset!($name, $media_type, $name)
    };
    ($name:literal, $media_type:expr, $path:literal) => {
        Asset {
            name: $name,
            media_type: $media_type,
            body: include_str!($path),
        }
    };
}

/// What the page loads from `/d/assets/`.
pub const ALL: [Asset; 18] = [
    asset!("code.js", SCRIPT),
    asset!("document.js", SCRIPT),
    asset!("download.js", SCRIPT),
    asset!("files.js", SCRIPT),
    asset!("memory.js", SCRIPT),
    asset!("screen.js", SCRIPT),
    asset!("service.js", SCRIPT),
    asset!("words.js", SCRIPT),
    Asset {
        name: "base.css",
        media_type: STYLE,
        body: bitewing_runtime::page::STYLE,
    },
    asset!("document.css", STYLE),
    asset!("noscript.css", STYLE),
    asset!("icon.svg", "image/svg+xml"),
    asset!("en.json", WORDS, "words/en.json"),
    asset!("es.json", WORDS, "words/es.json"),
    asset!("fr.json", WORDS, "words/fr.json"),
    asset!("it.json", WORDS, "words/it.json"),
    asset!("pt.json", WORDS, "words/pt.json"),
    asset!("ru.json", WORDS, "words/ru.json"),
];

/// Finds what `/d/assets/<name>` serves.
pub fn find(name: &str) -> Option<&'static Asset> {
    ALL.iter().find(|asset| asset.name == name)
}

static PACKED: LazyLock<Vec<Packed>> = LazyLock::new(|| {
    ALL.iter()
        .map(|asset| Packed::new(asset.body.to_owned()))
        .collect()
});

/// The same, small on the wire.
pub(super) fn packed(name: &str) -> Option<(&'static Asset, &'static Packed)> {
    let at = ALL.iter().position(|asset| asset.name == name)?;
    Some((&ALL[at], PACKED.get(at)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::words;
    use bitewing_core::Language;
    use std::collections::BTreeMap;

    #[test]
    fn the_page_is_small_enough_for_a_slow_network() {
        // A patient gets the page with one language, and one more where the browser's is another.
        let is_words = |asset: &&Asset| asset.media_type == WORDS;
        let code: usize = ALL
            .iter()
            .filter(|asset| !is_words(asset))
            .map(|asset| asset.body.len())
            .sum();
        let words = ALL.iter().filter(is_words).map(|asset| asset.body.len());
        let size = PAGE.body.len() + code + 2 * words.max().unwrap();
        assert!(size < 55_000, "{size} bytes");
    }

    #[test]
    fn the_scripts_run_on_phones_from_2018() {
        // Chrome 66, Safari 12.1: modules and async functions, nothing of ECMAScript 2019 and later.
        for asset in ALL.iter().filter(|asset| asset.media_type == SCRIPT) {
            for newer in [
                "?.",
                "??",
                "||=",
                "&&=",
                " #",
                "this.#",
                "static ",
                "replaceChildren",
                ".at(",
                "structuredClone",
                "AbortSignal.timeout",
                "requestSubmit",
                "catch {",
                ".flat",
                "replaceAll",
                "fromEntries",
                "1_0",
                "matchAll",
                "allSettled",
                "globalThis",
            ] {
                let code = asset
                    .body
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"));
                for line in code {
                    assert!(!line.contains(newer), "{} has {newer}: {line}", asset.name);
                }
            }
        }
    }

    #[test]
    fn everything_the_page_asks_for_is_served() {
        let bodies = ALL.iter().chain([&PAGE]).map(|asset| asset.body);
        for asked in bodies.flat_map(|body| body.split("/d/assets/").skip(1)) {
            let name = asked.split('"').next().unwrap();
            // The words of a language are asked for by its tag.
            if !name.starts_with("${wanted}.json`") {
                assert!(find(name).is_some(), "{name}");
            }
        }
        for asset in ALL.iter().filter(|asset| asset.media_type == SCRIPT) {
            for imported in asset.body.split("from \"./").skip(1) {
                let name = imported.split('"').next().unwrap();
                assert!(find(name).is_some(), "{} imports {name}", asset.name);
                let early = format!("<link rel=\"modulepreload\" href=\"/d/assets/{name}\">");
                assert!(PAGE.body.contains(&early), "{name} is asked for late");
            }
        }
        assert!(find("../mod.rs").is_none());
    }

    #[test]
    fn nothing_needs_more_than_the_strictest_policy() {
        // `default-src 'none'; script-src 'self'; style-src 'self'`: no inline script, handler or
        // style, nothing from elsewhere.
        for line in PAGE.body.lines() {
            assert!(
                !line.contains("<style") && !line.contains(" style="),
                "{line}"
            );
            assert!(
                !line.contains(" on") || !line.contains("=\"") || !has_handler(line),
                "{line}"
            );
            assert!(
                !line.contains("<script")
                    || line.contains("src=\"/d/assets/")
                    || line.contains("type=\"application/json\""),
                "{line}"
            );
        }
        for asset in ALL.iter().chain([&PAGE]) {
            let namespace = "xmlns=\"http://www.w3.org/2000/svg\"";
            let body = asset.body.replace(namespace, "");
            for forbidden in [
                "http:",
                "https:",
                "//cdn",
                "innerHTML",
                "eval(",
                "javascript:",
            ] {
                assert!(!body.contains(forbidden), "{} has {forbidden}", asset.name);
            }
        }
    }

    fn has_handler(line: &str) -> bool {
        line.split(" on").skip(1).any(|rest| {
            let name = rest.split('=').next().unwrap_or_default();
            rest.contains('=') && name.bytes().all(|byte| byte.is_ascii_lowercase())
        })
    }

    /// Keys and their placeholders of a language.
    fn places(language: Language) -> BTreeMap<String, Vec<String>> {
        let table = words::table(language);
        let sentences = table.as_object().unwrap().iter();
        sentences
            .map(|(key, sentence)| {
                let parts = sentence.as_str().unwrap().split('{').skip(1);
                let mut places: Vec<_> = parts
                    .map(|rest| rest.split('}').next().unwrap().to_owned())
                    .collect();
                places.sort_unstable();
                (key.clone(), places)
            })
            .collect()
    }

    #[test]
    fn every_language_says_the_same_things() {
        let english = places(Language::En);
        assert!(english.len() > 50);
        for language in Language::ALL {
            assert_eq!(places(language), english, "{language} differs from en");
            assert!(
                !words::table(language).to_string().contains('<'),
                "{language}"
            );
        }
    }

    #[test]
    fn every_word_the_page_shows_is_in_the_tables_and_no_other() {
        let known = places(Language::En);
        let script: String = ALL
            .iter()
            .filter(|asset| asset.media_type == SCRIPT)
            .map(|asset| asset.body)
            .collect();
        // Filled by the script from other keys.
        let composed = ["codeSent"];
        for rest in PAGE.body.split("data-text=\"").skip(1) {
            let key = rest.split('"').next().unwrap();
            assert!(known.contains_key(key) || composed.contains(&key), "{key}");
        }
        for rest in script.split(" text(\"").skip(1) {
            let key = rest.split('"').next().unwrap();
            assert!(known.contains_key(key), "{key}");
        }
        for key in known.keys() {
            let quoted = format!("\"{key}\"");
            let place = format!("{{{{{key}}}}}");
            assert!(
                script.contains(&quoted)
                    || PAGE.body.contains(&quoted)
                    || PAGE.body.contains(&place),
                "nothing says {key}"
            );
        }
    }
}
