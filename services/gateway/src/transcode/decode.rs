//! Path, query and body to one request message.

use super::json::{self, Json};
use super::message;
use super::query;
use super::routes::{BodyRule, Match};
use super::violation::{Path, Reason, Report, Violations};
use prost_reflect::{DynamicMessage, FieldDescriptor, Value};

/// Reads a request into the message of its method.
///
/// The body is read first, then the query, then the path. A body may repeat what the path says, as
/// clients do that send back what they read, but must not contradict it. With a rule whose body is
/// the whole message there are no query parameters; an empty body stands for an empty message.
pub fn decode(
    matched: &Match<'_>,
    query: Option<&str>,
    body: &[u8],
) -> Result<DynamicMessage, Violations> {
    let mut report = Report::default();
    let message = read_body(matched, body, &mut report);
    let mut message = message.unwrap_or_else(|| DynamicMessage::new(matched.route.method.input()));
    let taken = |steps: &[FieldDescriptor]| fills(matched, steps);
    query::read(&mut message, query.unwrap_or_default(), taken, &mut report);
    read_path(matched, &mut message, &mut report);
    report.conclude(message)
}

fn read_body(matched: &Match<'_>, body: &[u8], report: &mut Report) -> Option<DynamicMessage> {
    let input = matched.route.method.input();
    if body.trim_ascii().is_empty() {
        return None;
    }
    match &matched.route.body {
        BodyRule::None => {
            report.refuse(&Path::Root, Reason::BodyNotAllowed, "takes no body");
            None
        }
        BodyRule::Whole => {
            let json = json::parse(body, report)?;
            message::read(&input, json, report, &Path::Root)
        }
        BodyRule::Field(field) => {
            let json = json::parse(body, report).filter(|json| *json != Json::Null)?;
            let at = Path::Root.field(field.name());
            let descriptor = field.kind().as_message().cloned()?;
            let value = message::read(&descriptor, json, report, &at)?;
            let mut message = DynamicMessage::new(input);
            message.set_field(field, Value::Message(value));
            Some(message)
        }
    }
}

/// Whether a query parameter would fill what the path or the body fills.
fn fills(matched: &Match<'_>, steps: &[FieldDescriptor]) -> bool {
    let route = matched.route;
    let by_body = match &route.body {
        BodyRule::None => false,
        BodyRule::Whole => true,
        BodyRule::Field(field) => steps.first() == Some(field),
    };
    by_body || route.variables.iter().any(|variable| variable == steps)
}

fn read_path(matched: &Match<'_>, message: &mut DynamicMessage, report: &mut Report) {
    for (steps, text) in matched.route.variables.iter().zip(&matched.values) {
        let name = steps
            .iter()
            .map(FieldDescriptor::name)
            .collect::<Vec<_>>()
            .join(".");
        let at = Path::Root.field(&name);
        let Some(field) = steps.last() else { continue };
        let Some(value) = message::read_text(field, text.clone(), report, &at) else {
            continue;
        };
        if given(message, steps).is_some_and(|given| given != value) {
            report.refuse(&at, Reason::PathConflict, "must be what the path says");
        }
        query::set_single(message, steps, value);
    }
}

/// The value at the end of the steps, if every one of them is set.
fn given(message: &DynamicMessage, steps: &[FieldDescriptor]) -> Option<Value> {
    let (first, rest) = steps.split_first()?;
    if !message.has_field(first) {
        return None;
    }
    let value = message.get_field(first);
    if rest.is_empty() {
        Some(value.into_owned())
    } else {
        given(value.as_message()?, rest)
    }
}
