//! What a letter about a link says beside its secret, and where it goes.

use crate::domain::local_time;
use crate::vault::Vault;
use bitewing_auth::{Clinics, Service};
use bitewing_core::{Language, LinkId};
use bitewing_rpc::Call;
use bitewing_store::jobs::{Job, JobError};
use std::collections::HashMap;
use time::OffsetDateTime;

/// Addresses and words.
pub(super) struct Envelope {
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) language: Language,
    pub(super) variables: HashMap<String, String>,
    pub(super) expires_at: OffsetDateTime,
}

/// The envelope of a link that still opens; `None` once it does not.
pub(super) async fn envelope(
    vault: &Vault,
    job: &Job,
    id: LinkId,
) -> Result<Option<Envelope>, JobError> {
    let mut tx = vault.store.begin(&job.scope()).await?;
    let Some(link) = tx.link(id, None).await?.filter(|link| link.state.opens()) else {
        return Ok(None);
    };
    let now = tx.now().await?;
    let settings = tx.settings().await?;
    let clinic = tx.clinic(link.clinic).await?;
    tx.commit().await?;
    if link.expires_at <= now {
        return Ok(None);
    }
    let (clinic_name, clinic_phone, zone) = clinic
        .map(|clinic| (clinic.display_name, clinic.phone, clinic.time_zone))
        .unwrap_or_default();
    let expires_on = local_time::written(link.expires_at, &zone, link.language);
    let variables = [
        ("patient_name", link.recipient.name),
        ("clinic_name", clinic_name),
        ("clinic_phone", clinic_phone),
        ("organization_name", settings.display_name),
        ("expires_on", expires_on),
        ("host", vault.public_url.host().to_owned()),
    ];
    Ok(Some(Envelope {
        email: link.recipient.email.as_str().to_owned(),
        phone: link.recipient.phone.e164().to_owned(),
        language: link.language,
        variables: variables
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        expires_at: link.expires_at,
    }))
}

/// The call a job makes: its organization, its purpose, and nobody behind it.
pub(super) fn call(job: &Job) -> Call {
    Call::of_job(
        Service::SecureDocument,
        job.scope(),
        Clinics::All,
        &job.purpose,
        job.id.to_string(),
    )
}
