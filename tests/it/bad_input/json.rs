//! Bodies and queries that are no JSON, or not the right one.

use super::{Target, none};
use crate::catalogue::{Row, rows};
use crate::suite::json::Answer;
use crate::suite::rpcs::Route;
use crate::suite::{Json, grpc};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;

/// Requests under way at once.
const AT_ONCE: usize = 16;
/// Stands in a body where raw bytes will.
const MARK: &str = "put-it-here";

/// What stands in the place of a value.
const VALUES: [&[u8]; 14] = [
    b"null",
    b"true",
    b"-1",
    b"1e400",
    b"123456789012345678901234567890",
    b"{}",
    b"[]",
    b"[[[]]]",
    b"{\"a\":{\"b\":[1]}}",
    b"\"\\ud800\"",
    b"\"\\u0000\"",
    b"\"\xff\xfe\"",
    b"\"unclosed",
    b"NaN",
];

/// Whole bodies.
fn bodies() -> Vec<Vec<u8>> {
    let deep = [b"[".repeat(20_000), b"{\"a\":".repeat(20_000)];
    let plain: [&[u8]; 12] = [
        b"",
        b"null",
        b"[]",
        b"1",
        b"\"text\"",
        b"{",
        b"{}{}",
        b"{\"a\"}",
        b"\xff\xfe\x00",
        b"{\"unknownField\":1}",
        b"{\"__proto__\":{}}",
        b"<xml/>",
    ];
    plain.iter().map(|body| body.to_vec()).chain(deep).collect()
}

/// Queries a method without a body does not expect.
const QUERIES: [&str; 12] = [
    "?unknown=1",
    "?pageSize=abc",
    "?pageSize=-1",
    "?pageSize=99999999999999999999",
    "?pageSize=1&pageSize=2",
    "?pageToken=%00",
    "?pageToken=AAAA",
    "?%FF=%FF",
    "?=&&=",
    "?a.b.c=1",
    "?clinicId=%ED%A0%80",
    "?updatedSince=yesterday",
];

#[tokio::test]
async fn hostile_json_is_refused_with_a_reason() {
    let target = Target::make().await;
    let mut sent = 0;
    let mut faults = Vec::new();
    for row in rows() {
        let Some(route) = row.rpc().route() else {
            continue;
        };
        let client = match target.token(row) {
            Some(token) => target.suite.site.anonymous().bearing(token),
            None => target.suite.site.anonymous(),
        };
        let requests = requests(&target, row, &route);
        sent += requests.len();
        let found: Vec<String> = stream::iter(requests)
            .map(|request| send(&client, row, &route, request))
            .buffer_unordered(AT_ONCE)
            .filter_map(async |fault| fault)
            .collect()
            .await;
        faults.extend(found);
    }
    none(&faults);
    assert!(sent > 1_000, "only {sent} requests were sent");
    target.survived().await;
}

/// A path with its query, and a body.
type Request = (String, Option<Vec<u8>>);

fn requests(target: &Target, row: &Row, route: &Route) -> Vec<Request> {
    let valid = target.world.fill(&row.template());
    let path = route.path(&valid);
    let strange = route
        .path(&Value::Null)
        .replace("none", "%2e%2e%2fnone%00%ff");
    let Some(body) = route.body(&valid) else {
        let queries = QUERIES.iter().map(|query| (format!("{path}{query}"), None));
        return queries.chain([(strange, None)]).collect();
    };
    let mut requests: Vec<_> = bodies()
        .into_iter()
        .map(|body| (path.clone(), Some(body)))
        .collect();
    requests.push((
        format!("{path}?unknown=1"),
        Some(body.to_string().into_bytes()),
    ));
    requests.push((strange, Some(body.to_string().into_bytes())));
    for marked in marked(&body) {
        let text = marked.to_string();
        let (before, after) = text
            .split_once(&format!("\"{MARK}\""))
            .expect("it was put there");
        for value in VALUES {
            let body = [before.as_bytes(), value, after.as_bytes()].concat();
            requests.push((path.clone(), Some(body)));
        }
    }
    requests
}

/// Every variant of a value in which one part is marked, and in which one object has a part too many.
fn marked(value: &Value) -> Vec<Value> {
    let mark = Value::from(MARK);
    let mut variants = vec![mark.clone()];
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                for inner in marked(field) {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), inner);
                    variants.push(Value::Object(fields));
                }
            }
            let mut more = fields.clone();
            more.insert("unknownField".to_owned(), mark);
            variants.push(Value::Object(more));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                for inner in marked(item) {
                    let mut items = items.clone();
                    items[index] = inner;
                    variants.push(Value::Array(items));
                }
            }
        }
        _ => (),
    }
    variants
}

async fn send(client: &Json, row: &Row, route: &Route, request: Request) -> Option<String> {
    let (path, body) = request;
    let shown = body
        .as_ref()
        .map(|body| String::from_utf8_lossy(&body[..body.len().min(160)]).into_owned());
    let mut sending = client
        .request(route.verb.clone(), &path)
        .header("x-forwarded-for", grpc::fresh_address())
        .timeout(std::time::Duration::from_secs(20));
    if let Some(body) = body {
        sending = sending
            .header("content-type", "application/json")
            .body(body);
    }
    // A stream of events never ends; that it began is the answer.
    if row.name == "EventService/WatchEvents" {
        let response = sending.send().await.ok()?;
        let status = response.status();
        return status
            .is_server_error()
            .then(|| format!("{path} answered {status}"));
    }
    let answer = client.send(sending).await;
    fault(&answer).map(|found| {
        format!(
            "{} {path} {shown:?} {found}: {} {}",
            row.name, answer.status, answer.text
        )
    })
}

/// What is wrong with a refusal, if anything is.
pub(super) fn fault(answer: &Answer) -> Option<&'static str> {
    let violations = answer.body["violations"].as_array().map_or(0, Vec::len);
    match answer.status {
        200..=299 => None,
        500.. => Some("breaks the service"),
        _ if answer.media_type != "application/problem+json" => {
            Some("is refused without a problem")
        }
        _ if answer.reason().is_empty() => Some("is refused without a reason"),
        400 if answer.reason() == "INVALID_REQUEST" && violations == 0 => {
            Some("is refused without naming a field")
        }
        _ => None,
    }
}

#[tokio::test]
async fn other_media_types_and_large_bodies_are_refused() {
    let target = Target::make().await;
    let client = target.world.chain.json.over_http2();
    let post = |media_type: &str, body: Vec<u8>| {
        let request = client.request(reqwest::Method::POST, "/v1/patients");
        client.send(request.header("content-type", media_type).body(body))
    };
    for media_type in [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
    ] {
        let answer = post(media_type, b"{}".to_vec()).await;
        assert!(
            (400..500).contains(&answer.status),
            "{media_type} {}",
            answer.text
        );
        assert_eq!(fault(&answer), None, "{media_type} {}", answer.text);
    }
    let large = [
        b"{\"patient\":{\"givenName\":\"".to_vec(),
        b"a".repeat(6 << 20),
        b"\"}}".to_vec(),
    ]
    .concat();
    let answer = post("application/json", large).await;
    assert!((400..500).contains(&answer.status), "{}", answer.text);
    assert_eq!(fault(&answer), None, "{}", answer.text);
    target.survived().await;
}
