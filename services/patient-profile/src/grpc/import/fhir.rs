//! Between resources and rows of an import.

use bitewing_interop::fhir::Found;
use bitewing_interop::{Item, Problem, Row};
use bitewing_proto::patient as pb;
use prost_reflect::{DynamicMessage, ReflectMessage as _};

/// What was found, sorted.
pub(super) struct Read {
    /// The patients, as a batch takes them.
    pub(super) rows: Vec<pb::ImportRow>,
    patients: Vec<(Row, Vec<(u32, String)>)>,
    others: Vec<pb::FhirResult>,
}

impl Read {
    pub(super) fn of(found: Vec<Found>) -> Self {
        let mut read = Self {
            rows: Vec::new(),
            patients: Vec::new(),
            others: Vec::new(),
        };
        for one in found {
            let mut result = result(one.number, one.kind);
            match one.item {
                Ok(Item::Patient(row)) => match message(&row, one.number) {
                    Some(message) => {
                        read.rows.push(message);
                        read.patients.push((*row, one.parts));
                        continue;
                    }
                    None => refuse(&mut result, &[Problem::new("Patient", "cannot be read")]),
                },
                Ok(_) => result.set_outcome(pb::ImportOutcome::Skipped),
                Err(problems) => refuse(&mut result, &problems),
            }
            read.others.push(result);
        }
        read
    }

    /// One result per resource: those of the batch, in its order, and the others.
    pub(super) fn results(self, done: Vec<pb::ImportResult>) -> Vec<pb::FhirResult> {
        let mut results = self.others;
        for ((row, parts), done) in self.patients.into_iter().zip(done) {
            let violations = done.violations.into_iter().map(|one| pb::ImportViolation {
                field: row.blame(&one.field),
                description: one.description,
            });
            let patient = pb::FhirResult {
                resource_number: done.row_number,
                resource_type: "Patient".to_owned(),
                outcome: done.outcome,
                patient_id: done.patient_id,
                reason: done.reason,
                violations: violations.collect(),
            };
            let parts = parts.into_iter().map(|(number, kind)| pb::FhirResult {
                outcome: patient.outcome,
                patient_id: patient.patient_id.clone(),
                reason: patient.reason.clone(),
                ..result(number, kind)
            });
            let parts: Vec<_> = parts.collect();
            results.push(patient);
            results.extend(parts);
        }
        results
    }
}

fn result(number: u32, resource_type: String) -> pb::FhirResult {
    pb::FhirResult {
        resource_number: i32::try_from(number).unwrap_or(i32::MAX),
        resource_type,
        ..Default::default()
    }
}

fn refuse(result: &mut pb::FhirResult, problems: &[Problem]) {
    result.set_outcome(pb::ImportOutcome::Rejected);
    "INVALID_REQUEST".clone_into(&mut result.reason);
    let violations = problems.iter().map(|problem| pb::ImportViolation {
        field: problem.path.clone(),
        description: problem.text.to_owned(),
    });
    result.violations = violations.collect();
}

/// A row as the message it is the JSON of.
fn message(row: &Row, number: u32) -> Option<pb::ImportRow> {
    let json = row.to_json(number);
    let descriptor = pb::ImportRow::default().descriptor();
    let message = DynamicMessage::deserialize(descriptor, json).ok()?;
    message.transcode_to().ok()
}
