//! API clients and their secrets.

use super::{Tx, read_clinics, stored_clinics};
use crate::domain::{ApiClient, ClientId, LIVE_SECRETS};
use crate::error::Error;
use bitewing_auth::Clinics;
use bitewing_core::{ApiClientId, PageSize};
use time::OffsetDateTime;
use uuid::Uuid;

/// A hashed secret.
pub(crate) struct Secret {
    pub(crate) id: Uuid,
    pub(crate) hash: String,
    pub(crate) created_at: OffsetDateTime,
}

struct Row {
    id: Uuid,
    display_name: String,
    scopes: Vec<String>,
    clinic_ids: Vec<Uuid>,
    created_at: OffsetDateTime,
    secret_created_at: OffsetDateTime,
    secrets: i64,
}

impl Tx {
    /// One client among those whose clinics are all visible.
    pub(crate) async fn api_client(
        &mut self,
        id: ApiClientId,
        visible: &Clinics,
    ) -> Result<Option<ApiClient>, Error> {
        Ok(self
            .select_api_clients(Some(id), visible, None, 1)
            .await?
            .pop())
    }

    /// A page of clients, newest first, and one more if there is a next page.
    pub(crate) async fn api_clients(
        &mut self,
        visible: &Clinics,
        before: Option<Uuid>,
        size: PageSize,
    ) -> Result<Vec<ApiClient>, Error> {
        self.select_api_clients(None, visible, before, size.probe())
            .await
    }

    async fn select_api_clients(
        &mut self,
        id: Option<ApiClientId>,
        visible: &Clinics,
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<ApiClient>, Error> {
        let organization = self.organization();
        let visible = visible.filter();
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT c.id, c.display_name, c.scopes, c.clinic_ids, c.created_at,
                      s.newest AS "secret_created_at!", s.secrets AS "secrets!"
               FROM api_clients c
               CROSS JOIN LATERAL (
                   SELECT max(x.created_at) AS newest, count(*) AS secrets
                   FROM api_client_secrets x
                   WHERE x.organization_id = $1 AND x.client_id = c.id
               ) s
               WHERE c.organization_id = $1
                 AND ($2::uuid IS NULL OR c.id = $2)
                 AND ($3::uuid IS NULL OR c.id < $3)
                 AND ($4::uuid[] IS NULL OR c.clinic_ids <> '{}' AND c.clinic_ids <@ $4)
               ORDER BY c.id DESC
               LIMIT $5"#,
            organization.uuid(),
            id.map(ApiClientId::uuid),
            before,
            visible.as_deref(),
            limit
        )
        .fetch_all(self.conn())
        .await?;
        let clients = rows.into_iter().map(|row| ApiClient {
            id: ClientId {
                organization,
                id: ApiClientId::from_uuid(row.id),
            },
            display_name: row.display_name,
            scopes: row.scopes,
            clinics: read_clinics(row.clinic_ids),
            created_at: row.created_at,
            secret_created_at: row.secret_created_at,
            live_secrets: usize::try_from(row.secrets).unwrap_or_default(),
        });
        Ok(clients.collect())
    }

    /// Writes a new client and its first secret.
    pub(crate) async fn insert_api_client(
        &mut self,
        client: &ApiClient,
        secret: &Secret,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO api_clients (organization_id, id, display_name, scopes, clinic_ids, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            organization,
            client.id.id.uuid(),
            client.display_name,
            &client.scopes,
            &stored_clinics(&client.clinics),
            client.created_at
        )
        .execute(self.conn())
        .await?;
        self.insert_secret(client.id.id, secret).await
    }

    async fn insert_secret(&mut self, client: ApiClientId, secret: &Secret) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO api_client_secrets (organization_id, id, client_id, hash, created_at)
             VALUES ($1, $2, $3, $4, $5)",
            organization,
            secret.id,
            client.uuid(),
            secret.hash,
            secret.created_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Adds a secret and forgets all but the newest ones.
    pub(crate) async fn rotate_secret(
        &mut self,
        client: ApiClientId,
        secret: &Secret,
    ) -> Result<(), Error> {
        self.insert_secret(client, secret).await?;
        let organization = self.organization_uuid();
        sqlx::query!(
            "DELETE FROM api_client_secrets
             WHERE organization_id = $1 AND client_id = $2 AND id NOT IN (
                 SELECT id FROM api_client_secrets
                 WHERE organization_id = $1 AND client_id = $2
                 ORDER BY created_at DESC, id DESC LIMIT $3)",
            organization,
            client.uuid(),
            i64::try_from(LIVE_SECRETS).unwrap_or(1)
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// The hashes of the live secrets.
    pub(crate) async fn secret_hashes(
        &mut self,
        client: ApiClientId,
    ) -> Result<Vec<String>, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_scalar!(
            "SELECT hash FROM api_client_secrets WHERE organization_id = $1 AND client_id = $2",
            organization,
            client.uuid()
        )
        .fetch_all(self.conn())
        .await?)
    }

    /// Deletes a client and its secrets; `false` if there is none.
    pub(crate) async fn delete_api_client(&mut self, client: ApiClientId) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let deleted = sqlx::query!(
            "DELETE FROM api_clients WHERE organization_id = $1 AND id = $2",
            organization,
            client.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(deleted.rows_affected() == 1)
    }
}
