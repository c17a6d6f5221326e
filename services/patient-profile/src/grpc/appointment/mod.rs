//! AppointmentService: one file per RPC.

mod batch_upsert_appointments;
mod cancel_appointment;
mod confirm_appointment;
mod convert;
mod get_appointment;
mod get_appointment_request;
mod list_appointment_requests;
mod list_appointments;
mod mirrored;
mod request_appointment;
mod resolve_appointment_request;
mod upsert_appointment;
mod wish;

pub(crate) use wish::event as appointment_event;

use super::Api;
use async_trait::async_trait;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::appointment_service_server::AppointmentService;
use bitewing_rpc::open;
use tonic::{Request, Response, Status};

#[async_trait]
impl AppointmentService for Api {
    async fn upsert_appointment(
        &self,
        request: Request<pb::UpsertAppointmentRequest>,
    ) -> Result<Response<pb::UpsertAppointmentResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            upsert_appointment::run(self, &call, request).await?,
        ))
    }

    async fn batch_upsert_appointments(
        &self,
        request: Request<pb::BatchUpsertAppointmentsRequest>,
    ) -> Result<Response<pb::BatchUpsertAppointmentsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            batch_upsert_appointments::run(self, &call, request).await?,
        ))
    }

    async fn get_appointment(
        &self,
        request: Request<pb::GetAppointmentRequest>,
    ) -> Result<Response<pb::GetAppointmentResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_appointment::run(self, &call, request).await?,
        ))
    }

    async fn list_appointments(
        &self,
        request: Request<pb::ListAppointmentsRequest>,
    ) -> Result<Response<pb::ListAppointmentsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_appointments::run(self, &call, request).await?,
        ))
    }

    async fn confirm_appointment(
        &self,
        request: Request<pb::ConfirmAppointmentRequest>,
    ) -> Result<Response<pb::ConfirmAppointmentResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            confirm_appointment::run(self, &call, request).await?,
        ))
    }

    async fn cancel_appointment(
        &self,
        request: Request<pb::CancelAppointmentRequest>,
    ) -> Result<Response<pb::CancelAppointmentResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            cancel_appointment::run(self, &call, request).await?,
        ))
    }

    async fn request_appointment(
        &self,
        request: Request<pb::RequestAppointmentRequest>,
    ) -> Result<Response<pb::RequestAppointmentResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            request_appointment::run(self, &call, request).await?,
        ))
    }

    async fn get_appointment_request(
        &self,
        request: Request<pb::GetAppointmentRequestRequest>,
    ) -> Result<Response<pb::GetAppointmentRequestResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_appointment_request::run(self, &call, request).await?,
        ))
    }

    async fn list_appointment_requests(
        &self,
        request: Request<pb::ListAppointmentRequestsRequest>,
    ) -> Result<Response<pb::ListAppointmentRequestsResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_appointment_requests::run(self, &call, request).await?,
        ))
    }

    async fn resolve_appointment_request(
        &self,
        request: Request<pb::ResolveAppointmentRequestRequest>,
    ) -> Result<Response<pb::ResolveAppointmentRequestResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            resolve_appointment_request::run(self, &call, request).await?,
        ))
    }
}
