//! A person as a Bundle of HL7 FHIR R4 (https://hl7.org/fhir/R4/patient.html, relatedperson.html).

use super::fhir_kept;
use super::note::rfc3339;
use crate::domain::{
    Child, ClosedPoint, ContactChannel, ContactPoint, ContactPointKind, Gender, LineType, Patient,
    PointUse, Related, Relation, RelationKind,
};
use crate::store::Kept;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

const ROLE_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
const ROLE_CLASS: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleClass";

/// The bundle: the patient, who belongs to the patient, visits and statements of consent.
pub(super) fn bundle(
    patient: &Patient,
    closed: &[ClosedPoint],
    kept: &Kept,
    now: OffsetDateTime,
) -> Value {
    let subject = urn(patient.id.uuid());
    let mut entries = vec![json!({ "fullUrl": subject, "resource": person(patient, closed) })];
    let reference = json!({ "reference": subject });
    // Entries need names of their own; those of a person's relations are counted from the person's.
    let mut number = patient.id.uuid().as_u128();
    let mut add = |resource: Value| {
        number = number.wrapping_add(1);
        entries.push(json!({ "fullUrl": urn(Uuid::from_u128(number)), "resource": resource }));
    };
    for relation in &patient.profile.relations {
        add(related(&reference, relation));
    }
    for child in &patient.profile.children {
        add(child_of(&reference, child));
    }
    for resource in fhir_kept::resources(&reference, kept) {
        add(resource);
    }
    json!({
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": rfc3339(now),
        "entry": entries,
    })
}

fn urn(id: Uuid) -> String {
    format!("urn:uuid:{id}")
}

/// Puts a value in unless there is none: FHIR knows no empty text and no empty list.
fn put(to: &mut Map<String, Value>, name: &str, value: Value) {
    let empty = match &value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    if !empty {
        to.insert(name.to_owned(), value);
    }
}

/// An object of the fields that have a value.
pub(super) fn object(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let mut object = Map::new();
    for (name, value) in fields {
        put(&mut object, name, value);
    }
    Value::Object(object)
}

fn person(patient: &Patient, closed: &[ClosedPoint]) -> Value {
    let profile = &patient.profile;
    let identifier = |system: String, value: &str| json!({ "use": "secondary", "system": system, "value": value });
    let identifiers = profile
        .external_ids
        .iter()
        .map(|id| identifier(format!("urn:bitewing:external-id:{}", id.system), &id.value));
    let own = json!({
        "use": "official", "system": "urn:bitewing:patient", "value": patient.id.to_string(),
    });
    let live = (1_u32..).zip(&patient.contact_points);
    let live = live.map(|(rank, point)| telecom(point, Some(rank), None));
    let ended = closed
        .iter()
        .map(|closed| telecom(&closed.point, None, Some(closed.at)));
    let mut fields = object([
        ("resourceType", json!("Patient")),
        ("id", json!(patient.id.uuid().to_string())),
        (
            "meta",
            json!({
                "versionId": patient.version.to_string(),
                "lastUpdated": rfc3339(patient.updated_at),
            }),
        ),
        (
            "identifier",
            std::iter::once(own).chain(identifiers).collect(),
        ),
        ("active", json!(patient.deleted_at.is_none())),
        ("name", names(patient)),
        ("telecom", live.chain(ended).collect()),
        ("gender", json!(profile.gender.map(gender))),
        (
            "birthDate",
            json!(profile.birth_date.map(|date| date.to_string())),
        ),
    ]);
    let Some(all) = fields.as_object_mut() else {
        return fields;
    };
    match profile.death_date {
        Some(date) => put(all, "deceasedDateTime", json!(date.to_string())),
        None => put(all, "deceasedBoolean", json!(profile.deceased)),
    }
    if let Some(language) = profile.language {
        let coding = json!({ "system": "urn:ietf:bcp:47", "code": language.tag() });
        let spoken = json!([{ "language": { "coding": [coding] }, "preferred": true }]);
        put(all, "communication", spoken);
    }
    let clinic = json!({ "system": "urn:bitewing:clinic", "value": profile.clinic.to_string() });
    put(all, "managingOrganization", json!({ "identifier": clinic }));
    let links = patient.merged.iter().map(|id| {
        let other = json!({ "system": "urn:bitewing:patient", "value": id.to_string() });
        json!({ "other": { "identifier": other, "type": "Patient" }, "type": "replaces" })
    });
    put(all, "link", links.collect());
    fields
}

/// The name on record; FHIR has no patronymic, which is a further given name there.
fn names(patient: &Patient) -> Value {
    let name = &patient.profile.name;
    let some = |parts: &[&String]| -> Value {
        parts
            .iter()
            .filter(|part| !part.is_empty())
            .map(|part| json!(part))
            .collect()
    };
    let whole = [&name.title, &name.given, &name.patronymic, &name.family];
    let text: Vec<_> = whole
        .into_iter()
        .filter(|part| !part.is_empty())
        .cloned()
        .collect();
    let official = object([
        ("use", json!("official")),
        ("text", json!(text.join(" "))),
        ("family", json!(name.family)),
        ("given", some(&[&name.given, &name.patronymic])),
        ("prefix", some(&[&name.title])),
    ]);
    let mut names = vec![official];
    if !name.preferred.is_empty() {
        names.push(json!({ "use": "usual", "text": name.preferred }));
    }
    Value::Array(names)
}

const fn gender(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "female",
        Gender::Male => "male",
        Gender::Other => "other",
    }
}

fn telecom(point: &ContactPoint, rank: Option<u32>, ended: Option<OffsetDateTime>) -> Value {
    let system = match point.address.kind {
        ContactPointKind::Phone => "phone",
        ContactPointKind::Email => "email",
        ContactPointKind::Handle => "other",
    };
    // A handle alone does not say whose it is.
    let value = match point.address.channel {
        Some(channel) => format!("{}:{}", messenger(channel), point.address.value),
        None => point.address.value.clone(),
    };
    let used = point.used_for.map(|used| match used {
        PointUse::Home => "home",
        PointUse::Work => "work",
        PointUse::Mobile => "mobile",
        PointUse::Temporary => "temp",
    });
    let used = if ended.is_some() { Some("old") } else { used };
    let period = object([
        ("start", json!(rfc3339(point.opened_at))),
        ("end", json!(ended.map(rfc3339))),
    ]);
    // FHIR does not say whether texts arrive.
    let line = point.line.map(|line| match line {
        LineType::Mobile => "mobile",
        LineType::Landline => "landline",
        LineType::Voip => "voip",
        LineType::Unknown => "unknown",
    });
    let line = line.map(|line| json!([{ "url": "urn:bitewing:line-type", "valueCode": line }]));
    object([
        ("extension", json!(line)),
        ("system", json!(system)),
        ("value", json!(value)),
        ("use", json!(used)),
        ("rank", json!(rank)),
        ("period", period),
    ])
}

const fn messenger(channel: ContactChannel) -> &'static str {
    match channel {
        ContactChannel::Whatsapp => "whatsapp",
        ContactChannel::Telegram => "telegram",
        ContactChannel::Viber => "viber",
        _ => "social",
    }
}

fn related(patient: &Value, relation: &Relation) -> Value {
    let (system, code) = match relation.kind {
        RelationKind::Guarantor => (ROLE_CLASS, "GUAR"),
        RelationKind::Guardian => (ROLE_CODE, "GUARD"),
        RelationKind::Parent => (ROLE_CODE, "PRN"),
        RelationKind::Child => (ROLE_CODE, "CHILD"),
        RelationKind::Spouse => (ROLE_CODE, "SPS"),
        RelationKind::Sibling => (ROLE_CODE, "SIB"),
        RelationKind::Other => (ROLE_CODE, "FAMMEMB"),
    };
    let (identifier, name) = match &relation.to {
        Related::Patient(id) => (
            json!([{ "system": "urn:bitewing:patient", "value": id.to_string() }]),
            Value::Null,
        ),
        Related::Named(name) => (Value::Null, json!([{ "text": name }])),
    };
    object([
        ("resourceType", json!("RelatedPerson")),
        ("identifier", identifier),
        ("active", json!(true)),
        ("patient", patient.clone()),
        (
            "relationship",
            json!([{ "coding": [{ "system": system, "code": code }] }]),
        ),
        ("name", name),
    ])
}

fn child_of(patient: &Value, child: &Child) -> Value {
    let identifier = child
        .patient
        .map(|id| json!([{ "system": "urn:bitewing:patient", "value": id.to_string() }]));
    object([
        ("resourceType", json!("RelatedPerson")),
        ("identifier", json!(identifier)),
        ("active", json!(true)),
        ("patient", patient.clone()),
        (
            "relationship",
            json!([{ "coding": [{ "system": ROLE_CODE, "code": "CHILD" }] }]),
        ),
        ("name", json!([{ "given": [child.given_name] }])),
        (
            "birthDate",
            json!(child.birth_date.map(|date| date.to_string())),
        ),
    ])
}
