//! From wire to domain: what a message must have as a whole, and what each row must have.

use super::super::{Api, convert_mask, read};
use crate::domain::import::{ImportRow, MAX_PERMISSIONS, MAX_ROWS, Permission};
use crate::domain::{ContactChannel, Field};
use crate::error::Error;
use bitewing_core::ClinicId;
use bitewing_proto::patient as pb;
use bitewing_rpc::Violation;
use bitewing_rpc::field::{FieldError, timestamp};
use std::collections::{HashMap, HashSet};
use time::OffsetDateTime;

/// A message that can be taken; each of its rows may still be a bad one.
pub(super) struct Batch {
    pub(super) id: String,
    pub(super) validate_only: bool,
    pub(super) rows: Vec<pb::ImportRow>,
}

pub(super) fn batch(
    id: String,
    validate_only: bool,
    rows: Vec<pb::ImportRow>,
) -> Result<Batch, Error> {
    let mut wrong = Vec::new();
    if let Err(rule) = batch_id(&id) {
        wrong.push(Violation::new("batch_id", rule));
    }
    if !(1..=MAX_ROWS).contains(&rows.len()) {
        let rule = format!("must have 1 to {MAX_ROWS} entries");
        wrong.push(Violation::new("rows", rule));
        return Err(wrong.into());
    }
    let mut seen = HashSet::new();
    for (index, row) in rows.iter().enumerate() {
        if row.row_number < 1 || !seen.insert(row.row_number) {
            let field = format!("rows[{index}].row_number");
            wrong.push(Violation::new(
                field,
                "must be 1 or more, and no other row's",
            ));
        }
    }
    if wrong.is_empty() {
        Ok(Batch {
            id,
            validate_only,
            rows,
        })
    } else {
        Err(wrong.into())
    }
}

/// Checks the name of a batch.
pub(super) fn batch_id(id: &str) -> Result<(), &'static str> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if (1..=64).contains(&id.len()) && id.bytes().all(known) {
        Ok(())
    } else {
        Err("must be 1 to 64 of A-Z, a-z, 0-9, '.', '-' and '_'")
    }
}

/// The clinic a row names.
pub(super) fn clinic(row: &pb::ImportRow) -> Result<ClinicId, Error> {
    Ok(read::clinic(row.patient.as_ref())?)
}

/// Reads a row, with the regions of the clinics that rows may be written for.
pub(super) fn row(
    api: &Api,
    row: pb::ImportRow,
    regions: &HashMap<ClinicId, String>,
) -> Result<ImportRow, Error> {
    let home = clinic(&row)?;
    let region = regions.get(&home).ok_or(Error::ClinicNotFound)?;
    let permissions = permissions(&row.permissions)?;
    let sent = row.patient.unwrap_or_default();
    let mut mask = convert_mask::read(row.update_mask, &sent)?;
    // Identifiers of other systems are not the dental system's to take away.
    mask.retain(|field| *field != Field::ExternalIds);
    let draft = read::draft(&sent, home, region)?;
    let [key] = draft.profile.external_ids.clone().try_into().map_err(|_| {
        let wrong = Violation::new("patient.external_ids", "must be exactly one");
        Error::Invalid(vec![wrong])
    })?;
    let now = api.base.clock.now();
    let sent_at = row.source_update_time.map(timestamp).transpose();
    let sent_at = sent_at
        .map_err(|error| vec![Violation::new("source_update_time", error)])?
        .unwrap_or(now)
        .min(now);
    Ok(ImportRow {
        key,
        draft,
        mask,
        sent_at: whole(sent_at),
        permissions,
    })
}

fn permissions(sent: &[pb::ChannelPermission]) -> Result<Vec<Permission>, Vec<Violation>> {
    if sent.len() > MAX_PERMISSIONS {
        let too_many = FieldError::TooMany(MAX_PERMISSIONS);
        return Err(vec![Violation::new("permissions", too_many)]);
    }
    let mut permissions: Vec<Permission> = Vec::with_capacity(sent.len());
    for (index, one) in sent.iter().enumerate() {
        let wrong = |error: &dyn std::fmt::Display| {
            vec![Violation::new(
                format!("permissions[{index}].channel"),
                error,
            )]
        };
        let channel = read::coded::<ContactChannel>(one.channel)
            .and_then(|channel| channel.ok_or(FieldError::Required))
            .map_err(|error| wrong(&error))?;
        if permissions.iter().any(|known| known.channel == channel) {
            return Err(wrong(&"must not repeat another one"));
        }
        permissions.push(Permission {
            channel,
            allowed: one.allowed,
        });
    }
    Ok(permissions)
}

/// A time as precisely as sources are kept.
fn whole(time: OffsetDateTime) -> OffsetDateTime {
    let kept = time.nanosecond() / 1_000 * 1_000;
    time.replace_nanosecond(kept).unwrap_or(time)
}
