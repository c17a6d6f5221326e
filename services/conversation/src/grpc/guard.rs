//! The guard as sending asks it: the clinic's policy, the writer's role, the verdict and what is kept of it.

use crate::domain::{Approver, Check, Clinic, Decision, Step};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::{ClinicId, Language, Sensitive};
use bitewing_guard::message::Outbound;
use bitewing_guard::policy::Policy;
use bitewing_guard::verdict::{Action, Verdict};
use bitewing_guard_desk::{Desk, Layers, Policies, PolicyKey, Question, wire, writer};
use bitewing_proto::template::GuardVerdict;
use bitewing_rpc::{Call, Violation};
use prost::Message as _;
use std::collections::BTreeSet;
use std::sync::Arc;
use time::OffsetDateTime;

/// How much of a clinic's name is looked for in texts.
const CLINIC_NAME: usize = 50;
/// The most rules a line of audit names, and the most findings a refusal does: it travels in a header. A look-ahead
/// (`validate_only`) shows all.
const MOST_RULES: usize = 50;
const MOST_VIOLATIONS: usize = 20;

/// The guard and the policies it was asked for lately.
#[derive(Clone)]
pub(super) struct Guard {
    desk: Desk,
    policies: Policies,
}

/// A verdict and the policy it came by.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    policy: Arc<Policy>,
}

impl Guard {
    pub(super) fn new(desk: Desk) -> Self {
        Self {
            desk,
            policies: Policies::default(),
        }
    }

    /// The policy of a clinic: merged anew only where a layer changed.
    pub(super) async fn policy(&self, tx: &mut Tx, clinic: ClinicId) -> Result<Arc<Policy>, Error> {
        let (chain_version, clinic_version) = tx.guard_versions(clinic).await?;
        let key = PolicyKey {
            organization: tx.organization(),
            clinic: Some(clinic),
            chain_version,
            clinic_version,
        };
        if let Some(policy) = self.policies.find(&key) {
            return Ok(policy);
        }
        // Both may have changed meanwhile: they are kept under the versions they came with.
        let [(chain_version, chain), (clinic_version, clinic)] = tx.guard_layers(clinic).await?;
        let key = PolicyKey {
            chain_version,
            clinic_version,
            ..key
        };
        Ok(self.policies.keep(key, &Layers { chain, clinic }))
    }

    /// Judges what somebody wrote: by the role of their credential, whatever the request says.
    pub(super) async fn judge(
        &self,
        call: &Call,
        clinic: &Clinic,
        (text, context): (String, Outbound),
        policy: Arc<Policy>,
    ) -> Result<Judged, Error> {
        let context = Outbound {
            operator_role: writer::role_of(&call.caller),
            clinic: clinic.card.display_name.chars().take(CLINIC_NAME).collect(),
            region: Some(clinic.card.region.clone()),
            ..context
        };
        let question = Question {
            text,
            context,
            policy: Arc::clone(&policy),
            suggest: false,
        };
        let verdict = self.desk.check(question).await?;
        Ok(Judged { verdict, policy })
    }
}

impl Judged {
    /// Whether every finding that blocks can be overridden.
    pub(super) fn all_overridable(&self) -> bool {
        self.blocks()
            .all(|finding| bitewing_guard_desk::desk::overridable(finding, &self.policy))
    }

    fn blocks(&self) -> impl Iterator<Item = &bitewing_guard::verdict::Finding> {
        let blocks = |finding: &&bitewing_guard::verdict::Finding| finding.action == Action::Block;
        self.verdict.findings.iter().filter(blocks)
    }

    /// The rules that block, each once, for the audit trail.
    pub(super) fn blocking_rules(&self) -> Vec<&str> {
        let rules: BTreeSet<&str> = self.blocks().map(|finding| finding.rule.as_str()).collect();
        rules.into_iter().take(MOST_RULES).collect()
    }

    /// As it is answered.
    pub(super) fn told(&self, language: Language) -> GuardVerdict {
        wire::verdict(&self.verdict, &self.policy, language)
    }

    /// One violation for each of the first findings that block: the rule, where, and what it means.
    pub(super) fn refusal(&self, language: Language) -> Error {
        let told = self.told(language);
        let blocks = told
            .findings
            .into_iter()
            .filter(|found| found.action() == bitewing_proto::template::GuardAction::Block);
        let violation = |found: bitewing_proto::template::GuardFinding| {
            let place = found.span.map_or_else(String::new, |span| {
                format!(" (UTF-16 units {} to {})", span.start, span.end)
            });
            Violation::new(
                "text",
                format!("{}{place}: {}", found.rule, found.explanation),
            )
        };
        Error::GuardBlocked(blocks.take(MOST_VIOLATIONS).map(violation).collect())
    }

    /// What is kept: suggestions and explanations aside, the former repeat what was written.
    pub(super) fn check(
        &self,
        call: &Call,
        step: Step,
        reason: Sensitive<String>,
        now: OffsetDateTime,
    ) -> Check {
        let mut kept = self.told(Language::En);
        for finding in &mut kept.findings {
            finding.suggestion.clear();
            finding.explanation.clear();
        }
        let (decision, approver): (_, Option<Approver>) = match step {
            Step::Hold(approver) => (Decision::Waiting, Some(approver)),
            Step::Override => (Decision::Overridden, None),
            Step::Send | Step::Block | Step::RefuseOverride => (Decision::Sent, None),
        };
        let overridden = decision == Decision::Overridden;
        Check {
            verdict: kept.encode_to_vec(),
            approver,
            decision,
            author: call.caller.actor.clone(),
            decider: if overridden {
                call.caller.actor.id.clone()
            } else {
                String::new()
            },
            reason,
            decided_at: overridden.then_some(now),
        }
    }
}

/// How an action rests.
pub(super) const fn stored_action(action: Action) -> i16 {
    match action {
        Action::Allow => 1,
        Action::Warn => 2,
        Action::RequireApproval => 3,
        Action::Block => 4,
    }
}
