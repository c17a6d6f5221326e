//! A message to the gateway. What it did is known by the sender's name for it (MSH-3, MSH-4, MSH-10): sent again,
//! it does nothing and is answered as it was.

use super::super::api::Api;
use super::super::failure::Failure;
use super::super::patients::merge::{Merged, merge};
use super::super::session::now;
use aws_lc_rs::digest::{SHA256, digest};
use bitewing_interop::hl7::{Fault, Header, Options, code};
use bitewing_interop::{Item, Mirrored, Problem, Row};
use serde_json::{Value, json};

/// The gateway, and what messages do not say.
pub(super) struct Store<'a> {
    api: &'a Api,
    system: &'a str,
}

/// What became of a message: nothing is wrong, or something is.
pub(super) struct Stored {
    pub(super) faults: Vec<Fault>,
}

impl Stored {
    pub(super) const fn of(faults: Vec<Fault>) -> Self {
        Self { faults }
    }
}

impl<'a> Store<'a> {
    pub(super) fn new(api: &'a Api, options: &'a Options) -> Self {
        Self {
            api,
            system: &options.source.system,
        }
    }

    /// Stores what a message comes to, in its order; the first thing that cannot be stored ends it.
    pub(super) async fn all(&self, header: &Header, items: Vec<Item>) -> Stored {
        for item in items {
            let faults = match self.one(header, item).await {
                Ok(faults) => faults,
                // The sender tries again: what was stored of this one is not stored twice.
                Err(_) => vec![Fault::new(
                    code::INTERNAL,
                    "MSH",
                    "cannot be stored now, send it again",
                )],
            };
            if !faults.is_empty() {
                return Stored { faults };
            }
        }
        Stored { faults: Vec::new() }
    }

    async fn one(&self, header: &Header, item: Item) -> Result<Vec<Fault>, Failure> {
        match item {
            Item::Patient(row) => self.patient(header, &row).await,
            Item::Appointment(visit) => self.mirror("appointments", &visit).await,
            Item::Recall(recall) => self.mirror("recalls", &recall).await,
            Item::Merge {
                survivor,
                duplicate,
            } => Ok(match merge(self.api, &survivor, &duplicate).await? {
                Merged::Done | Merged::Nothing => Vec::new(),
                Merged::Refused(_) => {
                    vec![Fault::new(
                        code::UNKNOWN_KEY,
                        "MRG-1",
                        "cannot be merged into the patient of PID-3",
                    )]
                }
            }),
            Item::Skipped(_) => Ok(Vec::new()),
        }
    }

    async fn patient(&self, header: &Header, row: &Row) -> Result<Vec<Fault>, Failure> {
        let name = self.name(header);
        let result = self.import(&name, row).await?;
        if result["outcome"] != "IMPORT_OUTCOME_REJECTED" {
            return Ok(Vec::new());
        }
        if result["reason"] == "IMPORT_ROW_REUSED" {
            let text = "must not be that of another message";
            return Ok(vec![Fault::new(code::DUPLICATE_KEY, "MSH-10", text)]);
        }
        // It may be an answer of before, and what was wrong with the clinic mended since.
        let again = self.import(&format!("{name}-{}", now()), row).await?;
        Ok(faults(&again, row))
    }

    async fn import(&self, batch: &str, row: &Row) -> Result<Value, Failure> {
        let request = json!({ "batchId": batch, "rows": [row.to_json(1)] });
        let mut answer = self.api.post("/v1/patients:batchImport", &request).await?;
        Ok(answer["results"][0].take())
    }

    /// The sender's name for a message, as a batch is named.
    fn name(&self, header: &Header) -> String {
        let parts = [
            self.system,
            &header.application,
            &header.facility,
            &header.control_id,
        ];
        let whole: Vec<String> = parts
            .iter()
            .map(|part| format!("{}:{part}", part.len()))
            .collect();
        let hash = digest(&SHA256, whole.join(",").as_bytes());
        format!("hl7-{}", hex::encode(&hash.as_ref()[..16]))
    }

    async fn mirror(&self, name: &str, one: &Mirrored) -> Result<Vec<Fault>, Failure> {
        let request = json!({ name: [one.json] });
        let answer = self
            .api
            .post(&format!("/v1/{name}:batchUpsert"), &request)
            .await?;
        let result = &answer["results"][0];
        if result["outcome"] != "UPSERT_OUTCOME_FAILED" {
            return Ok(Vec::new());
        }
        Ok(match result["reason"].as_str().unwrap_or_default() {
            "PATIENT_NOT_FOUND" => vec![Fault::new(
                code::UNKNOWN_KEY,
                "PID-3",
                "must be a patient that is known here",
            )],
            "CLINIC_NOT_FOUND" => vec![Fault::new(
                code::UNKNOWN_KEY,
                "AIL-3",
                "must be a clinic that is known here",
            )],
            _ => {
                let fields = result["fields"].as_array().map(Vec::as_slice);
                let field = fields.unwrap_or_default().first().and_then(Value::as_str);
                let place = field.map_or_else(|| "SCH".to_owned(), |field| one.blame(field));
                vec![Fault::new(
                    code::TYPE,
                    place,
                    "must be a value that can be kept",
                )]
            }
        })
    }
}

fn faults(result: &Value, row: &Row) -> Vec<Fault> {
    if result["outcome"] != "IMPORT_OUTCOME_REJECTED" {
        return Vec::new();
    }
    let violations = result["violations"].as_array().map(Vec::as_slice);
    let named: Vec<Fault> = violations
        .unwrap_or_default()
        .iter()
        .map(|violation| {
            let field = violation["field"].as_str().unwrap_or_default();
            Fault {
                problem: Problem::new(row.blame(field), "must be a value that can be kept"),
                code: code::TYPE,
            }
        })
        .collect();
    if !named.is_empty() {
        return named;
    }
    let (place, text) = match result["reason"].as_str().unwrap_or_default() {
        "CLINIC_NOT_FOUND" => ("MSH-4", "must be a clinic that is known here"),
        "PATIENT_ERASED" => ("PID-3", "must not be a person who was erased here"),
        _ => ("PID-3", "must be a patient that can be changed here"),
    };
    vec![Fault::new(code::UNKNOWN_KEY, place, text)]
}
