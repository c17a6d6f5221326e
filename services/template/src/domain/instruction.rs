//! What dentists tell patients after procedures and about what was prescribed, in versions (R83).

use super::Key;
use super::phrasebook::Locale;
use bitewing_core::{ClinicId, InstructionId, InstructionIssueId, PatientId};
use bitewing_rpc::field::printable;
use time::OffsetDateTime;

/// Characters of a body: what wordings take as the value `instruction.body`.
const MAX_BODY: usize = 5_000;

/// What an instruction tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InstructionKind {
    Aftercare,
    Dosage,
}

impl InstructionKind {
    /// The kind of wording that says it.
    pub(crate) const fn wording(self) -> &'static str {
        match self {
            Self::Aftercare => "instructions",
            Self::Dosage => "dosage",
        }
    }
}

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Draft,
    Approved,
    Rejected,
    Replaced,
    Retired,
}

/// What happens to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Approve,
    Reject,
    /// A later version was approved.
    Replace,
    Retire,
}

/// The version's state does not allow the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongState;

impl State {
    pub(crate) const ALL: [Self; 5] = [
        Self::Draft,
        Self::Approved,
        Self::Rejected,
        Self::Replaced,
        Self::Retired,
    ];

    /// The state behind a step.
    pub(crate) const fn after(self, step: Step) -> Result<Self, WrongState> {
        match (self, step) {
            (Self::Draft, Step::Approve) => Ok(Self::Approved),
            (Self::Draft, Step::Reject) => Ok(Self::Rejected),
            (Self::Approved, Step::Replace) => Ok(Self::Replaced),
            (Self::Approved, Step::Retire) => Ok(Self::Retired),
            _ => Err(WrongState),
        }
    }
}

/// Who decided over a version, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) by: String,
    pub(crate) at: OffsetDateTime,
    /// Why it was rejected.
    pub(crate) reason: String,
}

/// One version of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Instruction {
    pub(crate) id: InstructionId,
    pub(crate) version: i32,
    /// `None` is the whole chain.
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) kind: InstructionKind,
    pub(crate) procedure: Key,
    pub(crate) locale: Locale,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) state: State,
    pub(crate) newest: bool,
    pub(crate) revision: i32,
    pub(crate) written_by: String,
    pub(crate) decided: Option<Decision>,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
}

impl Instruction {
    /// The etag: changes with every change of the version.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}.{}\"", self.version, self.revision)
    }

    /// Whether an etag sent is empty or the current one.
    pub(crate) fn matches(&self, etag: &str) -> bool {
        etag.is_empty() || etag == self.etag()
    }

    /// Takes a step.
    pub(crate) fn step(&mut self, step: Step, now: OffsetDateTime) -> Result<(), WrongState> {
        self.state = self.state.after(step)?;
        self.revision += 1;
        self.updated_at = now;
        Ok(())
    }

    /// The version after this one, or this one where it is still a draft, with other words.
    pub(crate) fn rewrite(
        &self,
        title: String,
        body: String,
        author: &str,
        now: OffsetDateTime,
    ) -> Self {
        let draft = self.state == State::Draft;
        Self {
            version: self.version + i32::from(!draft),
            title,
            body,
            state: State::Draft,
            revision: if draft { self.revision + 1 } else { 1 },
            written_by: author.to_owned(),
            decided: None,
            created_at: if draft { self.created_at } else { now },
            updated_at: now,
            ..self.clone()
        }
    }
}

/// What is wrong with a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoBody {
    #[error("is required")]
    Empty,
    #[error("must have 1 to {MAX_BODY} characters")]
    Long,
    #[error("must not hold control characters")]
    Control,
    /// A wording takes the body as a value, and no value may look like a place for one.
    #[error("must not hold {{{{ or {{%")]
    Braces,
}

/// Reads a body: lines of text.
pub(crate) fn body(text: &str) -> Result<String, NoBody> {
    if text.chars().nth(MAX_BODY).is_some() {
        return Err(NoBody::Long);
    }
    let text = text.replace("\r\n", "\n").trim().to_owned();
    if text.is_empty() {
        Err(NoBody::Empty)
    } else if !text
        .chars()
        .all(|letter| letter == '\n' || printable(letter))
    {
        Err(NoBody::Control)
    } else if text.contains("{{") || text.contains("{%") {
        Err(NoBody::Braces)
    } else {
        Ok(text)
    }
}

/// What happened to an instruction on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ReceiptKind {
    Delivered,
    Read,
    Understood,
}

impl ReceiptKind {
    /// Whether it says that the patient read it.
    pub(crate) const fn is_read(self) -> bool {
        matches!(self, Self::Read | Self::Understood)
    }
}

/// Who knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ReceiptSource {
    Portal,
    Message,
    Document,
    Staff,
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) kind: ReceiptKind,
    pub(crate) source: ReceiptSource,
    pub(crate) occurred_at: OffsetDateTime,
    pub(crate) recorded_at: OffsetDateTime,
    pub(crate) recorded_by: String,
}

/// An instruction given to a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issue {
    pub(crate) id: InstructionIssueId,
    pub(crate) instruction: InstructionId,
    pub(crate) version: i32,
    pub(crate) patient: PatientId,
    pub(crate) clinic: ClinicId,
    pub(crate) issued_by: String,
    pub(crate) issued_at: OffsetDateTime,
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;
    use uuid::Uuid;

    fn draft() -> Instruction {
        let now = datetime!(2027-01-01 00:00 UTC);
        Instruction {
            id: InstructionId::from_uuid(Uuid::from_u128(1)),
            version: 1,
            clinic: None,
            kind: InstructionKind::Aftercare,
            procedure: Key::parse("extraction").unwrap(),
            locale: Locale::En,
            title: "After an extraction".to_owned(),
            body: "Bite on the swab.".to_owned(),
            state: State::Draft,
            newest: true,
            revision: 1,
            written_by: String::new(),
            decided: None,
            created_at: now,
            updated_at: now,
        }
    }

    #[test]
    fn only_these_steps_are_taken() {
        let steps = [Step::Approve, Step::Reject, Step::Replace, Step::Retire];
        let taken: Vec<_> = State::ALL
            .into_iter()
            .flat_map(|state| steps.map(|step| (state, step)))
            .filter_map(|(state, step)| Some((state, step, state.after(step).ok()?)))
            .collect();
        assert_eq!(
            taken,
            [
                (State::Draft, Step::Approve, State::Approved),
                (State::Draft, Step::Reject, State::Rejected),
                (State::Approved, Step::Replace, State::Replaced),
                (State::Approved, Step::Retire, State::Retired),
            ]
        );
    }

    #[test]
    fn what_was_signed_is_never_rewritten() {
        let now = datetime!(2027-02-01 00:00 UTC);
        let again = draft().rewrite("T".to_owned(), "B".to_owned(), "user/x", now);
        assert_eq!((again.version, again.revision), (1, 2));
        let mut signed = draft();
        signed.step(Step::Approve, now).unwrap();
        let next = signed.rewrite("T".to_owned(), "B".to_owned(), "user/x", now);
        assert_eq!(
            (next.version, next.revision, next.state),
            (2, 1, State::Draft)
        );
        assert_eq!(signed.body, "Bite on the swab.");
        assert_ne!(signed.etag(), next.etag());
    }

    #[test]
    fn bodies_are_lines_that_wordings_can_take() {
        assert_eq!(body(" a\r\nb ").as_deref(), Ok("a\nb"));
        for (text, wrong) in [
            ("", NoBody::Empty),
            (" \n", NoBody::Empty),
            ("\u{202e}", NoBody::Control),
            ("take {{ dose }}", NoBody::Braces),
            (&"x".repeat(5_001), NoBody::Long),
        ] {
            assert_eq!(body(text), Err(wrong));
        }
    }
}
