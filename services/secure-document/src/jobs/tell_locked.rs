//! Tells the front desk that a link is locked: the patient will call, or will wait in vain. The e-mail
//! names the link and nobody.

use super::envelope::call;
use super::order::AboutLink;
use super::told;
use crate::peers::{Letter, Occasion};
use crate::vault::Vault;
use async_trait::async_trait;
use bitewing_store::jobs::{Job, JobError, JobHandler, JobLease, Outcome};
use time::Duration;

/// How long the word is worth sending.
const LIFE: Duration = Duration::days(1);

pub(super) struct TellLocked(pub(super) Vault);

#[async_trait]
impl JobHandler for TellLocked {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let link = told::<AboutLink>(job)?.link();
        let mut tx = self.0.store.begin(&job.scope()).await?;
        let settings = tx.settings().await?;
        let clinic = tx.clinic(link.clinic).await?;
        let now = tx.now().await?;
        tx.commit().await?;
        if let Some(clinic) = clinic.filter(|clinic| !clinic.email.is_empty()) {
            let variables = [
                ("clinic_name", clinic.display_name),
                ("clinic_phone", clinic.phone),
                ("organization_name", settings.display_name),
                ("link_id", link.id.to_string()),
            ];
            let letter = Letter {
                occasion: Occasion::Locked,
                link,
                language: clinic.language,
                address: clinic.email,
                variables: variables
                    .map(|(name, value)| (name.to_owned(), value))
                    .into(),
                secret: String::new().into(),
                not_after: now + LIFE,
                request_id: format!("{}/locked", link.id),
            };
            match self.0.conversation.send(&call(job), letter).await {
                Ok(_) => {}
                Err(_) if job.is_last_attempt() => {
                    tracing::warn!(link = %link.id, "a clinic could not be told that a link is locked");
                }
                Err(error) => return Err(error.into()),
            }
        }
        let tx = lease.begin().await?;
        Ok(lease.finish(tx).await?)
    }
}
