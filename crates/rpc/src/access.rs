//! The access rules, read from the descriptors, and which service may call which method of which.

use bitewing_auth::{ActorKind, Caller, Role, Service};
use bitewing_proto::POOL;
use prost_reflect::{DynamicMessage, MethodDescriptor, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Who may call one method.
#[derive(Debug, Clone)]
pub struct Rule {
    /// As `/bitewing.patient.v1.PatientService/GetPatient`.
    pub path: String,
    /// The service that serves it; `None` for methods every service serves (the feed).
    pub service: Option<Service>,
    /// Anyone may call.
    pub public: bool,
    /// The kinds of actors that may call through the gateway.
    pub actors: Vec<ActorKind>,
    /// Other services may call, if [`peers`] says which.
    pub services: bool,
    /// The scope an API client needs.
    pub scope: Option<String>,
    /// Of which a user needs one; empty means any.
    pub roles: Vec<Role>,
    /// The path of the request field that names a clinic.
    pub clinic_field: Option<String>,
    /// Whether the client or the server streams.
    pub streaming: bool,
}

impl Rule {
    /// Whether the gateway lets the method be called from outside.
    pub fn reachable(&self) -> bool {
        self.public || !self.actors.is_empty()
    }

    /// Whether a caller's kind, scope and role allow the method; the clinic is checked by the service.
    pub fn allows(&self, caller: &Caller) -> bool {
        let kind = caller.actor.kind;
        self.public
            || self.actors.contains(&kind)
                && match kind {
                    ActorKind::ApiClient => self
                        .scope
                        .as_ref()
                        .is_none_or(|scope| caller.scopes.contains(scope)),
                    ActorKind::User => {
                        self.roles.is_empty()
                            || caller.roles.iter().any(|role| self.roles.contains(role))
                    }
                    ActorKind::Operator => true,
                    ActorKind::Service | ActorKind::Recipient => false,
                }
    }
}

static RULES: LazyLock<HashMap<String, Rule>> = LazyLock::new(|| {
    POOL.services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .map(|method| {
            let rule = read(&method);
            (rule.path.clone(), rule)
        })
        .collect()
});

/// The rule of a method by its gRPC path.
pub fn rule(path: &str) -> Option<&'static Rule> {
    RULES.get(path)
}

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.values()
}

/// The gRPC path of a method.
pub fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// The service that serves a proto package.
fn server_of(package: &str) -> Option<Service> {
    match package {
        "bitewing.identity.v1" => Some(Service::Gateway),
        "bitewing.patient.v1" => Some(Service::PatientProfile),
        "bitewing.template.v1" => Some(Service::Template),
        "bitewing.conversation.v1" => Some(Service::Conversation),
        "bitewing.document.v1" => Some(Service::SecureDocument),
        _ => None,
    }
}

fn read(method: &MethodDescriptor) -> Rule {
    let extension = POOL
        .get_extension_by_name("bitewing.access.v1.access")
        .expect("proto/ declares the access option");
    let options = method.options();
    let value = options.get_extension(&extension);
    let access: &DynamicMessage = value.as_message().expect("the access option is a message");
    let numbers = |name: &str| -> Vec<i32> {
        access
            .get_field_by_name(name)
            .and_then(|value| {
                value
                    .as_list()
                    .map(|list| list.iter().filter_map(Value::as_enum_number).collect())
            })
            .unwrap_or_default()
    };
    let text = |name: &str| -> Option<String> {
        let value = access.get_field_by_name(name)?;
        value
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let callers = numbers("callers");
    let actors = [
        (2, ActorKind::ApiClient),
        (3, ActorKind::User),
        (4, ActorKind::Operator),
    ];
    Rule {
        path: path(method),
        service: server_of(method.parent_file().package_name()),
        public: callers.contains(&1),
        actors: actors
            .into_iter()
            .filter_map(|(number, kind)| callers.contains(&number).then_some(kind))
            .collect(),
        services: callers.contains(&5),
        scope: text("scope"),
        roles: numbers("roles")
            .into_iter()
            .filter_map(|number| Role::ALL.get(usize::try_from(number - 1).ok()?).copied())
            .collect(),
        clinic_field: text("clinic_field"),
        streaming: method.is_client_streaming() || method.is_server_streaming(),
    }
}

/// Which service may call which method of which service, beside the gateway forwarding its callers.
pub const PEERS: &[(Service, Service, &str)] = {
    use Service::{Conversation, Gateway, PatientProfile, SecureDocument, Template};
    const FEED: &str = "/bitewing.feed.v1.FeedService/PullEvents";
    &[
        (Gateway, Gateway, FEED),
        (Gateway, Conversation, FEED),
        (Gateway, PatientProfile, FEED),
        (Gateway, Template, FEED),
        (Gateway, SecureDocument, FEED),
        (PatientProfile, Gateway, FEED),
        (PatientProfile, Conversation, FEED),
        (Conversation, Template, FEED),
        (SecureDocument, Gateway, FEED),
        (SecureDocument, Conversation, FEED),
        (
            Gateway,
            Conversation,
            "/bitewing.conversation.v1.InboundService/IngestWebhook",
        ),
        (
            Conversation,
            Template,
            "/bitewing.template.v1.TemplateService/RenderTemplate",
        ),
        (
            Conversation,
            Template,
            "/bitewing.template.v1.WordingService/RenderForDispatch",
        ),
        (
            Conversation,
            Template,
            "/bitewing.template.v1.WordingService/RenderBatch",
        ),
        (
            Conversation,
            PatientProfile,
            "/bitewing.patient.v1.PatientService/GetPatient",
        ),
        (
            SecureDocument,
            PatientProfile,
            "/bitewing.patient.v1.PatientService/GetPatient",
        ),
        (
            SecureDocument,
            Conversation,
            "/bitewing.conversation.v1.DispatchService/SendTransactional",
        ),
        (
            SecureDocument,
            Conversation,
            "/bitewing.conversation.v1.DispatchService/GetDispatch",
        ),
    ]
};

/// Whether `calling` may call a method of `target`: the gateway what it forwards, others by [`PEERS`].
pub fn peer_allowed(calling: Service, target: Service, rule: &Rule) -> bool {
    let listed = PEERS
        .iter()
        .any(|(from, to, path)| *from == calling && *to == target && *path == rule.path);
    listed || calling == Service::Gateway && rule.reachable()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_a_rule() {
        for rule in rules() {
            assert!(
                rule.reachable() || rule.services,
                "{} may be called by nobody",
                rule.path
            );
            assert!(
                rule.public
                    || rule.actors.is_empty()
                    || !rule.actors.contains(&ActorKind::ApiClient)
                    || rule.scope.is_some(),
                "{} lets API clients in without a scope",
                rule.path
            );
        }
        assert!(rules().count() > 40);
    }

    #[test]
    fn every_listed_peer_method_exists_and_admits_services() {
        for (_, _, path) in PEERS {
            assert!(rule(path).is_some_and(|rule| rule.services), "{path}");
        }
    }

    #[test]
    fn clinic_fields_exist() {
        for service in POOL.services() {
            for method in service.methods() {
                let rule = read(&method);
                if let Some(field) = rule.clinic_field {
                    let mut message = Some(method.input());
                    for part in field.split('.') {
                        let found = message.and_then(|message| message.get_field_by_name(part));
                        let found = found.unwrap_or_else(|| panic!("{}: {field}", rule.path));
                        message = found.kind().as_message().cloned();
                    }
                }
            }
        }
    }
}
