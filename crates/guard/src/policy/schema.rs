//! A policy as it is written: one layer, in TOML.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::message::Role;
use crate::verdict::Action;

/// One layer, exactly as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LayerFile {
    pub(super) schema: Spanned<u32>,
    pub(super) version: Spanned<String>,
    #[serde(default)]
    pub(super) emoji: EmojiFile,
    #[serde(default)]
    pub(super) rule: BTreeMap<Spanned<String>, RuleFile>,
    #[serde(default)]
    pub(super) phrase: Vec<PhraseFile>,
    #[serde(default)]
    pub(super) pattern: Vec<PatternFile>,
    #[serde(default)]
    pub(super) spelling: SpellingFile,
    #[serde(default)]
    pub(super) links: LinksFile,
    #[serde(default)]
    pub(super) limits: LimitsFile,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EmojiFile {
    #[serde(default)]
    pub(super) allow: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) deny: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) classes: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    pub(super) action: Spanned<ActionWord>,
    #[serde(default)]
    pub(super) approver: Option<Spanned<Role>>,
    #[serde(default)]
    pub(super) floor: Option<Spanned<bool>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ActionWord {
    Allow,
    Warn,
    RequireApproval,
    Block,
}

impl From<ActionWord> for Action {
    fn from(word: ActionWord) -> Self {
        match word {
            ActionWord::Allow => Self::Allow,
            ActionWord::Warn => Self::Warn,
            ActionWord::RequireApproval => Self::RequireApproval,
            ActionWord::Block => Self::Block,
        }
    }
}

/// Words that are not wanted in messages to patients.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PhraseFile {
    pub(super) id: Spanned<String>,
    pub(super) words: Vec<Spanned<String>>,
    pub(super) action: ActionWord,
    #[serde(default)]
    pub(super) approver: Option<Role>,
    #[serde(default)]
    pub(super) unless_role: Vec<Role>,
}

/// The same as a regular expression over the text without case, accents and disguises.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PatternFile {
    pub(super) id: Spanned<String>,
    pub(super) regex: Spanned<String>,
    pub(super) action: ActionWord,
    #[serde(default)]
    pub(super) approver: Option<Role>,
    #[serde(default)]
    pub(super) unless_role: Vec<Role>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpellingFile {
    #[serde(default)]
    pub(super) words: Vec<Spanned<String>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinksFile {
    #[serde(default)]
    pub(super) hosts: Vec<Spanned<String>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsFile {
    #[serde(default)]
    pub(super) emoji: Option<Spanned<u32>>,
}
