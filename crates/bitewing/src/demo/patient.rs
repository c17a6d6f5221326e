//! The patient's part of the main job, over HTTP as the page does it.

use super::chain::Chain;
use super::client::Client;
use super::clinic::{SentLink, mailbox_cursor, messages_after};
use super::report::Report;
use super::{agreement, eventually};
use anyhow::{Context as _, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use reqwest::Method;
use serde_json::json;

/// Opens the link, asks for the code, mistypes it once, unlocks, downloads and compares.
pub(super) async fn unlock(
    chain: &Chain,
    link: &SentLink,
    report: &mut Report,
) -> anyhow::Result<()> {
    let browser = Client::new(&chain.base);
    let page = browser.send(browser.request(Method::GET, "/d")).await?;
    ensure!(
        page.status().is_success(),
        "the page answered {}",
        page.status()
    );
    let token = link.token();
    let opened = browser
        .post("/d/api/open", json!({ "token": token }))
        .await?;
    report.step(format!(
        "the patient opened the link: {}, a code goes to the phone ending in {}",
        opened["clinic_name"].as_str().unwrap_or_default(),
        opened["destination_hint"].as_str().unwrap_or_default()
    ));

    let before = mailbox_cursor(chain).await?;
    browser
        .post("/d/api/code", json!({ "token": token, "channel": "SMS" }))
        .await?;
    let code = eventually("the text message with the code", async || {
        let messages = messages_after(chain, &before).await?;
        Ok(messages
            .iter()
            .rev()
            .find_map(|message| code_in(message["text"].as_str()?)))
    })
    .await?;
    report.step("the code arrived as a text message");

    let wrong = if code == "000000" { "000001" } else { "000000" };
    let guess = json!({ "token": token, "code": wrong });
    let (status, answer) = browser
        .attempt(Method::POST, "/d/api/verify", guess)
        .await?;
    ensure!(
        status.is_client_error() && answer["reason"] == "CODE_WRONG",
        "a wrong code answered {status} {}",
        answer["reason"]
    );
    report.step("a wrong code was refused");

    let unlocked = browser
        .post("/d/api/verify", json!({ "token": token, "code": code }))
        .await?;
    let file = unlocked["files"][0]["id"]
        .as_str()
        .context("the session lists a file")?
        .to_owned();
    report.step("the right code unlocked it");

    let response = browser
        .send(browser.request(Method::GET, &format!("/d/files/{file}")))
        .await?;
    ensure!(
        response.status().is_success(),
        "the download answered {}",
        response.status()
    );
    let bytes = response.bytes().await?;
    let (got, sent) = (digest(&SHA256, &bytes), digest(&SHA256, &agreement::pdf()));
    ensure!(
        got.as_ref() == sent.as_ref(),
        "the file is not the one that was sent"
    );
    report.step(format!(
        "{} bytes downloaded, SHA-256 {}",
        bytes.len(),
        hex::encode(&got.as_ref()[..8])
    ));
    Ok(())
}

/// The six digits of a text message.
fn code_in(text: &str) -> Option<String> {
    let mut words = text.split(|letter: char| !letter.is_ascii_digit());
    words.find(|word| word.len() == 6).map(str::to_owned)
}
