//! From wire to domain.

use super::read_points;
use crate::domain::{
    Child, Code, ContactChannel, Draft, ExternalId, MAX_CHILDREN, MAX_EXTERNAL_IDS, MAX_NOTES,
    MAX_RELATIONS, Name, Profile, Related, Relation,
};
use bitewing_core::{ClinicId, Language, PatientId};
use bitewing_proto::patient as pb;
use bitewing_rpc::field::{self, FieldError, optional_id, text, timestamp};
use bitewing_rpc::{Fields, Violation, all};
use time::{Date, Month, OffsetDateTime};

/// Reads the home clinic, which tells how numbers are to be read.
pub(super) fn clinic(patient: Option<&pb::Patient>) -> Result<ClinicId, Vec<Violation>> {
    let patient = patient.ok_or_else(|| vec![Violation::new("patient", FieldError::Required)])?;
    field::id(&patient.clinic_id).map_err(|error| vec![Violation::new("patient.clinic_id", error)])
}

/// Reads a patient as it is sent, noting every violation.
pub(super) fn draft(
    patient: &pb::Patient,
    clinic: ClinicId,
    region: &str,
) -> Result<Draft, Vec<Violation>> {
    let mut fields = Fields::new();
    let name = Name::read(
        &mut fields,
        [
            &patient.title,
            &patient.given_name,
            &patient.patronymic,
            &patient.family_name,
            &patient.preferred_name,
        ],
    );
    let external_ids = external_ids(&mut fields, &patient.external_ids);
    let contact_points = read_points::read(&mut fields, &patient.contact_points, region);
    let birth_date = optional_date(&mut fields, "birth_date", patient.birth_date.as_ref());
    let language = Some(&patient.language).filter(|tag| !tag.is_empty());
    let language = language.map(|tag| tag.parse::<Language>()).transpose();
    let language = fields.take("patient.language", language);
    let address_form = fields.take("patient.address_form", coded(patient.address_form));
    let gender = fields.take("patient.gender", coded(patient.gender));
    let salutation = fields.take("patient.salutation", text(&patient.salutation, 0..=120));
    let generation = fields.take("patient.generation", coded(patient.generation));
    let preferred = channels(
        &mut fields,
        "preferred_channels",
        &patient.preferred_channels,
    );
    let refused = channels(&mut fields, "refused_channels", &patient.refused_channels);
    for (index, channel) in refused.iter().enumerate() {
        if preferred.contains(channel) {
            let path = format!("patient.refused_channels[{index}]");
            fields.note(path, "must not be preferred too");
        }
    }
    let since = optional_date(&mut fields, "patient_since", patient.patient_since.as_ref());
    let children = children(&mut fields, &patient.children);
    let relations = relations(&mut fields, &patient.relations);
    let death_date = optional_date(&mut fields, "death_date", patient.death_date.as_ref());
    if death_date.is_some_and(|date| date.is_some()) && !patient.deceased {
        fields.note("patient.death_date", "needs deceased");
    }
    let notes = fields.take("patient.notes", lines(&patient.notes, MAX_NOTES));
    let last = patient.last_visit_time.map(moment).transpose();
    let last = fields.take("patient.last_visit_time", last);
    let next = patient.next_visit_time.map(moment).transpose();
    let next = fields.take("patient.next_visit_time", next);
    let known = all!(
        fields,
        name,
        birth_date,
        language,
        address_form,
        gender,
        salutation,
        generation,
        since,
        death_date,
        notes,
        last,
        next
    );
    #[rustfmt::skip]
    let (
        name, birth_date, language, address_form, gender, salutation, generation, patient_since, death_date,
        notes, last_visit, next_visit,
    ) = known?;
    Ok(Draft {
        profile: Profile {
            external_ids,
            clinic,
            name,
            birth_date,
            language,
            address_form,
            do_not_contact: patient.do_not_contact,
            sensitive: patient.sensitive,
            gender,
            salutation,
            generation,
            preferred_channels: preferred,
            refused_channels: refused,
            patient_since,
            children,
            relations,
            deceased: patient.deceased,
            death_date,
            notes,
            last_visit,
            next_visit,
        },
        contact_points,
    })
}

/// Reads a value of a fixed set whose zero means "not said".
pub(super) fn coded<T: Code>(number: i32) -> Result<Option<T>, FieldError> {
    if number == 0 {
        return Ok(None);
    }
    let value = i16::try_from(number).ok().and_then(T::of);
    value.map(Some).ok_or(FieldError::Enum)
}

fn external_ids(fields: &mut Fields, sent: &[pb::ExternalId]) -> Vec<ExternalId> {
    let mut ids = Vec::new();
    for (index, id) in bounded(fields, "external_ids", sent, MAX_EXTERNAL_IDS) {
        let path = format!("patient.external_ids[{index}]");
        if let Some(id) = fields.take(&path, ExternalId::parse(&id.system, &id.value)) {
            if ids.contains(&id) {
                fields.note(path, REPEATED);
            }
            ids.push(id);
        }
    }
    ids.sort_by(|a, b| (&a.system, &a.value).cmp(&(&b.system, &b.value)));
    ids
}

const REPEATED: &str = "must not repeat another one";

/// The entries of a list with their places; none, and a violation, if there are too many.
pub(super) fn bounded<'a, T>(
    fields: &mut Fields,
    name: &str,
    sent: &'a [T],
    max: usize,
) -> impl Iterator<Item = (usize, &'a T)> + use<'a, T> {
    let good = sent.len() <= max;
    if !good {
        fields.note(format!("patient.{name}"), FieldError::TooMany(max));
    }
    sent.iter().enumerate().take(if good { max } else { 0 })
}

fn channels(fields: &mut Fields, name: &str, sent: &[i32]) -> Vec<ContactChannel> {
    let mut channels = Vec::new();
    for (index, number) in bounded(fields, name, sent, ContactChannel::ALL.len()) {
        let path = format!("patient.{name}[{index}]");
        let read = coded(*number).and_then(|channel| channel.ok_or(FieldError::Required));
        if let Some(channel) = fields.take(&path, read) {
            if channels.contains(&channel) {
                fields.note(path, REPEATED);
            }
            channels.push(channel);
        }
    }
    channels
}

fn children(fields: &mut Fields, sent: &[pb::Child]) -> Vec<Child> {
    let mut children = Vec::new();
    for (index, child) in bounded(fields, "children", sent, MAX_CHILDREN) {
        let path = |name: &str| format!("patient.children[{index}].{name}");
        let given_name = fields.take(path("given_name"), text(&child.given_name, 1..=120));
        let born = child.birth_date.as_ref().map(date).transpose();
        let born = fields.take(path("birth_date"), born);
        let patient = optional_id::<PatientId>(&child.patient_id);
        let patient = fields.take(path("patient_id"), patient);
        if let (Some(given_name), Some(birth_date), Some(patient)) = (given_name, born, patient) {
            children.push(Child {
                given_name,
                birth_date,
                patient,
            });
        }
    }
    children
}

fn relations(fields: &mut Fields, sent: &[pb::Relation]) -> Vec<Relation> {
    let mut relations = Vec::new();
    for (index, relation) in bounded(fields, "relations", sent, MAX_RELATIONS) {
        let path = |name: &str| format!("patient.relations[{index}].{name}");
        let kind = coded(relation.kind).and_then(|kind| kind.ok_or(FieldError::Required));
        let kind = fields.take(path("kind"), kind);
        let patient = optional_id::<PatientId>(&relation.patient_id);
        let patient = fields.take(path("patient_id"), patient);
        let name = fields.take(path("display_name"), text(&relation.display_name, 0..=120));
        let (Some(kind), Some(patient), Some(name)) = (kind, patient, name) else {
            continue;
        };
        let to = match (patient, name.is_empty()) {
            (Some(patient), true) => Related::Patient(patient),
            (None, false) => Related::Named(name),
            (Some(_), false) | (None, true) => {
                fields.note(
                    path("patient_id"),
                    "must be given, or display_name, not both",
                );
                continue;
            }
        };
        let read = Relation { kind, to };
        if relations.contains(&read) {
            fields.note(path("patient_id"), REPEATED);
        }
        relations.push(read);
    }
    relations
}

/// Reads a time as precisely as the database keeps it: what is sent again must not look changed.
fn moment(sent: prost_types::Timestamp) -> Result<OffsetDateTime, FieldError> {
    let time = timestamp(sent)?;
    let whole = time.nanosecond() / 1_000 * 1_000;
    time.replace_nanosecond(whole).map_err(|_| FieldError::Time)
}

/// Reads text of many lines: trimmed, line ends made one, no other control characters.
fn lines(sent: &str, max: usize) -> Result<String, FieldError> {
    let text = sent.replace("\r\n", "\n");
    let text = text.trim();
    let good = |letter: char| matches!(letter, '\n' | '\t') || field::printable(letter);
    if !text.chars().all(good) {
        return Err(FieldError::Control);
    }
    if text.chars().count() > max {
        return Err(FieldError::Length { min: 0, max });
    }
    Ok(text.to_owned())
}

#[expect(
    clippy::option_option,
    reason = "whether it was read, then whether it was given"
)]
fn optional_date(fields: &mut Fields, name: &str, sent: Option<&pb::Date>) -> Option<Option<Date>> {
    fields.take(format!("patient.{name}"), sent.map(date).transpose())
}

/// Reads a date.
pub(super) fn date(date: &pb::Date) -> Result<Date, &'static str> {
    let wrong = "must be a day of the calendar from 1850 on";
    let month = u8::try_from(date.month)
        .ok()
        .and_then(|month| Month::try_from(month).ok());
    let day = u8::try_from(date.day).map_err(|_| wrong)?;
    let date = Date::from_calendar_date(date.year, month.ok_or(wrong)?, day).map_err(|_| wrong)?;
    if (1850..=9999).contains(&date.year()) {
        Ok(date)
    } else {
        Err(wrong)
    }
}
