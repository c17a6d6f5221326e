//! What every format is read into: rows of the contract's import, in its JSON.

use serde_json::{Map, Value, json};
use std::fmt;

/// What is wrong with a part of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where, as the format names it: `Patient.birthDate`, `PID-7`, `Birthdate`.
    pub path: String,
    /// What; never the value.
    pub text: &'static str,
}

impl Problem {
    /// A problem at a place.
    pub fn new(path: impl Into<String>, text: &'static str) -> Self {
        Self {
            path: path.into(),
            text,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}

/// An identifier of another system.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExternalId {
    /// The system, as `opendental`.
    pub system: String,
    /// The value there.
    pub value: String,
}

impl ExternalId {
    /// In the JSON of the contract.
    pub fn to_json(&self) -> Value {
        json!({ "system": self.system, "value": self.value })
    }
}

/// What a resource or message comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A patient to be made or changed.
    Patient(Box<Row>),
    /// A visit to be mirrored.
    Appointment(Box<Mirrored>),
    /// A recall to be mirrored.
    Recall(Box<Mirrored>),
    /// Two records of one person.
    Merge {
        /// The one that stays.
        survivor: ExternalId,
        /// The one that becomes part of it.
        duplicate: ExternalId,
    },
    /// Nothing is made of it; why.
    Skipped(&'static str),
}

/// Fields of a patient that formats speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the fields of the contract's Patient")]
pub enum Field {
    ClinicId,
    Title,
    GivenName,
    Patronymic,
    FamilyName,
    PreferredName,
    Salutation,
    BirthDate,
    Gender,
    Language,
    ContactPoints,
    Children,
    Relations,
    PreferredChannels,
    PatientSince,
    Deceased,
    DeathDate,
    Notes,
}

impl Field {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClinicId => "clinicId",
            Self::Title => "title",
            Self::GivenName => "givenName",
            Self::Patronymic => "patronymic",
            Self::FamilyName => "familyName",
            Self::PreferredName => "preferredName",
            Self::Salutation => "salutation",
            Self::BirthDate => "birthDate",
            Self::Gender => "gender",
            Self::Language => "language",
            Self::ContactPoints => "contactPoints",
            Self::Children => "children",
            Self::Relations => "relations",
            Self::PreferredChannels => "preferredChannels",
            Self::PatientSince => "patientSince",
            Self::Deceased => "deceased",
            Self::DeathDate => "deathDate",
            Self::Notes => "notes",
        }
    }

    /// Its path in the service's refusals.
    const fn path(self) -> &'static str {
        match self {
            Self::ClinicId => "patient.clinic_id",
            Self::Title => "patient.title",
            Self::GivenName => "patient.given_name",
            Self::Patronymic => "patient.patronymic",
            Self::FamilyName => "patient.family_name",
            Self::PreferredName => "patient.preferred_name",
            Self::Salutation => "patient.salutation",
            Self::BirthDate => "patient.birth_date",
            Self::Gender => "patient.gender",
            Self::Language => "patient.language",
            Self::ContactPoints => "patient.contact_points",
            Self::Children => "patient.children",
            Self::Relations => "patient.relations",
            Self::PreferredChannels => "patient.preferred_channels",
            Self::PatientSince => "patient.patient_since",
            Self::Deceased => "patient.deceased",
            Self::DeathDate => "patient.death_date",
            Self::Notes => "patient.notes",
        }
    }
}

/// A way of talking to a patient, of those that dental systems know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Texts.
    Sms,
    /// Electronic mail.
    Email,
    /// A telephone call.
    Call,
    /// Paper.
    Letter,
}

impl Channel {
    /// Its name in the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sms => "CONTACT_CHANNEL_SMS",
            Self::Email => "CONTACT_CHANNEL_EMAIL",
            Self::Call => "CONTACT_CHANNEL_CALL",
            Self::Letter => "CONTACT_CHANNEL_LETTER",
        }
    }
}

/// Whether the patient allows a channel, as the dental system has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// The channel.
    pub channel: Channel,
    /// Allowed, or forbidden.
    pub allowed: bool,
}

/// A contact point of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The message of the contract.
    json: Value,
    /// What makes it the same as another one.
    key: String,
    /// Where it stood.
    origin: String,
    rank: u32,
}

impl Point {
    /// A telephone. `rank` orders the points of a patient, the smallest first.
    pub fn phone(value: &str, usage: &str, line: Option<&str>, rank: u32) -> Self {
        let mut json = json!({ "kind": "CONTACT_POINT_KIND_PHONE", "value": value });
        if !usage.is_empty() {
            json["use"] = format!("CONTACT_POINT_USE_{usage}").into();
        }
        if let Some(line) = line {
            json["lineType"] = format!("LINE_TYPE_{line}").into();
        }
        // One number in two places is one number, however it is punctuated.
        let digits: String = value.chars().filter(char::is_ascii_digit).collect();
        let key = if digits.is_empty() {
            value.to_owned()
        } else {
            digits
        };
        Self::of(json, key, rank)
    }

    /// An e-mail address.
    pub fn email(value: &str, usage: &str, rank: u32) -> Self {
        let mut json = json!({ "kind": "CONTACT_POINT_KIND_EMAIL", "value": value });
        if !usage.is_empty() {
            json["use"] = format!("CONTACT_POINT_USE_{usage}").into();
        }
        Self::of(json, value.to_lowercase(), rank)
    }

    /// A messenger's identifier; `channel` as `WHATSAPP`.
    pub fn handle(value: &str, channel: &str, rank: u32) -> Self {
        let json = json!({
            "kind": "CONTACT_POINT_KIND_HANDLE", "value": value,
            "channel": format!("CONTACT_CHANNEL_{channel}"),
        });
        Self::of(json, format!("{channel}:{value}"), rank)
    }

    const fn of(json: Value, key: String, rank: u32) -> Self {
        Self {
            json,
            key,
            origin: String::new(),
            rank,
        }
    }

    /// Where it stands in the file.
    #[must_use]
    pub fn at(mut self, origin: impl Into<String>) -> Self {
        self.origin = origin.into();
        self
    }
}

/// A row of the import while it grows: it speaks of the fields that are set, and of no other.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The patient in the other system.
    pub key: ExternalId,
    /// When the other system last changed it, by RFC 3339.
    pub source_update_time: Option<String>,
    /// What the patient allows.
    pub permissions: Vec<Permission>,
    patient: Map<String, Value>,
    points: Vec<Point>,
    mask: Vec<&'static str>,
    origins: Vec<(&'static str, String)>,
}

impl Row {
    /// A row that says nothing yet; `origin` is where the identifier stands.
    pub fn new(key: ExternalId, origin: impl Into<String>) -> Self {
        Self {
            key,
            source_update_time: None,
            permissions: Vec::new(),
            patient: Map::new(),
            points: Vec::new(),
            mask: Vec::new(),
            origins: vec![("patient.external_ids", origin.into())],
        }
    }

    /// Sets a field; a null or an empty value takes away what is known.
    pub fn set(&mut self, field: Field, value: impl Into<Value>, origin: impl Into<String>) {
        let value = value.into();
        let empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            _ => false,
        };
        if empty {
            self.patient.remove(field.name());
        } else {
            self.patient.insert(field.name().to_owned(), value);
        }
        self.speak_of(field, origin);
    }

    /// Where a patient is made whose clinic nobody names; it moves nobody.
    pub fn begin_at(&mut self, clinic: &str) {
        let name = Field::ClinicId.name().to_owned();
        self.patient.entry(name).or_insert_with(|| clinic.into());
    }

    /// Whether it says where the patient belongs.
    pub fn has_clinic(&self) -> bool {
        self.patient.contains_key(Field::ClinicId.name())
    }

    /// Says a field is spoken of, and where.
    pub fn speak_of(&mut self, field: Field, origin: impl Into<String>) {
        if !self.mask.contains(&field.name()) {
            self.mask.push(field.name());
            self.origins.push((field.path(), origin.into()));
        }
    }

    /// Adds a contact point, unless it is there.
    pub fn add(&mut self, point: Point) {
        if self.points.iter().all(|known| known.key != point.key) {
            self.points.push(point);
        }
    }

    /// Adds an entry to a list, unless it is there.
    pub fn push(&mut self, field: Field, entry: Value, origin: impl Into<String>) {
        self.speak_of(field, origin);
        let list = self.patient.entry(field.name());
        if let Value::Array(entries) = list.or_insert_with(|| json!([]))
            && !entries.contains(&entry)
        {
            entries.push(entry);
        }
    }

    /// The row in the JSON of the contract's `ImportRow`.
    pub fn to_json(&self, number: u32) -> Value {
        let mut patient = self.patient.clone();
        patient.insert("externalIds".to_owned(), json!([self.key.to_json()]));
        let points: Vec<&Value> = self.points().map(|point| &point.json).collect();
        if !points.is_empty() {
            patient.insert(Field::ContactPoints.name().to_owned(), json!(points));
        }
        let mut row = json!({
            "rowNumber": number, "patient": patient, "updateMask": self.mask.join(","),
        });
        if let Some(time) = &self.source_update_time {
            row["sourceUpdateTime"] = json!(time);
        }
        if !self.permissions.is_empty() {
            let permissions = self.permissions.iter();
            let permissions = permissions
                .map(|one| json!({ "channel": one.channel.name(), "allowed": one.allowed }));
            row["permissions"] = permissions.collect();
        }
        row
    }

    fn points(&self) -> impl Iterator<Item = &Point> {
        let mut points: Vec<&Point> = self.points.iter().collect();
        points.sort_by_key(|point| point.rank);
        points.into_iter()
    }

    /// Where something stands that the service refuses: `patient.birth_date` as `Patient.birthDate`.
    pub fn blame(&self, field: &str) -> String {
        if let Some(rest) = field.strip_prefix("patient.contact_points[")
            && let Some(place) = rest.split(']').next().and_then(|place| place.parse().ok())
            && let Some(point) = self.points().nth(place)
        {
            return point.origin.clone();
        }
        let longest = self
            .origins
            .iter()
            .filter(|(path, _)| field.starts_with(path))
            .max_by_key(|(path, _)| path.len());
        longest.map_or_else(|| field.to_owned(), |(_, origin)| origin.clone())
    }
}

/// A visit or a recall, in the JSON of the contract.
#[derive(Debug, Clone, PartialEq)]
pub struct Mirrored {
    /// The message.
    pub json: Value,
    /// The thing in the other system.
    pub key: ExternalId,
    /// Fields of the message, and where they stood.
    pub origins: Vec<(&'static str, String)>,
}

impl Mirrored {
    /// Where something stands that the service refuses, as `start_time`.
    pub fn blame(&self, field: &str) -> String {
        let mut known = self.origins.iter();
        let known = known.find(|(path, _)| field.starts_with(path));
        known.map_or_else(|| field.to_owned(), |(_, origin)| origin.clone())
    }
}

#[cfg(test)]
mod tests;
