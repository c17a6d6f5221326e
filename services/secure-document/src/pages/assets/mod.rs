//! The files the patient's page is made of. They are part of the program: nothing to install, nothing
//! from a third party.

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

/// What the page loads from `/d/assets/`.
pub const ALL: [Asset; 5] = [
    Asset {
        name: "document.js",
        media_type: SCRIPT,
        body: include_str!("document.js"),
    },
    Asset {
        name: "download.js",
        media_type: SCRIPT,
        body: include_str!("download.js"),
    },
    Asset {
        name: "strings.js",
        media_type: SCRIPT,
        body: include_str!("strings.js"),
    },
    Asset {
        name: "document.css",
        media_type: "text/css; charset=utf-8",
        body: include_str!("document.css"),
    },
    Asset {
        name: "icon.svg",
        media_type: "image/svg+xml",
        body: include_str!("icon.svg"),
    },
];

/// Finds what `/d/assets/<name>` serves.
pub fn find(name: &str) -> Option<&'static Asset> {
    ALL.iter().find(|asset| asset.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::Language;
    use std::collections::BTreeMap;

    #[test]
    fn the_page_is_small_enough_for_a_slow_network() {
        let size: usize = ALL.iter().map(|asset| asset.body.len()).sum();
        assert!(size + PAGE.body.len() < 60_000);
    }

    #[test]
    fn everything_the_page_asks_for_is_served() {
        let bodies = ALL.iter().chain([&PAGE]).map(|asset| asset.body);
        for asked in bodies.flat_map(|body| body.split("/d/assets/").skip(1)) {
            let name = asked.split('"').next().unwrap();
            assert!(find(name).is_some(), "{name}");
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
                !line.contains("<script") || line.contains("src=\"/d/assets/"),
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

    /// Keys and their placeholders, per language, read from the one-line-per-key tables.
    fn tables() -> BTreeMap<&'static str, BTreeMap<&'static str, Vec<&'static str>>> {
        let strings = find("strings.js").unwrap().body;
        let mut tables = BTreeMap::new();
        for table in strings.split("\nconst ").skip(1) {
            let (language, lines) = table.split_once(" = {\n").unwrap();
            let (lines, _) = lines.split_once("\n};").unwrap();
            let keys = lines.lines().map(|line| {
                let (key, words) = line.trim().split_once(": ").unwrap();
                let mut places: Vec<_> = words
                    .split('{')
                    .skip(1)
                    .map(|rest| rest.split('}').next().unwrap())
                    .collect();
                places.sort_unstable();
                (key, places)
            });
            tables.insert(language, keys.collect());
        }
        tables
    }

    #[test]
    fn every_language_says_the_same_things() {
        let tables = tables();
        let mut languages: Vec<_> = Language::ALL
            .iter()
            .map(|language| language.tag())
            .collect();
        languages.sort_unstable();
        assert!(tables.keys().copied().eq(languages));
        for (language, table) in &tables {
            assert_eq!(table, &tables["en"], "{language} differs from en");
        }
    }

    #[test]
    fn every_word_the_page_shows_is_in_the_tables() {
        let known = &tables()["en"];
        // Filled by the script from other keys.
        let composed = ["codeSent"];
        for rest in PAGE.body.split("data-text=\"").skip(1) {
            let key = rest.split('"').next().unwrap();
            assert!(known.contains_key(key) || composed.contains(&key), "{key}");
        }
    }
}
