//! SearchPatients.

use super::{Api, note, page_key, read};
use crate::domain::{Criteria, Driver, ExternalId, Patient, PointDraft, handle, search};
use crate::error::Error;
use crate::store::{Reach, Tx, narrow};
use bitewing_core::{ClinicId, EmailAddress, PageSize, Phone};
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, Filter, Violation, all, field};
use bitewing_runtime::audit;
use serde_json::json;
use uuid::Uuid;

/// A page of what was found, and the key behind it.
type Page = (Vec<Patient>, Option<Vec<u8>>);

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::SearchPatientsRequest,
) -> Result<pb::SearchPatientsResponse, Error> {
    let list = bound(call, &request);
    let mut fields = Fields::new();
    let size = fields.take("page_size", field::page_size(request.page_size));
    let behind = api.base.page_tokens.read_bytes(&request.page_token, &list);
    let behind = fields.take("page_token", behind);
    let clinic = field::optional_id::<ClinicId>(&request.clinic_id);
    let clinic = fields.take("clinic_id", clinic);
    let criteria = read(&mut fields, &request);
    let (size, behind, clinic, mut criteria) = all!(fields, size, behind, clinic, criteria)?;

    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    if !request.phone.is_empty() {
        let regions = match clinic {
            Some(clinic) => tx.clinic_region(clinic).await?.into_iter().collect(),
            None => tx.regions().await?,
        };
        let phones = phones(&request.phone, &regions);
        if phones.is_empty() {
            let wrong =
                "must be a valid phone number, with its country code or of a clinic's region";
            return Err(vec![Violation::new("phone", wrong)].into());
        }
        criteria.phones = Some(phones);
    }
    let driver = criteria.driver().ok_or_else(|| {
        vec![Violation::new(
            "name",
            "is required where nothing else is searched by",
        )]
    })?;
    let reach = Reach {
        clinics: narrow(visible, clinic),
        show_deleted: request.show_deleted,
    };
    let (patients, next) =
        find(&mut tx, driver, &criteria, &reach, behind.as_deref(), size).await?;
    let details = json!({ "rows": patients.len() });
    tx.audit(audit::entry(
        call,
        "patient.searched",
        call.organization(),
        clinic,
        details,
    ))
    .await?;
    note::read_in_list(&mut tx, call, &patients, "search").await?;
    tx.commit().await?;
    let next = next.map(|key| api.base.page_tokens.write_bytes(&key, &list));
    Ok(pb::SearchPatientsResponse {
        patients: patients.into_iter().map(Into::into).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}

/// What a page token of this search is bound to.
fn bound(call: &Call, request: &pb::SearchPatientsRequest) -> Filter {
    let born = request.birth_date.unwrap_or_default();
    Filter::of("SearchPatients", call.organization())
        .with(&request.name)
        .with(&request.phone)
        .with(&request.email)
        .with(&request.handle)
        .with(&request.external_id)
        .with(&request.clinic_id)
        .with([u8::from(request.show_deleted)])
        .with(born.year.to_be_bytes())
        .with(born.month.to_be_bytes())
        .with(born.day.to_be_bytes())
}

/// Reads the criteria but the phone, which needs to know where it is.
fn read(fields: &mut Fields, request: &pb::SearchPatientsRequest) -> Option<Criteria> {
    let name = fields.take("name", field::text(&request.name, 0..=200));
    let words = name.map(|name| {
        let words = search::name_words(&name);
        if words.is_empty() && !name.is_empty() {
            fields.note("name", "must hold a letter or a digit");
        }
        words
    });
    if request.phone.chars().count() > 64 {
        fields.note("phone", "must have at most 64 characters");
    }
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let email = given(&request.email)
        .map(|text| EmailAddress::parse(&text))
        .transpose();
    let email = fields.take("email", email);
    let wrong = "must be a handle of 1 to 160 characters without spaces";
    let identity = given(&request.handle)
        .map(|text| handle(&text).ok_or(wrong))
        .transpose();
    let identity = fields.take("handle", identity);
    let birth_date = request.birth_date.as_ref().map(read::date).transpose();
    let birth_date = fields.take("birth_date", birth_date);
    let external = given(&request.external_id)
        .map(|text| ExternalId::parse_pair(&text))
        .transpose();
    let external = fields.take("external_id", external);
    Some(Criteria {
        words: words?,
        phones: None,
        email: email?.map(|address| address.as_str().to_owned()),
        handle: identity?,
        birth_date: birth_date?,
        external_id: external?,
    })
}

/// What a number may be in E.164: with its country code one, without it one in each region where it is
/// valid. What a clinic's region accepts as a contact point, and nothing else.
pub(super) fn phones(typed: &str, regions: &[String]) -> Vec<String> {
    let mut phones: Vec<_> = regions
        .iter()
        .filter_map(|region| PointDraft::phone(typed, region, None).ok())
        .map(|draft| draft.address.value)
        .chain(
            Phone::parse(typed, None)
                .ok()
                .map(|phone| phone.e164().to_owned()),
        )
        .collect();
    phones.sort();
    phones.dedup();
    phones
}

async fn find(
    tx: &mut Tx,
    driver: Driver,
    criteria: &Criteria,
    reach: &Reach,
    behind: Option<&[u8]>,
    size: PageSize,
) -> Result<Page, Error> {
    let limit = size.probe();
    let before = behind.and_then(|key| Uuid::from_slice(key).ok());
    let ids = match (driver, &criteria.external_id) {
        (Driver::ExternalId, Some(id)) => {
            let id: Vec<_> = tx.patient_of(id).await?.into_iter().collect();
            let mut found = tx.patients_by_ids(&id, reach.clinics.as_deref()).await?;
            found.retain(|patient| {
                (reach.show_deleted || patient.deleted_at.is_none()) && criteria.met_by(patient)
            });
            return Ok((found, None));
        }
        (Driver::ExternalId | Driver::Address, _) => {
            tx.search_by_address(criteria, reach, before, limit).await?
        }
        (Driver::BirthDate, _) => {
            tx.search_by_birth_date(criteria, reach, before, limit)
                .await?
        }
        (Driver::Name, _) => {
            let behind = behind.and_then(page_key::read_named);
            let mut found = tx
                .search_by_name(&criteria.words, reach, behind.as_ref(), limit)
                .await?;
            let more = found.len() > size.rows();
            found.truncate(size.rows());
            let key = found.last().filter(|_| more).map(page_key::named);
            let ids: Vec<_> = found.iter().map(|named| named.id).collect();
            return Ok((tx.patients_by_ids(&ids, None).await?, key));
        }
    };
    let more = ids.len() > size.rows();
    let ids = &ids[..ids.len().min(size.rows())];
    let key = ids
        .last()
        .filter(|_| more)
        .map(|id| id.uuid().as_bytes().to_vec());
    Ok((tx.patients_by_ids(ids, None).await?, key))
}
