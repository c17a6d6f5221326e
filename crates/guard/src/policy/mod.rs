//! What is allowed here: base, chain and clinic, one over the other.
//!
//! A layer is TOML, checked as a whole when it is written: unknown words, rules and patterns that cannot be
//! are refused with their place and a hint, and nothing of the layer is kept. Merging never fails: the
//! layers are taken in the order of their levels, whatever order they came in, and a floor set above holds
//! whatever stands below.

mod layer;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use layer::{Custom, Matcher, distance};
pub use layer::{Layer, Level, MAX_BYTES, PolicyError};

use crate::message::Role;
use crate::model::fingerprint;
use crate::verdict::Action;

/// Every rule a policy may speak of.
pub const RULES: [&str; 27] = [
    "address.impersonal",
    "address.missing_name",
    "address.mixed_register",
    "address.wrong_register",
    "clinical.drug",
    "clinical.symptom_unanswered",
    "emoji.count",
    "emoji.hearts",
    "emoji.kisses",
    "emoji.other",
    "emoji.smug",
    "emoji.suggestive",
    "emoji.upset",
    "intro.missing",
    "link.foreign",
    "link.look_alike",
    "meaning.clinical_advice",
    "meaning.flirting",
    "meaning.off_topic",
    "meaning.rude",
    "preview.sensitive",
    "price.dodged",
    "price.single",
    "secret.card",
    "secret.national_id",
    "spelling.unknown_word",
    "text.repeated",
];

const BASE: &str = include_str!("base.toml");

/// What a rule asks for after merging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The action.
    pub action: Action,
    /// Who may agree, of [`Action::RequireApproval`].
    pub approver: Option<Role>,
    /// Nobody below may loosen it.
    pub floor: bool,
}

/// A merged policy.
#[derive(Debug, Clone)]
pub struct Policy {
    rules: BTreeMap<String, Rule>,
    allow: BTreeSet<String>,
    classes: BTreeMap<String, String>,
    custom: Vec<Custom>,
    words: BTreeSet<String>,
    hosts: BTreeSet<String>,
    emoji_limit: u32,
    version: String,
}

impl Policy {
    /// What applies where nobody wrote anything.
    ///
    /// # Panics
    /// Never: a test reads it.
    pub fn base() -> Self {
        Self::merge(&[])
    }

    /// Merges layers over the base, in the order of their levels.
    ///
    /// # Panics
    /// Never: a test reads the base.
    pub fn merge(layers: &[Layer]) -> Self {
        let base = Layer::parse(Level::Base, BASE).expect("the base policy is read by a test");
        let mut ordered: Vec<&Layer> = layers.iter().collect();
        ordered.sort_by(|a, b| (a.level, &a.version).cmp(&(b.level, &b.version)));
        let mut policy = Self {
            rules: BTreeMap::new(),
            allow: BTreeSet::new(),
            classes: BTreeMap::new(),
            custom: Vec::new(),
            words: BTreeSet::new(),
            hosts: BTreeSet::new(),
            emoji_limit: u32::MAX,
            version: String::new(),
        };
        let mut deny = BTreeSet::new();
        for layer in std::iter::once(&base).chain(ordered) {
            policy.add(layer, &mut deny);
        }
        policy.allow.retain(|emoji| !deny.contains(emoji));
        // An emoji of a class that is a floor is not allowed by a list.
        let floors: BTreeSet<&String> = policy
            .classes
            .iter()
            .filter(|(_, class)| policy.rules.get(*class).is_some_and(|rule| rule.floor))
            .map(|(emoji, _)| emoji)
            .collect();
        policy.allow.retain(|emoji| !floors.contains(emoji));
        policy
            .custom
            .sort_by(|a, b| (&a.rule, &a.source).cmp(&(&b.rule, &b.source)));
        policy
            .custom
            .dedup_by(|next, kept| (&next.rule, &next.source) == (&kept.rule, &kept.source));
        policy.version = fingerprint(policy.shown().as_bytes());
        policy
    }

    fn add(&mut self, layer: &Layer, deny: &mut BTreeSet<String>) {
        for (name, said) in &layer.rules {
            let before = self.rules.get(name).copied();
            let held = before.filter(|rule| rule.floor);
            let action = held.map_or(said.action, |rule| rule.action.max(said.action));
            // Whoever a floor names to agree stays named, unless nobody has to any more.
            let approver = held.and_then(|rule| rule.approver).or(said.approver);
            self.rules.insert(
                name.clone(),
                Rule {
                    action,
                    approver,
                    floor: held.is_some() || said.floor,
                },
            );
        }
        self.allow.extend(layer.allow.iter().cloned());
        deny.extend(layer.deny.iter().cloned());
        for (class, list) in &layer.classes {
            for emoji in list {
                let rule = format!("emoji.{class}");
                let held = self
                    .classes
                    .get(emoji)
                    .and_then(|known| self.rules.get(known))
                    .is_some_and(|known| known.floor);
                if !held {
                    self.classes.insert(emoji.clone(), rule);
                }
            }
        }
        self.custom.extend(layer.custom.iter().cloned());
        self.words
            .extend(layer.words.iter().map(|word| word.to_lowercase()));
        self.hosts
            .extend(layer.hosts.iter().map(|host| host.to_lowercase()));
        if let Some((limit, _)) = layer.emoji_limit {
            self.emoji_limit = self.emoji_limit.min(limit);
        }
    }

    /// Refuses a layer that asks for less than a floor above it: for the moment it is written.
    pub fn check(layer: &Layer, above: &[Layer]) -> Result<(), PolicyError> {
        let above: Vec<Layer> = above
            .iter()
            .filter(|other| other.level < layer.level)
            .cloned()
            .collect();
        let held = Self::merge(&above);
        for (name, said) in &layer.rules {
            if let Some(rule) = held.rules.get(name).filter(|rule| rule.floor)
                && said.action < rule.action
            {
                return Err(PolicyError {
                    line: said.place.0,
                    column: said.place.1,
                    problem: format!("{name} is a floor and may only be tightened"),
                    hint: Some(format!("at least {}", word(rule.action))),
                });
            }
        }
        if let Some((limit, place)) = layer
            .emoji_limit
            .filter(|(limit, _)| *limit > held.emoji_limit)
        {
            return Err(PolicyError {
                line: place.0,
                column: place.1,
                problem: format!("{limit} emoji are more than the {} above", held.emoji_limit),
                hint: Some(format!("at most {}", held.emoji_limit)),
            });
        }
        Ok(())
    }

    /// What a rule asks for; nothing, when no layer speaks of it.
    pub fn rule(&self, name: &str) -> Rule {
        self.rules.get(name).copied().unwrap_or(Rule {
            action: Action::Allow,
            approver: None,
            floor: false,
        })
    }

    /// Whether an emoji may be written.
    pub fn allows_emoji(&self, emoji: &str) -> bool {
        self.allow.contains(emoji)
    }

    /// The rule of an emoji's class.
    pub fn emoji_class(&self, emoji: &str) -> Option<&str> {
        self.classes.get(emoji).map(String::as_str)
    }

    /// The emoji of classes that are written in plain characters, as `;)`.
    pub(crate) fn emoticons(&self) -> impl Iterator<Item = (&str, &str)> {
        self.classes
            .iter()
            .filter(|(emoji, _)| emoji.is_ascii())
            .map(|(emoji, rule)| (emoji.as_str(), rule.as_str()))
    }

    /// The most emoji a message may have.
    pub fn emoji_limit(&self) -> usize {
        self.emoji_limit as usize
    }

    /// Words this chain or clinic writes that no dictionary has, in lower case.
    pub fn words(&self) -> &BTreeSet<String> {
        &self.words
    }

    /// Hosts that are not foreign, in lower case.
    pub fn hosts(&self) -> &BTreeSet<String> {
        &self.hosts
    }

    pub(crate) fn custom(&self) -> &[Custom] {
        &self.custom
    }

    /// A fingerprint of everything merged: equal policies have equal versions.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// All of it as text, in one order.
    fn shown(&self) -> String {
        let custom: Vec<_> = self
            .custom
            .iter()
            .map(|c| (&c.rule, &c.source, c.action, c.approver, &c.unless_role))
            .collect();
        format!(
            "{:?}{:?}{:?}{:?}{:?}{:?}{}",
            self.rules, self.allow, self.classes, custom, self.words, self.hosts, self.emoji_limit
        )
    }
}

fn word(action: Action) -> &'static str {
    match action {
        Action::Allow => "allow",
        Action::Warn => "warn",
        Action::RequireApproval => "require_approval",
        Action::Block => "block",
    }
}

#[cfg(test)]
mod tests;
