//! `bitewing documents send`: files to a patient, once, whatever happens on the way.

use super::account::Account;
use super::api::Api;
use super::documents::show;
use super::failure::Failure;
use super::feed::{self, Feed};
use super::file::Sendable;
use super::journal::{self, Journal};
use super::keep::Folder;
use super::options::Options;
use super::output::Output;
use super::parcels::arrive;
use super::session::now;
use super::watch::watch;
use bitewing_core::{ClinicId, PatientId};
use bitewing_runtime::Environment;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A link opens up to so many documents (`CreateLinkRequest.document_ids`).
const MOST_FILES: usize = 20;

/// Sends documents to a patient: a link by e-mail that opens with a code on the phone.
///
/// Cut off at any moment, the same command goes on where it stopped, and the patient is written to
/// once. Run again after it has succeeded, it sends again. `--watch` then follows the link until the
/// patient has everything.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  bitewing documents send plan.pdf --patient pat_01h455vb4pex5vsknk084sn02q
  bitewing documents send plan.pdf scan.dcm --patient pat_... --code voice --expires 7d --watch
  bitewing documents send plan.pdf --patient pat_... --json | jq -r 'select(.type == \"link\").link.linkId'

With --json the lines are objects with a `type`: upload, document, link, event.")]
pub(crate) struct Send {
    /// PDF, PNG, JPEG, DICOM, text, CSV, docx or xlsx, up to 20 files of up to 500 MB.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Who gets them, `pat_...`.
    #[arg(long, value_name = "ID")]
    patient: PatientId,
    /// The clinic they are from, `cln_...`; the patient's own if not given.
    #[arg(long, value_name = "ID")]
    clinic: Option<ClinicId>,
    /// How the code goes; told by the phone if not given.
    #[arg(long)]
    code: Option<Code>,
    /// How long the link opens, as 36h or 14d, from 1h to 30d; 14d if not given.
    #[arg(long, value_name = "TIME", value_parser = life)]
    expires: Option<Duration>,
    /// How often the link may be unlocked, 1 to 10; 3 if not given.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u8).range(1..=10))]
    max_unlocks: Option<u8>,
    /// What the patient sees as the name of the file, where there is one file.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// What the file is, where its ending does not tell, as application/pdf.
    #[arg(long, value_name = "TYPE")]
    media_type: Option<String>,
    /// Sends no faster than so many bytes a second, as 500k or 2M.
    #[arg(long, value_name = "BYTES", value_parser = rate)]
    limit_rate: Option<u64>,
    /// Goes on until the patient has everything, and tells what happens.
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    pub(super) options: Options,
}

/// How a code reaches the patient.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Code {
    /// A text message.
    Sms,
    /// A call.
    Voice,
}

impl Code {
    const fn name(self) -> &'static str {
        match self {
            Self::Sms => "CODE_CHANNEL_SMS",
            Self::Voice => "CODE_CHANNEL_VOICE",
        }
    }
}

/// Reads `36h` or `14d`.
fn life(text: &str) -> Result<Duration, &'static str> {
    let no = "must be 1h to 720h or 1d to 30d";
    let (number, hours) = match (text.strip_suffix('h'), text.strip_suffix('d')) {
        (Some(number), _) => (number, 1),
        (_, Some(number)) => (number, 24),
        _ => return Err(no),
    };
    let number: u64 = number.parse().map_err(|_| no)?;
    let hours = number
        .checked_mul(hours)
        .filter(|hours| (1..=720).contains(hours));
    Ok(Duration::from_hours(hours.ok_or(no)?))
}

/// Reads `500k` or `2M`.
fn rate(text: &str) -> Result<u64, &'static str> {
    let no = "must be a number of bytes a second, as 500k or 2M";
    let (number, unit) = match (text.strip_suffix('k'), text.strip_suffix('M')) {
        (Some(number), _) => (number, 1_000),
        (_, Some(number)) => (number, 1_000_000),
        _ => (text, 1),
    };
    let number: u64 = number.parse().map_err(|_| no)?;
    number.checked_mul(unit).filter(|rate| *rate > 0).ok_or(no)
}

impl Send {
    pub(super) async fn run(
        self,
        account: Account,
        env: &Environment,
        output: &Output,
    ) -> Result<(), Failure> {
        let mut files = self.look_at_files()?;
        let (state, name) = (Folder::of_state(env)?, account.name());
        let api = Api::sign_in(account).await?;
        let clinic = self.clinic(&api).await?;
        for file in &mut files {
            file.read(output).await?;
        }
        let journal = self.journal(&state, &name, &clinic, &files)?;
        output.advise("the same command goes on where it stopped");
        let (sent, cursor) = tokio::try_join!(
            arrive(&api, journal, &clinic, &files, self.limit_rate, output),
            async {
                // Nothing that happens to the link can happen before this place.
                if self.watch {
                    Ok(Some(feed::end(&api).await?))
                } else {
                    Ok(None)
                }
            }
        )?;
        let (journal, documents) = sent;
        let link = self.link(&api, journal, &documents, output).await?;
        match cursor {
            Some(cursor) => watch(Feed::behind(&api, cursor), &link, output).await,
            None => Ok(()),
        }
    }

    fn look_at_files(&self) -> Result<Vec<Sendable>, Failure> {
        if self.files.len() > MOST_FILES {
            return Err(Failure::Usage(format!(
                "at most {MOST_FILES} files go with a link"
            )));
        }
        if self.files.len() > 1 && (self.name.is_some() || self.media_type.is_some()) {
            return Err(Failure::Usage(
                "--name and --media-type are about one file".to_owned(),
            ));
        }
        let (name, media_type) = (self.name.as_deref(), self.media_type.as_deref());
        self.files
            .iter()
            .map(|path| Sendable::look(path, name, media_type))
            .collect()
    }

    /// The clinic, and whether there is such a patient, before anything is uploaded.
    async fn clinic(&self, api: &Api) -> Result<String, Failure> {
        let patient = api.get(&format!("/v1/patients/{}", self.patient)).await;
        match (patient, self.clinic) {
            (Ok(patient), None) => patient["patient"]["clinicId"]
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| {
                    Failure::Usage("the patient has no clinic: use --clinic".to_owned())
                }),
            (Ok(_), Some(clinic)) => Ok(clinic.to_string()),
            // A program may be allowed to send without reading patients; the link finds out.
            (Err(Failure::Refused(problem)), Some(clinic)) if problem.status == 403 => {
                Ok(clinic.to_string())
            }
            (Err(failure), _) => Err(failure),
        }
    }

    /// The page of this very sending: same caller, patient, bytes and wishes.
    fn journal(
        &self,
        state: &Folder,
        account: &str,
        clinic: &str,
        files: &[Sendable],
    ) -> Result<Journal, Failure> {
        let mut parts = vec![
            account.to_owned(),
            self.patient.to_string(),
            clinic.to_owned(),
            format!("{:?} {:?} {:?}", self.code, self.expires, self.max_unlocks),
        ];
        for file in files {
            parts.extend([&file.name, &file.media_type, &file.sha256].map(String::clone));
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        Journal::open(state.within("sends"), journal::key(&parts), now())
    }

    /// Makes the link, or finds the one that a run before made; tells it, and closes the page.
    async fn link(
        &self,
        api: &Api,
        mut journal: Journal,
        documents: &[String],
        output: &Output,
    ) -> Result<String, Failure> {
        let mut found = None;
        if journal.resumed && journal.is_old(now()) {
            found = self.link_of(api, documents).await?;
            journal.renew(now(), true)?;
        }
        let made = match found {
            Some(link) => Ok(link),
            None => self.make_link(api, &journal, documents).await,
        };
        let link = match made {
            // A run whose page is lost asked for the same with another end.
            Err(failure) if failure.is("REQUEST_ID_REUSED") => {
                let before = self.link_of(api, documents).await?;
                before.ok_or(failure)?
            }
            made => made?,
        };
        let id = link["linkId"].as_str().unwrap_or_default().to_owned();
        show(output, "link", &link)?;
        journal.done()?;
        Ok(id)
    }

    async fn make_link(
        &self,
        api: &Api,
        journal: &Journal,
        documents: &[String],
    ) -> Result<Value, Failure> {
        let mut request = json!({
            "patientId": self.patient.to_string(),
            "documentIds": documents,
            "requestId": journal.request_id("link"),
        });
        if let Some(code) = self.code {
            request["codeChannel"] = json!(code.name());
        }
        if let Some(count) = self.max_unlocks {
            request["maxUnlocks"] = json!(count);
        }
        if let Some(life) = self.expires {
            // Counted from when the sending began, so that a second run asks for the same.
            let end = journal.page.begun + life.as_secs() as i64;
            let end = OffsetDateTime::from_unix_timestamp(end)
                .ok()
                .and_then(|end| end.format(&Rfc3339).ok());
            request["expireTime"] = json!(end);
        }
        Ok(api.post("/v1/links", &request).await?["link"].take())
    }

    /// A link to these documents, which no other sending knows.
    async fn link_of(&self, api: &Api, documents: &[String]) -> Result<Option<Value>, Failure> {
        let mut token = String::new();
        loop {
            let patient = &self.patient;
            let path = format!("/v1/links?pageSize=1000&patientId={patient}&pageToken={token}");
            let page = api.get(&path).await?;
            let mut links = page["links"].as_array().into_iter().flatten();
            if let Some(link) = links.find(|link| link["documentIds"] == json!(documents)) {
                return Ok(Some(link.clone()));
            }
            let next = page["nextPageToken"].as_str();
            next.unwrap_or_default().clone_into(&mut token);
            if token.is_empty() {
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_hours_or_days_within_what_a_link_may_live() {
        assert_eq!(life("36h"), Ok(Duration::from_hours(36)));
        assert_eq!(life("30d"), Ok(Duration::from_hours(720)));
        for wrong in [
            "",
            "d",
            "0h",
            "31d",
            "721h",
            "14",
            "-1d",
            "1.5d",
            "99999999999999999999d",
        ] {
            assert!(life(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn rates_are_bytes_a_second() {
        assert_eq!(rate("500k"), Ok(500_000));
        assert_eq!(rate("2M"), Ok(2_000_000));
        assert_eq!(rate("7"), Ok(7));
        for wrong in ["", "0", "0k", "-1", "1.5M", "2G", "99999999999999999999M"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}
