use super::super::fixture::service;
use super::super::{Miss, RouteError, Routes};
use super::{ROUTES, message};
use bitewing_proto::access::CallerKind;
use http::Method;

fn called(verb: &Method, path: &str) -> Result<String, Miss> {
    ROUTES
        .find(verb, path)
        .map(|matched| matched.route.method().name().to_owned())
}

fn refused(methods: &str) -> RouteError {
    Routes::new(&service(methods)).err().unwrap()
}

fn rpc(name: &str, rule: &str) -> String {
    format!(
        "rpc {name}(Query) returns (Empty) {{
            option (bitewing.access.v1.access) = {{callers: [CALLER_KIND_USER]}};
            option (google.api.http) = {{{rule}}};
        }}"
    )
}

#[test]
fn finds_the_method_of_every_path() {
    let cases = [
        (Method::GET, "/v1/desks", "ListDesks"),
        (Method::GET, "/v1/desks/dsk_1", "GetDesk"),
        (Method::GET, "/v1/desks/newest", "GetNewestDesk"),
        (Method::GET, "/v1/desks:watch", "WatchDesks"),
        (Method::GET, "/v1/rooms/3/desks/dsk_1", "GetDesk"),
        (Method::POST, "/v1/desks", "CreateDesk"),
        (Method::PATCH, "/v1/desks/dsk_1", "UpdateDesk"),
        (Method::PATCH, "/v1/desks/newest", "UpdateDesk"),
        (Method::POST, "/v1/desks/dsk_1:undelete", "UndeleteDesk"),
        (Method::POST, "/v1/desks/newest:undelete", "UndeleteDesk"),
        (Method::GET, "/v1/%64esks", "ListDesks"),
    ];
    for (verb, path, method) in cases {
        assert_eq!(called(&verb, path).as_deref(), Ok(method), "{verb} {path}");
    }
}

#[test]
fn knows_no_other_path() {
    for path in [
        "",
        "/",
        "v1/desks",
        "/v1",
        "/v1/desks/",
        "/v1//desks",
        "/v1/desks/a/b",
        "/V1/desks",
        "/v1/desks:",
        "/v1/desks/a:undelet",
        "/v1/desks/a:",
        "/v1/desks/:undelete",
        "/v1/desks/%2F/x",
    ] {
        assert_eq!(called(&Method::GET, path), Err(Miss::NotFound), "{path}");
    }
}

#[test]
fn says_which_methods_a_path_takes() {
    let allow = vec![Method::GET, Method::POST];
    assert_eq!(
        called(&Method::DELETE, "/v1/desks"),
        Err(Miss::MethodNotAllowed { allow })
    );
    let allow = vec![Method::GET, Method::PATCH];
    assert_eq!(
        called(&Method::PUT, "/v1/desks/newest"),
        Err(Miss::MethodNotAllowed { allow })
    );
}

#[test]
fn a_broken_escape_is_not_a_missing_page() {
    assert_eq!(called(&Method::GET, "/v1/desks/%zz"), Err(Miss::Malformed));
    assert_eq!(called(&Method::GET, "/v1/desks/%ff"), Err(Miss::Malformed));
}

#[test]
fn an_escaped_slash_or_colon_stays_in_its_segment() {
    assert_eq!(
        message("GET /v1/desks/a%2Fb%3Aundelete", ""),
        r#"desk_id:"a/b:undelete""#
    );
    assert_eq!(
        message("GET /v1/desks/%6eewest%20one", ""),
        r#"desk_id:"newest one""#
    );
}

#[test]
fn internal_methods_and_those_without_a_rule_are_unreachable() {
    assert_eq!(called(&Method::POST, "/v1/desks:move"), Err(Miss::NotFound));
    assert_eq!(called(&Method::POST, "/v1/desks:burn"), Err(Miss::NotFound));
}

#[test]
fn a_route_names_what_it_calls() {
    let matched = ROUTES
        .find(&Method::GET, "/v1/rooms/3/desks/dsk_1")
        .unwrap();
    assert_eq!(matched.route.grpc_path(), "/desk.v1.DeskService/GetDesk");
    assert_eq!(
        matched.route.template(),
        "/v1/rooms/{room.floor}/desks/{desk_id}"
    );
    assert_eq!(matched.route.access().scope, "desks.read");
    assert!(
        matched
            .route
            .access()
            .callers()
            .eq([CallerKind::ApiClient, CallerKind::User])
    );
}

#[test]
fn a_contract_that_cannot_be_served_is_refused_by_name() {
    let method = || "test.v1.TestService.A".to_owned();
    let unusable_path = RouteError::Template {
        method: method(),
        path: "/v1/{id=**}".to_owned(),
    };
    assert_eq!(refused(&rpc("A", r#"get: "/v1/{id=**}""#)), unusable_path);
    for field in ["nope", "ids", "inner", "id.x"] {
        let error = RouteError::Field {
            method: method(),
            field: field.to_owned(),
        };
        assert_eq!(
            refused(&rpc("A", &format!("get: \"/v1/{{{field}}}\""))),
            error
        );
    }
    for field in ["nope", "id", "ids"] {
        let error = RouteError::Field {
            method: method(),
            field: field.to_owned(),
        };
        assert_eq!(
            refused(&rpc("A", &format!("post: \"/v1/a\" body: \"{field}\""))),
            error
        );
    }
    let error = RouteError::Field {
        method: method(),
        field: "nope".to_owned(),
    };
    assert_eq!(
        refused(&rpc("A", r#"get: "/v1/a" response_body: "nope""#)),
        error
    );
    let stream = rpc("A", r#"post: "/v1/a""#).replace("(Query)", "(stream Query)");
    assert_eq!(
        refused(&stream),
        RouteError::ClientStream { method: method() }
    );
}

#[test]
fn two_methods_with_the_same_path_are_refused() {
    let twins = rpc("A", r#"get: "/v1/{id}""#) + &rpc("B", r#"get: "/v1/{id=*}""#);
    let expected = RouteError::Ambiguous {
        first: "test.v1.TestService.A".to_owned(),
        second: "test.v1.TestService.B".to_owned(),
    };
    assert_eq!(refused(&twins), expected);
}

#[test]
fn every_contract_of_the_project_can_be_served() {
    let routes = Routes::new(&bitewing_proto::POOL).unwrap();
    assert!(routes.all().len() > 40);
    let matched = routes.find(&Method::GET, "/v1/patients/pat_1").unwrap();
    assert_eq!(
        matched.route.grpc_path(),
        "/bitewing.patient.v1.PatientService/GetPatient"
    );
}

#[test]
fn a_pool_without_options_has_no_routes() {
    assert!(
        Routes::new(&prost_reflect::DescriptorPool::new())
            .unwrap()
            .all()
            .is_empty()
    );
}
