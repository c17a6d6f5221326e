use super::{ROUTES, send};
use crate::transcode::{EncodeError, encode};
use http::Method;
use prost::Message;
use prost_reflect::DynamicMessage;

fn answer(path: &str, text: &str) -> Result<String, EncodeError> {
    let matched = ROUTES.find(&Method::GET, path).unwrap();
    let message = DynamicMessage::parse_text_format(matched.route.method().output(), text).unwrap();
    let json = matched.route.encode_answer(&message.encode_to_vec())?;
    Ok(String::from_utf8(json).unwrap())
}

#[test]
fn an_answer_is_canonical_json_with_every_plain_field() {
    let answer = answer("/v1/desks", "total: 9007199254740993").unwrap();
    assert_eq!(
        answer,
        r#"{"desks":[],"nextPageToken":"","total":"9007199254740993"}"#
    );
}

#[test]
fn what_has_presence_is_left_out_when_unset() {
    assert_eq!(answer("/v1/desks/dsk_1", "").unwrap(), "{}");
    let room = send("GET /v1/rooms/3/desks/dsk_1", "").unwrap();
    let json = String::from_utf8(encode(&room).unwrap()).unwrap();
    assert_eq!(json, r#"{"deskId":"dsk_1","room":{"floor":3,"name":""}}"#);
}

#[test]
fn formats_are_those_of_proto3_json() {
    let text = r#"desk {
        wood: WOOD_OAK veneers: [9] photo: "\xfb\xff" slope: nan
        create_time { seconds: 1800000000 nanos: 5000000 } lease { seconds: 1 nanos: 500000000 }
        mask { paths: ["display_name", "twin.desk_id"] } bonus { value: 5 } rank: 0 room {}
    }"#;
    let json = answer("/v1/desks/newest", text).unwrap();
    for part in [
        r#""wood":"WOOD_OAK""#,
        r#""veneers":[9]"#,
        r#""photo":"+/8=""#,
        r#""slope":"NaN""#,
        r#""createTime":"2027-01-15T08:00:00.005Z""#,
        r#""lease":"1.500s""#,
        r#""mask":"displayName,twin.deskId""#,
        r#""bonus":"5""#,
        r#""rank":0"#,
        r#""room":{"floor":0,"name":""}"#,
        r#""title":"""#,
    ] {
        assert!(json.contains(part), "{part} in {json}");
    }
}

#[test]
fn the_body_of_the_answer_can_be_one_field() {
    let json = answer("/v1/desks/newest", r#"desk { display_name: "Front" }"#).unwrap();
    assert!(
        json.starts_with(r#"{"deskId":"","displayName":"Front""#),
        "{json}"
    );
    assert_eq!(answer("/v1/desks/newest", "").unwrap(), "null");
}

#[test]
fn a_stream_is_lines() {
    let matched = ROUTES.find(&Method::GET, "/v1/desks:watch").unwrap();
    assert!(matched.route.method().is_server_streaming());
    assert_eq!(
        matched.route.encode_line(&[]).unwrap(),
        b"{\"result\":{}}\n"
    );
}

#[test]
fn an_answer_without_a_json_form_is_an_error() {
    let text = "desk { create_time { seconds: 999999999999 } }";
    assert!(matches!(
        answer("/v1/desks/newest", text),
        Err(EncodeError::Json(_))
    ));
    let matched = ROUTES.find(&Method::GET, "/v1/desks").unwrap();
    assert!(matches!(
        matched.route.encode_answer(b"\x0a\xff"),
        Err(EncodeError::Message(_))
    ));
}
