//! A row as it was sent, and what it is known by.

use super::super::Api;
use super::read;
use crate::domain::import::ImportRow;
use crate::error::Error;
use bitewing_core::ClinicId;
use bitewing_proto::patient as pb;
use bitewing_rpc::Failure as _;
use prost::Message as _;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Why a row is rejected: the reason, and what is wrong with which field.
pub(super) type Refused = (&'static str, Value);

pub(super) fn refusal(error: Error) -> Refused {
    let pair = |one: &bitewing_rpc::Violation| json!([one.field, one.description]);
    let violations = error.violations().iter().map(pair).collect();
    (error.reason(), violations)
}

/// A row of the batch, read as far as it can be.
pub(super) struct Row {
    pub(super) number: i32,
    /// Of all it says, with its number: the row that is sent again.
    pub(super) hash: Vec<u8>,
    /// Of all it says, and what its clinic makes of it: the row of a later batch that says the same.
    pub(super) content: Vec<u8>,
    /// It says when the dental system changed it.
    pub(super) dated: bool,
    pub(super) read: Result<ImportRow, Refused>,
}

impl Row {
    pub(super) fn of(
        api: &Api,
        mut row: pb::ImportRow,
        regions: &HashMap<ClinicId, String>,
    ) -> Self {
        let mac = |purpose, row: &pb::ImportRow, region: &str| {
            let fields = [&row.encode_to_vec()[..], region.as_bytes()];
            api.base.pepper.mac(purpose, &fields).to_vec()
        };
        let number = row.row_number;
        let hash = mac("import-row", &row, "");
        row.row_number = 0;
        let clinic = read::clinic(&row).ok();
        let region = clinic.and_then(|clinic| regions.get(&clinic));
        let content = mac("import-content", &row, region.map_or("", String::as_str));
        Self {
            number,
            hash,
            content,
            dated: row.source_update_time.is_some(),
            read: read::row(api, row, regions).map_err(refusal),
        }
    }
}
