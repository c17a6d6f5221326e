//! HL7 FHIR R4 (https://hl7.org/fhir/R4/patient.html, relatedperson.html, appointment.html), from NDJSON as bulk
//! exports write it, and from Bundles.
//!
//! What belongs to a patient follows it in a Bundle: a RelatedPerson or an Appointment that refers to the patient
//! before it is taken with it. Elsewhere a reference leads to nothing that is here: an Appointment then needs the
//! patient's identifier, and a RelatedPerson is not taken.

mod appointment;
mod patient;
mod reader;
mod related;
mod telecom;

pub use reader::{Found, Reader};

use crate::{ExternalId, Source};
use serde_json::Value;

/// Which identifiers count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// What the resources do not say.
    pub source: Source,
    /// The system of the identifiers that name patients, as `urn:oid:2.16.840.1.113883.19.5`; if none is given, the
    /// only one a resource has, or its medical record number (type MR).
    pub identifiers: Option<String>,
}

/// What our own exports call the systems of external ids.
const OWN: &str = "urn:bitewing:external-id:";
/// And the clinics and the patients here.
const CLINIC: &str = "urn:bitewing:clinic";
const PATIENT: &str = "urn:bitewing:patient";
/// And the kind of a line, which FHIR does not know.
const LINE: &str = "urn:bitewing:line-type";

/// An element that is text; anything else is none.
fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().map_or("", str::trim)
}

/// The elements of a list; none where it is no list.
fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// The codes of a CodeableConcept.
fn codes(concept: &Value) -> impl Iterator<Item = &str> {
    list(concept, "coding")
        .iter()
        .map(|coding| text(coding, "code"))
}

/// The identifier that names a thing here, and its place in the list.
fn identifier(resource: &Value, options: &Options) -> Result<(ExternalId, usize), &'static str> {
    let all = list(resource, "identifier").iter().enumerate();
    let all: Vec<_> = all
        .filter(|(_, one)| {
            !text(one, "value").is_empty()
                && text(one, "system") != PATIENT
                && text(one, "use") != "old"
        })
        .collect();
    let own = |one: &Value| {
        let name = text(one, "system").strip_prefix(OWN).map(str::to_owned);
        name.filter(|_| options.identifiers.is_none())
    };
    // What was exported here comes back under its name.
    let named = all
        .iter()
        .find(|(_, one)| own(one).is_some_and(|name| name == options.source.system))
        .or_else(|| all.iter().find(|(_, one)| own(one).is_some()));
    if let Some((place, one)) = named {
        let key = ExternalId {
            system: own(one).unwrap_or_default(),
            value: text(one, "value").to_owned(),
        };
        return Ok((key, *place));
    }
    let found: Vec<_> = match &options.identifiers {
        Some(system) => all
            .into_iter()
            .filter(|(_, one)| text(one, "system") == system)
            .collect(),
        None if all.len() > 1 => all
            .into_iter()
            .filter(|(_, one)| codes(&one["type"]).any(|code| code == "MR"))
            .collect(),
        None => all,
    };
    match found.as_slice() {
        [(place, one)] => Ok((options.source.id(text(one, "value")), *place)),
        [] => Err("must have an identifier that names the patient"),
        _ => Err("must have one identifier that names the patient, not several"),
    }
}
