//! A JSON tree to a message, by the proto3 JSON mapping, noting every misfit with its path.
//!
//! The tree is walked here rather than handed to prost-reflect's own deserializer, which stops at
//! the first misfit, does not say where it is and repeats the offending value in its text.

use super::field_mask;
use super::json::Json;
use super::scalar;
use super::violation::{Path, Reason, Report};
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, ReflectMessage, Value,
};
use std::collections::{HashMap, HashSet};

/// How the JSON form of a message type is read.
enum Form {
    /// An object with a member for each field.
    Fields,
    /// The value of the only field: the wrappers of scalars.
    Wrapped(FieldDescriptor),
    /// A string of which prost-reflect knows the format.
    Formatted(&'static str),
    /// A string of comma-separated field paths.
    FieldMask,
    /// Any shape the type itself allows.
    Free,
}

impl Form {
    fn of(descriptor: &MessageDescriptor) -> Self {
        match descriptor.full_name() {
            "google.protobuf.Timestamp" => {
                Self::Formatted("must be a time of RFC 3339, as 2027-01-31T09:30:00Z")
            }
            "google.protobuf.Duration" => Self::Formatted("must be seconds, as 1.5s"),
            "google.protobuf.FieldMask" => Self::FieldMask,
            "google.protobuf.Any"
            | "google.protobuf.Struct"
            | "google.protobuf.Value"
            | "google.protobuf.ListValue" => Self::Free,
            "google.protobuf.BoolValue"
            | "google.protobuf.BytesValue"
            | "google.protobuf.DoubleValue"
            | "google.protobuf.FloatValue"
            | "google.protobuf.Int32Value"
            | "google.protobuf.Int64Value"
            | "google.protobuf.StringValue"
            | "google.protobuf.UInt32Value"
            | "google.protobuf.UInt64Value" => {
                descriptor.get_field(1).map_or(Self::Fields, Self::Wrapped)
            }
            _ => Self::Fields,
        }
    }
}

/// Whether a value of this kind can be written as the text of a path segment or query parameter.
pub(crate) fn has_text_form(kind: &Kind) -> bool {
    kind.as_message()
        .is_none_or(|message| !matches!(Form::of(message), Form::Fields | Form::Free))
}

/// Finds a field by its JSON name or its proto name.
pub(super) fn field_named(descriptor: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    descriptor
        .get_field_by_json_name(name)
        .or_else(|| descriptor.get_field_by_name(name))
}

/// Whether another field of the same `oneof` is already set.
pub(super) fn rival_is_set(message: &DynamicMessage, field: &FieldDescriptor) -> bool {
    field.containing_oneof().is_some_and(|oneof| {
        oneof
            .fields()
            .any(|rival| rival != *field && message.has_field(&rival))
    })
}

/// Reads a message.
pub(super) fn read(
    descriptor: &MessageDescriptor,
    json: Json,
    report: &mut Report,
    at: &Path<'_>,
) -> Option<DynamicMessage> {
    let mut message = DynamicMessage::new(descriptor.clone());
    match (Form::of(descriptor), json) {
        (_, Json::TooDeep) => {
            report.refuse(at, Reason::NestedTooDeeply, "is nested too deeply");
            return None;
        }
        (Form::Fields, Json::Object(members)) => read_members(&mut message, members, report, at),
        (Form::Fields, _) => {
            report.refuse(at, Reason::WrongType, "must be an object");
            return None;
        }
        (Form::Wrapped(field), json) => {
            let value = read_scalar(&field.kind(), json, report, at)?;
            message.set_field(&field, value);
        }
        (Form::Formatted(expected), Json::Text(text)) => {
            return parse_whole(descriptor, text.into(), expected, report, at);
        }
        (Form::FieldMask, Json::Text(text)) => {
            let Some(paths) = field_mask::parse(&text) else {
                report.refuse(at, Reason::MalformedValue, field_mask::EXPECTED);
                return None;
            };
            let paths = paths.into_iter().map(Value::String).collect();
            message.set_field_by_name("paths", Value::List(paths));
        }
        (Form::Formatted(expected), _) => {
            report.refuse(at, Reason::WrongType, expected);
            return None;
        }
        (Form::FieldMask, _) => {
            report.refuse(at, Reason::WrongType, field_mask::EXPECTED);
            return None;
        }
        (Form::Free, json) => {
            let free = json.into_free_form(report, at)?;
            return parse_whole(descriptor, free, "does not fit its type", report, at);
        }
    }
    Some(message)
}

/// Reads the value of a field from a text of the path or the query.
pub(super) fn read_text(
    field: &FieldDescriptor,
    text: String,
    report: &mut Report,
    at: &Path<'_>,
) -> Option<Value> {
    let kind = match field.kind() {
        Kind::Message(message) => match Form::of(&message) {
            Form::Wrapped(inner) => inner.kind(),
            _ => Kind::Message(message),
        },
        kind => kind,
    };
    match scalar::leaf_of_text(&kind, text) {
        Ok(leaf) => read_single(&field.kind(), leaf, report, at),
        Err((reason, description)) => {
            report.refuse(at, reason, description);
            None
        }
    }
}

fn read_members(
    message: &mut DynamicMessage,
    members: Vec<(String, Json)>,
    report: &mut Report,
    at: &Path<'_>,
) {
    let descriptor = message.descriptor();
    let mut seen = HashSet::with_capacity(members.len());
    for (name, json) in members {
        let Some(field) = field_named(&descriptor, &name) else {
            report.refuse_unknown(at, &name, Reason::UnknownField);
            continue;
        };
        let at = at.field(field.name());
        if !seen.insert(field.number()) {
            report.refuse(&at, Reason::DuplicateField, "is given twice");
        } else if json == Json::Null && !takes_null(&field) {
            // Null is the JSON form of a field that is not set.
        } else if rival_is_set(message, &field) {
            report.refuse(
                &at,
                Reason::OneofConflict,
                "excludes another field that is given",
            );
        } else if let Some(value) = read_field(&field, json, report, &at) {
            message.set_field(&field, value);
        }
    }
}

fn takes_null(field: &FieldDescriptor) -> bool {
    !field.is_list() && !field.is_map() && kind_takes_null(&field.kind())
}

fn kind_takes_null(kind: &Kind) -> bool {
    match kind {
        Kind::Message(message) => message.full_name() == "google.protobuf.Value",
        Kind::Enum(enumeration) => enumeration.full_name() == "google.protobuf.NullValue",
        _ => false,
    }
}

fn read_field(
    field: &FieldDescriptor,
    json: Json,
    report: &mut Report,
    at: &Path<'_>,
) -> Option<Value> {
    match (field.kind(), json) {
        (_, Json::TooDeep) => {
            report.refuse(at, Reason::NestedTooDeeply, "is nested too deeply");
            None
        }
        (Kind::Message(entry), Json::Object(members)) if field.is_map() => {
            Some(Value::Map(read_entries(&entry, members, report, at)))
        }
        _ if field.is_map() => {
            report.refuse(at, Reason::WrongType, "must be an object");
            None
        }
        (kind, Json::Array(items)) if field.is_list() => {
            let items = items.into_iter().enumerate();
            let values =
                items.filter_map(|(index, item)| read_single(&kind, item, report, &at.item(index)));
            Some(Value::List(values.collect()))
        }
        _ if field.is_list() => {
            report.refuse(at, Reason::WrongType, "must be an array");
            None
        }
        (kind, json) => read_single(&kind, json, report, at),
    }
}

/// Reads the entries of a map; a violation names an entry by its place, since its key is data.
fn read_entries(
    entry: &MessageDescriptor,
    members: Vec<(String, Json)>,
    report: &mut Report,
    at: &Path<'_>,
) -> HashMap<MapKey, Value> {
    let (key_kind, value_kind) = (
        entry.map_entry_key_field().kind(),
        entry.map_entry_value_field().kind(),
    );
    let mut entries = HashMap::with_capacity(members.len());
    for (index, (name, json)) in members.into_iter().enumerate() {
        let at = at.item(index);
        let key = match scalar::read_key(&key_kind, name) {
            Ok(key) => key,
            Err((reason, description)) => {
                report.refuse(&at, reason, format!("has a key that {description}"));
                continue;
            }
        };
        if let Some(value) = read_single(&value_kind, json, report, &at)
            && entries.insert(key, value).is_some()
        {
            report.refuse(&at, Reason::DuplicateField, "is given twice");
        }
    }
    entries
}

fn read_single(kind: &Kind, json: Json, report: &mut Report, at: &Path<'_>) -> Option<Value> {
    match kind {
        Kind::Message(descriptor) => read(descriptor, json, report, at).map(Value::Message),
        kind => read_scalar(kind, json, report, at),
    }
}

fn read_scalar(kind: &Kind, json: Json, report: &mut Report, at: &Path<'_>) -> Option<Value> {
    scalar::read(kind, json)
        .map_err(|(reason, description)| report.refuse(at, reason, description))
        .ok()
}

/// Leaves a whole value to prost-reflect. Its error is dropped: it would repeat the value.
fn parse_whole(
    descriptor: &MessageDescriptor,
    json: serde_json::Value,
    expected: &'static str,
    report: &mut Report,
    at: &Path<'_>,
) -> Option<DynamicMessage> {
    DynamicMessage::deserialize(descriptor.clone(), json)
        .map_err(|_| report.refuse(at, Reason::MalformedValue, expected))
        .ok()
}
