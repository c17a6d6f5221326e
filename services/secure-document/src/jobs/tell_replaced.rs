//! Tells an address that the link it was used for was replaced. It may be a stranger's: nobody is named
//! but the clinic, and nothing of where the new link goes.

use super::envelope::call;
use super::order::WordToSend;
use super::told;
use crate::peers::{Letter, Occasion};
use crate::vault::Vault;
use async_trait::async_trait;
use bitewing_store::jobs::{Job, JobError, JobHandler, JobLease, Outcome};
use time::Duration;

/// How long the word is worth sending.
const LIFE: Duration = Duration::days(1);

pub(super) struct TellReplaced(pub(super) Vault);

#[async_trait]
impl JobHandler for TellReplaced {
    async fn run(&self, job: &Job, lease: JobLease) -> Result<Outcome, JobError> {
        let told: WordToSend = told(job)?;
        let link = told.about.link();
        let mut tx = self.0.store.begin(&job.scope()).await?;
        let (settings, clinic) = (tx.settings().await?, tx.clinic(link.clinic).await?);
        let language = tx.link(link.id, None).await?.map(|link| link.language);
        let now = tx.now().await?;
        tx.commit().await?;
        let (clinic_name, clinic_phone) = clinic
            .map(|clinic| (clinic.display_name, clinic.phone))
            .unwrap_or_default();
        let variables = [
            ("clinic_name", clinic_name),
            ("clinic_phone", clinic_phone),
            ("organization_name", settings.display_name),
        ];
        let channel = if told.text { "text" } else { "mail" };
        let letter = Letter {
            occasion: Occasion::Replaced { text: told.text },
            link,
            language: language.unwrap_or_default(),
            address: told.address,
            variables: variables
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            secret: String::new().into(),
            not_after: now + LIFE,
            request_id: format!("{}/replaced/{channel}", link.id),
        };
        match self.0.conversation.send(&call(job), letter).await {
            Ok(_) => {}
            Err(_) if job.is_last_attempt() => {
                tracing::warn!(link = %link.id, channel, "word of a replaced link could not be sent");
            }
            Err(error) => return Err(error.into()),
        }
        let tx = lease.begin().await?;
        Ok(lease.finish(tx).await?)
    }
}
