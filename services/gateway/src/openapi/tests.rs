//! The document as a reader of OpenAPI sees it.

use super::document;
use crate::transcode::fixture::DESKS;
use serde_json::Value;
use std::collections::HashSet;

fn desks() -> Value {
    document(&DESKS, "1.2.3").unwrap()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// Every value inside another, with itself.
fn all<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    found.push(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| all(item, found)),
        Value::Object(members) => members.values().for_each(|member| all(member, found)),
        _ => {}
    }
}

fn operations(api: &Value) -> Vec<(&str, &Value)> {
    let paths = api["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .values()
                .map(move |operation| (path.as_str(), operation))
        })
        .collect()
}

/// What OpenAPI 3.1 demands of a document and a generator gets wrong first.
fn assert_well_formed(api: &Value) {
    assert_eq!(api["openapi"], "3.1.0");
    assert!(api["info"]["title"].is_string() && api["info"]["version"].is_string());

    let mut values = Vec::new();
    all(api, &mut values);
    for target in values
        .iter()
        .filter_map(|value| value.get("$ref")?.as_str())
    {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(
            api.pointer(pointer).is_some_and(Value::is_object),
            "{target} leads nowhere"
        );
    }
    let key = |name: &str| {
        name.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    for (name, schema) in api["components"]["schemas"].as_object().unwrap() {
        assert!(key(name) && schema.is_object(), "{name}");
    }

    let tags: HashSet<_> = api["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| &tag["name"])
        .collect();
    let schemes = api["components"]["securitySchemes"].as_object().unwrap();
    let mut ids = HashSet::new();
    for (path, operation) in operations(api) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "{id} is there twice");
        assert!(
            operation["tags"]
                .as_array()
                .unwrap()
                .iter()
                .all(|tag| tags.contains(tag)),
            "{id}"
        );
        assert!(
            operation["responses"]["200"]["description"].is_string(),
            "{id}"
        );

        let parameters = operation["parameters"].as_array().unwrap();
        let mut names = HashSet::new();
        for parameter in parameters {
            assert!(
                names.insert((&parameter["in"], &parameter["name"])),
                "{id} {parameter}"
            );
            assert!(parameter["schema"].is_object(), "{id} {parameter}");
        }
        let declared: HashSet<_> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .inspect(|parameter| assert_eq!(parameter["required"], true, "{id}"))
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let written: HashSet<_> = path
            .split('{')
            .skip(1)
            .map(|rest| rest.split('}').next().unwrap())
            .collect();
        assert_eq!(declared, written, "{path}");

        for alternative in operation["security"].as_array().unwrap() {
            for (scheme, needed) in alternative.as_object().unwrap() {
                assert!(schemes.contains_key(scheme), "{id} {scheme}");
                for scope in needed
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|_| scheme == "apiClient")
                {
                    let scopes = &schemes[scheme]["flows"]["clientCredentials"]["scopes"];
                    assert!(
                        scopes.get(scope.as_str().unwrap()).is_some(),
                        "{id} {scope}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_document_of_every_shape_is_well_formed() {
    assert_well_formed(&desks());
}

#[test]
fn the_document_of_the_project_is_well_formed_and_explained() {
    let api = document(&bitewing_proto::POOL, "1.2.3").unwrap();
    assert_well_formed(&api);
    for (path, operation) in operations(&api) {
        assert!(
            !operation["summary"].as_str().unwrap().is_empty(),
            "{path} is not explained"
        );
    }
    for (name, schema) in api["components"]["schemas"].as_object().unwrap() {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            assert!(
                property["description"].is_string() || name == "Problem",
                "{name}.{field}"
            );
        }
    }
}

#[test]
fn internal_methods_are_not_shown() {
    let text = desks().to_string();
    assert!(!text.contains("MoveDesks") && !text.contains("BurnDesks"));
}

#[test]
fn who_may_call_is_said_twice_for_programs_and_for_people() {
    let api = desks();
    let create = &api["paths"]["/v1/desks"]["post"];
    assert_eq!(
        create["security"],
        serde_json::json!([{"apiClient": ["desks.write"]}, {"user": ["owner", "manager"]}])
    );
    let said = "For API clients with the scope `desks.write`; staff who are owner, manager.";
    assert_eq!(create["description"], said);
    assert_eq!(
        api["paths"]["/v1/desks"]["get"]["security"],
        serde_json::json!([])
    );
}

#[test]
fn a_stream_is_lines_of_results_or_an_error() {
    let api = desks();
    let answer = &api["paths"]["/v1/desks:watch"]["get"]["responses"]["200"]["content"];
    let line = &answer["application/x-ndjson"]["schema"]["oneOf"];
    assert!(line[0]["properties"]["result"].is_object());
    assert_eq!(
        line[1]["properties"]["error"]["$ref"],
        "#/components/schemas/Problem"
    );
}

#[test]
fn parameters_are_what_the_decoder_takes() {
    let api = desks();
    let parameters = api["paths"]["/v1/desks"]["get"]["parameters"]
        .as_array()
        .unwrap();
    let names: Vec<_> = parameters
        .iter()
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect();
    insta::assert_snapshot!(names.join(" "), @"pageSize filter.tags filter.owner filter.room.floor filter.room.name filter.taken woods since readMask taken cursor");
}

#[test]
fn an_operation_reads_like_its_contract() {
    let api = desks();
    insta::assert_snapshot!(pretty(&api["paths"]["/v1/desks/{desk.desk_id}"]["patch"]), @r##"
    {
      "operationId": "DeskService_UpdateDesk",
      "tags": [
        "DeskService"
      ],
      "summary": "Changes a desk.",
      "description": "For staff.",
      "parameters": [
        {
          "name": "desk.desk_id",
          "in": "path",
          "schema": {
            "type": "string"
          },
          "description": "Its identifier, `dsk_...`.",
          "required": true
        },
        {
          "name": "updateMask",
          "in": "query",
          "schema": {
            "type": "string",
            "description": "Field paths with commas between."
          }
        }
      ],
      "responses": {
        "200": {
          "description": "The answer.",
          "content": {
            "application/json": {
              "schema": {
                "$ref": "#/components/schemas/desk.v1.UpdateDeskResponse"
              }
            }
          }
        },
        "default": {
          "description": "A failure.",
          "content": {
            "application/problem+json": {
              "schema": {
                "$ref": "#/components/schemas/Problem"
              }
            }
          }
        }
      },
      "security": [
        {
          "user": []
        }
      ],
      "requestBody": {
        "required": true,
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/desk.v1.Desk"
            }
          }
        }
      }
    }
    "##);
}

#[test]
fn a_message_reads_like_its_contract() {
    let api = desks();
    let schemas = &api["components"]["schemas"];
    insta::assert_snapshot!(pretty(&schemas["desk.v1.Wood"]), @r#"
    {
      "type": "string",
      "enum": [
        "WOOD_UNSPECIFIED",
        "WOOD_OAK",
        "WOOD_PINE"
      ],
      "description": "What a desk is made of.\n- `WOOD_UNSPECIFIED`: Nobody knows.\n- `WOOD_OAK`: Oak.\n- `WOOD_PINE`: Pine."
    }
    "#);
    let desk = &schemas["desk.v1.Desk"];
    assert_eq!(
        desk["description"],
        "A desk.\nAt most one of `person`, `room` is set."
    );
    let first: serde_json::Map<_, _> = desk["properties"]
        .as_object()
        .unwrap()
        .clone()
        .into_iter()
        .take(4)
        .collect();
    insta::assert_snapshot!(pretty(&first.into()), @r#"
    {
      "deskId": {
        "type": "string",
        "description": "Its identifier, `dsk_...`."
      },
      "displayName": {
        "type": "string",
        "description": "What it is called."
      },
      "height": {
        "type": "integer",
        "format": "int32",
        "description": "Its height in millimetres."
      },
      "priceMinor": {
        "type": "string",
        "format": "int64",
        "pattern": "^-?[0-9]+$"
      }
    }
    "#);
}

#[test]
fn every_form_of_a_field_has_its_schema() {
    let api = desks();
    let properties = &api["components"]["schemas"]["desk.v1.Desk"]["properties"];
    let cases = [
        ("tags", r#"{"type":"array","items":{"type":"string"}}"#),
        (
            "counts",
            r#"{"type":"object","additionalProperties":{"type":"integer","format":"int32"}}"#,
        ),
        ("twin", r##"{"$ref":"#/components/schemas/desk.v1.Desk"}"##),
        ("photo", r#"{"type":"string","contentEncoding":"base64"}"#),
        ("createTime", r#"{"type":"string","format":"date-time"}"#),
        ("locked", r#"{"type":"boolean"}"#),
        ("labels", r#"{"type":"object"}"#),
        ("anything", "{}"),
        ("null", r#"{"type":"null"}"#),
    ];
    for (name, schema) in cases {
        assert_eq!(properties[name].to_string(), schema, "{name}");
    }
    assert_eq!(properties["title"]["deprecated"], true);
}

#[test]
fn a_body_does_not_ask_again_for_what_the_path_says() {
    let api = desks();
    let body = &api["paths"]["/v1/desks/{desk_id}:undelete"]["post"]["requestBody"];
    let fields = &body["content"]["application/json"]["schema"]["properties"];
    assert_eq!(fields, &serde_json::json!({"note": {"type": "string"}}));
}
