//! What the guard said of messages, and what was decided.

use super::Tx;
use crate::domain::{Approver, Check, Decision, Letter};
use crate::error::Error;
use bitewing_auth::{Actor, ActorKind};
use bitewing_core::{MessageId, Sensitive};
use bitewing_store::StoreError;
use time::OffsetDateTime;

const fn stored_approver(approver: Approver) -> i16 {
    match approver {
        Approver::Dentist => 1,
        Approver::Manager => 2,
    }
}

const fn stored_decision(decision: Decision) -> i16 {
    match decision {
        Decision::Sent => 1,
        Decision::Waiting => 2,
        Decision::Approved => 3,
        Decision::Rejected => 4,
        Decision::Overridden => 5,
    }
}

const fn read_decision(stored: i16) -> Option<Decision> {
    match stored {
        1 => Some(Decision::Sent),
        2 => Some(Decision::Waiting),
        3 => Some(Decision::Approved),
        4 => Some(Decision::Rejected),
        5 => Some(Decision::Overridden),
        _ => None,
    }
}

impl Tx {
    /// Keeps what was said of a message, sealed.
    pub(crate) async fn insert_check(
        &mut self,
        id: MessageId,
        action: i16,
        check: &Check,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let row = id.uuid();
        let seal = |column, bytes: &[u8]| {
            let place = self.place("message_checks", column, &row);
            self.keyring.seal(&place, bytes)
        };
        let verdict = seal("verdict", &check.verdict);
        let reason = seal("reason", check.reason.expose().as_bytes());
        sqlx::query!(
            "INSERT INTO message_checks (organization_id, message_id, action, approver, decision,
                                         verdict, author_kind, author_id, decider_id, reason,
                                         decided_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            organization,
            row,
            action,
            check.approver.map(stored_approver),
            stored_decision(check.decision),
            verdict,
            check.author.kind.as_str(),
            check.author.id,
            check.decider,
            reason,
            check.decided_at,
            now
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// What was said of a message; nothing of one that the guard did not read.
    pub(crate) async fn check(&mut self, id: MessageId) -> Result<Option<Check>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query!(
            "SELECT approver, decision, verdict, author_kind, author_id, decider_id, reason, decided_at
             FROM message_checks WHERE organization_id = $1 AND message_id = $2",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let broken = |column| StoreError::Inconsistent {
            table: "message_checks",
            column,
            id: id.uuid(),
        };
        let uuid = id.uuid();
        let open = |column, sealed: &[u8]| {
            let place = self.place("message_checks", column, &uuid);
            self.keyring.open(&place, sealed).map_err(StoreError::from)
        };
        let reason = match &row.reason {
            None => String::new(),
            Some(sealed) => String::from_utf8(open("reason", sealed)?.expose().clone())
                .map_err(|_| StoreError::Tampered)?,
        };
        Ok(Some(Check {
            verdict: open("verdict", &row.verdict)?.expose().clone(),
            approver: match row.approver {
                None => None,
                Some(1) => Some(Approver::Dentist),
                Some(2) => Some(Approver::Manager),
                Some(_) => return Err(broken("approver").into()),
            },
            decision: read_decision(row.decision).ok_or_else(|| broken("decision"))?,
            author: Actor {
                kind: ActorKind::parse(&row.author_kind).ok_or_else(|| broken("author_kind"))?,
                id: row.author_id,
            },
            decider: row.decider_id,
            reason: reason.into(),
            decided_at: row.decided_at,
        }))
    }

    /// Writes what somebody decided about a message that waits.
    pub(crate) async fn decide(
        &mut self,
        id: MessageId,
        decision: Decision,
        (decider, reason): (&str, &Sensitive<String>),
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let row = id.uuid();
        let place = self.place("message_checks", "reason", &row);
        let reason = self.keyring.seal(&place, reason.expose().as_bytes());
        let written = sqlx::query!(
            "UPDATE message_checks SET decision = $3, decider_id = $4, reason = $5, decided_at = $6
             WHERE organization_id = $1 AND message_id = $2 AND decision = $7",
            organization,
            row,
            stored_decision(decision),
            decider,
            reason,
            now,
            stored_decision(Decision::Waiting)
        )
        .execute(self.conn())
        .await?;
        if written.rows_affected() == 1 {
            Ok(())
        } else {
            Err(Error::Conflict)
        }
    }

    /// What a message that waits says.
    pub(crate) async fn letter(&mut self, id: MessageId) -> Result<Option<Letter>, Error> {
        let said = self.said(id).await?;
        Ok(said.map(|(letter, _)| letter))
    }
}
