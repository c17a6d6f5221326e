//! The demonstration is a client like any other: JSON over the gateway's one port.

use anyhow::{Context as _, bail};
use reqwest::header::{COOKIE, HeaderMap, ORIGIN, SET_COOKIE};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// A program of the chain, or, without a token, a patient's browser.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Client {
    pub(super) fn new(base: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            base: base.to_owned(),
            token: None,
            cookies: Mutex::default(),
        }
    }

    /// Gets a token for client credentials (RFC 6749 4.4).
    pub(super) async fn signed_in(base: &str, id: &str, secret: &str) -> anyhow::Result<Self> {
        let mut client = Self::new(base);
        let answer = client
            .http
            .post(format!("{base}/oauth2/token"))
            .basic_auth(id, Some(secret))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials")
            .send()
            .await?;
        let status = answer.status();
        let answer: Value = answer
            .json()
            .await
            .context("the token endpoint answers JSON")?;
        let token = answer["access_token"].as_str();
        client.token = Some(
            token
                .with_context(|| format!("no token: {status} {}", answer["error"]))?
                .to_owned(),
        );
        Ok(client)
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        request = match &self.token {
            Some(token) => request.bearer_auth(token),
            // As a browser says it of a request its own page makes.
            None => request.header(ORIGIN, &self.base),
        };
        let cookies = self.cookies.lock().expect("no holder of the lock panics");
        if !cookies.is_empty() {
            let pairs: Vec<_> = cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        request
    }

    /// Sends and keeps the cookies, as a browser does.
    pub(super) async fn send(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        let response = request.send().await?;
        self.keep_cookies(response.headers());
        Ok(response)
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().expect("no holder of the lock panics");
        for cookie in headers.get_all(SET_COOKIE) {
            let pair = cookie
                .to_str()
                .unwrap_or_default()
                .split(';')
                .next()
                .unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }

    /// A call that must succeed.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> anyhow::Result<Value> {
        let (status, answer) = self.attempt(method, path, body).await?;
        if !status.is_success() {
            bail!(
                "{path} answered {status}: {} {}",
                answer["reason"],
                answer["violations"]
            );
        }
        Ok(answer)
    }

    /// A call that may be refused.
    pub(super) async fn attempt(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> anyhow::Result<(StatusCode, Value)> {
        let mut request = self.request(method, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = self.send(request).await?;
        let status = response.status();
        let bytes = response.bytes().await?;
        let answer = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes)?
        };
        Ok((status, answer))
    }

    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.call(Method::GET, path, Value::Null).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.call(Method::POST, path, body).await
    }
}
