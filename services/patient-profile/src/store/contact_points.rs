//! Ways to reach patients.

use super::Tx;
use crate::domain::{ContactPoint, ContactPointKind, LineType};
use crate::error::Error;
use bitewing_core::PatientId;

pub(super) const fn stored_kind(kind: ContactPointKind) -> i16 {
    match kind {
        ContactPointKind::Phone => 1,
        ContactPointKind::Email => 2,
    }
}

pub(super) const fn stored_line(line: LineType) -> i16 {
    match line {
        LineType::None => 0,
        LineType::Mobile => 1,
        LineType::Landline => 2,
        LineType::Voip => 3,
        LineType::Unknown => 4,
    }
}

pub(super) fn read(kind: i16, value: String, line: i16, verified: bool) -> Option<ContactPoint> {
    let kind = match kind {
        1 => ContactPointKind::Phone,
        2 => ContactPointKind::Email,
        _ => return None,
    };
    let line = match line {
        0 => LineType::None,
        1 => LineType::Mobile,
        2 => LineType::Landline,
        3 => LineType::Voip,
        4 => LineType::Unknown,
        _ => return None,
    };
    Some(ContactPoint {
        kind,
        value,
        line,
        verified,
    })
}

impl Tx {
    /// Replaces a patient's contact points.
    pub(crate) async fn put_contact_points(
        &mut self,
        patient: PatientId,
        points: &[ContactPoint],
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM contact_points WHERE organization_id = $1 AND patient_id = $2",
            organization,
            patient.uuid()
        )
        .execute(self.conn())
        .await?;
        let ranks: Vec<i16> = (0..).take(points.len()).collect();
        let kinds: Vec<i16> = points.iter().map(|point| stored_kind(point.kind)).collect();
        let values: Vec<String> = points.iter().map(|point| point.value.clone()).collect();
        let lines: Vec<i16> = points.iter().map(|point| stored_line(point.line)).collect();
        let verified: Vec<bool> = points.iter().map(|point| point.verified).collect();
        sqlx::query!(
            "INSERT INTO contact_points (organization_id, patient_id, rank, kind, value, line_type, verified)
             SELECT $1, $2, rank, kind, value, line_type, verified
             FROM unnest($3::smallint[], $4::smallint[], $5::text[], $6::smallint[], $7::boolean[])
                  AS t (rank, kind, value, line_type, verified)",
            organization,
            patient.uuid(),
            &ranks,
            &kinds,
            &values,
            &lines,
            &verified
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
