//! Who was given which instruction, and who read it.

use super::Tx;
use crate::domain::instruction::{Issue, Receipt, ReceiptKind, ReceiptSource};
use crate::error::Error;
use bitewing_core::{ClinicId, InstructionId, InstructionIssueId, PageSize, PatientId};
use bitewing_store::StoreError;
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    id: Uuid,
    instruction_id: Uuid,
    version: i32,
    patient_id: Uuid,
    clinic_id: Uuid,
    issued_by: String,
    issued_at: OffsetDateTime,
}

impl From<Row> for Issue {
    fn from(row: Row) -> Self {
        Self {
            id: InstructionIssueId::from_uuid(row.id),
            instruction: InstructionId::from_uuid(row.instruction_id),
            version: row.version,
            patient: PatientId::from_uuid(row.patient_id),
            clinic: ClinicId::from_uuid(row.clinic_id),
            issued_by: row.issued_by,
            issued_at: row.issued_at,
        }
    }
}

const fn stored_kind(kind: ReceiptKind) -> i16 {
    match kind {
        ReceiptKind::Delivered => 1,
        ReceiptKind::Read => 2,
        ReceiptKind::Understood => 3,
    }
}

const fn stored_source(source: ReceiptSource) -> i16 {
    match source {
        ReceiptSource::Portal => 1,
        ReceiptSource::Message => 2,
        ReceiptSource::Document => 3,
        ReceiptSource::Staff => 4,
    }
}

fn kind_of(stored: i16) -> Option<ReceiptKind> {
    let all = [
        ReceiptKind::Delivered,
        ReceiptKind::Read,
        ReceiptKind::Understood,
    ];
    all.into_iter().find(|kind| stored_kind(*kind) == stored)
}

fn source_of(stored: i16) -> Option<ReceiptSource> {
    let all = [
        ReceiptSource::Portal,
        ReceiptSource::Message,
        ReceiptSource::Document,
        ReceiptSource::Staff,
    ];
    all.into_iter()
        .find(|source| stored_source(*source) == stored)
}

/// Which issues a list holds.
pub(crate) struct IssueList {
    /// `None` is no restriction.
    pub(crate) clinics: Option<Vec<Uuid>>,
    pub(crate) instruction: Option<InstructionId>,
    pub(crate) patient: Option<PatientId>,
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) unread: bool,
    pub(crate) before: Option<Uuid>,
}

impl Tx {
    /// Writes that an instruction was given.
    pub(crate) async fn insert_issue(&mut self, issue: &Issue) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO instruction_issues (organization_id, id, instruction_id, version, patient_id, clinic_id,
                                             issued_by, issued_at, read)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, false)",
            organization,
            issue.id.uuid(),
            issue.instruction.uuid(),
            issue.version,
            issue.patient.uuid(),
            issue.clinic.uuid(),
            issue.issued_by,
            issue.issued_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// What was given, locked, if the caller sees it.
    pub(crate) async fn issue(
        &mut self,
        id: InstructionIssueId,
        clinics: Option<&[Uuid]>,
    ) -> Result<Option<Issue>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query_as!(
            Row,
            "SELECT id, instruction_id, version, patient_id, clinic_id, issued_by, issued_at
             FROM instruction_issues
             WHERE organization_id = $1 AND id = $2 AND ($3::uuid[] IS NULL OR clinic_id = ANY($3)) FOR UPDATE",
            organization,
            id.uuid(),
            clinics as Option<&[Uuid]>
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Into::into))
    }

    /// What was given, the newest first.
    pub(crate) async fn issues(
        &mut self,
        list: IssueList,
        size: PageSize,
    ) -> Result<Vec<Issue>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, instruction_id, version, patient_id, clinic_id, issued_by, issued_at
             FROM instruction_issues
             WHERE organization_id = $1 AND ($2::uuid[] IS NULL OR clinic_id = ANY($2))
               AND ($3::uuid IS NULL OR instruction_id = $3) AND ($4::uuid IS NULL OR patient_id = $4)
               AND ($5::uuid IS NULL OR clinic_id = $5) AND (NOT $6::bool OR NOT read)
               AND ($7::uuid IS NULL OR id < $7)
             ORDER BY id DESC LIMIT $8",
            organization,
            list.clinics.as_deref() as Option<&[Uuid]>,
            list.instruction.map(InstructionId::uuid),
            list.patient.map(PatientId::uuid),
            list.clinic.map(ClinicId::uuid),
            list.unread,
            list.before,
            size.probe()
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// The receipts of issues, by issue, in the order they happened.
    pub(crate) async fn receipts(
        &mut self,
        issues: &[InstructionIssueId],
    ) -> Result<HashMap<InstructionIssueId, Vec<Receipt>>, Error> {
        let organization = self.organization_uuid();
        let ids: Vec<Uuid> = issues.iter().map(|id| id.uuid()).collect();
        let rows = sqlx::query!(
            "SELECT issue_id, kind, source, occurred_at, recorded_at, recorded_by
             FROM instruction_receipts WHERE organization_id = $1 AND issue_id = ANY($2)
             ORDER BY issue_id, occurred_at, kind, source",
            organization,
            &ids
        )
        .fetch_all(self.conn())
        .await?;
        let mut receipts: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            let broken = |column| StoreError::Inconsistent {
                table: "instruction_receipts",
                column,
                id: row.issue_id,
            };
            let id = InstructionIssueId::from_uuid(row.issue_id);
            receipts.entry(id).or_default().push(Receipt {
                kind: kind_of(row.kind).ok_or_else(|| broken("kind"))?,
                source: source_of(row.source).ok_or_else(|| broken("source"))?,
                occurred_at: row.occurred_at,
                recorded_at: row.recorded_at,
                recorded_by: row.recorded_by,
            });
        }
        Ok(receipts)
    }

    /// Writes a receipt; `false` if one of its kind and source is known.
    pub(crate) async fn insert_receipt(
        &mut self,
        issue: InstructionIssueId,
        receipt: &Receipt,
    ) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let written = sqlx::query!(
            "INSERT INTO instruction_receipts (organization_id, issue_id, kind, source, occurred_at, recorded_at,
                                               recorded_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT ON CONSTRAINT instruction_receipts_key DO NOTHING",
            organization,
            issue.uuid(),
            stored_kind(receipt.kind),
            stored_source(receipt.source),
            receipt.occurred_at,
            receipt.recorded_at,
            receipt.recorded_by
        )
        .execute(self.conn())
        .await?;
        if written.rows_affected() == 0 {
            return Ok(false);
        }
        if receipt.kind.is_read() {
            sqlx::query!(
                "UPDATE instruction_issues SET read = true WHERE organization_id = $1 AND id = $2 AND NOT read",
                organization,
                issue.uuid()
            )
            .execute(self.conn())
            .await?;
        }
        Ok(true)
    }
}
