//! The clinic's part of the main job.

use super::chain::Chain;
use super::report::Report;
use super::{agreement, eventually};
use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::{Value, json};

/// A link on its way to the patient.
pub(super) struct SentLink {
    pub(super) id: String,
    pub(super) url: String,
}

impl SentLink {
    /// The token behind the `#`.
    pub(super) fn token(&self) -> &str {
        self.url.split_once('#').map_or("", |(_, token)| token)
    }
}

/// Uploads the agreement and sends the patient a link to it.
pub(super) async fn send_agreement(chain: &Chain, report: &mut Report) -> anyhow::Result<SentLink> {
    let bytes = agreement::pdf();
    let announcement = json!({
        "clinicId": chain.clinic, "fileName": "Entente financière.pdf",
        "mediaType": "application/pdf", "size": bytes.len().to_string(),
    });
    let upload = chain.program.post("/v1/uploads", announcement).await?;
    let document = text(&upload["document"], "documentId")?;
    let path = text(&upload, "uploadPath")?;
    let request = chain
        .program
        .request(Method::PATCH, &path)
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Offset", "0")
        .header("Content-Type", "application/offset+octet-stream")
        .body(bytes);
    let response = chain.program.send(request).await?;
    ensure!(
        response.status().is_success(),
        "the upload answered {}",
        response.status()
    );
    eventually("the check of the document", async || {
        let answer = chain
            .program
            .get(&format!("/v1/documents/{document}"))
            .await?;
        Ok((answer["document"]["state"] == "DOCUMENT_STATE_READY").then_some(()))
    })
    .await?;
    report.step("a two-page financial agreement uploaded, encrypted and checked");
    send_link(chain, &document, report).await
}

async fn send_link(chain: &Chain, document: &str, report: &mut Report) -> anyhow::Result<SentLink> {
    let before = mailbox_cursor(chain).await?;
    let request = json!({ "patientId": chain.patient, "documentIds": [document] });
    let answer = chain.program.post("/v1/links", request).await?;
    let id = text(&answer["link"], "linkId")?;
    let url = eventually("the e-mail with the link", async || {
        let messages = messages_after(chain, &before).await?;
        Ok(messages.iter().rev().find_map(|message| {
            let body = message["text"].as_str()?;
            body.split_whitespace()
                .find(|word| word.contains("/d#"))
                .map(str::to_owned)
        }))
    })
    .await?;
    report.step(format!("link {id} made; its e-mail arrived in the sandbox"));
    Ok(SentLink { id, url })
}

/// Where the sandbox stands now.
pub(super) async fn mailbox_cursor(chain: &Chain) -> anyhow::Result<String> {
    let page = chain.program.get("/sandbox/api/messages").await?;
    Ok(page["next"].as_str().unwrap_or_default().to_owned())
}

/// What arrived since.
pub(super) async fn messages_after(chain: &Chain, cursor: &str) -> anyhow::Result<Vec<Value>> {
    let page = chain
        .program
        .get(&format!("/sandbox/api/messages?after={cursor}"))
        .await?;
    Ok(page["messages"].as_array().cloned().unwrap_or_default())
}

/// Reads the link's state and the audit trail, as the clinic does after the patient was there.
pub(super) async fn see_states(
    chain: &Chain,
    link: &SentLink,
    report: &mut Report,
) -> anyhow::Result<()> {
    let state = eventually("the completion of the link", async || {
        let answer = chain.program.get(&format!("/v1/links/{}", link.id)).await?;
        let (state, delivery) = (text(&answer["link"], "state")?, &answer["link"]["delivery"]);
        Ok(
            (state == "LINK_STATE_COMPLETED" && delivery == "LINK_DELIVERY_DELIVERED")
                .then_some(state),
        )
    })
    .await?;
    report.step(format!("the clinic sees {state}"));
    let lines = chain
        .program
        .get(&format!("/v1/documentAuditEntries?resource={}", link.id))
        .await?;
    let actions: Vec<_> = lines["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|line| line["action"].as_str())
        .collect();
    ensure!(actions.len() >= 4, "the audit trail holds only {actions:?}");
    let verdict = chain.program.get("/v1/documentAuditEntries:verify").await?;
    ensure!(
        verdict["verdict"]["intact"] == true,
        "the audit chain is broken: {verdict}"
    );
    report.step(format!(
        "{} lines about the link in an intact audit chain",
        actions.len()
    ));
    Ok(())
}

/// A second link, revoked before it is opened, opens nothing.
pub(super) async fn revoke(chain: &Chain, report: &mut Report) -> anyhow::Result<()> {
    let documents = chain.program.get("/v1/documents?pageSize=1").await?;
    let document = text(&documents["documents"][0], "documentId")?;
    let link = send_link(chain, &document, report).await?;
    chain
        .program
        .post(&format!("/v1/links/{}:revoke", link.id), json!({}))
        .await?;
    let browser = super::client::Client::new(&chain.base);
    let open = json!({ "token": link.token() });
    let (status, answer) = browser.attempt(Method::POST, "/d/api/open", open).await?;
    ensure!(
        status.as_u16() == 404 && answer["reason"] == "LINK_GONE",
        "a revoked link answered {status} {}",
        answer["reason"]
    );
    report.step("a revoked link opens nothing");
    Ok(())
}

fn text(value: &Value, name: &str) -> anyhow::Result<String> {
    value[name]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("the answer has no {name}"))
}
