//! Words an organization added to the tables: they count beside the words everybody has, and never against
//! them.

use super::fold::fold;
use super::tables::{TABLES, Words};
use bitewing_core::Language;

/// The most words of one list.
pub(crate) const MAX_WORDS: usize = 50;
/// The longest word, in characters, and the most parts one has: what a reply is looked through for.
const MAX_LETTERS: usize = 40;
const MAX_PARTS: usize = 2;

/// What a word asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    Stop,
    Help,
    Start,
}

impl List {
    /// All three.
    pub(crate) const ALL: [Self; 3] = [Self::Stop, Self::Help, Self::Start];

    /// As the wire and the store name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Help => "help",
            Self::Start => "start",
        }
    }
}

/// The words added in one language, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Added {
    pub(crate) language: Language,
    pub(crate) stop: Vec<String>,
    pub(crate) help: Vec<String>,
    pub(crate) start: Vec<String>,
}

impl Added {
    /// Nothing added.
    pub(crate) const fn none(language: Language) -> Self {
        Self {
            language,
            stop: Vec::new(),
            help: Vec::new(),
            start: Vec::new(),
        }
    }

    /// One of the lists.
    pub(crate) fn list(&self, list: List) -> &[String] {
        match list {
            List::Stop => &self.stop,
            List::Help => &self.help,
            List::Start => &self.start,
        }
    }

    /// Adds a word; refuses one that cannot be found in a reply, or that has another meaning already.
    pub(crate) fn add(&mut self, list: List, word: &str) -> Result<(), &'static str> {
        if word.chars().count() > 4 * MAX_LETTERS {
            return Err("must have at most 40 characters");
        }
        let word = fold(word);
        let parts = word.split(' ').count();
        if word.is_empty() || word.chars().count() > MAX_LETTERS || parts > MAX_PARTS {
            return Err("must have a letter or a digit, at most 40 characters and two parts");
        }
        if means_otherwise(self.language, list, &word) {
            return Err("means something else to everybody");
        }
        let mut others = List::ALL.into_iter().filter(|other| *other != list);
        if others.any(|other| self.list(other).contains(&word)) {
            return Err("is on another list");
        }
        let known = match list {
            List::Stop => &mut self.stop,
            List::Help => &mut self.help,
            List::Start => &mut self.start,
        };
        if !known.contains(&word) {
            known.push(word);
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        List::ALL.into_iter().all(|list| self.list(list).is_empty())
    }
}

/// Whether the tables everybody has give a word another meaning.
fn means_otherwise(language: Language, list: List, word: &str) -> bool {
    let has = |words: &[String]| words.iter().any(|known| known == word);
    let carrier = &TABLES.carrier;
    let own = |words: &Words| match list {
        List::Stop => has(&words.help) || has(&words.start) || has(&words.yes),
        List::Help => has(&words.stop) || has(&words.visit) || has(&words.start) || has(&words.yes),
        List::Start => has(&words.stop) || has(&words.visit) || has(&words.help),
    };
    let carriers = match list {
        List::Stop => has(&carrier.start),
        List::Help => has(&carrier.stop) || has(&carrier.start),
        List::Start => has(&carrier.stop),
    };
    let mut languages = TABLES.languages.iter();
    carriers || languages.any(|words| words.language == language && own(words))
}

/// Everything an organization added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Additions {
    /// Grows with every change; 0 while nothing was added.
    pub(crate) version: i64,
    by_language: Vec<Added>,
}

impl Additions {
    /// Puts languages in one order, and drops those without a word.
    pub(crate) fn new(version: i64, mut by_language: Vec<Added>) -> Self {
        by_language.retain(|added| !added.is_empty());
        by_language.sort_by_key(|added| added.language.tag());
        Self {
            version,
            by_language,
        }
    }

    /// What was added, by language.
    pub(crate) fn all(&self) -> &[Added] {
        &self.by_language
    }

    /// The first language whose list has a word, among those asked for.
    pub(super) fn find(
        &self,
        list: List,
        word: &str,
        language: Option<Language>,
    ) -> Option<Language> {
        let mut added = self.by_language.iter().filter(|added| {
            language.is_none_or(|language| added.language == language)
                && added.list(list).iter().any(|known| known == word)
        });
        added.next().map(|added| added.language)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Context, Verdict, Why, read};
    use super::*;

    fn french(stop: &str) -> Additions {
        let mut added = Added::none(Language::Fr);
        added.add(List::Stop, stop).unwrap();
        added.add(List::Help, "Au secours").unwrap();
        added.add(List::Start, "Encore").unwrap();
        Additions::new(1, vec![added])
    }

    #[test]
    fn an_added_word_counts_in_its_language_and_is_asked_about_in_others() {
        let additions = french("Fichez-moi");
        let of = |language| Context {
            language: Some(language),
            ..Context::default()
        };
        let own = read("FICHEZ MOI !", of(Language::Fr), &additions);
        assert_eq!((own.verdict, own.why), (Verdict::OptOut, Why::OwnWord));
        let foreign = read("fichez moi", of(Language::Ru), &additions);
        assert_eq!(foreign.verdict, Verdict::Ambiguous);
        let start = read("encore", of(Language::Fr), &additions);
        assert_eq!(start.verdict, Verdict::OptIn);
        let help = read("au secours", of(Language::It), &additions);
        assert_eq!(help.verdict, Verdict::Help);
        let nobody = read("fichez moi", of(Language::Fr), &Additions::default());
        assert_eq!(nobody.verdict, Verdict::None);
    }

    #[test]
    fn no_word_is_turned_into_its_contrary() {
        let mut added = Added::none(Language::Fr);
        for (list, word) in [
            (List::Start, "Arrêt"),
            (List::Start, "annuler"),
            (List::Stop, "début"),
            (List::Stop, "oui"),
            (List::Help, "STOP"),
        ] {
            assert!(added.add(list, word).is_err(), "{word}");
        }
        added.add(List::Stop, "assez").unwrap();
        assert_eq!(added.add(List::Start, "ASSEZ"), Err("is on another list"));
        for word in ["", " ! ", "un deux trois", &"a".repeat(41)] {
            assert!(added.add(List::Stop, word).is_err(), "{word}");
        }
    }
}
