//! The access rule of a method, read from its `bitewing.access.v1.access` option.

use prost_reflect::{DynamicMessage, Kind, MethodDescriptor, ReflectMessage, Value};

const OPTION: &str = "bitewing.access.v1.access";

/// Who may call a method, in the words of the contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// The kinds of callers, as `API_CLIENT`.
    pub callers: Vec<String>,
    /// The scope an API client needs; empty for none.
    pub scope: String,
    /// The roles of which a user of staff needs one, as `MANAGER`; empty for any.
    pub roles: Vec<String>,
}

impl Access {
    /// Reads the rule of a method; a method without one has no callers at all.
    pub fn of(method: &MethodDescriptor) -> Self {
        let Some(option) = method.parent_pool().get_extension_by_name(OPTION) else {
            return Self::default();
        };
        let options = method.options();
        let rule = options.get_extension(&option);
        let Some(rule) = rule.as_message() else {
            return Self::default();
        };
        Self {
            callers: names(rule, "callers", "CALLER_KIND_"),
            scope: super::http_rule::text(rule, "scope"),
            roles: names(rule, "roles", "ROLE_"),
        }
    }

    /// Whether anyone may call, without a credential.
    pub fn is_public(&self) -> bool {
        self.admits("PUBLIC")
    }

    /// Whether callers of this kind may call.
    pub fn admits(&self, caller: &str) -> bool {
        self.callers.iter().any(|kind| kind == caller)
    }

    /// Whether the method can be reached from outside: somebody but services may call it.
    pub fn is_exposed(&self) -> bool {
        self.callers
            .iter()
            .any(|kind| kind != "SERVICE" && kind != "UNSPECIFIED")
    }
}

/// The names of a repeated enumeration, without the prefix they share.
fn names(message: &DynamicMessage, field: &str, prefix: &str) -> Vec<String> {
    let Some(field) = message.descriptor().get_field_by_name(field) else {
        return Vec::new();
    };
    let Kind::Enum(enumeration) = field.kind() else {
        return Vec::new();
    };
    let values = message.get_field(&field);
    values
        .as_list()
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_enum_number)
        .filter_map(|number| enumeration.get_value(number))
        .map(|value| value.name().trim_start_matches(prefix).to_owned())
        .collect()
}
