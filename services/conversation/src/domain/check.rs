//! What becomes of a message somebody wrote, after the guard has read it.

use super::Reason;
use bitewing_auth::Actor;
use bitewing_core::Sensitive;
use bitewing_guard::message::Role;
use bitewing_guard::verdict::{Action, Verdict};
use time::OffsetDateTime;

/// Who has to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Approver {
    /// Of clinical content.
    Dentist,
    /// Of everything else.
    Manager,
}

impl Approver {
    /// The role the guard asks for; whatever is not a dentist's to decide is a manager's.
    pub(crate) const fn of(role: Option<Role>) -> Self {
        match role {
            Some(Role::Dentist) => Self::Dentist,
            _ => Self::Manager,
        }
    }

    /// The guard's word for it.
    pub(crate) const fn role(self) -> Role {
        match self {
            Self::Dentist => Role::Dentist,
            Self::Manager => Role::Manager,
        }
    }

    /// Why a message waits.
    pub(crate) const fn reason(self) -> Reason {
        match self {
            Self::Dentist => Reason::NeedsDentist,
            Self::Manager => Reason::NeedsManager,
        }
    }
}

/// What became of what the guard said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Nothing stood against it.
    Sent,
    /// Somebody has to agree.
    Waiting,
    /// Somebody agreed.
    Approved,
    /// Somebody refused.
    Rejected,
    /// It was blocked and sent all the same.
    Overridden,
}

/// What is kept of a verdict.
#[derive(Clone)]
pub(crate) struct Check {
    /// As it is answered, encoded, without suggestions: they repeat what was written.
    pub(crate) verdict: Vec<u8>,
    pub(crate) approver: Option<Approver>,
    pub(crate) decision: Decision,
    pub(crate) author: Actor,
    /// Empty where nobody had to decide.
    pub(crate) decider: String,
    pub(crate) reason: Sensitive<String>,
    pub(crate) decided_at: Option<OffsetDateTime>,
}

/// What is done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It leaves.
    Send,
    /// It waits for somebody.
    Hold(Approver),
    /// It leaves in spite of a block.
    Override,
    /// It is not kept.
    Block,
    /// An override was given that does not count.
    RefuseOverride,
}

/// What a writer says about a block, and whether that counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Insistence {
    /// A reason was given.
    pub(crate) given: bool,
    /// Whoever writes may override at all.
    pub(crate) may: bool,
    /// Every finding that blocks can be overridden.
    pub(crate) all_overridable: bool,
}

/// Decides what is done. A reason where nothing is blocked changes nothing; overriding a block leaves an approval
/// that another finding asks for in force.
pub(crate) fn decide(verdict: &Verdict, insistence: Insistence) -> Step {
    let held = || {
        let waits =
            |finding: &&bitewing_guard::verdict::Finding| finding.action == Action::RequireApproval;
        let mut found = verdict.findings.iter().filter(waits).peekable();
        found.peek()?;
        let dentist = found.any(|finding| finding.approver == Some(Role::Dentist));
        Some(if dentist {
            Approver::Dentist
        } else {
            Approver::Manager
        })
    };
    match verdict.action {
        Action::Allow | Action::Warn => Step::Send,
        Action::RequireApproval => Step::Hold(Approver::of(verdict.approver)),
        Action::Block if !insistence.given => Step::Block,
        Action::Block if !(insistence.may && insistence.all_overridable) => Step::RefuseOverride,
        Action::Block => held().map_or(Step::Override, Step::Hold),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::Language;
    use bitewing_guard::verdict::{Cause, Finding, LanguageGuess, Versions};

    fn verdict(actions: &[(Action, Option<Role>)]) -> Verdict {
        let findings: Vec<Finding> = actions
            .iter()
            .map(|(action, approver)| Finding {
                rule: "meaning.rude".to_owned(),
                action: *action,
                approver: *approver,
                span: None,
                message: "guard.meaning.rude",
                suggestion: None,
                cause: Cause::Rule,
            })
            .collect();
        let strongest = findings.iter().max_by_key(|finding| finding.action);
        Verdict {
            action: strongest.map_or(Action::Allow, |finding| finding.action),
            approver: strongest.and_then(|finding| finding.approver),
            findings,
            outcomes: Vec::new(),
            language: LanguageGuess {
                language: Language::En,
                confidence: 1.0,
            },
            spelling_checked: false,
            versions: Versions {
                model: String::new(),
                policy: String::new(),
            },
        }
    }

    fn insist(given: bool, may: bool, all_overridable: bool) -> Insistence {
        Insistence {
            given,
            may,
            all_overridable,
        }
    }

    #[test]
    fn every_verdict_against_every_override() {
        let allow = verdict(&[]);
        let warn = verdict(&[(Action::Warn, None)]);
        let hold = verdict(&[(Action::RequireApproval, Some(Role::Dentist))]);
        let block = verdict(&[(Action::Block, None)]);
        for given in [false, true] {
            for may in [false, true] {
                for all in [false, true] {
                    let insistence = insist(given, may, all);
                    assert_eq!(decide(&allow, insistence), Step::Send);
                    assert_eq!(decide(&warn, insistence), Step::Send);
                    // Nobody overrides an approval: whoever may give one gives it.
                    assert_eq!(decide(&hold, insistence), Step::Hold(Approver::Dentist));
                    let wanted = match (given, may && all) {
                        (false, _) => Step::Block,
                        (true, false) => Step::RefuseOverride,
                        (true, true) => Step::Override,
                    };
                    assert_eq!(decide(&block, insistence), wanted);
                }
            }
        }
    }

    #[test]
    fn an_override_does_not_skip_the_dentist() {
        let both = verdict(&[
            (Action::Block, None),
            (Action::RequireApproval, Some(Role::Manager)),
            (Action::RequireApproval, Some(Role::Dentist)),
        ]);
        let step = decide(&both, insist(true, true, true));
        assert_eq!(step, Step::Hold(Approver::Dentist));
    }
}
