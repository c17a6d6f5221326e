//! `bitewing documents`: sending, and looking at what was sent.

use super::account::Account;
use super::api::Api;
use super::failure::Failure;
use super::feed::{self, Feed};
use super::options::Options;
use super::output::Output;
use super::send::Send;
use super::watch::{End, watch};
use bitewing_core::{ClinicId, DocumentId, LinkId, PatientId};
use bitewing_runtime::Environment;
use serde_json::{Value, json};

/// The largest page of a list.
const PAGE: usize = 1_000;

/// What is done with documents.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Send(Send),
    /// Follows a link until the patient has everything or it has ended.
    Watch {
        /// The link, `lnk_...`.
        link: LinkId,
        #[command(flatten)]
        options: Options,
    },
    /// Lists documents, newest first.
    List {
        /// Only those of a clinic.
        #[arg(long, value_name = "ID")]
        clinic: Option<ClinicId>,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_name = "COUNT")]
        limit: usize,
        #[command(flatten)]
        options: Options,
    },
    /// Lists links, newest first.
    Links {
        /// Only those of a clinic.
        #[arg(long, value_name = "ID")]
        clinic: Option<ClinicId>,
        /// Only those for a patient.
        #[arg(long, value_name = "ID")]
        patient: Option<PatientId>,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_name = "COUNT")]
        limit: usize,
        #[command(flatten)]
        options: Options,
    },
    /// Shows a document or a link.
    Get {
        /// `doc_...` or `lnk_...`.
        id: Thing,
        #[command(flatten)]
        options: Options,
    },
    /// Ends a link: it opens nothing any more.
    Revoke {
        /// The link, `lnk_...`.
        link: LinkId,
        #[command(flatten)]
        options: Options,
    },
}

/// A document or a link.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Thing {
    Document(DocumentId),
    Link(LinkId),
}

impl std::str::FromStr for Thing {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let document = text.parse().map(Self::Document);
        let thing = document.or_else(|_| text.parse().map(Self::Link));
        thing.map_err(|_| "must be the id of a document or of a link, as doc_... or lnk_...")
    }
}

impl Command {
    pub(super) const fn options(&self) -> &Options {
        match self {
            Self::Send(send) => &send.options,
            Self::Watch { options, .. }
            | Self::List { options, .. }
            | Self::Links { options, .. }
            | Self::Get { options, .. }
            | Self::Revoke { options, .. } => options,
        }
    }

    pub(super) async fn run(self, env: &Environment, output: &Output) -> Result<(), Failure> {
        let account = Account::find(self.options(), env)?;
        match self {
            Self::Send(send) => send.run(account, env, output).await,
            Self::Watch { link, .. } => watch_again(account, &link.to_string(), output).await,
            Self::List { clinic, limit, .. } => {
                let api = Api::sign_in(account).await?;
                let filter = clinic
                    .map(|id| format!("&clinicId={id}"))
                    .unwrap_or_default();
                list(&api, "documents", &filter, limit, output).await
            }
            Self::Links {
                clinic,
                patient,
                limit,
                ..
            } => {
                let api = Api::sign_in(account).await?;
                let clinic = clinic
                    .map(|id| format!("&clinicId={id}"))
                    .unwrap_or_default();
                let patient = patient
                    .map(|id| format!("&patientId={id}"))
                    .unwrap_or_default();
                list(&api, "links", &format!("{clinic}{patient}"), limit, output).await
            }
            Self::Get { id, .. } => {
                let api = Api::sign_in(account).await?;
                let (kind, path) = match id {
                    Thing::Document(id) => ("document", format!("/v1/documents/{id}")),
                    Thing::Link(id) => ("link", format!("/v1/links/{id}")),
                };
                show(output, kind, &api.get(&path).await?[kind])
            }
            Self::Revoke { link, .. } => {
                let api = Api::sign_in(account).await?;
                let path = format!("/v1/links/{link}:revoke");
                show(output, "link", &api.post(&path, &json!({})).await?["link"])
            }
        }
    }
}

async fn watch_again(account: Account, link: &str, output: &Output) -> Result<(), Failure> {
    let api = Api::sign_in(account).await?;
    // The end of the feed first: what happens after it is heard, what happened before it is in the link.
    let cursor = feed::end(&api).await?;
    let found = api.get(&format!("/v1/links/{link}")).await?["link"].take();
    show(output, "link", &found)?;
    match End::of_link(&found) {
        Some(End::Complete) => Ok(()),
        Some(End::Dead) => Err(Failure::Ended {
            id: link.to_owned(),
            how: found["state"].as_str().unwrap_or_default().to_owned(),
        }),
        None => watch(Feed::behind(&api, cursor), link, output).await,
    }
}

/// Prints up to so many of a list, page by page.
async fn list(
    api: &Api,
    kind: &str,
    filter: &str,
    limit: usize,
    output: &Output,
) -> Result<(), Failure> {
    let (mut left, mut token) = (limit, String::new());
    while left > 0 {
        let size = left.min(PAGE);
        let path = format!("/v1/{kind}?pageSize={size}&pageToken={token}{filter}");
        let page = api.get(&path).await?;
        for item in page[kind].as_array().into_iter().flatten() {
            show(output, kind.trim_end_matches('s'), item)?;
            left = left.saturating_sub(1);
        }
        let next = page["nextPageToken"].as_str();
        next.unwrap_or_default().clone_into(&mut token);
        if token.is_empty() {
            break;
        }
    }
    Ok(())
}

/// Prints a document or a link.
pub(super) fn show(output: &Output, kind: &str, thing: &Value) -> Result<(), Failure> {
    let text = |name: &str| thing[name].as_str().unwrap_or_default();
    let sentence = if kind == "link" {
        format!(
            "{}  {}  {}  to {}, code to ..{}  until {}",
            text("linkId"),
            text("state")
                .trim_start_matches("LINK_STATE_")
                .to_lowercase(),
            text("delivery")
                .trim_start_matches("LINK_DELIVERY_")
                .to_lowercase(),
            text("emailHint"),
            text("phoneHint"),
            text("expireTime"),
        )
    } else {
        format!(
            "{}  {}  {} bytes  {}",
            text("documentId"),
            text("state")
                .trim_start_matches("DOCUMENT_STATE_")
                .to_lowercase(),
            text("size"),
            text("fileName"),
        )
    };
    output.tell(&sentence, &json!({ "type": kind, kind: thing }))
}
