//! Well-formed messages whose fields hold what nobody expects.

use super::{Target, fault, none};
use crate::catalogue::rows;
use crate::suite::grpc::{self, bearer};
use futures_util::{StreamExt as _, stream};
use prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage as _, Value};

/// Calls under way at once.
const AT_ONCE: usize = 16;

/// A message and the field in it that is hostile.
struct Hostile {
    path: String,
    message: DynamicMessage,
}

#[tokio::test]
async fn hostile_fields_are_refused_with_a_reason() {
    let target = Target::make().await;
    let channel = target.suite.site.channel();
    let mut sent = 0;
    for row in rows() {
        let rpc = row.rpc();
        let valid = rpc.request(&target.world.fill(&row.template()));
        let token = target.token(row).map(bearer);
        let hostile = hostile(&valid);
        sent += hostile.len();
        let faults: Vec<String> = stream::iter(hostile)
            .map(|hostile| {
                let (channel, token, rpc) = (&channel, token.as_deref(), &rpc);
                async move {
                    let message = hostile.message.encode_to_vec().into();
                    let outcome = grpc::call(channel, token, rpc.path(), message).await;
                    let found = fault(outcome.code, &outcome.reason(), &outcome.paths())?;
                    Some(format!(
                        "{} {} {found}: {outcome:?}",
                        rpc.name(),
                        hostile.path
                    ))
                }
            })
            .buffer_unordered(AT_ONCE)
            .filter_map(async |fault| fault)
            .collect()
            .await;
        none(&faults);
    }
    assert!(sent > 1_000, "only {sent} requests were sent");
    target.survived().await;
}

/// Every variant of a message with one hostile value, and the empty message.
fn hostile(valid: &DynamicMessage) -> Vec<Hostile> {
    let empty = DynamicMessage::new(valid.descriptor());
    let mut variants = vec![Hostile {
        path: "(empty)".to_owned(),
        message: empty,
    }];
    variants.extend(with_one_hostile(valid, 3));
    variants
}

fn with_one_hostile(valid: &DynamicMessage, depth: usize) -> Vec<Hostile> {
    let mut variants = Vec::new();
    for field in valid.descriptor().fields() {
        let mut add = |path: String, value: Value| {
            let mut message = valid.clone();
            message.set_field(&field, value);
            variants.push(Hostile { path, message });
        };
        let name = field.name().to_owned();
        if field.is_map() {
            continue;
        }
        if field.is_list() {
            let one = one_of(&field);
            add(format!("{name} of 5,000"), Value::List(vec![one; 5_000]));
        }
        for (label, value) in scalars(&field) {
            let value = if field.is_list() {
                Value::List(vec![value])
            } else {
                value
            };
            add(format!("{name} {label}"), value);
        }
        if let (Kind::Message(descriptor), true) = (field.kind(), depth > 0) {
            let inner = match valid.get_field(&field).as_message() {
                Some(message) if !field.is_list() => message.clone(),
                _ => DynamicMessage::new(descriptor),
            };
            for nested in with_one_hostile(&inner, depth - 1) {
                let value = Value::Message(nested.message);
                let value = if field.is_list() {
                    Value::List(vec![value])
                } else {
                    value
                };
                add(format!("{name}.{}", nested.path), value);
            }
        }
    }
    variants
}

/// Something of a field's type.
fn one_of(field: &FieldDescriptor) -> Value {
    Value::default_value(&field.kind())
}

/// What a field of this type does not expect.
fn scalars(field: &FieldDescriptor) -> Vec<(&'static str, Value)> {
    match field.kind() {
        Kind::String => [
            ("of 1 MB", "a".repeat(1 << 20)),
            ("with NUL", "a\0b".to_owned()),
            ("with an override", "a\u{202e}b\u{2066}c".to_owned()),
            ("with a line break", "a\r\nSet-Cookie: a=b".to_owned()),
            (
                "with code",
                "'; DROP TABLE patients; -- {{ 7 * 7 }} <script>".to_owned(),
            ),
            ("with a path", "../../../etc/passwd%00".to_owned()),
            (
                "like a token",
                "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo".to_owned(),
            ),
            ("of blanks", "\u{a0}\u{3000}\u{200b} ".to_owned()),
        ]
        .map(|(label, text)| (label, Value::String(text)))
        .into(),
        Kind::Bytes => vec![("of 2 MB", Value::Bytes(vec![0xff; 2 << 20].into()))],
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => [i32::MIN, -1, i32::MAX]
            .map(|number| ("extreme", Value::I32(number)))
            .into(),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => [i64::MIN, -1, i64::MAX]
            .map(|number| ("extreme", Value::I64(number)))
            .into(),
        Kind::Enum(_) => [i32::MIN, 999]
            .map(|number| ("unknown", Value::EnumNumber(number)))
            .into(),
        Kind::Double => [f64::NAN, f64::INFINITY]
            .map(|number| ("no number", Value::F64(number)))
            .into(),
        _ => Vec::new(),
    }
}
