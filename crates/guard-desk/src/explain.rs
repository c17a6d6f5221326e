//! What a finding means, in six languages: `explanations/`, one file a language.

use bitewing_core::Language;
use std::collections::BTreeMap;
use std::sync::LazyLock;

type Texts = BTreeMap<String, String>;

static TEXTS: LazyLock<BTreeMap<Language, Texts>> = LazyLock::new(|| {
    [
        (Language::En, include_str!("../explanations/en.toml")),
        (Language::Fr, include_str!("../explanations/fr.toml")),
        (Language::It, include_str!("../explanations/it.toml")),
        (Language::Pt, include_str!("../explanations/pt.toml")),
        (Language::Es, include_str!("../explanations/es.toml")),
        (Language::Ru, include_str!("../explanations/ru.toml")),
    ]
    .into_iter()
    .map(|(language, text)| {
        (
            language,
            toml::from_str(text).expect("a test reads the explanations"),
        )
    })
    .collect()
});

/// What a rule is about, for people. Rules of one kind share an explanation.
///
/// # Panics
/// Never: a test reads the explanations.
pub fn explain(rule: &str, language: Language) -> &'static str {
    let kind = rule.split('.').next().unwrap_or_default();
    let texts = &TEXTS[&language];
    [rule, kind, "other"]
        .into_iter()
        .find_map(|key| texts.get(key))
        .map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_guard::policy::RULES;

    /// Rules that no policy speaks of: of messages from patients, and of what clinics add.
    const OTHERS: [&str; 8] = [
        "meaning.urgent",
        "meaning.angry",
        "meaning.harassment",
        "meaning.opt_out",
        "opt_out.keyword",
        "red_flag.fever",
        "phrase.free",
        "pattern.room",
    ];

    #[test]
    fn every_rule_is_explained_in_every_language() {
        for language in Language::ALL {
            let other = explain("nothing.known", language);
            assert!(!other.is_empty());
            for rule in RULES.iter().chain(&OTHERS) {
                assert_ne!(explain(rule, language), other, "{rule} in {language}");
            }
        }
    }

    #[test]
    fn every_language_explains_the_same() {
        let keys = |language| TEXTS[&language].keys().collect::<Vec<_>>();
        for language in Language::ALL {
            assert_eq!(keys(language), keys(Language::En), "{language}");
        }
    }
}
