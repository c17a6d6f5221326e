//! The smallest service tonic can serve: a method of the template service with a constant answer.

use anyhow::Context as _;
use axum::Router;
use bitewing_proto::template as pb;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode};
use std::time::Duration;
use tonic::server::{Grpc, UnaryService};
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

/// The word that makes this program the service.
pub const ROLE: &str = "hello";
/// The method it answers.
pub const METHOD: &str = "/bitewing.template.v1.TemplateService/GetTemplate";

/// A running one, a process of its own as the gateway is.
pub struct Hello {
    process: Child,
}

impl Hello {
    /// Serves there.
    pub async fn start(address: SocketAddr) -> anyhow::Result<Self> {
        let process = Command::new(std::env::current_exe()?)
            .arg(ROLE)
            .arg(address.to_string())
            .spawn()
            .context("starting the smallest service")?;
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Ok(Self { process });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        anyhow::bail!("the smallest service does not answer")
    }
}

impl Hello {
    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[derive(Clone)]
struct Constant;

impl UnaryService<pb::GetTemplateRequest> for Constant {
    type Response = pb::GetTemplateResponse;
    type Future = std::future::Ready<Result<Response<Self::Response>, Status>>;

    fn call(&mut self, _: Request<pb::GetTemplateRequest>) -> Self::Future {
        std::future::ready(Ok(Response::new(pb::GetTemplateResponse::default())))
    }
}

async fn answer(
    request: axum::extract::Request,
) -> Result<http::Response<tonic::body::Body>, Infallible> {
    Ok(Grpc::new(ProstCodec::default())
        .unary(Constant, request)
        .await)
}

/// Becomes the service.
pub fn become_hello(address: SocketAddr) -> ExitCode {
    let served = tokio::runtime::Runtime::new().map(|runtime| {
        runtime.block_on(async {
            let service = tower::service_fn(answer);
            let routes = Router::new().route_service(METHOD, service);
            tonic::transport::Server::builder()
                .tcp_nodelay(true)
                .add_routes(Routes::from(routes))
                .serve(address)
                .await
        })
    });
    if matches!(served, Ok(Ok(()))) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
