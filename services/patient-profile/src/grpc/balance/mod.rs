//! BalanceService: one file per RPC.

mod batch_upsert_balances;
mod list_balances;

use super::Api;
use async_trait::async_trait;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::balance_service_server::BalanceService;
use bitewing_rpc::open;
use tonic::{Request, Response, Status};

#[async_trait]
impl BalanceService for Api {
    async fn batch_upsert_balances(
        &self,
        request: Request<pb::BatchUpsertBalancesRequest>,
    ) -> Result<Response<pb::BatchUpsertBalancesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            batch_upsert_balances::run(self, &call, request).await?,
        ))
    }

    async fn list_balances(
        &self,
        request: Request<pb::ListBalancesRequest>,
    ) -> Result<Response<pb::ListBalancesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            list_balances::run(self, &call, request).await?,
        ))
    }
}
