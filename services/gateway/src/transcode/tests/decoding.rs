use super::super::Reason;
use super::{message, refusals, send};
use prost_reflect::ReflectMessage;

fn desk(body: &str) -> String {
    message("POST /v1/desks", body)
}

fn refused(body: &str) -> Vec<(String, Reason)> {
    refusals("POST /v1/desks", body)
}

fn at(field: &str, reason: Reason) -> Vec<(String, Reason)> {
    vec![(field.to_owned(), reason)]
}

#[test]
fn members_go_by_their_json_or_proto_name() {
    let expected = r#"desk{display_name:"Front"},request_id:"r""#;
    assert_eq!(
        desk(r#"{"desk":{"displayName":"Front"},"requestId":"r"}"#),
        expected
    );
    assert_eq!(
        desk(r#"{"desk":{"display_name":"Front"},"request_id":"r"}"#),
        expected
    );
}

#[test]
fn every_shape_is_read() {
    let cases = [
        (r#"{"wood":"WOOD_OAK"}"#, "wood:WOOD_OAK"),
        (r#"{"wood":2}"#, "wood:WOOD_PINE"),
        (r#"{"wood":9}"#, "wood:9"),
        (r#"{"priceMinor":"12"}"#, "price_minor:12"),
        (r#"{"photo":"aGk"}"#, r#"photo:"hi""#),
        (r#"{"tags":["a","b"]}"#, r#"tags:["a","b"]"#),
        (
            r#"{"contents":[{"inner":[{"label":"x"}]}]}"#,
            r#"contents:[{inner:[{label:"x"}]}]"#,
        ),
        (r#"{"counts":{"a":1}}"#, r#"counts:[{key:"a",value:1}]"#),
        (
            r#"{"byNumber":{"7":{"label":"x"}}}"#,
            r#"by_number:[{key:7,value{label:"x"}}]"#,
        ),
        (
            r#"{"flags":{"true":"1970-01-01T00:00:01Z"}}"#,
            "flags:[{key:true,value{seconds:1}}]",
        ),
        (
            r#"{"createTime":"1970-01-01T01:00:00.5+01:00"}"#,
            "create_time{nanos:500000000}",
        ),
        (r#"{"lease":"1.5s"}"#, "lease{seconds:1,nanos:500000000}"),
        (
            r#"{"mask":"displayName,twin.deskId"}"#,
            r#"mask{paths:["display_name","twin.desk_id"]}"#,
        ),
        (r#"{"nickname":""}"#, "nickname{}"),
        (r#"{"bonus":"5"}"#, "bonus{value:5}"),
        (r#"{"nothing":{}}"#, "nothing{}"),
        (r#"{"rank":0}"#, "rank:0"),
        (r#"{"room":{"floor":2}}"#, "room{floor:2}"),
        (r#"{"anything":null}"#, "anything{null_value:NULL_VALUE}"),
        (r#"{"null":null}"#, ""),
        (r#"{"tags":null,"nickname":null,"height":null}"#, ""),
    ];
    for (body, expected) in cases {
        let expected = format!("desk{{{expected}}}");
        assert_eq!(desk(&format!(r#"{{"desk":{body}}}"#)), expected, "{body}");
    }
}

#[test]
fn an_empty_body_is_an_empty_message() {
    assert_eq!(desk(""), "");
    assert_eq!(
        message("POST /v1/desks/dsk_1:undelete", " \n"),
        r#"desk_id:"dsk_1""#
    );
    assert_eq!(
        message("PATCH /v1/desks/dsk_1", "null"),
        r#"desk{desk_id:"dsk_1"}"#
    );
}

#[test]
fn a_misfit_is_named_by_its_path() {
    let cases = [
        (r#"{"heigth":1}"#, "desk.heigth", Reason::UnknownField),
        (
            r#"{"height":"tall"}"#,
            "desk.height",
            Reason::MalformedValue,
        ),
        (
            r#"{"height":3000000000}"#,
            "desk.height",
            Reason::OutOfRange,
        ),
        (
            r#"{"displayName":7}"#,
            "desk.display_name",
            Reason::WrongType,
        ),
        (r#"{"tags":"a"}"#, "desk.tags", Reason::WrongType),
        (r#"{"tags":["a",null]}"#, "desk.tags[1]", Reason::WrongType),
        (
            r#"{"contents":[{},{},{"label":1}]}"#,
            "desk.contents[2].label",
            Reason::WrongType,
        ),
        (r#"{"contents":{}}"#, "desk.contents", Reason::WrongType),
        (
            r#"{"twin":{"twin":[]}}"#,
            "desk.twin.twin",
            Reason::WrongType,
        ),
        (r#"{"counts":[]}"#, "desk.counts", Reason::WrongType),
        (
            r#"{"counts":{"a":1,"b":"x"}}"#,
            "desk.counts[1]",
            Reason::MalformedValue,
        ),
        (
            r#"{"counts":{"a":1,"a":2}}"#,
            "desk.counts[1]",
            Reason::DuplicateField,
        ),
        (
            r#"{"byNumber":{"x":{}}}"#,
            "desk.by_number[0]",
            Reason::MalformedValue,
        ),
        (
            r#"{"byNumber":{"7":{"nope":1}}}"#,
            "desk.by_number[0].nope",
            Reason::UnknownField,
        ),
        (r#"{"wood":"OAK"}"#, "desk.wood", Reason::UnknownEnumValue),
        (r#"{"wood":true}"#, "desk.wood", Reason::WrongType),
        (r#"{"photo":"&"}"#, "desk.photo", Reason::MalformedValue),
        (r#"{"taken":"true"}"#, "desk.taken", Reason::WrongType),
        (
            r#"{"createTime":"yesterday"}"#,
            "desk.create_time",
            Reason::MalformedValue,
        ),
        (
            r#"{"createTime":"10000-01-01T00:00:00Z"}"#,
            "desk.create_time",
            Reason::MalformedValue,
        ),
        (r#"{"createTime":1}"#, "desk.create_time", Reason::WrongType),
        (r#"{"lease":"1.5"}"#, "desk.lease", Reason::MalformedValue),
        (r#"{"mask":"a b"}"#, "desk.mask", Reason::MalformedValue),
        (r#"{"mask":{}}"#, "desk.mask", Reason::WrongType),
        (
            r#"{"nickname":{"value":"x"}}"#,
            "desk.nickname",
            Reason::WrongType,
        ),
        (
            r#"{"nothing":{"a":1}}"#,
            "desk.nothing.a",
            Reason::UnknownField,
        ),
        (
            r#"{"labels":{"a":1,"a":1}}"#,
            "desk.labels[1]",
            Reason::DuplicateField,
        ),
        (r#"{"labels":[]}"#, "desk.labels", Reason::MalformedValue),
        (
            r#"{"attachment":{"@type":"x"}}"#,
            "desk.attachment",
            Reason::MalformedValue,
        ),
        (
            r#"{"displayName":"a","display_name":"b"}"#,
            "desk.display_name",
            Reason::DuplicateField,
        ),
        (
            r#"{"person":"Ada","room":{}}"#,
            "desk.room",
            Reason::OneofConflict,
        ),
    ];
    for (body, field, reason) in cases {
        assert_eq!(
            refused(&format!(r#"{{"desk":{body}}}"#)),
            at(field, reason),
            "{body}"
        );
    }
}

#[test]
fn a_request_that_cannot_be_read_at_all_is_refused_as_a_whole() {
    for body in ["{", "{} {}", "nope", "{\"desk\":{}}]", "\u{feff}{}"] {
        assert_eq!(refused(body), at("", Reason::MalformedJson), "{body}");
    }
    for body in ["[]", "7", "\"x\"", "true", "null"] {
        assert_eq!(refused(body), at("", Reason::WrongType), "{body}");
    }
}

#[test]
fn every_misfit_is_told_at_once() {
    let found = refused(r#"{"desk":{"height":"x","tags":[1,"ok",2]},"extra":1}"#);
    let fields: Vec<_> = found.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        ["desk.height", "desk.tags[0]", "desk.tags[2]", "extra"]
    );
}

#[test]
fn no_value_of_the_request_is_repeated() {
    let secret = "hunter2";
    let bodies = [
        format!(r#"{{"desk":{{"height":"{secret}"}}}}"#),
        format!(r#"{{"desk":{{"wood":"{secret}"}}}}"#),
        format!(r#"{{"desk":{{"createTime":"{secret}"}}}}"#),
        format!(r#"{{"desk":{{"attachment":{{"@type":"{secret}"}}}}}}"#),
        format!(r#"{{"desk":{{"byNumber":{{"{secret}":{{}}}}}}}}"#),
        format!(r#"{{"desk":{{"mask":"{secret} x"}}}}"#),
        format!(r#"{{"desk": {secret}}}"#),
        format!(r#"{{"desk":{{"my {secret}":1}}}}"#),
    ];
    for body in bodies {
        let violations = send("POST /v1/desks", &body).unwrap_err();
        assert!(
            !format!("{violations:?} {violations}").contains(secret),
            "{body}"
        );
    }
}

#[test]
fn nesting_is_bounded_in_messages_and_in_free_forms() {
    let deep = |open: &str, close: &str| {
        let nested = open.repeat(60) + "1" + &close.repeat(60);
        refused(&format!(r#"{{"desk":{nested}}}"#))
    };
    let [(field, reason)] = &deep(r#"{"twin":"#, "}")[..] else {
        panic!("one place is too deep")
    };
    assert_eq!(*reason, Reason::NestedTooDeeply);
    assert!(field.starts_with("desk.twin.twin."));
    let free = format!(
        r#"{{"desk":{{"anything":{}1{}}}}}"#,
        "[".repeat(60),
        "]".repeat(60)
    );
    assert_eq!(refused(&free)[0].1, Reason::NestedTooDeeply);
}

#[test]
fn the_deepest_free_form_that_is_read_survives_the_wire() {
    let depth = super::super::json::MAX_DEPTH - 2;
    let free = format!(
        r#"{{"desk":{{"anything":{}1{}}}}}"#,
        r#"{"a":"#.repeat(depth),
        "}".repeat(depth)
    );
    let message = send("POST /v1/desks", &free).unwrap();
    let wire = prost::Message::encode_to_vec(&message);
    let read = prost_reflect::DynamicMessage::decode(message.descriptor(), wire.as_slice());
    assert_eq!(read, Ok(message));
}

#[test]
fn the_query_fills_scalars_lists_and_nested_fields() {
    let cases = [
        ("page_size=3", "page_size:3"),
        ("pageSize=3", "page_size:3"),
        ("filter.taken=true", "filter{taken:true}"),
        (
            "filter.tags=a&filter.tags=b+c",
            r#"filter{tags:["a","b c"]}"#,
        ),
        (
            "filter.room.floor=2&filter.room.name=x",
            r#"filter{room{floor:2,name:"x"}}"#,
        ),
        ("woods=WOOD_OAK&woods=2", "woods:[WOOD_OAK,WOOD_PINE]"),
        ("since=1970-01-01T00:00:01Z", "since{seconds:1}"),
        (
            "readMask=displayName,height",
            r#"read_mask{paths:["display_name","height"]}"#,
        ),
        (
            "read_mask=display_name",
            r#"read_mask{paths:["display_name"]}"#,
        ),
        ("taken=false", "taken{}"),
        ("cursor=aGk%3D", r#"cursor:"hi""#),
        ("&&page_size=3&", "page_size:3"),
    ];
    for (query, expected) in cases {
        assert_eq!(
            message(&format!("GET /v1/desks?{query}"), ""),
            expected,
            "{query}"
        );
    }
}

#[test]
fn a_parameter_that_does_not_fit_is_refused() {
    let cases = [
        ("nope=1", "nope", Reason::UnknownParameter),
        ("page_size.x=1", "page_size.x", Reason::UnknownParameter),
        ("filter=1", "filter", Reason::UnknownParameter),
        ("drawers=1", "drawers", Reason::UnknownParameter),
        ("drawers.label=1", "drawers.label", Reason::UnknownParameter),
        ("labels=1", "labels", Reason::UnknownParameter),
        ("labels.key=1", "labels.key", Reason::UnknownParameter),
        ("+33+6=1", "", Reason::UnknownParameter),
        ("%ff=1", "", Reason::MalformedEncoding),
        ("pageSize=%ff", "page_size", Reason::MalformedEncoding),
        ("pageSize=", "page_size", Reason::MalformedValue),
        ("pageSize=x", "page_size", Reason::MalformedValue),
        (
            "page_size=1&pageSize=1",
            "page_size",
            Reason::DuplicateField,
        ),
        ("filter.taken=yes", "filter.taken", Reason::WrongType),
        ("taken=1", "taken", Reason::WrongType),
        (
            "woods=WOOD_OAK&woods=x",
            "woods[1]",
            Reason::UnknownEnumValue,
        ),
        (
            "filter.owner=a&filter.room.floor=1",
            "filter.room.floor",
            Reason::OneofConflict,
        ),
        (
            "filter.room.floor=1&filter.owner=a",
            "filter.owner",
            Reason::OneofConflict,
        ),
    ];
    for (query, field, reason) in cases {
        assert_eq!(
            refusals(&format!("GET /v1/desks?{query}"), ""),
            at(field, reason),
            "{query}"
        );
    }
}

#[test]
fn the_path_fills_nested_and_typed_fields() {
    let expected = r#"desk_id:"dsk_1",room{floor:3}"#;
    assert_eq!(message("GET /v1/rooms/3/desks/dsk_1", ""), expected);
    let refused = refusals("GET /v1/rooms/attic/desks/dsk_1", "");
    assert_eq!(refused, at("room.floor", Reason::MalformedValue));
}

#[test]
fn a_body_field_and_the_query_share_a_request() {
    let request = "PATCH /v1/desks/dsk_1?updateMask=height";
    let expected = r#"desk{desk_id:"dsk_1",height:720},update_mask{paths:["height"]}"#;
    assert_eq!(message(request, r#"{"height":720}"#), expected);
    assert_eq!(
        message(request, r#"{"deskId":"dsk_1","height":720}"#),
        expected
    );
    let refused = refusals(request, r#"{"deskId":"dsk_2"}"#);
    assert_eq!(refused, at("desk.desk_id", Reason::PathConflict));
}

#[test]
fn a_parameter_cannot_reach_what_the_path_or_the_body_fills() {
    let unknown = |field| at(field, Reason::UnknownParameter);
    assert_eq!(
        refusals("GET /v1/desks/dsk_1?desk_id=dsk_2", ""),
        unknown("desk_id")
    );
    assert_eq!(
        refusals("PATCH /v1/desks/a?desk.height=1", "{}"),
        unknown("desk.height")
    );
    assert_eq!(
        refusals("POST /v1/desks?request_id=1", "{}"),
        unknown("request_id")
    );
}

#[test]
fn a_method_without_a_body_takes_none() {
    assert_eq!(
        refusals("GET /v1/desks", "{}"),
        at("", Reason::BodyNotAllowed)
    );
}
