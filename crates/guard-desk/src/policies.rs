//! Merged policies, kept while nothing above them changes.

use bitewing_core::{ClinicId, OrganizationId};
use bitewing_guard::policy::{Layer, Level, Policy, PolicyError};
use moka::sync::Cache;
use std::fmt;
use std::sync::Arc;

/// The most policies kept: one takes some tens of kilobytes.
const MAX_KEPT: u64 = 2_000;

/// Whose policy, and at which versions of its two layers: a change of either is another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PolicyKey {
    /// The organization.
    pub organization: OrganizationId,
    /// The clinic; none for what the chain says where no clinic is known.
    pub clinic: Option<ClinicId>,
    /// The version of the chain's layer; 0 for none.
    pub chain_version: i32,
    /// The version of the clinic's layer; 0 for none.
    pub clinic_version: i32,
}

/// The layers as they were written; empty where nobody wrote one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layers {
    /// The chain's.
    pub chain: String,
    /// The clinic's.
    pub clinic: String,
}

impl Layers {
    /// Reads the layers that are there. What was written was checked then; a guard that has become stricter since
    /// may refuse it now.
    pub fn read(&self) -> Result<Vec<Layer>, PolicyError> {
        [(Level::Chain, &self.chain), (Level::Clinic, &self.clinic)]
            .into_iter()
            .filter(|(_, toml)| !toml.trim().is_empty())
            .map(|(level, toml)| Layer::parse(level, toml))
            .collect()
    }

    /// Merges what can be read. A layer that cannot be read any more does not open the door: the others and the
    /// base, with every floor, stay in force.
    pub fn merge(&self) -> Policy {
        let readable: Vec<Layer> = [(Level::Chain, &self.chain), (Level::Clinic, &self.clinic)]
            .into_iter()
            .filter(|(_, toml)| !toml.trim().is_empty())
            .filter_map(|(level, toml)| match Layer::parse(level, toml) {
                Ok(layer) => Some(layer),
                Err(error) => {
                    let (line, column) = (error.line, error.column);
                    tracing::warn!(
                        ?level,
                        line,
                        column,
                        "a layer of a policy cannot be read any more"
                    );
                    None
                }
            })
            .collect();
        Policy::merge(&readable)
    }
}

/// Merged policies by whose they are and how old.
#[derive(Clone)]
pub struct Policies {
    kept: Cache<PolicyKey, Arc<Policy>>,
    base: Arc<Policy>,
}

impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Policies({})", self.kept.entry_count())
    }
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            kept: Cache::new(MAX_KEPT),
            base: Arc::new(Policy::base()),
        }
    }
}

impl Policies {
    /// The policy at these versions, if it is kept; where nobody wrote a layer it is the base.
    pub fn find(&self, key: &PolicyKey) -> Option<Arc<Policy>> {
        if key.chain_version == 0 && key.clinic_version == 0 {
            return Some(Arc::clone(&self.base));
        }
        self.kept.get(key)
    }

    /// Merges layers and keeps what they come to.
    pub fn keep(&self, key: PolicyKey, layers: &Layers) -> Arc<Policy> {
        let policy = Arc::new(layers.merge());
        self.kept.insert(key, Arc::clone(&policy));
        policy
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_guard::verdict::Action;
    use uuid::Uuid;

    const NO_EMOJI: &str = "schema = 1\nversion = \"1\"\n[limits]\nemoji = 0\n";

    fn key(chain_version: i32, clinic_version: i32) -> PolicyKey {
        PolicyKey {
            organization: OrganizationId::from_uuid(Uuid::from_u128(1)),
            clinic: Some(ClinicId::from_uuid(Uuid::from_u128(2))),
            chain_version,
            clinic_version,
        }
    }

    #[test]
    fn a_change_of_either_layer_is_another_policy() {
        let policies = Policies::default();
        assert!(policies.find(&key(0, 0)).is_some());
        assert!(policies.find(&key(1, 0)).is_none());
        let layers = Layers {
            chain: NO_EMOJI.to_owned(),
            clinic: String::new(),
        };
        let kept = policies.keep(key(1, 0), &layers);
        assert_eq!(kept.emoji_limit(), 0);
        assert!(Arc::ptr_eq(&kept, &policies.find(&key(1, 0)).unwrap()));
        assert!(policies.find(&key(1, 1)).is_none() && policies.find(&key(2, 0)).is_none());
    }

    #[test]
    fn a_layer_that_cannot_be_read_leaves_the_others_in_force() {
        let layers = Layers {
            chain: NO_EMOJI.to_owned(),
            clinic: "nonsense".to_owned(),
        };
        let merged = layers.merge();
        assert_eq!(merged.emoji_limit(), 0);
        assert_eq!(merged.rule("secret.card").action, Action::Block);
        assert!(layers.read().is_err());
    }
}
