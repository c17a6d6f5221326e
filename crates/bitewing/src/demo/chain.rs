//! The demonstration's chain: made on the first run, found again on later ones.

use super::client::Client;
use super::report::Report;
use anyhow::Context as _;
use bitewing_runtime::Environment;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::Path;

/// Who acts in the demonstration.
pub(super) struct Chain {
    pub(super) base: String,
    /// The chain's own program.
    pub(super) program: Client,
    pub(super) clinic: String,
    pub(super) patient: String,
}

/// What is kept between runs, beside the installation's other secrets.
#[derive(Serialize, Deserialize)]
struct Kept {
    client_id: String,
    client_secret: String,
    clinics: Vec<String>,
}

const STAFF: [(&str, &str, &str); 3] = [
    ("Marie Tremblay", "marie@sourire.example", "ROLE_SECRETARY"),
    (
        "Dr. Louis Lefebvre",
        "louis@sourire.example",
        "ROLE_DENTIST",
    ),
    ("Claire Gagnon", "claire@sourire.example", "ROLE_MANAGER"),
];

/// External id, given and family name, language, phone, e-mail, index of the clinic. The first is the
/// patient of the main job.
const PATIENTS: [(&str, &str, &str, &str, &str, &str, usize); 4] = [
    (
        "OD-1001",
        "Anne",
        "Côté",
        "fr",
        "+1 514 873 1176",
        "anne.cote@example.org",
        0,
    ),
    (
        "OD-1002",
        "John",
        "Miller",
        "en",
        "+1 514 873 1177",
        "john.miller@example.org",
        0,
    ),
    (
        "OD-1003",
        "Jeanne",
        "Roy",
        "fr",
        "+1 819 821 1178",
        "jeanne.roy@example.org",
        1,
    ),
    (
        "OD-1004",
        "Priya",
        "Patel",
        "en",
        "+1 819 821 1179",
        "priya.patel@example.org",
        1,
    ),
];

/// Makes the chain, or finds it.
pub(super) async fn found(
    env: &Environment,
    base: &str,
    data_dir: &Path,
    report: &mut Report,
) -> anyhow::Result<Chain> {
    let file = data_dir.join("demo.json");
    let kept: Kept = if file.exists() {
        serde_json::from_slice(&std::fs::read(&file)?)?
    } else {
        let kept = make(env, base, report).await?;
        std::fs::write(&file, serde_json::to_vec_pretty(&kept)?)?;
        kept
    };
    let program = Client::signed_in(base, &kept.client_id, &kept.client_secret).await?;
    report.step("the chain's program has an access token (client credentials)");
    let mut first = None;
    for (number, given, family, language, phone, email, clinic) in PATIENTS {
        let patient = json!({ "patient": {
            "clinicId": kept.clinics[clinic], "givenName": given, "familyName": family,
            "language": language,
            "externalIds": [{ "system": "opendental", "value": number }],
            "contactPoints": [
                { "kind": "CONTACT_POINT_KIND_PHONE", "value": phone, "lineType": "LINE_TYPE_MOBILE" },
                { "kind": "CONTACT_POINT_KIND_EMAIL", "value": email },
            ],
        }});
        let answer = program.post("/v1/patients:upsert", patient).await?;
        let id = answer["patient"]["patientId"]
            .as_str()
            .context("a patient has an id")?;
        first.get_or_insert_with(|| id.to_owned());
    }
    report.step("four patients upserted by the dental system's ids");
    Ok(Chain {
        base: base.to_owned(),
        program,
        clinic: kept.clinics[0].clone(),
        patient: first.context("there is a first patient")?,
    })
}

async fn make(env: &Environment, base: &str, report: &mut Report) -> anyhow::Result<Kept> {
    let secret = env.secret("GATEWAY_OPERATOR_SECRET")?;
    let operator = Client::signed_in(base, "operator", secret.expose()).await?;
    let answer = operator
        .post(
            "/v1/organizations",
            json!({ "displayName": "Sourire Dental", "slug": "sourire", "defaultLanguage": "fr" }),
        )
        .await?;
    let text = |name: &str| {
        answer[name]
            .as_str()
            .map(str::to_owned)
            .context("credentials are answered")
    };
    let (client_id, client_secret) = (text("clientId")?, text("clientSecret")?);
    report.step("the operator made the chain Sourire Dental and its API client");

    let program = Client::signed_in(base, &client_id, &client_secret).await?;
    let mut clinics = Vec::new();
    for (name, phone, address) in [
        (
            "Clinique dentaire du Plateau",
            "+1 514 873 1234",
            "4200 rue Saint-Denis, Montréal",
        ),
        (
            "Clinique dentaire de Sherbrooke",
            "+1 819 821 1234",
            "100 rue King Ouest, Sherbrooke",
        ),
    ] {
        let clinic = json!({ "clinic": {
            "displayName": name, "phone": phone, "address": address, "region": "CA",
            "language": "fr", "timeZone": "America/Toronto",
        }});
        let answer = program.post("/v1/clinics", clinic).await?;
        clinics.push(
            answer["clinic"]["clinicId"]
                .as_str()
                .context("a clinic has an id")?
                .to_owned(),
        );
    }
    report.step("two clinics opened");
    for (name, email, role) in STAFF {
        let user = json!({ "email": email, "displayName": name, "roles": [role], "clinicIds": [clinics[0]] });
        let answer = program.post("/v1/users", user).await?;
        let token = &answer["invitationToken"];
        let accept = json!({ "invitationToken": token, "password": "demo-demo-demo-demo" });
        Client::new(base)
            .post("/v1/invitations:accept", accept)
            .await?;
    }
    report.step("three users invited, with the password demo-demo-demo-demo");
    Ok(Kept {
        client_id,
        client_secret,
        clinics,
    })
}
