//! The methods as the descriptors declare them.

use bitewing_proto::POOL;
use bitewing_rpc::access::{self, Rule};
use bytes::Bytes;
use prost::Message as _;
use prost_reflect::{DynamicMessage, MethodDescriptor, Value as Field};
use reqwest::Method;
use serde_json::Value;

/// A method and who may call it.
#[derive(Clone)]
pub(crate) struct Rpc {
    pub(crate) method: MethodDescriptor,
    pub(crate) rule: &'static Rule,
}

impl Rpc {
    /// As `PatientService/GetPatient`.
    pub(crate) fn name(&self) -> String {
        format!(
            "{}/{}",
            self.method.parent_service().name(),
            self.method.name()
        )
    }

    /// As `/bitewing.patient.v1.PatientService/GetPatient`.
    pub(crate) fn path(&self) -> &'static str {
        &self.rule.path
    }

    /// The request a JSON text stands for.
    pub(crate) fn request(&self, json: &Value) -> DynamicMessage {
        DynamicMessage::deserialize(self.method.input(), json)
            .unwrap_or_else(|error| panic!("{}: {json} is no request: {error}", self.name()))
    }

    /// The same as bytes.
    pub(crate) fn encode(&self, json: &Value) -> Bytes {
        self.request(json).encode_to_vec().into()
    }

    /// Where JSON clients find it, if they do.
    pub(crate) fn route(&self) -> Option<Route> {
        let extension = POOL
            .get_extension_by_name("google.api.http")
            .expect("it is declared");
        let options = self.method.options();
        if !options.has_extension(&extension) {
            return None;
        }
        let value = options.get_extension(&extension);
        let rule = value.as_message()?;
        let text = |name: &str| {
            let value = rule.get_field_by_name(name)?;
            value
                .as_str()
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let verbs = ["get", "put", "post", "delete", "patch"];
        let (verb, template) = verbs.iter().find_map(|verb| Some((verb, text(verb)?)))?;
        let verb = Method::from_bytes(verb.to_ascii_uppercase().as_bytes()).ok()?;
        Some(Route {
            verb,
            template,
            body: text("body").unwrap_or_default(),
        })
    }

    /// Whether anybody outside can call it.
    pub(crate) fn is_reachable(&self) -> bool {
        self.rule.reachable()
    }
}

/// Every method of every service.
pub(crate) fn all() -> Vec<Rpc> {
    let methods = POOL
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>());
    methods
        .map(|method| {
            let rule = access::rule(&access::path(&method));
            Rpc {
                method,
                rule: rule.expect("every method has an access rule"),
            }
        })
        .collect()
}

/// Those that can be called from outside.
pub(crate) fn reachable() -> Vec<Rpc> {
    all().into_iter().filter(Rpc::is_reachable).collect()
}

/// The message a method answered, to look into.
pub(crate) fn answer(rpc: &Rpc, bytes: &Bytes) -> DynamicMessage {
    DynamicMessage::decode(rpc.method.output(), bytes.clone()).expect("it is of its type")
}

/// Whether a message says nothing: no field set, lists empty.
pub(crate) fn is_empty(message: &DynamicMessage) -> bool {
    message.fields().all(|(field, value)| match value {
        Field::List(list) => list.is_empty(),
        value => field.default_value() == *value,
    })
}

/// The HTTP form of a method.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) verb: Method,
    /// As `/v1/patients/{patient.patient_id}`.
    pub(crate) template: String,
    /// The field the body fills: `*` is the whole request, empty is none.
    pub(crate) body: String,
}

impl Route {
    /// The fields the path names, as `patient.patient_id`.
    pub(crate) fn variables(&self) -> Vec<String> {
        let parts = self.template.split('{').skip(1);
        parts
            .filter_map(|part| Some(part.split_once('}')?.0.to_owned()))
            .collect()
    }

    /// The path for a request.
    pub(crate) fn path(&self, request: &Value) -> String {
        self.variables()
            .iter()
            .fold(self.template.clone(), |path, variable| {
                let found = variable
                    .split('.')
                    .fold(request, |value, name| &value[camel(name)])
                    .as_str()
                    .unwrap_or("none");
                path.replace(&format!("{{{variable}}}"), found)
            })
    }

    /// The body for a request, if there is one.
    pub(crate) fn body(&self, request: &Value) -> Option<Value> {
        match self.body.as_str() {
            "" => None,
            "*" => Some(request.clone()),
            field => Some(request[camel(field)].clone()),
        }
    }
}

/// `patient_id` as JSON writes it.
pub(crate) fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let (initial, rest) = word.split_at(1);
        text + &initial.to_ascii_uppercase() + rest
    })
}
