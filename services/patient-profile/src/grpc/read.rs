//! From wire to domain.

use crate::domain::{
    AddressForm, ContactPoint, ExternalId, LineType, MAX_CONTACT_POINTS, MAX_EXTERNAL_IDS, Name,
    Profile,
};
use bitewing_core::{ClinicId, Language};
use bitewing_proto::patient as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Fields, Violation};
use time::{Date, Month};

/// Reads the home clinic, which tells how numbers are to be read.
pub(super) fn clinic(patient: Option<&pb::Patient>) -> Result<ClinicId, Vec<Violation>> {
    let patient = patient.ok_or_else(|| vec![Violation::new("patient", FieldError::Required)])?;
    field::id(&patient.clinic_id).map_err(|error| vec![Violation::new("patient.clinic_id", error)])
}

/// Reads a profile, noting every violation.
pub(super) fn profile(
    patient: &pb::Patient,
    clinic: ClinicId,
    region: &str,
) -> Result<Profile, Vec<Violation>> {
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
    let contact_points = contact_points(&mut fields, &patient.contact_points, region);
    let birth_date = patient.birth_date.as_ref().map(date).transpose();
    let birth_date = fields.take("patient.birth_date", birth_date);
    let language = Some(&patient.language).filter(|tag| !tag.is_empty());
    let language = language.map(|tag| tag.parse::<Language>()).transpose();
    let language = fields.take("patient.language", language);
    let address_form = field::optional_one_of(patient.address_form);
    let address_form = fields.take("patient.address_form", address_form);
    let (name, birth_date, language, address_form) =
        bitewing_rpc::all!(fields, name, birth_date, language, address_form)?;
    Ok(Profile {
        external_ids,
        clinic,
        name,
        birth_date,
        language,
        address_form: match address_form {
            Some(pb::AddressForm::Formal) => AddressForm::Formal,
            Some(pb::AddressForm::Informal) => AddressForm::Informal,
            Some(pb::AddressForm::Unspecified) | None => AddressForm::Unspecified,
        },
        contact_points,
        do_not_contact: patient.do_not_contact,
        sensitive: patient.sensitive,
    })
}

fn external_ids(fields: &mut Fields, sent: &[pb::ExternalId]) -> Vec<ExternalId> {
    if sent.len() > MAX_EXTERNAL_IDS {
        fields.note(
            "patient.external_ids",
            FieldError::TooMany(MAX_EXTERNAL_IDS),
        );
        return Vec::new();
    }
    let mut ids = Vec::with_capacity(sent.len());
    for (index, id) in sent.iter().enumerate() {
        let path = format!("patient.external_ids[{index}]");
        if let Some(id) = fields.take(&path, ExternalId::parse(&id.system, &id.value)) {
            if ids.contains(&id) {
                fields.note(path, "must not repeat another one");
            }
            ids.push(id);
        }
    }
    ids.sort_by(|a, b| (&a.system, &a.value).cmp(&(&b.system, &b.value)));
    ids
}

fn contact_points(
    fields: &mut Fields,
    sent: &[pb::ContactPoint],
    region: &str,
) -> Vec<ContactPoint> {
    if sent.len() > MAX_CONTACT_POINTS {
        fields.note(
            "patient.contact_points",
            FieldError::TooMany(MAX_CONTACT_POINTS),
        );
        return Vec::new();
    }
    let mut points: Vec<ContactPoint> = Vec::with_capacity(sent.len());
    for (index, point) in sent.iter().enumerate() {
        let path = |name: &str| format!("patient.contact_points[{index}].{name}");
        let line = fields
            .take(path("line_type"), field::optional_one_of(point.line_type))
            .flatten();
        let line = line.and_then(|line| match line {
            pb::LineType::Unspecified => None,
            pb::LineType::Mobile => Some(LineType::Mobile),
            pb::LineType::Landline => Some(LineType::Landline),
            pb::LineType::Voip => Some(LineType::Voip),
            pb::LineType::Unknown => Some(LineType::Unknown),
        });
        let read = match fields.take(path("kind"), field::one_of(point.kind)) {
            Some(pb::ContactPointKind::Phone) => fields.take(
                path("value"),
                ContactPoint::phone(&point.value, region, line, point.verified),
            ),
            Some(pb::ContactPointKind::Email) => fields.take(
                path("value"),
                ContactPoint::email(&point.value, point.verified),
            ),
            Some(pb::ContactPointKind::Unspecified) | None => None,
        };
        if let Some(read) = read {
            if points.iter().any(|known| known.value == read.value) {
                fields.note(path("value"), "must not repeat another one");
            }
            points.push(read);
        }
    }
    points
}

fn date(date: &pb::Date) -> Result<Date, &'static str> {
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
