//! Every RPC with a request that is valid for an organization, for the tests that are generated.
//!
//! | module | holds |
//! |---|---|
//! | [`rows`] | the table: one row per RPC that can be called from outside |
//! | [`world`] | [`World`]: an organization that has one of everything the rows name |
//!
//! A new RPC fails [`every_rpc_has_a_row`] until it has one, and is then covered by every test that
//! walks the table.

mod content;
mod rows;
mod world;

pub(crate) use rows::{Row, Stranger, rows};
pub(crate) use world::World;

use crate::suite::rpcs::{self, Rpc};
use serde_json::Value;
use std::collections::BTreeSet;

impl Row {
    /// The method it is about.
    pub(crate) fn rpc(&self) -> Rpc {
        let rpc = rpcs::reachable()
            .into_iter()
            .find(|rpc| rpc.name() == self.name);
        rpc.unwrap_or_else(|| panic!("{} cannot be called from outside", self.name))
    }

    /// Its request, placeholders as they stand.
    pub(crate) fn template(&self) -> Value {
        serde_json::from_str(self.request).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

/// Where a request names something, as JSON pointers with the placeholder there.
pub(crate) fn placeholders(template: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(template, "", &mut found);
    found
}

fn walk(value: &Value, pointer: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if text.starts_with('$') => {
            found.push((pointer.to_owned(), text.clone()));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{pointer}/{index}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                walk(field, &format!("{pointer}/{name}"), found);
            }
        }
        _ => (),
    }
}

#[test]
fn every_rpc_has_a_row() {
    let declared: BTreeSet<_> = rpcs::reachable().iter().map(Rpc::name).collect();
    let named: BTreeSet<_> = rows().map(|row| row.name.to_owned()).collect();
    assert_eq!(declared, named);
    assert_eq!(named.len(), rows().count(), "an RPC has two rows");
}

#[test]
fn every_row_is_a_request_of_its_method() {
    for row in rows() {
        let rpc = row.rpc();
        let template = row.template();
        // A placeholder is a text where its identifier will be one.
        rpc.request(&template);
    }
}

/// The fields through which a request reaches another thing: those that end in `_id` or `_ids`, those
/// in the path, and the clinic of the access rule.
#[test]
fn every_row_names_what_its_request_can_address() {
    for row in rows() {
        let (rpc, template) = (row.rpc(), row.template());
        let mut addressed: BTreeSet<String> = rpc.rule.clinic_field.iter().cloned().collect();
        addressed.extend(rpc.route().into_iter().flat_map(|route| route.variables()));
        for field in rpc.method.input().fields() {
            let name = field.name().to_owned();
            let is_reference = name.ends_with("_id") || name.ends_with("_ids");
            if is_reference && !matches!(name.as_str(), "request_id" | "external_id") {
                addressed.insert(name);
            }
        }
        let pointers = placeholders(&template);
        for field in addressed {
            let steps = field
                .split('.')
                .map(|step| format!("/{}", rpcs::camel(step)));
            let pointer: String = steps.collect();
            assert!(
                pointers.iter().any(|(at, _)| at.starts_with(&pointer)),
                "the row of {} does not say what {field} names",
                row.name
            );
        }
    }
}
