//! What the page asks: who waits, a code, the unlocking, the files, the end; and who sent it.

use super::cookies::{self, Cookie};
use crate::domain::CodeChannel;
use crate::domain::code::{DIGITS, GUESSES_PER_CODE};
use crate::error::Error;
use crate::http::answer::refuse;
use crate::recipient::card::{self, Card};
use crate::recipient::{self, Visitor};
use crate::store::RecipientFile;
use crate::vault::Vault;
use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::response::Response;
use bitewing_rpc::Violation;
use bitewing_rpc::call::Arrival;
use http::header::{CONTENT_TYPE, SET_COOKIE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

/// The page's requests are a few hundred bytes.
const MAX_BODY: usize = 4 * 1024;

#[derive(Deserialize)]
struct OpenRequest {
    token: String,
}

#[derive(Deserialize)]
struct CodeRequest {
    token: String,
    channel: String,
}

#[derive(Deserialize)]
struct VerifyRequest {
    token: String,
    code: String,
}

pub(super) async fn open(
    State(vault): State<Vault>,
    Extension(arrival): Extension<Arrival>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let visitor = visitor(&arrival, &headers);
    let answered = async {
        let request: OpenRequest = read(body).await?;
        let invitation = recipient::open::run(&vault, &visitor, &request.token).await?;
        let mut told = card_of(&card::of_link(&vault, &request.token).await?);
        let channels: Vec<_> = invitation
            .channels
            .iter()
            .map(|channel| channel.name())
            .collect();
        told["language"] = json!(invitation.language.tag());
        told["destination_hint"] = json!(format!("••{}", invitation.phone_hint));
        told["channels"] = json!(channels);
        told["expires_at"] = json!(invitation.expires_at.format(&Rfc3339).unwrap_or_default());
        Ok(told)
    };
    answer(&arrival, answered.await, Vec::new())
}

pub(super) async fn code(
    State(vault): State<Vault>,
    Extension(arrival): Extension<Arrival>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let visitor = visitor(&arrival, &headers);
    let answered = async {
        let request: CodeRequest = read(body).await?;
        let channel = [CodeChannel::Sms, CodeChannel::Voice]
            .into_iter()
            .find(|channel| channel.name() == request.channel)
            .ok_or_else(|| vec![Violation::new("channel", "must be SMS or VOICE")])?;
        recipient::send_code::run(&vault, &visitor, &request.token, channel).await
    };
    match answered.await {
        Ok(sent) => {
            let body = json!({
                "code_length": DIGITS,
                "code_guesses": GUESSES_PER_CODE,
                "resend_after_seconds": sent.resend_after.as_secs(),
            });
            answer(
                &arrival,
                Ok(body),
                vec![cookies::set_holder(&vault.public_url, &sent.holder)],
            )
        }
        Err(error) => answer(&arrival, Err(error), Vec::new()),
    }
}

pub(super) async fn verify(
    State(vault): State<Vault>,
    Extension(arrival): Extension<Arrival>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (visitor, public) = (visitor(&arrival, &headers), &vault.public_url);
    let holder = cookies::holder(public, &headers);
    let answered = async {
        let request: VerifyRequest = read(body).await?;
        recipient::verify_code::run(&vault, &visitor, &request.token, holder, &request.code).await
    };
    match answered.await {
        Ok(unlocked) => {
            let known = cookies::sessions(public, &headers);
            let set = vec![
                cookies::add_session(public, &unlocked.session, &known),
                Cookie::Holder.clear(public),
            ];
            answer(
                &arrival,
                Ok(json!({ "files": files_of(unlocked.files) })),
                set,
            )
        }
        Err(error) => answer(&arrival, Err(error), Vec::new()),
    }
}

pub(super) async fn files(
    State(vault): State<Vault>,
    Extension(arrival): Extension<Arrival>,
    headers: HeaderMap,
) -> Response {
    let sessions = cookies::sessions(&vault.public_url, &headers);
    let answered = async {
        let files = recipient::files::list(&vault, &sessions).await?;
        let card = card::of_sessions(&vault, &sessions).await?;
        Ok(json!({ "clinic": card_of(&card), "files": files_of(files) }))
    };
    answer(&arrival, answered.await, Vec::new())
}

/// The clinic's picture, for whoever holds the link or a session. The page's policy admits no picture
/// but its own files, so the page draws these bytes.
pub(super) async fn logo(
    State(vault): State<Vault>,
    Extension(arrival): Extension<Arrival>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let answered = async {
        let request: OpenRequest = read(body).await?;
        let card = if request.token.is_empty() {
            let sessions = cookies::sessions(&vault.public_url, &headers);
            card::of_sessions(&vault, &sessions).await?
        } else {
            card::of_link(&vault, &request.token).await?
        };
        Ok(card.logo)
    };
    let (media_type, image) = match answered.await {
        Ok(Some(logo)) => (logo.media_type, logo.image),
        Ok(None) => return no_logo(),
        Err(error) => return answer(&arrival, Err(error), Vec::new()),
    };
    let mut response = Response::new(Body::from(image));
    let media_type = HeaderValue::from_static(media_type);
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

fn no_logo() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

pub(super) async fn done(
    State(vault): State<Vault>,
    Extension(arrival): Extension<Arrival>,
    headers: HeaderMap,
) -> Response {
    let (visitor, public) = (visitor(&arrival, &headers), &vault.public_url);
    let sessions = cookies::sessions(public, &headers);
    let ended = recipient::files::end(&vault, &visitor, &sessions).await;
    let gone = vec![Cookie::Sessions.clear(public), Cookie::Holder.clear(public)];
    let mut response = answer(&arrival, ended.map(|()| json!({})), gone);
    // ASVS 5.0 14.3.1: what the browser kept goes with the session.
    let clear = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
    response.headers_mut().insert("clear-site-data", clear);
    response
}

pub(super) fn visitor(arrival: &Arrival, headers: &HeaderMap) -> Visitor {
    let forwarded_for = headers
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok());
    Visitor::of(arrival, forwarded_for)
}

async fn read<T: DeserializeOwned>(body: Body) -> Result<T, Error> {
    let unread = || {
        vec![Violation::new(
            "body",
            "must be a small JSON object of the page's making",
        )]
    };
    let bytes = to_bytes(body, MAX_BODY).await.map_err(|_| unread())?;
    Ok(serde_json::from_slice(&bytes).map_err(|_| unread())?)
}

fn card_of(card: &Card) -> Value {
    let logo = card.logo.as_ref();
    json!({
        "organization_name": card.organization_name,
        "clinic_name": card.clinic_name,
        "clinic_phone": card.clinic_phone,
        "clinic_logo": logo.map(|logo| json!({ "width": logo.width, "height": logo.height })),
    })
}

fn files_of(files: Vec<RecipientFile>) -> Vec<Value> {
    files
        .into_iter()
        .map(|file| {
            json!({
                "id": file.document.to_string(),
                "name": file.file_name.as_str(),
                "media_type": file.media_type,
                "size": file.size,
            })
        })
        .collect()
}

/// The answer to the page. A wrong code is 403 here: 401 tells the page that its session is over.
fn answer(
    arrival: &Arrival,
    answered: Result<Value, Error>,
    cookies: Vec<HeaderValue>,
) -> Response {
    let mut response = match answered {
        Ok(body) => {
            let mut response = Response::new(Body::from(body.to_string()));
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(CONTENT_TYPE, json);
            response
        }
        Err(error) => {
            let about_the_code = matches!(error, Error::CodeWrong | Error::CodeExpired);
            let mut response = refuse(error, &arrival.request_id);
            if about_the_code {
                *response.status_mut() = StatusCode::FORBIDDEN;
            }
            response.headers_mut().remove(WWW_AUTHENTICATE);
            response
        }
    };
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
