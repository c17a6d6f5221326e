//! Concepts: lists of words and stems, one file per language, found in one walk over a text.

use std::collections::BTreeMap;

use bitewing_core::Language;

use crate::text::{Words, fold};

/// An index into [`Lexicon::names`].
pub type ConceptId = u16;

/// A concept found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    /// Which concept.
    pub concept: ConceptId,
    /// The language of the list it stands in; none for lists of all languages.
    pub language: Option<Language>,
    /// Its first word.
    pub first: usize,
    /// One past its last word.
    pub end: usize,
}

/// Why a lexicon cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LexiconError {
    /// Not TOML of strings.
    #[error("{file}: {problem}")]
    Syntax {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// A pattern with nothing in it.
    #[error("{file}: concept {concept} has an empty pattern")]
    Empty {
        /// The file.
        file: String,
        /// The concept.
        concept: String,
    },
}

/// Every concept of every language.
///
/// A pattern is words joined by `_`; a word that ends in `*` is a stem. Patterns are folded as texts are.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    names: Vec<String>,
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    /// Sorted by byte.
    edges: Vec<(u8, u32)>,
    /// What ends here, and the language of its list.
    ends: Vec<(ConceptId, Option<Language>)>,
}

/// The byte of a `*`: skips to the end of the word.
const REST: u8 = 1;

const BUILT_IN: [(&str, Option<Language>, &str); 7] = [
    ("any.toml", None, include_str!("../lexicon/any.toml")),
    (
        "en.toml",
        Some(Language::En),
        include_str!("../lexicon/en.toml"),
    ),
    (
        "fr.toml",
        Some(Language::Fr),
        include_str!("../lexicon/fr.toml"),
    ),
    (
        "it.toml",
        Some(Language::It),
        include_str!("../lexicon/it.toml"),
    ),
    (
        "pt.toml",
        Some(Language::Pt),
        include_str!("../lexicon/pt.toml"),
    ),
    (
        "es.toml",
        Some(Language::Es),
        include_str!("../lexicon/es.toml"),
    ),
    (
        "ru.toml",
        Some(Language::Ru),
        include_str!("../lexicon/ru.toml"),
    ),
];

impl Lexicon {
    /// The lists the guard comes with.
    ///
    /// # Panics
    /// Never: a test reads them.
    pub fn built_in() -> Self {
        Self::read(&BUILT_IN).expect("the lists of the crate are read by a test")
    }

    /// Reads lists: their file's name, their language, their TOML.
    pub fn read(files: &[(&str, Option<Language>, &str)]) -> Result<Self, LexiconError> {
        let mut parsed = Vec::new();
        let mut ids = BTreeMap::new();
        for (file, language, text) in files {
            let lists: BTreeMap<String, String> =
                toml::from_str(text).map_err(|error| LexiconError::Syntax {
                    file: (*file).to_owned(),
                    problem: error.to_string(),
                })?;
            for name in lists.keys() {
                ids.insert(name.clone(), 0);
            }
            parsed.push((*file, *language, lists));
        }
        for (index, id) in ids.values_mut().enumerate() {
            *id = index as ConceptId;
        }
        let mut lexicon = Self {
            names: ids.keys().cloned().collect(),
            nodes: vec![Node::default()],
        };
        for (file, language, lists) in parsed {
            for (concept, patterns) in lists {
                for pattern in patterns.split_whitespace() {
                    if !lexicon.insert(pattern, ids[&concept], language) {
                        return Err(LexiconError::Empty {
                            file: file.to_owned(),
                            concept,
                        });
                    }
                }
            }
        }
        Ok(lexicon)
    }

    /// The names of the concepts, in the order of their identifiers.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The identifier of a concept.
    pub fn id(&self, name: &str) -> Option<ConceptId> {
        self.names
            .binary_search_by(|known| known.as_str().cmp(name))
            .ok()
            .map(|index| index as ConceptId)
    }

    /// Every mention, in the order of the text.
    pub fn mentions(&self, words: &Words) -> Vec<Mention> {
        let mut found = Vec::new();
        let bytes = words.joined().as_bytes();
        for first in 0..words.list().len() {
            let mut node = 0;
            let mut at = words.list()[first].at;
            let mut end = first;
            loop {
                if let Some(rest) = self.step(node, REST) {
                    self.follow(rest, words, first, end, &mut found);
                }
                let Some(byte) = bytes.get(at) else { break };
                let Some(next) = self.step(node, *byte) else {
                    break;
                };
                node = next;
                at += 1;
                if *byte == b' ' {
                    end += 1;
                    self.collect(node, first, end, &mut found);
                }
            }
        }
        found
    }

    /// Goes on after a stem, at the end of its word.
    fn follow(
        &self,
        node: usize,
        words: &Words,
        first: usize,
        end: usize,
        found: &mut Vec<Mention>,
    ) {
        let mut end = end + 1;
        self.collect(node, first, end, found);
        let bytes = words.joined().as_bytes();
        let (mut node, mut at) = (
            self.step(node, b' ').unwrap_or(usize::MAX),
            words.list().get(end).map_or(bytes.len(), |word| word.at),
        );
        while node != usize::MAX && at < bytes.len() {
            if let Some(rest) = self.step(node, REST) {
                self.follow(rest, words, first, end, found);
            }
            let Some(next) = self.step(node, bytes[at]) else {
                return;
            };
            node = next;
            if bytes[at] == b' ' {
                end += 1;
                self.collect(node, first, end, found);
            }
            at += 1;
        }
    }

    fn collect(&self, node: usize, first: usize, end: usize, found: &mut Vec<Mention>) {
        for (concept, language) in &self.nodes[node].ends {
            found.push(Mention {
                concept: *concept,
                language: *language,
                first,
                end,
            });
        }
    }

    fn step(&self, node: usize, byte: u8) -> Option<usize> {
        let edges = &self.nodes[node].edges;
        edges
            .binary_search_by_key(&byte, |edge| edge.0)
            .ok()
            .map(|index| edges[index].1 as usize)
    }

    /// False when there is no letter in the pattern.
    fn insert(&mut self, pattern: &str, concept: ConceptId, language: Option<Language>) -> bool {
        let mut bytes: Vec<u8> = Vec::new();
        for part in pattern.split('_').filter(|part| !part.is_empty()) {
            let stem = part.strip_suffix('*');
            let folded = fold(stem.unwrap_or(part));
            let words = Words::of(&folded);
            if words.list().is_empty() {
                return false;
            }
            bytes.extend_from_slice(words.joined().as_bytes());
            if stem.is_some() {
                bytes.pop();
                bytes.push(REST);
                bytes.push(b' ');
            }
        }
        if bytes.is_empty() {
            return false;
        }
        // What ends in a stem ends at the star itself.
        if bytes.len() >= 2 && bytes[bytes.len() - 2] == REST {
            bytes.pop();
        }
        let mut node = 0;
        for byte in bytes {
            node = match self.step(node, byte) {
                Some(next) => next,
                None => self.grow(node, byte),
            };
        }
        let ends = &mut self.nodes[node].ends;
        if !ends.contains(&(concept, language)) {
            ends.push((concept, language));
        }
        true
    }

    fn grow(&mut self, node: usize, byte: u8) -> usize {
        let next = self.nodes.len();
        self.nodes.push(Node::default());
        let edges = &mut self.nodes[node].edges;
        let place = edges.partition_point(|edge| edge.0 < byte);
        edges.insert(place, (byte, next as u32));
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(list: &str, text: &str) -> Vec<(usize, usize)> {
        let lexicon = Lexicon::read(&[("t.toml", None, list)]).unwrap();
        lexicon
            .mentions(&Words::of(&fold(text)))
            .iter()
            .map(|mention| (mention.first, mention.end))
            .collect()
    }

    #[test]
    fn the_built_in_lists_read() {
        let lexicon = Lexicon::read(&BUILT_IN).unwrap_or_else(|error| panic!("{error}"));
        assert!(lexicon.id("drug").is_some());
        assert!(lexicon.id("nothing").is_none());
    }

    #[test]
    fn words_stems_and_phrases_are_found() {
        assert_eq!(found("a = 'pill'", "one pill, pills"), [(1, 2)]);
        assert_eq!(found("a = 'pill*'", "one pill, pills"), [(1, 2), (2, 3)]);
        assert_eq!(
            found("a = 'stop*_messag*_me'", "stopped messaging me"),
            [(0, 3)]
        );
        assert_eq!(found("a = \"don't_worry\"", "Don’t worry!"), [(0, 3)]);
        assert_eq!(found("a = 'no_more'", "no mores"), []);
    }

    #[test]
    fn a_pattern_without_letters_is_refused() {
        let error = Lexicon::read(&[("t.toml", None, "a = '*'")]).unwrap_err();
        assert_eq!(error.to_string(), "t.toml: concept a has an empty pattern");
    }
}
