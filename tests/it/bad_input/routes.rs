//! What is plain HTTP: OAuth, uploads, downloads, the patient's page.

use super::Target;
use crate::suite::grpc::fresh_address;
use crate::suite::json::Answer;
use crate::suite::{Json, Suite};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_token_endpoint_refuses_nonsense_as_oauth_says() {
    let suite = Suite::shared().await;
    let client = suite.site.anonymous();
    let long = format!(
        "grant_type=client_credentials&client_id={}",
        "a".repeat(1 << 20)
    );
    let bodies: [&[u8]; 10] = [
        b"",
        b"grant_type=",
        b"grant_type=password&username=a&password=b",
        b"grant_type=client_credentials",
        b"grant_type=client_credentials&client_id=cli_%00&client_secret=x",
        b"grant_type=client_credentials&client_id=operator&client_secret=hunter2",
        b"grant_type=refresh_token&refresh_token=%FF%FE",
        b"grant_type=client_credentials&grant_type=refresh_token",
        b"\xff\xfe\x00",
        long.as_bytes(),
    ];
    for path in ["/oauth2/token", "/oauth2/revoke", "/oauth2/introspect"] {
        for media_type in ["application/x-www-form-urlencoded", "application/json"] {
            for body in bodies {
                let request = client
                    .request(Method::POST, path)
                    .header("x-forwarded-for", fresh_address())
                    .header("content-type", media_type)
                    .body(body.to_vec());
                let answer = client.send(request).await;
                assert!(
                    (400..500).contains(&answer.status),
                    "{path}: {} {}",
                    answer.status,
                    answer.text
                );
                // RFC 6749 5.2 names the failure in `error`; limits of the edge come as problems.
                let named = answer.body["error"].is_string() || !answer.reason().is_empty();
                assert!(named, "{path}: {}", answer.text);
                assert!(
                    !answer.text.contains("hunter2"),
                    "{path} repeats what it was sent"
                );
            }
        }
    }
}

fn check(what: &str, answer: &Answer) {
    assert!(
        (400..500).contains(&answer.status),
        "{what}: {} {}",
        answer.status,
        answer.text
    );
    // tus 1.0 answers 412 to a version it does not speak and 415 to another media type, and that is all.
    assert!(
        matches!(answer.status, 412 | 415) || !answer.reason().is_empty(),
        "{what} is refused without a reason: {} {}",
        answer.status,
        answer.text
    );
}

/// What is wrong with it, a path, headers and bytes.
type Attempt<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a [u8]);

#[tokio::test]
async fn uploads_refuse_nonsense() {
    let target = Target::make().await;
    let client = &target.world.chain.json;
    let announcement = json!({
        "clinicId": target.world.thing("$clinic"), "fileName": "Plan.txt", "mediaType": "text/plain", "size": "8",
    });
    let upload = client.post("/v1/uploads", announcement).await;
    let path = upload["uploadPath"].as_str().unwrap();
    let send = async |path: &str, headers: &[(&str, &str)], body: &[u8]| {
        let request = client.request(Method::PATCH, path).body(body.to_vec());
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        client.send(request).await
    };
    let (tus, offset) = (("tus-resumable", "1.0.0"), ("upload-offset", "0"));
    let bytes = ("content-type", "application/offset+octet-stream");
    let attempts: [Attempt<'_>; 9] = [
        ("no header", path, &[], b"12345678"),
        (
            "another version",
            path,
            &[("tus-resumable", "9.9.9"), offset, bytes],
            b"12345678",
        ),
        (
            "another media type",
            path,
            &[tus, offset, ("content-type", "text/plain")],
            b"12345678",
        ),
        (
            "no number",
            path,
            &[tus, ("upload-offset", "-1"), bytes],
            b"12345678",
        ),
        (
            "a huge offset",
            path,
            &[tus, ("upload-offset", "99999999999999999999"), bytes],
            b"12345678",
        ),
        (
            "a wrong offset",
            path,
            &[tus, ("upload-offset", "3"), bytes],
            b"12345678",
        ),
        ("too much", path, &[tus, offset, bytes], b"1234567890"),
        (
            "no identifier",
            "/v1/uploads/nothing",
            &[tus, offset, bytes],
            b"12345678",
        ),
        (
            "a path",
            "/v1/uploads/..%2f..%2fetc%2fpasswd",
            &[tus, offset, bytes],
            b"12345678",
        ),
    ];
    for (what, path, headers, body) in attempts {
        check(what, &send(path, headers, body).await);
    }
    let anonymous = target.suite.site.anonymous();
    let answer = anonymous.send(anonymous.request(Method::PATCH, path)).await;
    assert_eq!((answer.status, answer.reason()), (401, "UNAUTHENTICATED"));
    target.survived().await;
}

#[tokio::test]
async fn downloads_refuse_nonsense() {
    let target = Target::make().await;
    let client = &target.world.chain.json;
    for path in [
        "/v1/downloads/nothing",
        "/v1/downloads/",
        "/v1/downloads/..%2fsecrets.json",
        "/v1/downloads/%00",
    ] {
        check(path, &client.send(client.request(Method::GET, path)).await);
    }
    let path = format!("/v1/downloads/{}", target.world.thing("$document"));
    let ranged = async |range: &str| {
        client
            .send(client.request(Method::GET, &path).header("range", range))
            .await
    };
    for range in [
        "bytes=a-b",
        "bytes=5-1",
        "bytes=",
        "bytes=100-200",
        "bytes=-0",
    ] {
        assert_eq!(ranged(range).await.status, 416, "{range}");
    }
    for range in ["lines=0-1", "bytes=0-1,3-4"] {
        // Another unit is none, and several ranges are answered as the whole (RFC 9110 14.2).
        let answer = ranged(range).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (200, "agreement"),
            "{range}"
        );
    }
    target.survived().await;
}

#[tokio::test]
async fn the_patients_page_refuses_nonsense() {
    let target = Target::make().await;
    let client = target.suite.site.anonymous();
    let bodies: [&[u8]; 9] = [
        b"",
        b"null",
        b"[]",
        b"{",
        b"{\"token\":1}",
        b"{\"token\":\"\"}",
        b"{\"token\":\"\\ud800\"}",
        b"\xff",
        b"{\"token\":\"AAAA\",\"code\":\"000000\",\"channel\":\"PIGEON\"}",
    ];
    let send = async |path: &str, body: Vec<u8>, origin: Option<&str>| {
        let request = client
            .request(Method::POST, path)
            .header("x-forwarded-for", fresh_address())
            .header("content-type", "application/json")
            .body(body);
        client
            .send(
                origin
                    .into_iter()
                    .fold(request, |request, origin| request.header("origin", origin)),
            )
            .await
    };
    for path in ["/d/api/open", "/d/api/code", "/d/api/verify"] {
        for body in bodies {
            check(path, &send(path, body.to_vec(), None).await);
        }
        let deep = b"[".repeat(100_000);
        check(path, &send(path, deep, None).await);
        check(path, &send(path, vec![b'a'; 200_000], None).await);
        let token = json!({ "token": target.world.thing("$token") }).to_string();
        let elsewhere = send(path, token.into_bytes(), Some("https://evil.example")).await;
        check("another origin", &elsewhere);
    }
    check_files(&client).await;
    target.survived().await;
}

async fn check_files(client: &Json) {
    for path in [
        "/d/files/nothing",
        "/d/files/..%2f..%2fsecrets.json",
        "/d/api/none",
        "/d/files/%00",
    ] {
        let answer = client.send(client.request(Method::GET, path)).await;
        assert!(
            (400..500).contains(&answer.status),
            "{path}: {} {}",
            answer.status,
            answer.text
        );
    }
}
