//! The query string to fields of the request.

use super::message::{field_named, has_text_form, read_text, rival_is_set};
use super::percent;
use super::violation::{Path, Reason, Report};
use prost_reflect::{DynamicMessage, FieldDescriptor, ReflectMessage, Value};
use std::collections::HashSet;

/// Fills fields from `name=value` pairs; a dotted name reaches into messages, a repeated field takes
/// its name several times. `taken` says which fields the path or the body fills.
pub(super) fn read(
    message: &mut DynamicMessage,
    query: &str,
    taken: impl Fn(&[FieldDescriptor]) -> bool,
    report: &mut Report,
) {
    let mut seen = HashSet::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Ok(name) = percent::decode_query(name) else {
            report.refuse(
                &Path::Root,
                Reason::MalformedEncoding,
                "has a malformed parameter",
            );
            continue;
        };
        let Some(steps) = steps_to(message, &name).filter(|steps| !taken(steps)) else {
            report.refuse_unknown(&Path::Root, &name, Reason::UnknownParameter);
            continue;
        };
        let proto_name = steps
            .iter()
            .map(FieldDescriptor::name)
            .collect::<Vec<_>>()
            .join(".");
        let at = Path::Root.field(&proto_name);
        let Ok(value) = percent::decode_query(value) else {
            report.refuse(
                &at,
                Reason::MalformedEncoding,
                "is not percent-encoded UTF-8",
            );
            continue;
        };
        set(message, &steps, value, &mut seen, report, &at);
    }
}

/// The fields a parameter's name leads through, ending at something with a text form.
fn steps_to(message: &DynamicMessage, name: &str) -> Option<Vec<FieldDescriptor>> {
    let mut descriptor = Some(message.descriptor());
    let mut steps: Vec<FieldDescriptor> = Vec::new();
    for name in name.split('.') {
        if steps
            .last()
            .is_some_and(|last| last.is_list() || last.is_map())
        {
            return None;
        }
        let field = field_named(&descriptor?, name)?;
        descriptor = field.kind().as_message().cloned();
        steps.push(field);
    }
    let last = steps.last()?;
    (!last.is_map() && has_text_form(&last.kind())).then_some(steps)
}

fn set(
    message: &mut DynamicMessage,
    steps: &[FieldDescriptor],
    value: String,
    seen: &mut HashSet<String>,
    report: &mut Report,
    at: &Path<'_>,
) {
    let [parents @ .., field] = steps else { return };
    let mut target = message;
    for parent in parents {
        if rival_is_set(target, parent) {
            report.refuse(
                at,
                Reason::OneofConflict,
                "excludes another field that is given",
            );
            return;
        }
        target = target
            .get_field_mut(parent)
            .as_message_mut()
            .expect("only messages are stepped through");
    }
    if field.is_list() {
        let list = target
            .get_field_mut(field)
            .as_list_mut()
            .expect("the field is a list");
        if let Some(value) = read_text(field, value, report, &at.item(list.len())) {
            list.push(value);
        }
    } else if !seen.insert(at.to_string()) {
        report.refuse(at, Reason::DuplicateField, "is given twice");
    } else if rival_is_set(target, field) {
        report.refuse(
            at,
            Reason::OneofConflict,
            "excludes another field that is given",
        );
    } else if let Some(value) = read_text(field, value, report, at) {
        target.set_field(field, value);
    }
}

/// Sets a single value, making the messages around it.
pub(super) fn set_single(message: &mut DynamicMessage, steps: &[FieldDescriptor], value: Value) {
    let [parents @ .., field] = steps else { return };
    let mut target = message;
    for parent in parents {
        target = target
            .get_field_mut(parent)
            .as_message_mut()
            .expect("only messages are stepped through");
    }
    target.set_field(field, value);
}
