//! What can go wrong between a service and its database, by meaning.

use std::fmt;
use uuid::Uuid;

/// A failure of the store.
///
/// It never carries a row's values: Postgres puts them in the details of its errors, so only the
/// SQLSTATE and the names of constraints are kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another transaction got in the way; doing the whole again may succeed.
    #[error("the transaction collided with another one")]
    Conflict,
    /// The database cannot be reached, or has no connection left to give.
    #[error("the database is unavailable")]
    Unavailable,
    /// The transaction was open for longer than [`Tx::MAX_AGE`](crate::Tx::MAX_AGE) and was undone.
    #[error("the transaction was open for too long")]
    Overdue,
    /// A named constraint refused a row.
    #[error("the constraint {name} refuses the row")]
    Constraint {
        /// The name given to it in a migration.
        name: String,
    },
    /// The request id was used before, with another request.
    #[error("the request id belongs to another request")]
    RequestIdReused,
    /// A request id was claimed and the transaction ends without an answer to remember.
    #[error("the answer of a claimed request id is missing")]
    AnswerMissing,
    /// Somebody else holds what this process believed to hold.
    #[error("the lease was lost")]
    LeaseLost,
    /// A stored row cannot be what the code believes rows to be.
    #[error("{table}.{column} of {id} is inconsistent")]
    Inconsistent {
        /// Where.
        table: &'static str,
        /// Which value.
        column: &'static str,
        /// Which row.
        id: Uuid,
    },
    /// Sealed bytes do not open: they were changed, moved, or their key is not on the ring.
    #[error("sealed bytes do not open")]
    Tampered,
    /// Anything else the database refused.
    #[error("the database refused: {0}")]
    Database(Refusal),
}

impl StoreError {
    /// A stable word for logs, metrics and stored failures.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Conflict => "STORE_CONFLICT",
            Self::Unavailable => "STORE_UNAVAILABLE",
            Self::Overdue => "STORE_OVERDUE",
            Self::Constraint { .. } => "STORE_CONSTRAINT",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::AnswerMissing => "ANSWER_MISSING",
            Self::LeaseLost => "LEASE_LOST",
            Self::Inconsistent { .. } => "STORE_INCONSISTENT",
            Self::Tampered => "STORE_TAMPERED",
            Self::Database(_) => "STORE_REFUSED",
        }
    }

    /// Whether doing the same again, later, may succeed.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Conflict | Self::Unavailable | Self::Overdue)
    }

    /// The constraint that refused, when one did.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Constraint { name } => Some(name),
            _ => None,
        }
    }
}

/// What is left of an unexpected database error once everything that may hold a value is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    what: &'static str,
    sqlstate: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)?;
        self.sqlstate
            .as_ref()
            .map_or(Ok(()), |code| write!(f, " (SQLSTATE {code})"))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let what = match &error {
            sqlx::Error::Database(database) => {
                return from_database(database.code().as_deref(), database.constraint());
            }
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::BeginFailed => return Self::Unavailable,
            sqlx::Error::RowNotFound => "no row",
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => "a value does not decode",
            sqlx::Error::Encode(_) => "a value does not encode",
            sqlx::Error::Protocol(_) => "protocol violation",
            sqlx::Error::Configuration(_) => "configuration",
            _ => "client error",
        };
        Self::Database(Refusal {
            what,
            sqlstate: None,
        })
    }
}

/// Sorts by SQLSTATE (PostgreSQL documentation, appendix A).
fn from_database(code: Option<&str>, constraint: Option<&str>) -> StoreError {
    let code = code.unwrap_or_default();
    match (code, constraint) {
        // serialization_failure, deadlock_detected, lock_not_available
        ("40001" | "40P01" | "55P03", _) => StoreError::Conflict,
        // query_canceled by statement_timeout, idle_in_transaction_session_timeout
        ("57014" | "25P03", _) => StoreError::Overdue,
        // class 23: integrity constraint violation
        (code, Some(name)) if code.starts_with("23") => StoreError::Constraint {
            name: name.to_owned(),
        },
        // connection exception, insufficient resources, operator intervention
        (code, _)
            if ["08", "53", "57"]
                .iter()
                .any(|class| code.starts_with(class)) =>
        {
            StoreError::Unavailable
        }
        (code, _) => StoreError::Database(Refusal {
            what: "refused by the server",
            sqlstate: Some(code.to_owned()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_sorted_by_meaning() {
        assert!(matches!(
            from_database(Some("40P01"), None),
            StoreError::Conflict
        ));
        assert!(matches!(
            from_database(Some("57P01"), None),
            StoreError::Unavailable
        ));
        assert!(matches!(
            from_database(Some("53300"), None),
            StoreError::Unavailable
        ));
        assert!(matches!(
            from_database(Some("57014"), None),
            StoreError::Overdue
        ));
        let refused = from_database(Some("23505"), Some("job_dedupe"));
        assert_eq!(refused.constraint(), Some("job_dedupe"));
        assert_eq!(
            from_database(Some("42501"), None).to_string(),
            "the database refused: refused by the server (SQLSTATE 42501)"
        );
    }

    #[test]
    fn a_pool_without_connections_is_unavailable() {
        assert!(StoreError::from(sqlx::Error::PoolTimedOut).is_transient());
        assert!(!StoreError::from(sqlx::Error::RowNotFound).is_transient());
    }
}
