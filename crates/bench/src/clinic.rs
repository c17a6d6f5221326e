//! A chain with one clinic, its program, and documents.

use crate::suite::Suite;
use anyhow::{Context as _, bail, ensure};
use bitewing_auth::{Caller, Service};
use bitewing_core::{ApiClientId, OrganizationId};
use bytes::Bytes;
use futures_util::stream;
use reqwest::{Body, Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Bytes sent at once.
const PIECE: usize = 1 << 20;

/// A chain's program with its token.
pub struct Program {
    http: reqwest::Client,
    base: String,
    /// The access token it shows.
    pub token: String,
    /// Its organization.
    pub organization: OrganizationId,
    /// Its clinic.
    pub clinic: String,
    client_id: String,
}

impl Program {
    /// Founds a chain and opens its clinic.
    pub async fn found(suite: &Suite, slug: &str) -> anyhow::Result<Self> {
        let mut program = Self::enroll(suite, slug).await?;
        let clinic = json!({ "clinic": {
            "displayName": "Bench Clinic", "phone": "+1 514 873 1234", "region": "CA",
            "address": "4200 rue Saint-Denis, Montréal", "language": "en", "timeZone": "America/Toronto",
        }});
        program.clinic = text(
            &program.post("/v1/clinics", clinic).await?["clinic"],
            "clinicId",
        )?;
        program.wait_for_clinic().await?;
        Ok(program)
    }

    /// Founds a chain without a clinic.
    pub async fn enroll(suite: &Suite, slug: &str) -> anyhow::Result<Self> {
        let secret = suite.secret("GATEWAY_OPERATOR_SECRET")?;
        let mut program = Self {
            http: reqwest::Client::new(),
            base: suite.base(),
            token: String::new(),
            organization: OrganizationId::from_uuid(sqlx::types::Uuid::nil()),
            clinic: String::new(),
            client_id: "operator".to_owned(),
        };
        program.sign_in(&secret).await?;
        let chain = json!({ "displayName": "Bench Dental", "slug": slug, "defaultLanguage": "en" });
        let answer = program.post("/v1/organizations", chain).await?;
        program.organization = text(&answer["organization"], "organizationId")?.parse()?;
        program.client_id = text(&answer, "clientId")?;
        program.sign_in(&text(&answer, "clientSecret")?).await?;
        Ok(program)
    }

    /// Waits until the other services have heard of the clinic.
    pub async fn wait_for_clinic(&self) -> anyhow::Result<()> {
        for _ in 0..300 {
            if self.announce(1).await.is_ok() && self.patient(0).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the other services do not hear of the clinic")
    }

    async fn sign_in(&mut self, secret: &str) -> anyhow::Result<()> {
        let answer = self
            .http
            .post(format!("{}/oauth2/token", self.base))
            .basic_auth(&self.client_id, Some(secret))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials")
            .send()
            .await?;
        self.token = text(&answer.json::<Value>().await?, "access_token")?;
        Ok(())
    }

    /// The same program as the services see it behind the gateway.
    pub fn caller(&self) -> Caller {
        caller_of(self.organization)
    }

    /// A request to the gateway.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.token)
    }

    /// A call that must succeed.
    pub async fn call(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let response = request.send().await?;
        let (status, path) = (response.status(), response.url().path().to_owned());
        let bytes = response.bytes().await?;
        if !status.is_success() {
            bail!(
                "{path} answered {status}: {}",
                String::from_utf8_lossy(&bytes)
            );
        }
        Ok(if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes)?
        })
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.call(self.request(Method::GET, path)).await
    }

    /// Writes.
    pub async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.call(self.request(Method::POST, path).json(&body))
            .await
    }

    /// A patient with a phone and an e-mail address.
    pub async fn patient(&self, number: usize) -> anyhow::Result<String> {
        let patient = json!({ "patient": {
            "clinicId": self.clinic, "givenName": "Anne", "familyName": "Miller", "language": "en",
            "contactPoints": [
                { "kind": "CONTACT_POINT_KIND_PHONE", "value": phone(number), "lineType": "LINE_TYPE_MOBILE" },
                { "kind": "CONTACT_POINT_KIND_EMAIL", "value": format!("anne{number}@example.org") },
            ],
        }});
        text(
            &self.post("/v1/patients", patient).await?["patient"],
            "patientId",
        )
    }

    /// Announces a document; its id and the path of its bytes.
    pub async fn announce(&self, size: usize) -> anyhow::Result<(String, String)> {
        let announcement = json!({
            "clinicId": self.clinic, "fileName": "Scan.txt", "mediaType": "text/plain", "size": size.to_string(),
        });
        let answer = self.post("/v1/uploads", announcement).await?;
        Ok((
            text(&answer["document"], "documentId")?,
            text(&answer, "uploadPath")?,
        ))
    }

    /// Sends the bytes through the gateway, or straight to the service; megabytes a second.
    pub async fn upload(
        &self,
        suite: &Suite,
        size: usize,
        straight: bool,
    ) -> anyhow::Result<(String, f64)> {
        let (document, path) = self.announce(size).await?;
        let request = if straight {
            let token = suite.introduction(&self.caller(), Service::SecureDocument)?;
            let url = format!("http://{}{path}", suite.address(Service::SecureDocument));
            self.http.request(Method::PATCH, url).bearer_auth(token)
        } else {
            self.request(Method::PATCH, &path)
        };
        let request = request
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", "0")
            .header("content-type", "application/offset+octet-stream")
            .header("content-length", size)
            .body(body(size));
        let begun = Instant::now();
        self.call(request).await?;
        Ok((document, megabytes_a_second(size, begun.elapsed())))
    }

    /// Uploads a document and waits until it may be sent.
    pub async fn document(&self, suite: &Suite, size: usize) -> anyhow::Result<String> {
        let (document, _) = self.upload(suite, size, false).await?;
        self.wait_until_ready(&document).await?;
        Ok(document)
    }

    /// Waits until a document is checked.
    pub async fn wait_until_ready(&self, document: &str) -> anyhow::Result<()> {
        for _ in 0..600 {
            let answer = self.get(&format!("/v1/documents/{document}")).await?;
            let state = &answer["document"]["state"];
            if state == "DOCUMENT_STATE_READY" {
                return Ok(());
            }
            ensure!(
                state != "DOCUMENT_STATE_REJECTED",
                "the document was rejected"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the check of the document takes over a minute")
    }
}

/// A program of an organization that may do everything, as the services see it behind the gateway.
pub fn caller_of(organization: OrganizationId) -> Caller {
    let actor = bitewing_auth::Actor {
        kind: bitewing_auth::ActorKind::ApiClient,
        id: ApiClientId::from_uuid(sqlx::types::Uuid::nil()).to_string(),
    };
    let scopes = bitewing_rpc::access::rules()
        .filter_map(|rule| rule.scope.clone())
        .collect::<std::collections::BTreeSet<_>>();
    Caller::verified(
        organization,
        actor,
        bitewing_auth::Clinics::All,
        Vec::new(),
        scopes.into_iter().collect(),
    )
}

/// A mobile number of Quebec for each patient: 514 200 0000 and on.
fn phone(number: usize) -> String {
    format!("+1514{:07}", 2_000_000 + number)
}

/// A text of so many bytes, made while it is sent.
pub fn body(size: usize) -> Body {
    let piece =
        Bytes::from(b"bitewing measures what it sends. ".repeat(PIECE / 33 + 1)).slice(..PIECE);
    let pieces = size.div_ceil(PIECE);
    Body::wrap_stream(stream::iter((0..pieces).map(move |nth| {
        let left = size - nth * PIECE;
        Ok::<_, std::io::Error>(piece.slice(..left.min(PIECE)))
    })))
}

/// 10^6 bytes a second.
pub fn megabytes_a_second(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}

/// A text of an answer.
pub fn text(value: &Value, name: &str) -> anyhow::Result<String> {
    value[name]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("the answer has no {name}: {value}"))
}
