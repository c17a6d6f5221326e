//! Every HTTP rule of the contracts, compiled, and the one a request matches.

use super::access;
use super::http_rule::{self, HttpRule};
use super::message::has_text_form;
use super::percent;
use super::template::{Segment, Template};
use super::tree::{End, Node};
use bitewing_proto::access::Access;
use http::Method;
use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};

/// What the body of a request fills.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum BodyRule {
    /// Nothing: the request has none.
    None,
    /// The whole message.
    Whole,
    /// One field.
    Field(FieldDescriptor),
}

/// One way to call a method over HTTP.
#[derive(Clone)]
pub struct Route {
    pub(super) verb: Method,
    pub(super) template: String,
    pub(super) method: MethodDescriptor,
    pub(super) access: Access,
    /// The field each variable of the template fills, as the steps to it from the request.
    pub(super) variables: Vec<Vec<FieldDescriptor>>,
    pub(super) body: BodyRule,
    pub(super) response_body: Option<FieldDescriptor>,
}

impl Route {
    /// The HTTP method.
    pub fn verb(&self) -> &Method {
        &self.verb
    }

    /// The template as the contract has it, as `/v1/patients/{patient_id}`: a name for telemetry.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// The method that is called.
    pub fn method(&self) -> &MethodDescriptor {
        &self.method
    }

    /// Who may call it.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// The field each variable of the path fills, as the steps to it from the request.
    pub(crate) fn variables(&self) -> &[Vec<FieldDescriptor>] {
        &self.variables
    }

    /// What the body of the request fills.
    pub(crate) fn body(&self) -> &BodyRule {
        &self.body
    }

    /// The field of the answer that is the body of the response, if not all of it.
    pub(crate) fn response_body(&self) -> Option<&FieldDescriptor> {
        self.response_body.as_ref()
    }

    /// The path of the gRPC call, as `/bitewing.patient.v1.PatientService/GetPatient`.
    pub fn grpc_path(&self) -> String {
        format!(
            "/{}/{}",
            self.method.parent_service().full_name(),
            self.method.name()
        )
    }
}

/// A contract that cannot be served; found when the program starts.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RouteError {
    /// The path is outside the supported form.
    #[error("the path of {method} is not made of literals and single-segment variables: {path}")]
    Template {
        /// The full name of the method.
        method: String,
        /// The path as written.
        path: String,
    },
    /// A rule names a field the message does not have, or one that cannot stand there.
    #[error("the rule of {method} names a field that does not fit: {field}")]
    Field {
        /// The full name of the method.
        method: String,
        /// The field as written.
        field: String,
    },
    /// A request stream has no JSON form.
    #[error("{method} takes a stream and cannot be called with JSON")]
    ClientStream {
        /// The full name of the method.
        method: String,
    },
    /// Two rules match the same requests.
    #[error("{first} and {second} have the same path")]
    Ambiguous {
        /// The full name of one method.
        first: String,
        /// The full name of the other.
        second: String,
    },
}

/// Why no route takes a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Miss {
    /// The path cannot be decoded.
    #[error("the path is not percent-encoded UTF-8")]
    Malformed,
    /// No route has this path.
    #[error("no method has this path")]
    NotFound,
    /// Routes have this path, but none with this HTTP method.
    #[error("the path does not take this method")]
    MethodNotAllowed {
        /// The methods it does take, in alphabetical order.
        allow: Vec<Method>,
    },
}

/// A route and what the path said.
#[derive(Clone)]
pub struct Match<'r> {
    /// The route.
    pub route: &'r Route,
    /// The decoded text of each variable of the template.
    pub(super) values: Vec<String>,
}

/// Every route of a descriptor pool.
#[derive(Default)]
pub struct Routes {
    routes: Vec<Route>,
    tree: Node,
}

impl Routes {
    /// Compiles the rules of every method that can be reached from outside.
    pub fn new(pool: &DescriptorPool) -> Result<Self, RouteError> {
        let mut routes = Self::default();
        for method in pool
            .services()
            .flat_map(|service| service.methods().collect::<Vec<_>>())
        {
            let access = access::of(&method);
            if access::is_exposed(&access) {
                for rule in http_rule::rules_of(&method) {
                    routes.add(&method, &access, rule)?;
                }
            }
        }
        Ok(routes)
    }

    /// The routes in the order of the contracts.
    pub fn all(&self) -> &[Route] {
        &self.routes
    }

    /// Finds the route of a request by its method and its path as sent, still encoded.
    ///
    /// A literal wins over a variable, so the answer does not depend on the order of the contracts.
    /// A colon in the last segment starts a custom verb (AIP-136); in a value it is sent as `%3A`.
    pub fn find(&self, verb: &Method, path: &str) -> Result<Match<'_>, Miss> {
        let path = path.strip_prefix('/').ok_or(Miss::NotFound)?;
        let (parents, last) = path
            .rsplit_once('/')
            .map_or(("", path), |(head, last)| (head, last));
        let (last, custom) = last
            .split_once(':')
            .map_or((last, None), |(last, custom)| (last, Some(custom)));
        let segments = parents
            .split('/')
            .filter(|_| !parents.is_empty())
            .chain([last])
            .map(percent::decode_segment)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| Miss::Malformed)?;

        let mut allow = Vec::new();
        for (node, values) in self.tree.matching(&segments) {
            for end in node
                .ends()
                .iter()
                .filter(|end| end.custom.as_deref() == custom)
            {
                let route = &self.routes[end.route];
                if route.verb == *verb {
                    let values = values.into_iter().map(str::to_owned).collect();
                    return Ok(Match { route, values });
                }
                allow.push(route.verb.clone());
            }
        }
        if allow.is_empty() {
            return Err(Miss::NotFound);
        }
        allow.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
        allow.dedup();
        Err(Miss::MethodNotAllowed { allow })
    }

    fn add(
        &mut self,
        method: &MethodDescriptor,
        access: &Access,
        rule: HttpRule,
    ) -> Result<(), RouteError> {
        let name = || method.full_name().to_owned();
        let misfit = |field: &str| RouteError::Field {
            method: name(),
            field: field.to_owned(),
        };
        if method.is_client_streaming() {
            return Err(RouteError::ClientStream { method: name() });
        }
        let template = Template::parse(&rule.template).map_err(|_| RouteError::Template {
            method: name(),
            path: rule.template.clone(),
        })?;
        let input = method.input();
        let variables = template
            .variables()
            .map(|path| steps_to(&input, path).ok_or_else(|| misfit(path)))
            .collect::<Result<_, _>>()?;
        let body = match rule.body.as_str() {
            "" => BodyRule::None,
            "*" => BodyRule::Whole,
            field => BodyRule::Field(
                input
                    .get_field_by_name(field)
                    .filter(|field| !field.is_list() && !field.is_map())
                    .filter(|field| matches!(field.kind(), Kind::Message(_)))
                    .ok_or_else(|| misfit(field))?,
            ),
        };
        let response_body = match rule.response_body.as_str() {
            "" => None,
            field => Some(
                method
                    .output()
                    .get_field_by_name(field)
                    .ok_or_else(|| misfit(field))?,
            ),
        };

        let route = self.routes.len();
        let node = template
            .segments
            .iter()
            .fold(&mut self.tree, |node, segment| match segment {
                Segment::Literal(text) => node.literal(text),
                Segment::Variable(_) => node.variable(),
            });
        let twin = node
            .ends()
            .iter()
            .find(|end| end.custom == template.verb && self.routes[end.route].verb == rule.method);
        if let Some(twin) = twin {
            let first = self.routes[twin.route].method.full_name().to_owned();
            return Err(RouteError::Ambiguous {
                first,
                second: name(),
            });
        }
        node.end(End {
            custom: template.verb,
            route,
        });
        self.routes.push(Route {
            verb: rule.method,
            template: rule.template,
            method: method.clone(),
            access: access.clone(),
            variables,
            body,
            response_body,
        });
        Ok(())
    }
}

/// The fields a dotted path leads through; none unless it ends at a single value with a text form.
fn steps_to(message: &MessageDescriptor, path: &str) -> Option<Vec<FieldDescriptor>> {
    let mut message = Some(message.clone());
    let mut steps = Vec::new();
    for name in path.split('.') {
        let field = message?.get_field_by_name(name)?;
        if field.is_list() || field.is_map() {
            return None;
        }
        message = field.kind().as_message().cloned();
        steps.push(field);
    }
    steps
        .last()
        .is_some_and(|last| has_text_form(&last.kind()))
        .then_some(steps)
}
