//! Paths that belong to services as they are: pages, uploads. They pass as streams of bytes,
//! never held in memory.

use super::Edge;
use super::admission::Door;
use super::links::Onward;
use axum::body::Body;
use axum::response::Response;
use bitewing_auth::Service;
use bitewing_rpc::server::{Called, request_id_of};
use bitewing_rpc::{Refusal, problem};
use http::Request;
use std::net::{IpAddr, Ipv4Addr};
use tonic::transport::server::TcpConnectInfo;

/// Paths of one service.
pub(super) struct Prefix {
    path: &'static str,
    service: Service,
    door: Door,
}

/// Every prefix. A path belongs to one if it is equal to it or goes on with a slash; one that ends with
/// a slash must go on.
const PREFIXES: [Prefix; 7] = [
    Prefix {
        path: "/v1/uploads/",
        service: Service::SecureDocument,
        door: Door::Known,
    },
    Prefix {
        path: "/v1/downloads/",
        service: Service::SecureDocument,
        door: Door::Known,
    },
    Prefix {
        path: "/d",
        service: Service::SecureDocument,
        door: Door::Open,
    },
    Prefix {
        path: "/sandbox",
        service: Service::Conversation,
        door: Door::Open,
    },
    Prefix {
        path: "/docs/templates",
        service: Service::Template,
        door: Door::Open,
    },
    Prefix {
        path: "/guard",
        service: Service::Template,
        door: Door::Open,
    },
    Prefix {
        path: "/preferences",
        service: Service::PatientProfile,
        door: Door::Open,
    },
];

/// The prefix a path belongs to.
pub(super) fn find(path: &str) -> Option<&'static Prefix> {
    PREFIXES.iter().find(|prefix| {
        path.strip_prefix(prefix.path).is_some_and(|rest| {
            prefix.path.ends_with('/') || rest.is_empty() || rest.starts_with('/')
        })
    })
}

/// Forwards a request to the service its path belongs to.
pub(super) async fn forward(edge: &Edge, prefix: &Prefix, request: Request<Body>) -> Response {
    let request_id = request_id_of(&request);
    let answered = send(edge, prefix, request, &request_id).await;
    let mut response =
        answered.unwrap_or_else(|refusal| problem::response(&refusal.into(), &request_id));
    response
        .extensions_mut()
        .insert(Called(format!("http {}", prefix.path)));
    response
}

async fn send(
    edge: &Edge,
    prefix: &Prefix,
    request: Request<Body>,
    request_id: &str,
) -> Result<Response, Refusal> {
    let client = edge
        .proxies
        .client(peer_address(&request), request.headers());
    let admitted = edge
        .admission
        .admit(prefix.door, request.headers(), client)?;
    let onward = Onward {
        service: prefix.service,
        caller: admitted.caller(),
        request_id,
        client,
        streaming: true,
    };
    let response = edge
        .links
        .send(&onward, request.map(tonic::body::Body::new))
        .await?;
    Ok(response.map(Body::new))
}

/// The other end of the connection; none only where there is no connection, as in a test of a layer.
pub(super) fn peer_address<B>(request: &Request<B>) -> IpAddr {
    let info = request.extensions().get::<TcpConnectInfo>();
    let address = info.and_then(TcpConnectInfo::remote_addr);
    address.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_at_a_slash() {
        let service = |path| find(path).map(|prefix| prefix.service);
        for path in ["/d", "/d/", "/d/files/1", "/v1/uploads/x"] {
            assert_eq!(service(path), Some(Service::SecureDocument), "{path}");
        }
        assert_eq!(service("/sandbox/messages"), Some(Service::Conversation));
        for path in [
            "/",
            "/docs",
            "/docs/templates-x",
            "/data",
            "/v1/uploads",
            "/oauth2",
            "/preferences-x",
            "/D",
        ] {
            assert_eq!(service(path), None, "{path}");
        }
    }
}
