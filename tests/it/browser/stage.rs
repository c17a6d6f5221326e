//! A chain with a logo, patients who read different languages, and documents as clinics send them.

use super::driver;
use crate::layering::root;
use crate::suite::chain::{Reachable, fresh_number};
use crate::suite::grpc::fresh_address;
use crate::suite::json::text;
use crate::suite::seeded::Seeded;
use crate::suite::sql::Sql;
use crate::suite::{Chain, Suite};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitewing_auth::Service;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

/// The languages of the page, and what browsers of their speakers say.
pub(crate) const LANGUAGES: [(&str, &str); 6] = [
    ("en", "en-CA"),
    ("fr", "fr-CA"),
    ("it", "it-IT"),
    ("pt", "pt-BR"),
    ("es", "es-MX"),
    ("ru", "ru-RU"),
];

/// A clinic with its logo.
pub(crate) struct Stage {
    pub(crate) suite: Arc<Suite>,
    pub(crate) chain: Chain,
    pub(crate) clinic: String,
}

/// A link on its way to a patient.
pub(crate) struct Sent {
    pub(crate) patient: Reachable,
    pub(crate) link: String,
    pub(crate) token: String,
}

impl Stage {
    /// Opens a clinic and gives it a face.
    pub(crate) async fn set() -> Self {
        let suite = Suite::shared().await;
        let chain = Chain::found(&suite.site).await;
        let clinic = chain.clinic().await;
        let logo = std::fs::read(root().join("tests/browser/logo.png")).unwrap();
        let path = format!("/v1/clinics/{clinic}/logo");
        let body = json!({ "image": STANDARD.encode(logo) });
        let answer = chain.json.call(Method::PUT, &path, body).await;
        assert_eq!(answer["logo"]["mediaType"], "image/png");
        Self {
            suite,
            chain,
            clinic,
        }
    }

    /// A patient who reads a language.
    pub(crate) async fn patient(&self, language: &str) -> Reachable {
        let number = fresh_number();
        let phone = format!("+1514{}{:04}", 230 + number / 10_000, number % 10_000);
        let email = format!("patient-{number}@example.org");
        let patient = json!({ "patient": {
            "clinicId": self.clinic, "givenName": "Anne", "familyName": "Tremblay",
            "language": language, "contactPoints": [
                { "kind": "CONTACT_POINT_KIND_PHONE", "value": phone, "lineType": "LINE_TYPE_MOBILE" },
                { "kind": "CONTACT_POINT_KIND_EMAIL", "value": email },
            ],
        }});
        let answer = self.chain.json.post("/v1/patients", patient).await;
        Reachable {
            id: text(&answer["patient"], "patientId"),
            email,
            phone,
        }
    }

    /// A PDF of a size, as far as its first bytes go.
    pub(crate) async fn document(&self, name: &str, bytes: &[u8]) -> String {
        let json = &self.chain.json;
        let announcement = json!({
            "clinicId": self.clinic, "fileName": name, "mediaType": "application/pdf",
            "size": bytes.len().to_string(),
        });
        let upload = json.post("/v1/uploads", announcement).await;
        let request = json
            .request(Method::PATCH, &text(&upload, "uploadPath"))
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", "0")
            .header("content-type", "application/offset+octet-stream")
            .body(bytes.to_vec());
        let answer = json.send(request).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
        let document = text(&upload["document"], "documentId");
        self.chain.wait_until_checked(&document).await;
        document
    }

    /// Sends documents to a patient.
    pub(crate) async fn send(&self, patient: Reachable, documents: &[&String]) -> Sent {
        let request = json!({ "patientId": patient.id, "documentIds": documents });
        let answer = self.chain.json.post("/v1/links", request).await;
        let token = driver::token(&self.chain, &patient, 0).await;
        Sent {
            link: text(&answer["link"], "linkId"),
            patient,
            token,
        }
    }

    /// A small document to a patient who reads a language.
    pub(crate) async fn sent(&self, language: &str) -> Sent {
        let document = self.document("Treatment plan.pdf", &pdf(40_000)).await;
        self.send(self.patient(language).await, &[&document]).await
    }

    /// What nobody can do over the API: moves time, for instance.
    pub(crate) async fn tamper(&self, sql: &str) {
        self.tamper_in(Service::SecureDocument, sql).await;
    }

    /// The same in the database of any service.
    pub(crate) async fn tamper_in(&self, service: Service, sql: &str) {
        let database = self.suite.databases().of(service).admin();
        let mut admin = Sql::connect(&database).await;
        let organization: bitewing_core::OrganizationId = self.chain.organization.parse().unwrap();
        let statement = format!("{sql} WHERE organization_id = '{}'", organization.uuid());
        admin.run(statement).await.unwrap();
        admin.close().await;
    }
}

impl Sent {
    /// The link as a scenario is told of it: the patient by their place among those of the job.
    pub(crate) fn item(&self, place: usize, more: Value) -> Value {
        let mut item = json!({ "token": self.token, "patient": place, "address": fresh_address() });
        if let (Some(item), Some(more)) = (item.as_object_mut(), more.as_object()) {
            item.extend(more.clone());
        }
        item
    }
}

/// Bytes that begin as a PDF and repeat nothing.
pub(crate) fn pdf(size: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend(Seeded::new(size as u64).bytes(size - bytes.len()));
    bytes
}

/// As the page's own test of equality: the digest in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes))
}
