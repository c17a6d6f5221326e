//! The files the preference centre is made of. They are part of the program: nothing to install, nothing
//! from a third party.

/// A file of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asset {
    /// Its name below `/preferences/assets/`.
    pub(crate) name: &'static str,
    /// Its `Content-Type`.
    pub(crate) media_type: &'static str,
    /// Its content.
    pub(crate) body: &'static str,
}

/// The page itself, served at `/preferences`.
pub(crate) const PAGE: Asset = Asset {
    name: "preferences.html",
    media_type: "text/html; charset=utf-8",
    body: include_str!("preferences.html"),
};

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// What the page loads.
const ALL: [Asset; 5] = [
    Asset {
        name: "preferences.js",
        media_type: SCRIPT,
        body: include_str!("preferences.js"),
    },
    Asset {
        name: "strings.js",
        media_type: SCRIPT,
        body: include_str!("strings.js"),
    },
    Asset {
        name: "base.css",
        media_type: STYLE,
        body: bitewing_runtime::page::STYLE,
    },
    Asset {
        name: "preferences.css",
        media_type: STYLE,
        body: include_str!("preferences.css"),
    },
    Asset {
        name: "icon.svg",
        media_type: "image/svg+xml",
        body: include_str!("icon.svg"),
    },
];

/// Finds what `/preferences/assets/<name>` serves.
pub(crate) fn find(name: &str) -> Option<&'static Asset> {
    ALL.iter().find(|asset| asset.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::consent::Purposes;
    use crate::domain::guide::channels::ADDRESSED;
    use crate::pages::state::{channel_name, purpose_name};
    use bitewing_core::Language;
    use std::collections::BTreeMap;

    #[test]
    fn everything_the_page_asks_for_is_served() {
        let bodies = ALL.iter().chain([&PAGE]).map(|asset| asset.body);
        for asked in bodies.flat_map(|body| body.split("/preferences/assets/").skip(1)) {
            let name = asked.split('"').next().unwrap();
            assert!(find(name).is_some(), "{name}");
        }
        assert!(find("../mod.rs").is_none());
    }

    #[test]
    fn nothing_needs_more_than_the_strictest_policy() {
        for line in PAGE.body.lines() {
            assert!(
                !line.contains("<style") && !line.contains(" style="),
                "{line}"
            );
            assert!(
                !line.contains(" onclick") && !line.contains(" onload"),
                "{line}"
            );
            let scripted = line.contains("<script");
            assert!(
                !scripted || line.contains("src=\"/preferences/assets/"),
                "{line}"
            );
        }
        for asset in ALL.iter().chain([&PAGE]) {
            let body = asset
                .body
                .replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
            for forbidden in ["http:", "https:", "innerHTML", "eval(", "javascript:"] {
                assert!(!body.contains(forbidden), "{} has {forbidden}", asset.name);
            }
        }
    }

    /// Keys per language, read from the one-line-per-key tables.
    fn tables() -> BTreeMap<&'static str, Vec<&'static str>> {
        let strings = find("strings.js").unwrap().body;
        let tables = strings.split("\nconst ").skip(1).map(|table| {
            let (language, lines) = table.split_once(" = {\n").unwrap();
            let (lines, _) = lines.split_once("\n};").unwrap();
            let keys = lines
                .lines()
                .map(|line| line.trim().split_once(": ").unwrap().0);
            (language, keys.collect())
        });
        tables.collect()
    }

    #[test]
    fn every_language_says_everything() {
        let tables = tables();
        let mut languages: Vec<_> = Language::ALL.iter().map(|one| one.tag()).collect();
        languages.sort_unstable();
        assert!(tables.keys().copied().eq(languages));
        for (language, keys) in &tables {
            assert_eq!(keys, &tables["en"], "{language}");
        }
        let said = |name: &str| tables["en"].contains(&name);
        for channel in ADDRESSED {
            assert!(said(channel_name(channel)));
        }
        for purposes in Purposes::EACH {
            let name = purpose_name(purposes);
            assert!(said(name) && said(&format!("{name}_note")));
        }
        for asked in PAGE.body.split("data-text=\"").skip(1) {
            let key = asked.split('"').next().unwrap();
            assert!(said(key), "{key}");
        }
    }
}
