//! The end of an import that was the whole of the dental system.

use super::super::failure::Failure;
use super::run::Run;
use serde_json::{Value, json};

/// How many identifiers the gateway takes of patients whose rows were rejected.
const MOST: usize = 10_000;

/// What is to be done with who is missing.
pub(super) struct Snapshot<'a> {
    pub(super) system: &'a str,
    /// Only patients of this clinic.
    pub(super) clinic: Option<&'a str>,
    pub(super) delete: bool,
    pub(super) percent: Option<u8>,
}

impl Snapshot<'_> {
    /// Compares what was sent with who is here; answers what the record of the run says of it.
    pub(super) async fn finish(&self, run: &Run<'_>) -> Result<Value, Failure> {
        if run.nameless > 0 || run.kept.len() > MOST {
            return Err(Failure::Other(format!(
                "the snapshot is not compared: {} rows do not say whose they are, {} were rejected",
                run.nameless, run.count.rejected
            )));
        }
        let mut request = json!({
            "batchId": run.batch, "system": self.system, "rowCount": run.sent, "keptValues": run.kept,
            "deleteMissing": self.delete,
        });
        if let Some(clinic) = self.clinic {
            request["clinicId"] = clinic.into();
        }
        if let Some(percent) = self.percent {
            request["maxMissingPercent"] = percent.into();
        }
        let (mut missing, mut deleted) = (None, 0);
        loop {
            let answer = run
                .api
                .post("/v1/patients:finishSnapshot", &request)
                .await?;
            let number = |name: &str| answer[name].as_i64().unwrap_or_default();
            let (still, now) = (number("missingCount"), number("deletedCount"));
            missing.get_or_insert(still);
            deleted += now;
            // Up to a thousand a call.
            if !self.delete || now == 0 || still <= now {
                return Ok(json!({ "missing": missing, "deleted": deleted }));
            }
        }
    }
}
