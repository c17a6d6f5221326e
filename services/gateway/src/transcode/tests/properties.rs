use super::super::fixture::DESKS;
use super::super::json::{self, Json};
use super::super::message;
use super::super::violation::{Path, Report};
use super::super::{Violations, encode};
use super::{ROUTES, send};
use http::Method;
use proptest::prelude::*;
use prost_reflect::{DynamicMessage, Kind, MessageDescriptor, ReflectMessage};

fn read(descriptor: &MessageDescriptor, body: &[u8]) -> Result<DynamicMessage, Violations> {
    let mut report = Report::default();
    let message = json::parse(body, &mut report)
        .and_then(|json: Json| message::read(descriptor, json, &mut report, &Path::Root));
    report
        .conclude(())
        .map(|()| message.expect("what has no violation is a message"))
}

/// Any JSON value, small.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        leaf_text().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec((name(), inner), 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

fn leaf_text() -> impl Strategy<Value = String> {
    let formats = [
        "WOOD_OAK",
        "7",
        "-1",
        "1e3",
        "NaN",
        "-Infinity",
        "aGk=",
        "1.5s",
        "-0.5s",
        "displayName",
        "2027-01-31T09:30:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "2016-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "2027-01-31T09:30:00-23:59",
        "315576000000.999999999s",
        "type.googleapis.com/desk.v1.Room",
    ];
    prop_oneof![
        prop::sample::select(formats.to_vec()).prop_map(str::to_owned),
        ".{0,12}"
    ]
}

fn name() -> impl Strategy<Value = String> {
    let desk = DESKS.get_message_by_name("desk.v1.Desk").unwrap();
    let names: Vec<_> = desk
        .fields()
        .map(|field| field.json_name().to_owned())
        .collect();
    prop_oneof![
        8 => prop::sample::select(names),
        1 => Just("@type".to_owned()),
        1 => Just("value".to_owned()),
        1 => ".{0,6}",
    ]
}

/// A JSON value that has a chance to fit a field of this kind.
fn fitting(kind: &Kind, depth: usize) -> BoxedStrategy<serde_json::Value> {
    match kind {
        Kind::Bool => any::<bool>().prop_map(Into::into).boxed(),
        Kind::String => ".{0,12}".prop_map(Into::into).boxed(),
        Kind::Bytes => "[A-Za-z0-9_-]{4}".prop_map(Into::into).boxed(),
        Kind::Float | Kind::Double => any::<f32>().prop_map(Into::into).boxed(),
        Kind::Int64 | Kind::Uint64 => (0..=i64::MAX)
            .prop_map(|number| serde_json::Value::from(number.to_string()))
            .boxed(),
        Kind::Int32 => any::<i32>().prop_map(Into::into).boxed(),
        Kind::Uint32 => any::<u32>().prop_map(Into::into).boxed(),
        Kind::Enum(enumeration) => {
            let names: Vec<_> = enumeration
                .values()
                .map(|value| value.name().to_owned())
                .collect();
            prop::sample::select(names).prop_map(Into::into).boxed()
        }
        Kind::Message(message) if message.full_name().starts_with("desk.") && depth > 0 => {
            object(message, depth - 1)
        }
        _ => any_json().boxed(),
    }
}

/// An object with some of a message's members.
fn object(message: &MessageDescriptor, depth: usize) -> BoxedStrategy<serde_json::Value> {
    let members: Vec<_> = message
        .fields()
        .filter(|field| field.containing_oneof().is_none())
        .map(|field| {
            let name = field.json_name().to_owned();
            let kind = field.kind();
            let value = if field.is_map() {
                let entry = kind.as_message().unwrap().map_entry_value_field().kind();
                prop::collection::hash_map("[0-9]", fitting(&entry, depth), 0..3)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect()))
                    .boxed()
            } else if field.is_list() {
                prop::collection::vec(fitting(&kind, depth), 0..3)
                    .prop_map(Into::into)
                    .boxed()
            } else {
                fitting(&kind, depth)
            };
            prop::option::weighted(0.2, value).prop_map(move |value| (name.clone(), value))
        })
        .collect();
    members
        .prop_map(|members| {
            let given = members
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)));
            serde_json::Value::Object(given.collect())
        })
        .boxed()
}

/// Reading what was written gives the same, so both sides mean the same JSON.
fn survives(message: &DynamicMessage) -> Result<(), TestCaseError> {
    let written = encode(message).unwrap();
    let again = read(&message.descriptor(), &written);
    let again = again.map_err(|violations| TestCaseError::fail(format!("{violations:?}")))?;
    // Compared as JSON, where a NaN equals itself and maps have no order.
    let [written, again] = [written, encode(&again).unwrap()]
        .map(|json| serde_json::from_slice::<serde_json::Value>(&json).unwrap());
    prop_assert_eq!(again, written);
    Ok(())
}

proptest! {
    #[test]
    fn any_json_is_a_message_or_violations(value in any_json()) {
        let desk = DESKS.get_message_by_name("desk.v1.Desk").unwrap();
        match read(&desk, value.to_string().as_bytes()) {
            Ok(message) => survives(&message)?,
            Err(violations) => prop_assert!(violations.iter().count() > 0),
        }
    }

    #[test]
    fn json_that_nearly_fits_is_a_message_or_violations(
        value in object(&DESKS.get_message_by_name("desk.v1.Desk").unwrap(), 2),
    ) {
        let desk = DESKS.get_message_by_name("desk.v1.Desk").unwrap();
        match read(&desk, value.to_string().as_bytes()) {
            Ok(message) => survives(&message)?,
            Err(violations) => {
                let fields: Vec<_> = violations.iter().map(|violation| &violation.field).collect();
                prop_assert!(fields.iter().all(|field| !field.is_empty()), "{:?}", fields);
            }
        }
    }

    #[test]
    fn any_bytes_are_a_message_or_violations(body in prop::collection::vec(any::<u8>(), 0..64)) {
        let desk = DESKS.get_message_by_name("desk.v1.Desk").unwrap();
        if let Err(violations) = read(&desk, &body) {
            prop_assert!(violations.iter().count() > 0);
        }
    }

    #[test]
    fn any_query_is_a_message_or_violations(query in "[a-z_.=&%+0-9]{0,40}") {
        if let Err(violations) = send(&format!("GET /v1/desks?{query}"), "") {
            prop_assert!(violations.iter().count() > 0);
        }
    }

    #[test]
    fn any_path_finds_a_route_or_a_miss(path in "(/(v1|desks|newest|%[0-9a-f]{0,2}|[a-z:]{0,4})){0,4}") {
        if let Ok(matched) = ROUTES.find(&Method::GET, &path) {
            prop_assert!(path.starts_with("/v1/") || path.contains('%'), "{}", matched.route.template());
        }
    }

    #[test]
    fn every_segment_reaches_its_variable(id in "[^:]{1,20}") {
        let bytes: Vec<_> = id.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let escaped = bytes.concat();
        prop_assume!(id != "newest");
        let message = send(&format!("GET /v1/desks/{escaped}"), "").unwrap();
        let read = message.get_field_by_name("desk_id").unwrap();
        prop_assert_eq!(read.as_str(), Some(id.as_str()));
    }
}
