//! Reading one layer: every fault with its place and a hint.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::RULES;
use super::schema::LayerFile;
use crate::lexicon::Lexicon;
use crate::message::Role;
use crate::verdict::Action;

/// The longest policy, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// The most entries of a list.
const MAX_ENTRIES: usize = 5_000;
/// The most phrases, and the most patterns.
const MAX_CUSTOM: usize = 100;
/// The longest pattern, and the largest machine made of one, in bytes.
const MAX_PATTERN: usize = 500;
const MAX_MACHINE: usize = 256 * 1024;
/// The longest word, name or host.
const MAX_WORD: usize = 100;

/// Whose layer it is. A later one refines an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// What the guard comes with.
    Base,
    /// A chain's.
    Chain,
    /// One clinic's.
    Clinic,
}

/// Why a policy is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}{}", hint_of(.hint.as_ref()))]
pub struct PolicyError {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub hint: Option<String>,
}

fn hint_of(hint: Option<&String>) -> String {
    hint.map_or_else(String::new, |hint| format!(" ({hint})"))
}

/// What a layer says of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RuleLayer {
    pub(super) action: Action,
    pub(super) approver: Option<Role>,
    pub(super) floor: bool,
    /// Where it is written, for refusals.
    pub(super) place: (usize, usize),
}

/// A phrase or pattern of a layer.
#[derive(Debug, Clone)]
pub(crate) struct Custom {
    /// The rule it makes: `phrase.<id>` or `pattern.<id>`.
    pub(crate) rule: String,
    pub(crate) action: Action,
    pub(crate) approver: Option<Role>,
    pub(crate) unless_role: Vec<Role>,
    pub(crate) matcher: Matcher,
    /// How it was written: equal sources are equal rules.
    pub(crate) source: String,
}

#[derive(Debug, Clone)]
pub(crate) enum Matcher {
    Words(Lexicon),
    Pattern(Regex),
}

/// One layer, read and sound.
#[derive(Debug, Clone)]
pub struct Layer {
    pub(super) level: Level,
    pub(super) version: String,
    pub(super) rules: BTreeMap<String, RuleLayer>,
    pub(super) allow: BTreeSet<String>,
    pub(super) deny: BTreeSet<String>,
    pub(super) classes: BTreeMap<String, BTreeSet<String>>,
    pub(super) custom: Vec<Custom>,
    pub(super) words: BTreeSet<String>,
    pub(super) hosts: BTreeSet<String>,
    pub(super) emoji_limit: Option<(u32, (usize, usize))>,
}

impl Layer {
    /// Reads a layer.
    pub fn parse(level: Level, text: &str) -> Result<Self, PolicyError> {
        if text.len() > MAX_BYTES {
            let problem = format!("a policy has at most {MAX_BYTES} bytes");
            return Err(fault("", 0..0, problem, None));
        }
        let file: LayerFile = toml::from_str(text).map_err(|error| {
            let problem = error.message().to_owned();
            let hint = hint_for_unknown(&problem);
            fault(text, error.span().unwrap_or(0..0), problem, hint)
        })?;
        Reader { text, level }.read(file)
    }

    /// Whose layer it is.
    pub fn level(&self) -> Level {
        self.level
    }
}

struct Reader<'a> {
    text: &'a str,
    level: Level,
}

impl Reader<'_> {
    fn fault(
        &self,
        at: Range<usize>,
        problem: impl Into<String>,
        hint: Option<String>,
    ) -> PolicyError {
        fault(self.text, at, problem.into(), hint)
    }

    fn read(&self, file: LayerFile) -> Result<Layer, PolicyError> {
        if *file.schema.get_ref() != 1 {
            let hint = Some("write schema = 1".to_owned());
            return Err(self.fault(file.schema.span(), "unknown schema", hint));
        }
        let version = file.version.get_ref();
        if version.is_empty() || version.len() > MAX_WORD {
            return Err(self.fault(file.version.span(), "a version has 1 to 100 bytes", None));
        }
        let mut layer = Layer {
            level: self.level,
            version: version.clone(),
            rules: BTreeMap::new(),
            allow: self.entries(&file.emoji.allow)?,
            deny: self.entries(&file.emoji.deny)?,
            classes: BTreeMap::new(),
            custom: Vec::new(),
            words: self.entries(&file.spelling.words)?,
            hosts: self.entries(&file.links.hosts)?,
            emoji_limit: None,
        };
        for (name, entries) in &file.emoji.classes {
            if !RULES.contains(&format!("emoji.{}", name.get_ref()).as_str()) {
                let hint = Some("hearts, kisses, suggestive, upset or smug".to_owned());
                return Err(self.fault(name.span(), "unknown class of emoji", hint));
            }
            layer
                .classes
                .insert(name.get_ref().clone(), self.entries(entries)?);
        }
        for (name, rule) in &file.rule {
            if !RULES.contains(&name.get_ref().as_str()) {
                let hint = nearest(name.get_ref(), RULES.iter().copied());
                return Err(self.fault(name.span(), "unknown rule", hint));
            }
            let floor = rule.floor.as_ref().is_some_and(|floor| *floor.get_ref());
            if let Some(span) = rule.floor.as_ref().filter(|_| self.level == Level::Clinic) {
                let hint = Some("remove it: nothing is below a clinic".to_owned());
                return Err(self.fault(span.span(), "a clinic sets no floors", hint));
            }
            layer.rules.insert(
                name.get_ref().clone(),
                RuleLayer {
                    action: (*rule.action.get_ref()).into(),
                    approver: rule.approver.as_ref().map(|role| *role.get_ref()),
                    floor,
                    place: place(self.text, rule.action.span().start),
                },
            );
        }
        self.custom(&file, &mut layer)?;
        if let Some(limit) = &file.limits.emoji {
            layer.emoji_limit = Some((*limit.get_ref(), place(self.text, limit.span().start)));
        }
        Ok(layer)
    }

    fn custom(&self, file: &LayerFile, layer: &mut Layer) -> Result<(), PolicyError> {
        let mut ids = BTreeSet::new();
        for phrase in &file.phrase {
            self.id(&phrase.id, &mut ids)?;
            let words = self.entries(&phrase.words)?;
            let list: Vec<String> = words.iter().map(|word| word.replace(' ', "_")).collect();
            let patterns = list.join(" ");
            let source = format!("a = {}", toml::Value::from(patterns.clone()));
            let lexicon = Lexicon::read(&[("words", None, &source)]).map_err(|_| {
                let hint = Some("letters, and * at the end of a word".to_owned());
                let at = phrase
                    .words
                    .first()
                    .map_or(phrase.id.span(), toml::Spanned::span);
                self.fault(at, "a phrase needs letters", hint)
            })?;
            layer.custom.push(Custom {
                rule: format!("phrase.{}", phrase.id.get_ref()),
                action: phrase.action.into(),
                approver: phrase.approver,
                unless_role: phrase.unless_role.clone(),
                matcher: Matcher::Words(lexicon),
                source: patterns,
            });
        }
        for pattern in &file.pattern {
            self.id(&pattern.id, &mut ids)?;
            let source = pattern.regex.get_ref();
            if source.len() > MAX_PATTERN {
                return Err(self.fault(
                    pattern.regex.span(),
                    "a pattern has at most 500 bytes",
                    None,
                ));
            }
            let regex = RegexBuilder::new(source)
                .size_limit(MAX_MACHINE)
                .dfa_size_limit(MAX_MACHINE)
                .nest_limit(50)
                .build()
                .map_err(|error| {
                    let problem = error.to_string();
                    let last = problem.lines().last().unwrap_or_default().trim().to_owned();
                    let hint = Some("no look-around and no back-references".to_owned());
                    self.fault(pattern.regex.span(), format!("not a pattern: {last}"), hint)
                })?;
            if regex.is_match("") {
                let hint = Some("it would match every message".to_owned());
                return Err(self.fault(
                    pattern.regex.span(),
                    "a pattern that matches nothing at all",
                    hint,
                ));
            }
            layer.custom.push(Custom {
                rule: format!("pattern.{}", pattern.id.get_ref()),
                action: pattern.action.into(),
                approver: pattern.approver,
                unless_role: pattern.unless_role.clone(),
                matcher: Matcher::Pattern(regex),
                source: source.clone(),
            });
        }
        Ok(())
    }

    fn id(
        &self,
        id: &toml::Spanned<String>,
        ids: &mut BTreeSet<String>,
    ) -> Result<(), PolicyError> {
        let text = id.get_ref();
        let sound = (1..=50).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !sound {
            let hint = Some("1 to 50 of a-z, 0-9 and _".to_owned());
            return Err(self.fault(id.span(), "not an id", hint));
        }
        if !ids.insert(text.clone()) {
            return Err(self.fault(id.span(), "the id stands twice", None));
        }
        if ids.len() > MAX_CUSTOM {
            return Err(self.fault(id.span(), "at most 100 phrases and patterns", None));
        }
        Ok(())
    }

    fn entries(&self, list: &[toml::Spanned<String>]) -> Result<BTreeSet<String>, PolicyError> {
        let mut entries = BTreeSet::new();
        for (index, entry) in list.iter().enumerate() {
            let text = entry.get_ref();
            if index >= MAX_ENTRIES {
                return Err(self.fault(entry.span(), "at most 5000 entries", None));
            }
            if text.trim().is_empty() || text.len() > MAX_WORD || text.contains(char::is_control) {
                return Err(self.fault(entry.span(), "an entry has 1 to 100 bytes of text", None));
            }
            entries.insert(text.replace('\u{fe0f}', ""));
        }
        Ok(entries)
    }
}

pub(super) fn fault(
    text: &str,
    at: Range<usize>,
    problem: String,
    hint: Option<String>,
) -> PolicyError {
    let (line, column) = place(text, at.start);
    PolicyError {
        line,
        column,
        problem,
        hint,
    }
}

fn place(text: &str, byte: usize) -> (usize, usize) {
    let mut end = byte.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line, column)
}

/// `unknown field `x`, expected one of `a`, `b`` names what would be right.
fn hint_for_unknown(problem: &str) -> Option<String> {
    let mut quoted = problem.split('`').skip(1).step_by(2);
    let wrong = problem
        .contains("unknown")
        .then(|| quoted.next())
        .flatten()?;
    nearest(wrong, quoted)
}

fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|candidate| (distance(word, candidate), candidate))
        .min()
        .map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}

/// How many letters have to change (Levenshtein).
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(MAX_WORD).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(MAX_WORD).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y))
                .min(row[j] + 1)
                .min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}
