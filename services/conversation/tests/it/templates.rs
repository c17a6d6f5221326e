//! A template service that renders by rote.

use crate::policies::PolicyFeed;
use bitewing_proto::feed::feed_service_server::FeedServiceServer;
use bitewing_proto::template as pb;
use bitewing_proto::template::template_service_server::{TemplateService, TemplateServiceServer};
use bitewing_rpc::{Refusal, Stack, Violation};
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

/// A template service behind the layers of the real one.
pub(crate) async fn serve_templates(
    stack: Stack,
    policies: PolicyFeed,
    stop: &CancellationToken,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut routes = tonic::service::RoutesBuilder::default();
    routes
        .add_service(TemplateServiceServer::new(Templates))
        .add_service(FeedServiceServer::new(policies));
    let routes = stack.wrap(routes.routes().into_axum_router());
    tokio::spawn(bitewing_rpc::serve(routes, listener, stop.clone()));
    address
}

/// Renders every occasion in the same words, and refuses a variable named `refused`.
#[derive(Clone)]
struct Templates;

#[tonic::async_trait]
impl TemplateService for Templates {
    async fn render_template(
        &self,
        request: Request<pb::RenderTemplateRequest>,
    ) -> Result<Response<pb::RenderTemplateResponse>, Status> {
        let request = request.into_inner();
        if request.variables.contains_key("refused") {
            let violation = Violation::new("variables.refused", "is required by the wording");
            return Err(Refusal::Invalid(vec![violation]).into());
        }
        let (clinic, marker) = (&request.variables["clinic_name"], &request.secret_marker);
        let message = match request.channel() {
            pb::TemplateChannel::Voice => pb::RenderedMessage {
                text: format!("This is {clinic}. Press a key.\n\nYour code is {marker}."),
                ..Default::default()
            },
            pb::TemplateChannel::Email => pb::RenderedMessage {
                subject: format!("{clinic}: a document"),
                text: format!("Open {marker}"),
                html: format!("<a href=\"{marker}\">{marker}</a>"),
                ..Default::default()
            },
            _ => pb::RenderedMessage {
                text: format!("{marker} is your {clinic} code.\n\n@host.example #{marker}"),
                ..Default::default()
            },
        };
        let message = pb::RenderedMessage {
            language: request.language,
            ..message
        };
        Ok(Response::new(pb::RenderTemplateResponse {
            message: Some(message),
        }))
    }

    async fn create_template(
        &self,
        _: Request<pb::CreateTemplateRequest>,
    ) -> Result<Response<pb::CreateTemplateResponse>, Status> {
        Err(Refusal::NoSuchMethod.into())
    }

    async fn get_template(
        &self,
        _: Request<pb::GetTemplateRequest>,
    ) -> Result<Response<pb::GetTemplateResponse>, Status> {
        Err(Refusal::NoSuchMethod.into())
    }

    async fn update_template(
        &self,
        _: Request<pb::UpdateTemplateRequest>,
    ) -> Result<Response<pb::UpdateTemplateResponse>, Status> {
        Err(Refusal::NoSuchMethod.into())
    }

    async fn delete_template(
        &self,
        _: Request<pb::DeleteTemplateRequest>,
    ) -> Result<Response<pb::DeleteTemplateResponse>, Status> {
        Err(Refusal::NoSuchMethod.into())
    }

    async fn list_templates(
        &self,
        _: Request<pb::ListTemplatesRequest>,
    ) -> Result<Response<pb::ListTemplatesResponse>, Status> {
        Err(Refusal::NoSuchMethod.into())
    }

    async fn preview_template(
        &self,
        _: Request<pb::PreviewTemplateRequest>,
    ) -> Result<Response<pb::PreviewTemplateResponse>, Status> {
        Err(Refusal::NoSuchMethod.into())
    }
}
