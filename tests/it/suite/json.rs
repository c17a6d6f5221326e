//! A client that speaks JSON.

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

/// A program with an access token, or anybody without one.
#[derive(Clone)]
pub(crate) struct Json {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) text: String,
    /// Null where the answer is no JSON.
    pub(crate) body: Value,
}

impl Answer {
    async fn read(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let media_type = response
            .headers()
            .get("content-type")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let bytes = response.bytes().await.unwrap_or_default();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Self {
            status,
            media_type,
            text,
            body,
        }
    }

    /// The stable reason of a refusal.
    pub(crate) fn reason(&self) -> &str {
        self.body["reason"].as_str().unwrap_or_default()
    }
}

impl Json {
    /// Nobody in particular.
    pub(crate) fn new(base: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            base: base.to_owned(),
            token: None,
        }
    }

    /// Over HTTP/2, where an answer is heard although the request is not all sent.
    pub(crate) fn over_http2(&self) -> Self {
        let http = reqwest::Client::builder()
            .http2_prior_knowledge()
            .build()
            .unwrap();
        Self {
            http,
            ..self.clone()
        }
    }

    /// With a token.
    pub(crate) fn bearing(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// With a token for client credentials (RFC 6749 4.4).
    pub(crate) async fn signed_in(base: &str, id: &str, secret: &str) -> Self {
        let client = Self::new(base);
        let request = client
            .http
            .post(format!("{base}/oauth2/token"))
            .basic_auth(id, Some(secret))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials");
        let answer = Answer::read(request.send().await.unwrap()).await;
        let token = answer.body["access_token"].as_str();
        client
            .bearing(token.unwrap_or_else(|| panic!("no token: {} {}", answer.status, answer.text)))
    }

    /// The access token.
    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().expect("signed in")
    }

    /// A request with the token, to be completed.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends any request.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        Answer::read(request.send().await.unwrap()).await
    }

    /// A call that may be refused.
    pub(crate) async fn attempt(&self, method: Method, path: &str, body: Value) -> Answer {
        let mut request = self.request(method, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        self.send(request).await
    }

    /// A call that must succeed.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let answer = self.attempt(method, path, body).await;
        assert!(
            (200..300).contains(&answer.status),
            "{path} answered {}: {}",
            answer.status,
            answer.text
        );
        answer.body
    }

    /// A reading call that must succeed.
    pub(crate) async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, Value::Null).await
    }

    /// A writing call that must succeed.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, path, body).await
    }

    /// A reading call to a server that may not be there.
    pub(crate) async fn try_get(&self, path: &str) -> Option<Answer> {
        let response = self.request(Method::GET, path).send().await.ok()?;
        Some(Answer::read(response).await)
    }
}

/// A text in an answer that must be there.
pub(crate) fn text(value: &Value, name: &str) -> String {
    let text = value[name].as_str();
    text.unwrap_or_else(|| panic!("no {name} in {value}"))
        .to_owned()
}
