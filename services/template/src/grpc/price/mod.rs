//! The RPCs of prices, wired.

mod batch_upsert_prices;
mod convert;
mod delete_price;
mod get_price;
mod list_prices;
mod quote_price;
mod read;
mod say;
mod take;
mod upsert_price;

pub(super) use say::{CODE, Unsaid, code, place_values, values};

use super::Api;
use async_trait::async_trait;
use bitewing_proto::template as pb;
use bitewing_proto::template::price_service_server::PriceService;
use bitewing_rpc::open;
use tonic::{Request, Response, Status};

#[async_trait]
impl PriceService for Api {
    async fn upsert_price(
        &self,
        request: Request<pb::UpsertPriceRequest>,
    ) -> Result<Response<pb::UpsertPriceResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            upsert_price::run(self, &call, request).await?,
        ))
    }

    async fn batch_upsert_prices(
        &self,
        request: Request<pb::BatchUpsertPricesRequest>,
    ) -> Result<Response<pb::BatchUpsertPricesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            batch_upsert_prices::run(self, &call, request).await?,
        ))
    }

    async fn get_price(
        &self,
        request: Request<pb::GetPriceRequest>,
    ) -> Result<Response<pb::GetPriceResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(get_price::run(self, &call, request).await?))
    }

    async fn list_prices(
        &self,
        request: Request<pb::ListPricesRequest>,
    ) -> Result<Response<pb::ListPricesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(list_prices::run(self, &call, request).await?))
    }

    async fn delete_price(
        &self,
        request: Request<pb::DeletePriceRequest>,
    ) -> Result<Response<pb::DeletePriceResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(
            delete_price::run(self, &call, request).await?,
        ))
    }

    async fn quote_price(
        &self,
        request: Request<pb::QuotePriceRequest>,
    ) -> Result<Response<pb::QuotePriceResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(quote_price::run(self, &call, request).await?))
    }
}
