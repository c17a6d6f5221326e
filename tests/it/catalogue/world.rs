//! An organization that has one of everything.

use super::content::content;
use super::placeholders;
use crate::suite::chain::fresh_number;
use crate::suite::json::text;
use crate::suite::patient::{Holder, wrong};
use crate::suite::{Chain, Site};
use bitewing_core::{Ids as _, SystemIds, id};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The kinds of identifiers another organization may try, by placeholder.
const FOLLOWED: [&str; 20] = [
    "$price",
    "$scenario",
    "$instruction",
    "$draft",
    "$issue",
    "$clinic",
    "$patient",
    "$duplicate",
    "$document",
    "$link",
    "$message",
    "$template",
    "$user",
    "$account",
    "$appointment",
    "$wish",
    "$block",
    "$wording",
    "$whats_app",
    "$feedback",
];

/// An organization, and what the placeholders of the table stand for in it.
pub(crate) struct World {
    pub(crate) chain: Chain,
    things: BTreeMap<&'static str, String>,
}

impl World {
    /// Makes one of everything, by the whole main job.
    pub(crate) async fn make(site: &Site) -> Self {
        let chain = Chain::found(site).await;
        let mut things = BTreeMap::new();
        let clinic = chain.clinic().await;
        let patient = chain.patient(&clinic).await;
        let duplicate = chain.patient(&clinic).await;
        let document = chain.document(&clinic, b"agreement").await;
        let link = chain.link(&patient, &document).await;
        let token = chain.token_in_mail(&patient, 0).await;
        let mut holder = Holder::of(site, &token);
        let session = holder.unlock(&chain, &patient).await;
        let code = chain.arrival(&patient.phone, 0).await;
        things.extend(visits(&chain, &clinic, &patient.id).await);
        things.extend(content(&chain, &clinic, &patient.id).await);
        things.extend(wordings(&chain, &clinic).await);
        things.extend([
            ("$message", message(&chain).await),
            ("$feedback", feedback(&chain, &clinic).await),
            ("$template", template(&chain).await),
            ("$account", account(&chain).await),
            ("$client", other_client(&chain).await),
            ("$slug", chain.slug.clone()),
            ("$clinic", clinic),
            ("$patient", patient.id),
            ("$duplicate", duplicate.id),
            ("$document", document),
            ("$link", link),
            ("$token", token),
            ("$session", session),
            ("$challenge", "A".repeat(43)),
            ("$code", wrong(&code[..6], 0)),
        ]);
        things.extend(staff(&chain).await);
        Self { chain, things }
    }

    /// What a placeholder stands for here.
    pub(crate) fn thing(&self, placeholder: &str) -> String {
        let fresh = fresh_number();
        match placeholder {
            "$fresh" => format!("fresh-{}-{fresh}", std::process::id()),
            "$fresh_email" => format!("fresh-{fresh}@example.org"),
            known => self.things[known].clone(),
        }
    }

    /// A template's request with this organization's things.
    pub(crate) fn fill(&self, template: &Value) -> Value {
        let mut request = template.clone();
        for (pointer, placeholder) in placeholders(template) {
            *request.pointer_mut(&pointer).expect("it was found there") =
                self.thing(&placeholder).into();
        }
        request
    }

    /// An identifier of a placeholder's kind that nothing has; `None` for what is no identifier.
    pub(crate) fn absent(&self, placeholder: &str) -> Option<String> {
        if placeholder == "$client" {
            // An OAuth client id carries the organization, then the client.
            let own = self.thing(placeholder);
            let strange = id::encode("", SystemIds.next());
            return Some(format!("{}{}", &own[..own.len() - 26], &strange[1..]));
        }
        if !FOLLOWED.contains(&placeholder) {
            return None;
        }
        let own = self.thing(placeholder);
        let (prefix, _) = own.split_once('_').expect("an identifier has a prefix");
        Some(id::encode(prefix, SystemIds.next()))
    }
}

/// A visit, a wish for another one, and a caller who is not put through.
async fn visits(chain: &Chain, clinic: &str, patient: &str) -> [(&'static str, String); 3] {
    let visit = json!({ "appointment": {
        "externalId": { "system": "opendental", "value": format!("visit-{}", fresh_number()) },
        "patientId": patient, "clinicId": clinic, "startTime": "2099-05-04T08:00:00Z",
        "endTime": "2099-05-04T09:00:00Z", "status": "APPOINTMENT_STATUS_SCHEDULED",
    }});
    let visit = chain.json.post("/v1/appointments:upsert", visit).await;
    let wish = json!({ "patientId": patient, "clinicId": clinic });
    let wish = chain.json.post("/v1/appointmentRequests", wish).await;
    let block = json!({ "clinicId": clinic, "address": "+15148731297", "reason": "spam" });
    let block = chain.json.post("/v1/callerBlocks", block).await;
    [
        ("$appointment", text(&visit["appointment"], "appointmentId")),
        (
            "$wish",
            text(&wish["appointmentRequest"], "appointmentRequestId"),
        ),
        ("$block", text(&block["block"], "blockId")),
    ]
}

async fn message(chain: &Chain) -> String {
    let messages = chain.json.get("/v1/messages").await;
    text(&messages["messages"][0], "messageId")
}

/// What a dentist said of a verdict.
async fn feedback(chain: &Chain, clinic: &str) -> String {
    let said = json!({
        "clinicId": clinic, "text": "Read the letter before you call.", "label": "GUARD_LABEL_RUDE",
        "judgement": "GUARD_JUDGEMENT_MISSED",
    });
    let kept = chain.json.post("/v1/guardFeedback", said).await;
    text(&kept["feedback"], "feedbackId")
}

async fn template(chain: &Chain) -> String {
    let template = json!({ "template": {
        "kind": "TEMPLATE_KIND_DOCUMENT_LINK", "language": "it",
        "channel": "TEMPLATE_CHANNEL_EMAIL", "subject": "Documento", "body": "{{ secret }}",
    }});
    text(
        &chain.json.post("/v1/templates", template).await["template"],
        "templateId",
    )
}

/// A wording of a clinic, one that is registered at WhatsApp, and a kind of the chain's own.
async fn wordings(chain: &Chain, clinic: &str) -> [(&'static str, String); 3] {
    let wording = json!({ "wording": {
        "clinicId": clinic, "kind": "introduction", "locale": "it", "register": "WORDING_REGISTER_FORMAL",
        "channel": "WORDING_CHANNEL_SMS", "body": "{{ operator.name }}, {{ clinic.name }}.",
    }});
    let wording = chain.json.post("/v1/wordings", wording).await;
    let registered =
        json!({ "kind": "reminder", "locale": "en", "register": "WORDING_REGISTER_INFORMAL" });
    let registered = chain.json.post("/v1/whatsAppTemplates", registered).await;
    let kind = json!({ "kind": {
        "kind": "own-world", "says": "A kind of the chain's own.", "purpose": "WORDING_PURPOSE_CARE",
        "channels": ["WORDING_CHANNEL_SMS"],
    }});
    let kind = chain.json.post("/v1/wordingKinds", kind).await;
    [
        ("$wording", text(&wording["wording"], "wordingId")),
        (
            "$whats_app",
            text(&registered["template"], "whatsAppTemplateId"),
        ),
        ("$kind", text(&kind["kind"], "kind")),
    ]
}

async fn account(chain: &Chain) -> String {
    let account = json!({ "channelAccount": {
        "displayName": "Sandbox", "channels": ["CHANNEL_VOICE"],
        "sandbox": { "sender": "+15148731234" },
    }});
    let made = chain.json.post("/v1/channelAccounts", account).await;
    text(&made["channelAccount"], "channelAccountId")
}

async fn other_client(chain: &Chain) -> String {
    let request = json!({ "displayName": "Other", "scopes": ["patients.read"] });
    let made = chain.json.post("/v1/apiClients", request).await;
    text(&made["apiClient"], "clientId")
}

/// A user who signed in, and an invitation nobody has accepted.
async fn staff(chain: &Chain) -> [(&'static str, String); 4] {
    let invite = async |email: &str| {
        let user = json!({ "email": email, "displayName": "Staff", "roles": ["ROLE_MANAGER"] });
        chain.json.post("/v1/users", user).await
    };
    let email = format!("staff-{}@example.org", fresh_number());
    let invited = invite(&email).await;
    let password = "correct horse battery";
    let accept = json!({
        "invitationToken": text(&invited, "invitationToken"), "password": password,
    });
    let anonymous = chain.site.anonymous();
    anonymous.post("/v1/invitations:accept", accept).await;
    let sign_in = json!({ "organization": chain.slug, "email": email, "password": password });
    let session = anonymous.post("/v1/sessions:signIn", sign_in).await;
    let waiting = invite(&format!("staff-{}@example.org", fresh_number())).await;
    [
        ("$user", text(&invited["user"], "userId")),
        ("$user_email", email),
        ("$refresh", text(&session, "refreshToken")),
        ("$invitation", text(&waiting, "invitationToken")),
    ]
}
