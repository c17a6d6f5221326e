//! Access tokens: got when they are needed, got again when they end.

use super::account::{Caller, FILE, Remembered, Who};
use super::api::answered;
use super::failure::Failure;
use super::keep::Folder;
use super::options::Base;
use bitewing_core::{Clock as _, Sensitive, SystemClock};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// A token that ends within so many seconds is not used any more: the request has to travel.
const MARGIN: i64 = 30;

/// The tokens of one caller.
pub(super) struct Session {
    caller: Caller,
    token: Mutex<Option<Token>>,
}

#[derive(Clone)]
struct Token {
    text: Sensitive<String>,
    /// Unix seconds.
    until: i64,
}

impl Session {
    pub(super) fn new(caller: Caller) -> Self {
        Self {
            caller,
            token: Mutex::default(),
        }
    }

    /// A token that can be used now; `refused` is one that the gateway did not take.
    pub(super) async fn token(
        &self,
        http: &Client,
        base: &Base,
        refused: Option<&Sensitive<String>>,
    ) -> Result<Sensitive<String>, Failure> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| token.serves(refused)) {
            return Ok(token.text.clone());
        }
        let token = match &self.caller {
            Caller::Program {
                client_id,
                client_secret,
            } => of_program(http, base, client_id, client_secret).await?,
            Caller::Staff { folder, .. } => of_staff(http, base, folder, refused).await?,
        };
        Ok(kept.insert(token).text.clone())
    }
}

impl Token {
    fn serves(&self, refused: Option<&Sensitive<String>>) -> bool {
        refused != Some(&self.text) && self.until > now() + MARGIN
    }
}

pub(super) fn now() -> i64 {
    SystemClock.now().unix_timestamp()
}

/// Client credentials (RFC 6749 4.4).
async fn of_program(
    http: &Client,
    base: &Base,
    client_id: &str,
    client_secret: &Sensitive<String>,
) -> Result<Token, Failure> {
    let request = http
        .post(base.at("/oauth2/token"))
        .basic_auth(client_id, Some(client_secret.expose()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials");
    let (status, body) = answered(request).await?;
    if status == StatusCode::UNAUTHORIZED {
        return Err(Failure::Credentials(
            "the gateway does not know this client, or the secret is wrong".to_owned(),
        ));
    }
    let text = text_of(&body, "access_token", status)?;
    let until = now() + body["expires_in"].as_i64().unwrap_or_default();
    Ok(Token { text, until })
}

/// The session in the file: a refresh token works once, so commands take turns.
async fn of_staff(
    http: &Client,
    base: &Base,
    folder: &Folder,
    refused: Option<&Sensitive<String>>,
) -> Result<Token, Failure> {
    let over = || Failure::Credentials("the session has ended: use `bitewing login`".to_owned());
    let _turn = folder.lock(FILE)?;
    let remembered: Remembered = folder.read(FILE)?.ok_or_else(over)?;
    let Who::Staff {
        organization,
        email,
        access_token,
        access_until,
        refresh_token,
    } = remembered.who
    else {
        return Err(over());
    };
    let token = Token {
        text: access_token.into(),
        until: access_until,
    };
    if token.serves(refused) {
        return Ok(token);
    }
    let request = http
        .post(base.at("/v1/sessions:refresh"))
        .json(&json!({ "refreshToken": refresh_token }));
    let (status, body) = answered(request).await?;
    if status == StatusCode::UNAUTHORIZED {
        return Err(over());
    }
    let (who, token) = staff(organization, email, status, &body)?;
    folder.write(FILE, &Remembered { who, ..remembered })?;
    Ok(token)
}

/// Signs staff in; answers what is to be remembered.
pub(super) async fn sign_in(
    http: &Client,
    base: &Base,
    organization: &str,
    email: &str,
    password: &Sensitive<String>,
) -> Result<Who, Failure> {
    let request = http.post(base.at("/v1/sessions:signIn")).json(&json!({
        "organization": organization, "email": email, "password": password.expose(),
    }));
    let (status, body) = answered(request).await?;
    if status == StatusCode::UNAUTHORIZED {
        return Err(Failure::Credentials(
            "the organization, the address or the password is wrong".to_owned(),
        ));
    }
    let (who, _) = staff(organization.to_owned(), email.to_owned(), status, &body)?;
    Ok(who)
}

fn staff(
    organization: String,
    email: String,
    status: StatusCode,
    body: &Value,
) -> Result<(Who, Token), Failure> {
    let text = text_of(body, "accessToken", status)?;
    let until = now() + body["expiresIn"].as_i64().unwrap_or_default();
    let who = Who::Staff {
        organization,
        email,
        access_token: text.expose().clone(),
        access_until: until,
        refresh_token: text_of(body, "refreshToken", status)?.expose().clone(),
    };
    Ok((who, Token { text, until }))
}

fn text_of(body: &Value, name: &str, status: StatusCode) -> Result<Sensitive<String>, Failure> {
    if !status.is_success() {
        let error = body["error"].as_str().or(body["reason"].as_str());
        let error = error.unwrap_or_default();
        return Err(Failure::Other(format!(
            "signing in: the gateway answered {} {error}",
            status.as_u16()
        )));
    }
    let text = body[name].as_str().map(str::to_owned);
    text.map(Sensitive::new)
        .ok_or_else(|| Failure::Other(format!("signing in: the answer has no {name}")))
}
