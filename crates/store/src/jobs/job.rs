//! A piece of work, and who does it.

use super::{JobLease, Outcome};
use crate::StoreError;
use async_trait::async_trait;
use bitewing_auth::Scope;
use bitewing_core::{ClinicId, JobId, OrganizationId, Sensitive};
use std::time::Duration;
use time::OffsetDateTime;

/// Who goes first: every lane has its own slots in every worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lane {
    /// Codes, alarms, deadlines.
    Urgent,
    /// Answers to people who wait.
    Reply,
    /// Confirmations, reminders.
    Transactional,
    /// Everything that is sent to many.
    Campaign,
}

impl Lane {
    /// All four, the most pressing first.
    pub const ALL: [Self; 4] = [
        Self::Urgent,
        Self::Reply,
        Self::Transactional,
        Self::Campaign,
    ];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Reply => "reply",
            Self::Transactional => "transactional",
            Self::Campaign => "campaign",
        }
    }

    /// The stored form.
    pub(super) const fn code(self) -> i16 {
        self as i16
    }
}

/// When a job runs, by the database's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// As soon as the transaction is committed.
    Now,
    /// This long after the statement.
    In(Duration),
    /// At an instant.
    At(OffsetDateTime),
}

impl Due {
    /// As an instant or a delay in seconds, of which one is null.
    pub(super) fn parts(self) -> (Option<OffsetDateTime>, f64) {
        match self {
            Self::Now => (None, 0.0),
            Self::In(delay) => (None, delay.as_secs_f64()),
            Self::At(instant) => (Some(instant), 0.0),
        }
    }
}

/// A job to enqueue.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Which handler does it.
    pub kind: &'static str,
    /// How pressing it is.
    pub lane: Lane,
    /// When.
    pub due: Due,
    /// What it is about: while a job of this kind and key exists, a second one is not made.
    pub dedupe_key: String,
    /// What the handler needs; sealed in the row, at most 60 KiB.
    pub body: Vec<u8>,
    /// The clinics its enqueuer might act for; `None` is all.
    pub clinics: Option<Vec<ClinicId>>,
    /// What the work is for, as tokens made for it will say.
    pub purpose: String,
    /// Runs before it is put aside.
    pub max_attempts: u16,
}

/// A claimed job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its identifier.
    pub id: JobId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Which handler does it.
    pub kind: &'static str,
    /// How pressing it is.
    pub lane: Lane,
    /// When it was due.
    pub due_at: OffsetDateTime,
    /// Which run this is, from 1.
    pub attempt: u16,
    /// Runs before it is put aside.
    pub max_attempts: u16,
    /// What it is about.
    pub dedupe_key: String,
    /// The clinics its enqueuer might act for; `None` is all.
    pub clinics: Option<Vec<ClinicId>>,
    /// What the work is for.
    pub purpose: String,
    /// What the handler needs.
    pub body: Sensitive<Vec<u8>>,
}

impl Job {
    /// The door a claimed job opens.
    pub const fn scope(&self) -> Scope {
        Scope::of_job(self.organization)
    }

    /// Whether a failure of this run is the last one.
    pub const fn is_last_attempt(&self) -> bool {
        self.attempt >= self.max_attempts
    }
}

/// Why a run failed. Reasons are stable words: they are stored and shown, so they hold no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// Another run may succeed.
    #[error("{reason}")]
    Retry {
        /// Why this one did not.
        reason: &'static str,
        /// When the other side said to come back; otherwise a growing random delay.
        after: Option<Duration>,
    },
    /// No run ever will: the job is put aside at once.
    #[error("{reason}")]
    Fatal {
        /// Why.
        reason: &'static str,
    },
    /// Another worker has the job, or it was cancelled: nothing is left to do.
    #[error("the lease of the job was lost")]
    LeaseLost,
}

impl JobError {
    /// Another run may succeed, after a growing random delay.
    pub const fn retry(reason: &'static str) -> Self {
        Self::Retry {
            reason,
            after: None,
        }
    }

    /// No run ever will.
    pub const fn fatal(reason: &'static str) -> Self {
        Self::Fatal { reason }
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::LeaseLost => Self::LeaseLost,
            StoreError::Tampered | StoreError::Inconsistent { .. } => Self::fatal(error.reason()),
            _ => Self::retry(error.reason()),
        }
    }
}

/// Does one kind of work.
#[async_trait]
pub trait JobHandler: Send + Sync {
    /// Runs the job once. What it writes is committed by the lease, together with the job's end:
    /// an [`Outcome`] can be had in no other way.
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError>;
}
