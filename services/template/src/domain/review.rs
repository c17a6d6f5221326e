//! A chain's own wording on its way to patients: draft, in review, approved or rejected, retired.

use super::phrasebook::{Candidate, Occasion, Place, Words};
use bitewing_auth::Role;
use bitewing_core::{ClinicId, WordingId};
use std::sync::Arc;
use time::OffsetDateTime;

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Worked on.
    Draft,
    /// Waiting for whoever may approve it.
    InReview,
    /// Said to patients.
    Approved,
    /// Sent back, with the reason.
    Rejected,
    /// No longer said.
    Retired,
}

impl State {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 5] = [
        Self::Draft,
        Self::InReview,
        Self::Approved,
        Self::Rejected,
        Self::Retired,
    ];

    /// The stable name, in events and audit trails.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::InReview => "IN_REVIEW",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Retired => "RETIRED",
        }
    }
}

/// What may be done with a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Submit,
    Approve,
    Reject,
    Retire,
}

impl Step {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 4] = [Self::Submit, Self::Approve, Self::Reject, Self::Retire];

    /// The event it tells.
    pub(crate) const fn event(self) -> &'static str {
        match self {
            Self::Submit => "wording.submitted",
            Self::Approve => "wording.approved",
            Self::Reject => "wording.rejected",
            Self::Retire => "wording.retired",
        }
    }
}

/// Who takes a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who<'a> {
    /// The roles of a member of staff; programs of the chain have none.
    pub(crate) roles: Option<&'a [Role]>,
    /// Whether it is who wrote the version.
    pub(crate) author: bool,
}

/// Why a step is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not from this state.
    State,
    /// Not by this person.
    Role,
    /// Not by who wrote it.
    Author,
}

/// Whether a step may be taken from a state by somebody.
///
/// What is clinical only a dentist decides (R73, R83); a dentist decides nothing else. Everyone who may write may hand
/// in, and whoever decides may also retire. Nobody approves their own words: a mistake that two people overlook is
/// rarer than one that the one who made it overlooks, and a wording goes to thousands.
pub(crate) fn step(
    kind: &Occasion,
    from: State,
    step: Step,
    who: Who<'_>,
) -> Result<State, Refusal> {
    let entitled = match (step, who.roles, kind.clinical) {
        (Step::Submit, _, _) => true,
        (_, None, clinical) => !clinical,
        (_, Some(roles), true) => roles.contains(&Role::Dentist),
        (_, Some(roles), false) => roles.contains(&Role::Owner) || roles.contains(&Role::Manager),
    };
    if !entitled {
        return Err(Refusal::Role);
    }
    match (step, from) {
        (Step::Submit, State::Draft) => Ok(State::InReview),
        (Step::Approve, State::InReview) if who.author => Err(Refusal::Author),
        (Step::Approve, State::InReview) => Ok(State::Approved),
        (Step::Reject, State::InReview) => Ok(State::Rejected),
        (Step::Retire, State::Approved) => Ok(State::Retired),
        _ => Err(Refusal::State),
    }
}

/// A version of a chain's own wording.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the name of the contract")]
pub(crate) struct Version {
    pub(crate) id: WordingId,
    pub(crate) version: i32,
    /// `None` for what the whole chain says.
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) kind: Arc<Occasion>,
    pub(crate) place: Place,
    pub(crate) words: Words,
    pub(crate) state: State,
    pub(crate) revision: i32,
    pub(crate) reason: String,
    pub(crate) keeps_scheduled: bool,
    pub(crate) written_by: String,
    pub(crate) decided_by: String,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

impl Version {
    /// The etag: changes with every version and every change of one.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}.{}\"", self.version, self.revision)
    }

    /// Whether an etag sent is empty or the current one.
    pub(crate) fn matches(&self, etag: &str) -> bool {
        etag.is_empty() || etag == self.etag()
    }

    /// As one of those of which the nearest is said.
    pub(crate) const fn candidate(&self) -> Candidate {
        Candidate {
            place: self.place,
            of_clinic: self.clinic.is_some(),
        }
    }

    /// Whether a message that was scheduled with the version is still sent with it.
    pub(crate) const fn renders_scheduled(&self) -> bool {
        match self.state {
            State::Approved => true,
            State::Retired => self.keeps_scheduled,
            State::Draft | State::InReview | State::Rejected => false,
        }
    }

    /// Takes new words: in a draft, or in a new version where this one was decided; `None` while it is in review.
    pub(crate) fn rewritten(&self, words: Words, by: &str, now: OffsetDateTime) -> Option<Self> {
        let changed = Self {
            words,
            written_by: by.to_owned(),
            updated_at: now,
            ..self.clone()
        };
        match self.state {
            State::InReview => None,
            State::Draft => Some(Self {
                revision: self.revision + 1,
                ..changed
            }),
            State::Approved | State::Rejected | State::Retired => Some(Self {
                version: self.version + 1,
                revision: 1,
                state: State::Draft,
                reason: String::new(),
                keeps_scheduled: false,
                decided_by: String::new(),
                created_at: now,
                ..changed
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::phrasebook::kind;
    use std::fmt::Write as _;

    #[test]
    fn every_step_from_every_state_by_every_role() {
        let who: [Option<&[Role]>; 6] = [
            None,
            Some(&[Role::Owner]),
            Some(&[Role::Manager]),
            Some(&[Role::Dentist]),
            Some(&[Role::Secretary]),
            Some(&[Role::Auditor]),
        ];
        let mut matrix = String::new();
        for kind in [kind("reminder").unwrap(), kind("dosage").unwrap()] {
            for roles in who {
                for author in [false, true] {
                    let who = Who { roles, author };
                    writeln!(matrix, "{} {roles:?} author: {author}", kind.name).unwrap();
                    for from in State::ALL {
                        let taken = Step::ALL.map(|taken| match step(kind, from, taken, who) {
                            Ok(to) => format!("{taken:?} -> {to:?}"),
                            Err(refusal) => format!("{taken:?}: {refusal:?}"),
                        });
                        writeln!(matrix, "  {}: {}", from.name(), taken.join(", ")).unwrap();
                    }
                }
            }
        }
        insta::assert_snapshot!(matrix);
    }

    #[test]
    fn clinical_words_are_a_dentists_to_decide() {
        let dosage = kind("dosage").unwrap();
        let decided = |roles| {
            let who = Who {
                roles,
                author: false,
            };
            step(dosage, State::InReview, Step::Approve, who)
        };
        assert_eq!(decided(Some(&[Role::Dentist])), Ok(State::Approved));
        for roles in [None, Some(&[Role::Owner, Role::Manager][..])] {
            assert_eq!(decided(roles), Err(Refusal::Role));
        }
    }
}
