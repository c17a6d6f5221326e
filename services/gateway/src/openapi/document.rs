//! The whole document.

use super::comments::Comments;
use super::operation::operation;
use super::schema::Schemas;
use crate::transcode::{RouteError, Routes};
use prost_reflect::DescriptorPool;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

/// Describes every method that can be called with JSON, as OpenAPI 3.1.
pub fn document(pool: &DescriptorPool, version: &str) -> Result<Value, RouteError> {
    let routes = Routes::new(pool)?;
    let mut schemas = Schemas::default();
    let mut paths: Map<String, Value> = Map::new();
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    let mut scopes: BTreeMap<String, String> = BTreeMap::new();
    let mut twins: HashMap<String, usize> = HashMap::new();

    for route in routes.all() {
        let twin = twins
            .entry(route.method().full_name().to_owned())
            .or_default();
        let path = route.template().replace("=*}", "}");
        let item = paths.entry(path).or_insert_with(|| json!({}));
        let verb = route.verb().as_str().to_ascii_lowercase();
        item[verb] = operation(route, *twin, &mut schemas);
        *twin += 1;

        let service = route.method().parent_service();
        let file = service.parent_file();
        let comment = Comments::of(&file).at(service.path()).to_owned();
        tags.insert(service.name().to_owned(), comment);
        let scope = &route.access().scope;
        if !scope.is_empty() {
            scopes.insert(scope.clone(), String::new());
        }
    }

    let mut components = schemas.into_components();
    components.insert("Problem".to_owned(), problem());
    let tags: Vec<_> = tags
        .into_iter()
        .map(|(name, description)| json!({"name": name, "description": description}))
        .collect();
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Bitewing",
            "version": version,
            "summary": "Patient communication for dental chains.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "apiClient": {
                    "type": "oauth2",
                    "description": "A program of the chain.",
                    "flows": {"clientCredentials": {"tokenUrl": "/oauth2/token", "scopes": scopes}},
                },
                "user": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A member of staff who signed in; one of the roles is needed.",
                },
                "operator": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Who runs the installation.",
                },
            },
        },
    }))
}

/// The schema of [`crate::transcode::Problem`].
fn problem() -> Value {
    json!({
        "type": "object",
        "description": "A failure, as RFC 9457 has it. Match on `reason`, never on a text.",
        "required": ["type", "title", "status", "instance", "code"],
        "properties": {
            "type": {"type": "string", "const": "about:blank"},
            "title": {"type": "string", "description": "The phrase of the HTTP status."},
            "status": {"type": "integer", "description": "The HTTP status."},
            "detail": {"type": "string", "description": "What went wrong, for people."},
            "instance": {"type": "string", "description": "The id of the request."},
            "code": {"type": "string", "description": "The gRPC code, as `NOT_FOUND`."},
            "reason": {"type": "string", "description": "The stable reason, as `LINK_NOT_FOUND`."},
            "domain": {"type": "string", "description": "Who gives reasons of this name."},
            "violations": {
                "type": "array",
                "description": "The fields that are wrong.",
                "items": {
                    "type": "object",
                    "required": ["field", "description"],
                    "properties": {
                        "field": {
                            "type": "string",
                            "description": "The path of the field; empty for the whole request.",
                        },
                        "description": {"type": "string"},
                        "reason": {"type": "string"},
                    },
                },
            },
            "retry_after_seconds": {
                "type": "integer",
                "description": "When to try again, as in the header `Retry-After`.",
            },
        },
    })
}
