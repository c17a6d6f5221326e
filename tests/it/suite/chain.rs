//! An organization and what its program does.

use super::json::text;
use super::{Json, Site, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use tonic::transport::Channel;

/// Addresses are budgeted over all organizations, so no two patients of a test run share one.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A number nobody had before in this process.
pub(crate) fn fresh_number() -> u32 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A chain of clinics with its own program.
pub(crate) struct Chain {
    pub(crate) site: Site,
    pub(crate) organization: String,
    pub(crate) slug: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) json: Json,
    pub(crate) channel: Channel,
}

/// A patient and how the sandbox reaches them.
#[derive(Clone)]
pub(crate) struct Reachable {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) phone: String,
}

impl Chain {
    /// Makes an organization, and signs its first API client in.
    pub(crate) async fn found(site: &Site) -> Self {
        let slug = format!("chain-{}-{}", std::process::id(), fresh_number());
        let request = json!({ "displayName": "Sourire", "slug": slug });
        let answer = site
            .operator()
            .await
            .post("/v1/organizations", request)
            .await;
        let (client_id, client_secret) = (text(&answer, "clientId"), text(&answer, "clientSecret"));
        Self {
            json: Json::signed_in(site.base(), &client_id, &client_secret).await,
            channel: site.channel(),
            organization: text(&answer["organization"], "organizationId"),
            site: site.clone(),
            slug,
            client_id,
            client_secret,
        }
    }

    /// The same chain where its suite is reached now, after a restart for instance.
    pub(crate) async fn moved_to(&self, site: &Site) -> Self {
        Self {
            json: Json::signed_in(site.base(), &self.client_id, &self.client_secret).await,
            channel: site.channel(),
            site: site.clone(),
            organization: self.organization.clone(),
            slug: self.slug.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
        }
    }

    /// A message with the chain's token, for a generated client.
    pub(crate) fn request<T>(&self, message: T) -> tonic::Request<T> {
        super::grpc::request(self.json.token(), message)
    }

    /// Another program of the chain, with these scopes, for these clinics.
    pub(crate) async fn program(&self, scopes: &[String], clinics: &[&str]) -> Json {
        let request = json!({ "displayName": "Other", "scopes": scopes, "clinicIds": clinics });
        let answer = self.json.post("/v1/apiClients", request).await;
        let id = text(&answer["apiClient"], "clientId");
        Json::signed_in(self.site.base(), &id, &text(&answer, "clientSecret")).await
    }

    /// A member of staff with a role, signed in.
    pub(crate) async fn staff(&self, role: &str) -> Json {
        let email = format!("staff-{}@example.org", fresh_number());
        let password = "correct horse battery";
        let user = json!({ "email": email, "displayName": "Staff", "roles": [role] });
        let invited = self.json.post("/v1/users", user).await;
        let accept = json!({
            "invitationToken": text(&invited, "invitationToken"), "password": password,
        });
        let anonymous = self.site.anonymous();
        anonymous.post("/v1/invitations:accept", accept).await;
        let sign_in = json!({ "organization": self.slug, "email": email, "password": password });
        let session = anonymous.post("/v1/sessions:signIn", sign_in).await;
        anonymous.bearing(&text(&session, "accessToken"))
    }

    /// Opens a clinic in Canada.
    pub(crate) async fn clinic(&self) -> String {
        let clinic = json!({ "clinic": {
            "displayName": "Clinique du Plateau", "phone": "+15148731234", "region": "CA",
            "language": "en", "timeZone": "America/Toronto", "address": "4200 rue Saint-Denis",
        }});
        text(
            &self.json.post("/v1/clinics", clinic).await["clinic"],
            "clinicId",
        )
    }

    /// A patient with a mailbox and a mobile phone of their own.
    pub(crate) async fn patient(&self, clinic: &str) -> Reachable {
        let number = fresh_number();
        // The exchange code of a number in North America starts with 2 to 9.
        let phone = format!("+1514{}{:04}", 230 + number / 10_000, number % 10_000);
        let email = format!("patient-{number}@example.org");
        self.patient_named("Anne", "Tremblay", &email, &phone, clinic)
            .await
    }

    /// A patient of one's own making.
    pub(crate) async fn patient_named(
        &self,
        given: &str,
        family: &str,
        email: &str,
        phone: &str,
        clinic: &str,
    ) -> Reachable {
        let patient = json!({ "patient": {
            "clinicId": clinic, "givenName": given, "familyName": family, "language": "en",
            "contactPoints": [
                { "kind": "CONTACT_POINT_KIND_PHONE", "value": phone, "lineType": "LINE_TYPE_MOBILE" },
                { "kind": "CONTACT_POINT_KIND_EMAIL", "value": email },
            ],
        }});
        let answer = self.json.post("/v1/patients", patient).await;
        Reachable {
            id: text(&answer["patient"], "patientId"),
            email: email.to_owned(),
            phone: phone.to_owned(),
        }
    }

    /// Announces a text file and sends its bytes (tus 1.0); answers the document once it is checked.
    pub(crate) async fn document(&self, clinic: &str, bytes: &[u8]) -> String {
        let announcement = json!({
            "clinicId": clinic, "fileName": "Plan.txt", "mediaType": "text/plain",
            "size": bytes.len().to_string(),
        });
        let upload = self.json.post("/v1/uploads", announcement).await;
        let request = self
            .json
            .request(Method::PATCH, &text(&upload, "uploadPath"))
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Offset", "0")
            .header("Content-Type", "application/offset+octet-stream")
            .body(bytes.to_vec());
        let answer = self.json.send(request).await;
        assert_eq!(answer.status, 204, "the upload answered {}", answer.text);
        let document = text(&upload["document"], "documentId");
        self.wait_until_checked(&document).await;
        document
    }

    /// Waits until a document may be linked.
    pub(crate) async fn wait_until_checked(&self, document: &str) {
        eventually("the check of the document", async || {
            let answer = self.json.get(&format!("/v1/documents/{document}")).await;
            let state = text(&answer["document"], "state");
            assert_ne!(state, "DOCUMENT_STATE_REJECTED");
            (state == "DOCUMENT_STATE_READY").then_some(())
        })
        .await;
    }

    /// Makes a link and answers its identifier.
    pub(crate) async fn link(&self, patient: &Reachable, document: &str) -> String {
        let request = json!({ "patientId": patient.id, "documentIds": [document] });
        text(
            &self.json.post("/v1/links", request).await["link"],
            "linkId",
        )
    }

    /// The link as it is now.
    pub(crate) async fn look_at(&self, link: &str) -> Value {
        self.json.get(&format!("/v1/links/{link}")).await["link"].clone()
    }

    /// Waits until a link is in a state.
    pub(crate) async fn wait_for_state(&self, link: &str, state: &str) {
        eventually(&format!("the link's state {state}"), async || {
            (self.look_at(link).await["state"] == state).then_some(())
        })
        .await;
    }

    /// What arrived on the sandbox for a mailbox or a phone, oldest first.
    pub(crate) async fn arrived(&self, recipient: &str) -> Vec<Value> {
        let recipient = recipient.replace('+', "%2B");
        let path = format!("/v1/sandboxMessages?pageSize=1000&recipient={recipient}");
        self.json.get(&path).await["messages"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }

    /// Waits for more than `seen` messages to a recipient; answers the text of the newest.
    pub(crate) async fn arrival(&self, recipient: &str, seen: usize) -> String {
        eventually("a message on the sandbox", async || {
            let arrived = self.arrived(recipient).await;
            arrived
                .get(seen..)?
                .last()
                .map(|message| text(message, "text"))
        })
        .await
    }

    /// Waits for the e-mail with a link; answers the token behind the `#`.
    pub(crate) async fn token_in_mail(&self, patient: &Reachable, seen: usize) -> String {
        let mail = self.arrival(&patient.email, seen).await;
        let mut words = mail.split_whitespace();
        let url = words
            .find(|word| word.contains("/d#"))
            .expect("the mail holds a link");
        let (_, token) = url.split_once('#').expect("it was found by it");
        token.to_owned()
    }

    /// Waits for the text message with a code.
    pub(crate) async fn code_on_phone(&self, patient: &Reachable, seen: usize) -> String {
        let message = self.arrival(&patient.phone, seen).await;
        let mut words = message.split(|letter: char| !letter.is_ascii_digit());
        words
            .find(|word| word.len() == 6)
            .expect("the message holds a code")
            .to_owned()
    }

    /// Everything in the public feed so far, oldest first.
    pub(crate) async fn events(&self) -> Vec<Value> {
        let (mut events, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/events?pageSize=1000&afterCursor={cursor}");
            let page = self.json.get(&path).await;
            let listed = page["events"].as_array().cloned().unwrap_or_default();
            if listed.is_empty() {
                return events;
            }
            cursor = text(&page, "nextCursor");
            events.extend(listed);
        }
    }

    /// Waits until the public feed tells of something.
    pub(crate) async fn wait_for_event(&self, event_type: &str, resource: &str) {
        eventually(&format!("the event {event_type}"), async || {
            let events = self.events().await;
            let told =
                |event: &&Value| event["eventType"] == event_type && event["resource"] == resource;
            events.iter().find(told).map(|_| ())
        })
        .await;
    }
}
