//! How a method is called over HTTP, read from its `google.api.http` option.

use http::Method;
use prost_reflect::{DynamicMessage, MethodDescriptor};

const OPTION: &str = "google.api.http";

/// One mapping of a method, as written in the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HttpRule {
    pub(super) method: Method,
    pub(super) template: String,
    pub(super) body: String,
    pub(super) response_body: String,
}

/// The mappings of a method, the principal one first; none if it has no option.
pub(super) fn rules_of(method: &MethodDescriptor) -> Vec<HttpRule> {
    let Some(option) = method.parent_pool().get_extension_by_name(OPTION) else {
        return Vec::new();
    };
    let options = method.options();
    let rule = options.get_extension(&option);
    let Some(rule) = rule.as_message() else {
        return Vec::new();
    };
    let additional = rule.get_field_by_name("additional_bindings");
    let additional = additional
        .as_ref()
        .and_then(|field| field.as_list())
        .unwrap_or_default();
    std::iter::once(rule)
        .chain(additional.iter().filter_map(|binding| binding.as_message()))
        .filter_map(read)
        .collect()
}

fn read(rule: &DynamicMessage) -> Option<HttpRule> {
    let verbs = [
        ("get", Method::GET),
        ("put", Method::PUT),
        ("post", Method::POST),
        ("delete", Method::DELETE),
        ("patch", Method::PATCH),
    ];
    let (field, method) = verbs
        .into_iter()
        .find(|(field, _)| rule.has_field_by_name(field))?;
    Some(HttpRule {
        method,
        template: text(rule, field),
        body: text(rule, "body"),
        response_body: text(rule, "response_body"),
    })
}

/// The text of a string field; empty if the message has no such field.
fn text(message: &DynamicMessage, field: &str) -> String {
    message
        .get_field_by_name(field)
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}
