//! The RPCs of scenarios, wired.

mod asked;
mod convert;
mod create_scenario;
mod delete_scenario;
mod get_scenario;
mod list_scenarios;
mod note;
mod read;
mod render_scenario;
mod search_scenarios;
mod update_scenario;

use super::Api;
use async_trait::async_trait;
use bitewing_proto::template as pb;
use bitewing_proto::template::scenario_service_server::ScenarioService;
use bitewing_rpc::open;
use tonic::{Request, Response, Status};

#[async_trait]
impl ScenarioService for Api {
    async fn create_scenario(
        &self,
        request: Request<pb::CreateScenarioRequest>,
    ) -> Result<Response<pb::CreateScenarioResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            create_scenario::run(self, &call, request).await?,
        ))
    }

    async fn get_scenario(
        &self,
        request: Request<pb::GetScenarioRequest>,
    ) -> Result<Response<pb::GetScenarioResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            get_scenario::run(self, &call, request).await?,
        ))
    }

    async fn update_scenario(
        &self,
        request: Request<pb::UpdateScenarioRequest>,
    ) -> Result<Response<pb::UpdateScenarioResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            update_scenario::run(self, &call, request).await?,
        ))
    }

    async fn delete_scenario(
        &self,
        request: Request<pb::DeleteScenarioRequest>,
    ) -> Result<Response<pb::DeleteScenarioResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            delete_scenario::run(self, &call, request).await?,
        ))
    }

    async fn list_scenarios(
        &self,
        request: Request<pb::ListScenariosRequest>,
    ) -> Result<Response<pb::ListScenariosResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_scenarios::run(self, &call, request).await?,
        ))
    }

    async fn search_scenarios(
        &self,
        request: Request<pb::SearchScenariosRequest>,
    ) -> Result<Response<pb::SearchScenariosResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            search_scenarios::run(self, &call, request).await?,
        ))
    }

    async fn render_scenario(
        &self,
        request: Request<pb::RenderScenarioRequest>,
    ) -> Result<Response<pb::RenderScenarioResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            render_scenario::run(self, &call, request).await?,
        ))
    }
}
