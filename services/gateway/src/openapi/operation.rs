//! One route as an OpenAPI operation.

use super::comments::Comments;
use super::schema::{Schemas, described};
use crate::transcode::{BodyRule, Route, has_text_form};
use bitewing_proto::access::{Access, CallerKind, Role};
use bitewing_rpc::problem::MEDIA_TYPE;
use prost_reflect::{FieldDescriptor, MessageDescriptor};
use serde_json::{Value, json};

/// How deep parameters reach into messages; deeper filters have no place in a query.
const PARAMETER_DEPTH: usize = 3;

/// Describes a route. `twin` counts the earlier routes of the same method.
pub(super) fn operation(route: &Route, twin: usize, schemas: &mut Schemas) -> Value {
    let method = route.method();
    let file = method.parent_file();
    let comments = Comments::of(&file);
    let comment = comments.at(method.path());
    let (summary, details) = comment.split_once('\n').unwrap_or((comment, ""));
    let callers = callers(route.access());
    let description = [details, &callers]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>();

    let service = method.parent_service().name().to_owned();
    let id = match twin {
        0 => format!("{service}_{}", method.name()),
        _ => format!("{service}_{}_{}", method.name(), twin + 1),
    };
    let mut operation = json!({
        "operationId": id,
        "tags": [service],
        "summary": summary,
        "description": description.join("\n\n"),
        "parameters": parameters(route, schemas),
        "responses": responses(route, schemas),
        "security": security(route.access()),
    });
    if let Some(body) = body(route, schemas) {
        operation["requestBody"] = body;
    }
    let options = method.method_descriptor_proto().options.as_ref();
    if options.is_some_and(prost_types::MethodOptions::deprecated) {
        operation["deprecated"] = true.into();
    }
    operation
}

fn parameters(route: &Route, schemas: &mut Schemas) -> Vec<Value> {
    let mut parameters = Vec::new();
    for steps in route.variables() {
        let Some(field) = steps.last() else { continue };
        let name = steps
            .iter()
            .map(FieldDescriptor::name)
            .collect::<Vec<_>>()
            .join(".");
        let mut parameter = parameter("path", &name, field, schemas);
        parameter["required"] = true.into();
        parameters.push(parameter);
    }
    if *route.body() != BodyRule::Whole {
        let input = route.method().input();
        query(route, &input, &mut Vec::new(), schemas, &mut parameters);
    }
    parameters
}

/// Adds the fields of a message that neither the path nor the body fills.
fn query(
    route: &Route,
    message: &MessageDescriptor,
    parents: &mut Vec<FieldDescriptor>,
    schemas: &mut Schemas,
    parameters: &mut Vec<Value>,
) {
    for field in message.fields() {
        parents.push(field.clone());
        let taken = route.variables().iter().any(|steps| steps == parents)
            || matches!(route.body(), BodyRule::Field(body) if parents.first() == Some(body));
        if taken || field.is_map() {
            // Has no form in a query, or must not be in one.
        } else if has_text_form(&field.kind()) {
            let names: Vec<_> = parents.iter().map(FieldDescriptor::json_name).collect();
            parameters.push(parameter("query", &names.join("."), &field, schemas));
        } else if let Some(inner) = field.kind().as_message()
            && !field.is_list()
            && parents.len() < PARAMETER_DEPTH
        {
            query(route, inner, parents, schemas, parameters);
        }
        parents.pop();
    }
}

fn parameter(place: &str, name: &str, field: &FieldDescriptor, schemas: &mut Schemas) -> Value {
    let file = field.parent_file();
    let comments = Comments::of(&file);
    let parameter = json!({"name": name, "in": place, "schema": schemas.field(field)});
    described(parameter, comments.at(field.path()))
}

fn body(route: &Route, schemas: &mut Schemas) -> Option<Value> {
    let input = route.method().input();
    let schema = match route.body() {
        BodyRule::None => return None,
        BodyRule::Field(field) => schemas.field(field),
        BodyRule::Whole if route.variables().is_empty() => schemas.message(&input),
        BodyRule::Whole => schemas.object(&input, |field| {
            !route
                .variables()
                .iter()
                .any(|steps| steps.as_slice() == std::slice::from_ref(field))
        }),
    };
    Some(json!({"required": true, "content": {"application/json": {"schema": schema}}}))
}

fn responses(route: &Route, schemas: &mut Schemas) -> Value {
    let answer = match route.response_body() {
        Some(field) => schemas.field(field),
        None => schemas.message(&route.method().output()),
    };
    let problem = json!({"$ref": "#/components/schemas/Problem"});
    let (media_type, schema) = if route.method().is_server_streaming() {
        let line = json!({"oneOf": [
            {"type": "object", "properties": {"result": answer}, "required": ["result"]},
            {"type": "object", "properties": {"error": problem}, "required": ["error"]},
        ]});
        ("application/x-ndjson", line)
    } else {
        ("application/json", answer)
    };
    json!({
        "200": {"description": "The answer.", "content": {media_type: {"schema": schema}}},
        "default": {
            "description": "A failure.",
            "content": {MEDIA_TYPE: {"schema": problem}},
        },
    })
}

/// Each way to be admitted is one alternative, with the scope of a client or the roles of staff; a
/// method open to all has none.
fn security(access: &Access) -> Vec<Value> {
    let scopes: Vec<_> = scope(access).into_iter().collect();
    let alternative = |caller| match caller {
        CallerKind::ApiClient => Some(json!({"apiClient": scopes})),
        CallerKind::User => Some(json!({"user": roles(access)})),
        CallerKind::Operator => Some(json!({"operator": []})),
        CallerKind::Public | CallerKind::Service | CallerKind::Unspecified => None,
    };
    if is_public(access) {
        Vec::new()
    } else {
        access.callers().filter_map(alternative).collect()
    }
}

/// The same in a sentence.
fn callers(access: &Access) -> String {
    if is_public(access) {
        return "Needs no credential.".to_owned();
    }
    let callers = access.callers().filter_map(|caller| match caller {
        CallerKind::ApiClient => Some(match scope(access) {
            Some(scope) => format!("API clients with the scope `{scope}`"),
            None => "API clients".to_owned(),
        }),
        CallerKind::User => Some(match roles(access).as_slice() {
            [] => "staff".to_owned(),
            roles => format!("staff who are {}", roles.join(", ")),
        }),
        CallerKind::Operator => Some("the operator".to_owned()),
        CallerKind::Public | CallerKind::Service | CallerKind::Unspecified => None,
    });
    format!("For {}.", callers.collect::<Vec<_>>().join("; "))
}

fn is_public(access: &Access) -> bool {
    access.callers().any(|caller| caller == CallerKind::Public)
}

fn scope(access: &Access) -> Option<&str> {
    Some(access.scope.as_str()).filter(|scope| !scope.is_empty())
}

fn roles(access: &Access) -> Vec<String> {
    let name = |role: Role| {
        role.as_str_name()
            .trim_start_matches("ROLE_")
            .to_lowercase()
    };
    access.roles().map(name).collect()
}
