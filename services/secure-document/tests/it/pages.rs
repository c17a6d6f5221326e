use crate::harness::{HOME, Harness, wrong};
use bitewing_proto::document as pb;
use bitewing_runtime::page::PublicUrl;
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// A browser at the page: it keeps cookies and says where its requests come from.
struct Browser<'a> {
    h: &'a Harness,
    cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    const fn new(h: &'a Harness) -> Self {
        Self {
            h,
            cookies: Vec::new(),
        }
    }

    fn cookie(&self) -> String {
        let pairs: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    async fn post(&mut self, path: &str, body: Value) -> (u16, Value) {
        let answer = self
            .h
            .http(Method::POST, &format!("/d/api/{path}"), None)
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", HOME)
            .header("cookie", self.cookie())
            .json(&body)
            .send()
            .await
            .unwrap();
        self.keep(&answer);
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn get(&self, path: &str) -> Response {
        self.h
            .http(Method::GET, path, None)
            .header("cookie", self.cookie())
            .send()
            .await
            .unwrap()
    }

    fn keep(&mut self, answer: &Response) {
        for set in answer.headers().get_all("set-cookie") {
            let text = set.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !text.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// From the link to the files.
    async fn unlock(&mut self, token: &str) -> Vec<Value> {
        let before = self.h.conversation.letters().len();
        let (status, _) = self
            .post("code", json!({ "token": token, "channel": "SMS" }))
            .await;
        assert_eq!(status, 200);
        let code = crate::harness::until(async || {
            let letters = self.h.conversation.letters();
            (letters.len() > before).then(|| letters.last().unwrap().request.secret.clone())
        })
        .await;
        let (status, answer) = self
            .post("verify", json!({ "token": token, "code": code }))
            .await;
        assert_eq!(status, 200);
        answer["files"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_patient_gets_from_the_link_to_the_file() {
    let h = Harness::start().await;
    h.set_regions(&["CA"]).await;
    let (link, token) = h.linked().await;
    let mut browser = Browser::new(&h);
    let (status, open) = browser.post("open", json!({ "token": token })).await;
    assert_eq!(status, 200);
    assert_eq!(open["organization_name"], "Chaîne dentaire");
    assert_eq!(
        (&open["clinic_name"], &open["clinic_phone"]),
        (&json!("Clinique du Parc"), &json!("+15148731234"))
    );
    assert_eq!(
        (&open["language"], &open["destination_hint"]),
        (&json!("fr"), &json!("••78"))
    );
    assert_eq!(open["channels"], json!(["SMS", "VOICE"]));
    assert_eq!(open["clinic_logo"], Value::Null);
    assert!(open["expires_at"].as_str().unwrap().ends_with('Z'));

    let files = browser.unlock(&token).await;
    assert_eq!(files.len(), 1);
    assert_eq!(files[0]["id"], json!(link.document_ids[0]));
    assert_eq!(
        (&files[0]["name"], &files[0]["size"]),
        (&json!("Radiographie.pdf"), &json!(3_000))
    );
    let (_, again) = browser.post("files", json!({})).await;
    assert_eq!(again["files"], json!(files));
    assert_eq!(again["clinic"]["clinic_name"], "Clinique du Parc");

    let path = format!("/d/files/{}", link.document_ids[0]);
    let file = browser.get(&path).await;
    assert_eq!(file.status(), 200);
    let headers = file.headers().clone();
    assert_eq!(
        headers["content-security-policy"],
        "default-src 'none'; sandbox; frame-ancestors 'none'"
    );
    assert!(
        headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment;")
    );
    assert_eq!(headers["cross-origin-resource-policy"], "same-origin");
    assert_eq!(file.bytes().await.unwrap().len(), 3_000);

    let (status, _) = browser.post("done", json!({})).await;
    assert_eq!((status, browser.cookies.len()), (200, 0));
    assert_eq!(browser.post("files", json!({})).await.0, 401);
    assert_eq!(browser.get(&path).await.status(), 401);
}

#[tokio::test]
async fn one_browser_opens_two_links() {
    let h = Harness::start().await;
    let (first, first_token) = h.linked().await;
    let (second, second_token) = h.linked().await;
    let mut browser = Browser::new(&h);
    browser.unlock(&first_token).await;
    browser.unlock(&second_token).await;
    for link in [&first, &second] {
        let file = browser
            .get(&format!("/d/files/{}", link.document_ids[0]))
            .await;
        assert_eq!(file.status(), 200);
    }
    let (_, files) = browser.post("files", json!({})).await;
    assert_eq!(files["files"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn refusals_are_in_the_words_the_page_knows() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    let mut browser = Browser::new(&h);
    let (status, gone) = browser.post("open", json!({ "token": "x" })).await;
    assert_eq!((status, &gone["reason"]), (404, &json!("LINK_GONE")));
    let (status, _) = browser
        .post("code", json!({ "token": token, "channel": "FAX" }))
        .await;
    assert_eq!(status, 400);
    browser
        .post("code", json!({ "token": token, "channel": "SMS" }))
        .await;
    let (status, soon) = browser
        .post("code", json!({ "token": token, "channel": "SMS" }))
        .await;
    assert_eq!((status, &soon["reason"]), (429, &json!("CODE_TOO_SOON")));
    let code = h.codes(1).await.remove(0).request.secret;
    let (status, bad) = browser
        .post("verify", json!({ "token": token, "code": wrong(&code) }))
        .await;
    assert_eq!((status, &bad["reason"]), (403, &json!("CODE_WRONG")));
    // Another browser has not asked for this code.
    let (status, other) = Browser::new(&h)
        .post("verify", json!({ "token": token, "code": code }))
        .await;
    assert_eq!((status, &other["reason"]), (403, &json!("CODE_WRONG")));
    h.pass(5).await;
    let (status, old) = browser
        .post("verify", json!({ "token": token, "code": code }))
        .await;
    assert_eq!((status, &old["reason"]), (403, &json!("CODE_EXPIRED")));
    assert_eq!(browser.post("files", json!({})).await.0, 401);
}

#[tokio::test]
async fn the_page_is_the_same_for_everybody_and_keeps_to_itself() {
    let h = Harness::start().await;
    let page = h.http(Method::GET, "/d", None).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let expected = [
        ("content-type", "text/html; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex, nofollow"),
        ("cross-origin-opener-policy", "same-origin"),
        (
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
             img-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
             frame-ancestors 'none'",
        ),
    ];
    for (name, value) in expected {
        assert_eq!(page.headers()[name], value, "{name}");
    }
    // Whatever is asked below /d, and whatever becomes of it.
    let page_policy = page.headers()["content-security-policy"].clone();
    for (method, path) in [
        (Method::GET, "/d/assets/document.js"),
        (Method::GET, "/d/assets/fr.json"),
        (Method::GET, "/d/assets/nothing.js"),
        (Method::POST, "/d/api/open"),
        (Method::GET, "/d/api/open"),
        (Method::GET, "/d/files/nothing"),
    ] {
        let answer = h.http(method, path, None).send().await.unwrap();
        for (name, value) in expected.iter().filter(|(name, _)| *name != "content-type") {
            assert_eq!(answer.headers()[*name], *value, "{path}: {name}");
        }
        assert_eq!(answer.headers()["content-security-policy"], page_policy);
    }
    assert!(
        !page.headers().contains_key("strict-transport-security"),
        "plain http"
    );
    assert!(!page.headers().contains_key("set-cookie"));
    let script = h
        .http(Method::GET, "/d/assets/document.js", None)
        .send()
        .await
        .unwrap();
    assert_eq!(
        script.headers()["content-type"],
        "text/javascript; charset=utf-8"
    );
    let missing = h
        .http(Method::GET, "/d/assets/nothing.js", None)
        .send()
        .await
        .unwrap();
    assert_eq!(missing.status(), 404);
}

#[tokio::test]
async fn the_page_speaks_the_browsers_language_before_anything_is_known() {
    let h = Harness::start().await;
    for (accepted, lang) in [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("ru", "ru"),
        ("de-AT,it;q=0.4", "it"),
        ("tlh", "en"),
    ] {
        let page = h
            .http(Method::GET, "/d", None)
            .header("accept-language", accepted)
            .send()
            .await
            .unwrap();
        assert_eq!(page.headers()["vary"], "accept-encoding, accept-language");
        assert!(!page.headers().contains_key("content-encoding"));
        let text = page.text().await.unwrap();
        assert!(
            text.contains(&format!("<html lang=\"{lang}\">")),
            "{accepted}"
        );
    }
    let packed = h
        .http(Method::GET, "/d", None)
        .header("accept-encoding", "gzip")
        .send()
        .await
        .unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let bytes = packed.bytes().await.unwrap();
    assert!(bytes.len() < 8_000, "{} bytes", bytes.len());
}

#[tokio::test]
async fn behind_tls_cookies_and_transport_are_strict() {
    let h = Harness::start_at(PublicUrl::parse("https://docs.example.org").unwrap()).await;
    let (link, token) = h.linked().await;
    assert!(
        h.letter(&link.link_id)
            .await
            .request
            .secret
            .starts_with("https://docs.example.org/d#")
    );
    let mut browser = Browser::new(&h);
    browser.unlock(&token).await;
    assert_eq!(browser.cookies.len(), 1);
    assert_eq!(browser.cookies[0].0, "__Host-doc");
    let page = h.http(Method::GET, "/d", None).send().await.unwrap();
    assert_eq!(
        page.headers()["strict-transport-security"],
        "max-age=63072000; includeSubDomains; preload"
    );
}

#[tokio::test]
async fn another_site_cannot_act_for_the_patient() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
        ("x-nothing", "at all"),
    ] {
        let answer = h
            .http(Method::POST, "/d/api/code", None)
            .header(name, value)
            .json(&json!({ "token": token, "channel": "SMS" }))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 403, "{name}");
        assert_eq!(
            answer.json::<Value>().await.unwrap()["reason"],
            "CROSS_SITE"
        );
    }
    let get = h
        .http(Method::GET, "/d/api/code", None)
        .header("sec-fetch-site", "same-origin");
    let get = get.send().await.unwrap();
    assert_eq!(get.status(), 405);
}

#[tokio::test]
async fn a_scanner_that_runs_the_page_and_presses_everything_costs_one_code() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let mut scanner = Browser::new(&h);
    for _ in 0..3 {
        scanner.get("/d").await;
        assert_eq!(scanner.post("open", json!({ "token": token })).await.0, 200);
        for channel in ["SMS", "VOICE"] {
            scanner
                .post("code", json!({ "token": token, "channel": channel }))
                .await;
        }
        scanner.post("files", json!({})).await;
        scanner.post("done", json!({})).await;
    }
    let after = h.link(&link.link_id).await;
    assert_eq!((after.codes_sent, after.unlocks), (1, 0));
    h.pass(1).await;
    let mut browser = Browser::new(&h);
    assert_eq!(browser.unlock(&token).await.len(), 1);
    assert_eq!(h.link(&link.link_id).await.state(), pb::LinkState::Unlocked);
}

#[tokio::test]
async fn ended_links_and_strangers_get_the_same_bytes() {
    let h = Harness::start().await;
    let (link, token) = h.linked().await;
    let request = pb::RevokeLinkRequest {
        link_id: link.link_id,
    };
    h.links().revoke_link(h.request(request)).await.unwrap();
    let unknown = bitewing_core::CapabilityToken::mint(
        h.caller.organization(),
        &bitewing_core::SystemEntropy,
    );
    for path in ["open", "code", "verify"] {
        let mut seen = Vec::new();
        for token in [token.as_str(), unknown.reveal().expose()] {
            let answer = h
                .http(Method::POST, &format!("/d/api/{path}"), None)
                .header("sec-fetch-site", "same-origin")
                .header("x-request-id", "same")
                .json(&json!({ "token": token, "channel": "SMS", "code": "123456" }))
                .send()
                .await
                .unwrap();
            let mut headers = answer.headers().clone();
            headers.remove("date");
            seen.push((answer.status(), headers, answer.bytes().await.unwrap()));
        }
        assert_eq!(seen[0].0, 404);
        assert_eq!(seen[0], seen[1], "{path}");
    }
}
