//! The JSON form of messages as JSON Schema (draft 2020-12, which OpenAPI 3.1 uses).

use super::comments::Comments;
use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The schemas the document refers to, each under the full name of its message or enumeration.
#[derive(Default)]
pub(super) struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    /// A reference to a message, which is described the first time.
    pub(super) fn message(&mut self, message: &MessageDescriptor) -> Value {
        if let Some(schema) = well_known(message) {
            return schema;
        }
        let name = message.full_name();
        if !self.0.contains_key(name) {
            // A message may hold itself: its name is taken before its fields are looked at.
            self.0.insert(name.to_owned(), Value::Null);
            let schema = self.object(message, |_| true);
            self.0.insert(name.to_owned(), schema);
        }
        reference(name)
    }

    /// The object a message is written as, with those fields that are wanted.
    pub(super) fn object(
        &mut self,
        message: &MessageDescriptor,
        wanted: impl Fn(&FieldDescriptor) -> bool,
    ) -> Value {
        let file = message.parent_file();
        let comments = Comments::of(&file);
        let mut properties = Map::new();
        let mut fields: Vec<_> = message.fields().filter(|field| wanted(field)).collect();
        // In the order of the contract, which tells a story; the numbers do not.
        fields.sort_by_key(|field| field.path().last().copied());
        for field in fields {
            let schema = described(self.field(&field), comments.at(field.path()));
            properties.insert(field.json_name().to_owned(), deprecated(schema, &field));
        }
        let rivals = message
            .oneofs()
            .filter(|oneof| !oneof.is_synthetic())
            .map(|oneof| {
                let fields = oneof
                    .fields()
                    .map(|field| format!("`{}`", field.json_name()));
                format!(
                    "At most one of {} is set.",
                    fields.collect::<Vec<_>>().join(", ")
                )
            });
        let description = paragraph(comments.at(message.path()), rivals);
        described(
            json!({"type": "object", "properties": properties, "additionalProperties": false}),
            &description,
        )
    }

    /// The schema of a field's value.
    pub(super) fn field(&mut self, field: &FieldDescriptor) -> Value {
        let kind = field.kind();
        if field.is_map()
            && let Some(entry) = kind.as_message()
        {
            let value = self.kind(&entry.map_entry_value_field().kind());
            return json!({"type": "object", "additionalProperties": value});
        }
        let single = self.kind(&kind);
        if field.is_list() {
            json!({"type": "array", "items": single})
        } else {
            single
        }
    }

    /// Everything described, for `components.schemas`.
    pub(super) fn into_components(self) -> Map<String, Value> {
        self.0.into_iter().collect()
    }

    fn kind(&mut self, kind: &Kind) -> Value {
        match kind {
            Kind::Message(message) => self.message(message),
            Kind::Enum(enumeration) => self.enumeration(enumeration),
            scalar => scalar_schema(scalar),
        }
    }

    fn enumeration(&mut self, enumeration: &EnumDescriptor) -> Value {
        let name = enumeration.full_name();
        if name == "google.protobuf.NullValue" {
            return json!({"type": "null"});
        }
        if !self.0.contains_key(name) {
            let file = enumeration.parent_file();
            let comments = Comments::of(&file);
            let values = enumeration.values().filter_map(|value| {
                let comment = comments.at(value.path());
                (!comment.is_empty()).then(|| format!("- `{}`: {comment}", value.name()))
            });
            let description = paragraph(comments.at(enumeration.path()), values);
            let names: Vec<_> = enumeration
                .values()
                .map(|value| value.name().to_owned())
                .collect();
            let schema = json!({"type": "string", "enum": names});
            self.0
                .insert(name.to_owned(), described(schema, &description));
        }
        reference(name)
    }
}

/// A comment and the lines that belong below it.
fn paragraph(comment: &str, lines: impl Iterator<Item = String>) -> String {
    std::iter::once(comment.to_owned())
        .chain(lines)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Adds a description, unless there is nothing to say.
pub(super) fn described(mut schema: Value, description: &str) -> Value {
    if let Value::Object(members) = &mut schema
        && !description.is_empty()
    {
        members.insert("description".to_owned(), description.into());
    }
    schema
}

fn deprecated(mut schema: Value, field: &FieldDescriptor) -> Value {
    let options = field.field_descriptor_proto().options.as_ref();
    if options.is_some_and(prost_types::FieldOptions::deprecated) {
        schema["deprecated"] = true.into();
    }
    schema
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn scalar_schema(kind: &Kind) -> Value {
    match kind {
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
            json!({"type": "integer", "format": "int32"})
        }
        Kind::Uint32 | Kind::Fixed32 => {
            json!({"type": "integer", "format": "uint32", "minimum": 0})
        }
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            json!({"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"})
        }
        Kind::Uint64 | Kind::Fixed64 => {
            json!({"type": "string", "format": "uint64", "pattern": "^[0-9]+$"})
        }
        Kind::Float => json!({"type": "number", "format": "float"}),
        Kind::Double => json!({"type": "number", "format": "double"}),
        Kind::Bytes => json!({"type": "string", "contentEncoding": "base64"}),
        Kind::String | Kind::Enum(_) | Kind::Message(_) => json!({"type": "string"}),
    }
}

/// The types proto3 JSON writes in a form of their own.
fn well_known(message: &MessageDescriptor) -> Option<Value> {
    Some(match message.full_name() {
        "google.protobuf.Timestamp" => json!({"type": "string", "format": "date-time"}),
        "google.protobuf.Duration" => {
            json!({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$"})
        }
        "google.protobuf.FieldMask" => {
            json!({"type": "string", "description": "Field paths with commas between."})
        }
        "google.protobuf.Empty" | "google.protobuf.Struct" => json!({"type": "object"}),
        "google.protobuf.Any" => {
            json!({"type": "object", "properties": {"@type": {"type": "string"}}})
        }
        "google.protobuf.Value" => json!({}),
        "google.protobuf.ListValue" => json!({"type": "array"}),
        "google.protobuf.BoolValue"
        | "google.protobuf.BytesValue"
        | "google.protobuf.DoubleValue"
        | "google.protobuf.FloatValue"
        | "google.protobuf.Int32Value"
        | "google.protobuf.Int64Value"
        | "google.protobuf.StringValue"
        | "google.protobuf.UInt32Value"
        | "google.protobuf.UInt64Value" => scalar_schema(&message.get_field(1)?.kind()),
        _ => return None,
    })
}
