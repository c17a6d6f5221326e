//! Channel accounts.

use super::Tx;
use super::credentials::{read_credential, written};
use super::messages::{read_channel, stored_channel};
use crate::domain::{Account, Channel, Contract, Credential, Endpoint, ProviderKind, Route};
use crate::error::Error;
use bitewing_core::{ChannelAccountId, PageSize};
use bitewing_store::StoreError;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    id: Uuid,
    display_name: String,
    provider: i16,
    channels: Vec<i16>,
    sender: String,
    endpoint: String,
    repeat_contract: i16,
    settings: Value,
    disabled: bool,
    version: i64,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

pub(super) const fn stored_provider(provider: ProviderKind) -> i16 {
    match provider {
        ProviderKind::Sandbox => 1,
        ProviderKind::Http => 2,
        ProviderKind::Smtp => 3,
        ProviderKind::Twilio => 4,
    }
}

const fn stored_contract(contract: Contract) -> i16 {
    match contract {
        Contract::Keyed => 1,
        Contract::Queryable => 2,
        Contract::None => 3,
    }
}

/// What a route has in columns of its own, and the rest.
fn columns(route: &Route) -> (&str, Value) {
    match route {
        Route::Sandbox => ("", json!({})),
        Route::Http { endpoint, .. } => (endpoint.url().as_str(), json!({})),
        Route::Smtp(settings) => ("", json!(settings)),
        Route::Twilio(settings) => ("", json!(settings)),
    }
}

impl TryFrom<Row> for Account {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "channel_accounts",
            column,
            id: row.id,
        };
        let contract = match row.repeat_contract {
            1 => Contract::Keyed,
            2 => Contract::Queryable,
            3 => Contract::None,
            _ => return Err(broken("repeat_contract")),
        };
        let route = match row.provider {
            1 => Route::Sandbox,
            2 => Route::Http {
                endpoint: Endpoint::parse(&row.endpoint).map_err(|_| broken("endpoint"))?,
                contract,
            },
            3 => Route::Smtp(serde_json::from_value(row.settings).map_err(|_| broken("settings"))?),
            4 => {
                Route::Twilio(serde_json::from_value(row.settings).map_err(|_| broken("settings"))?)
            }
            _ => return Err(broken("provider")),
        };
        let channels = row
            .channels
            .iter()
            .copied()
            .map(read_channel)
            .collect::<Option<_>>();
        Ok(Self {
            id: ChannelAccountId::from_uuid(row.id),
            display_name: row.display_name,
            channels: channels.ok_or(broken("channels"))?,
            sender: row.sender,
            route,
            disabled: row.disabled,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl Tx {
    /// One account.
    pub(crate) async fn account(&mut self, id: ChannelAccountId) -> Result<Option<Account>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query_as!(
            Row,
            r#"SELECT id, display_name, provider, channels, sender, endpoint, repeat_contract,
                      settings, disabled, version, created_at,
                      coalesce(updated_at, created_at) AS "updated_at!"
               FROM channel_accounts WHERE organization_id = $1 AND id = $2"#,
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Account::try_from).transpose()?)
    }

    /// The newest account that is enabled for a channel.
    pub(crate) async fn account_for(&mut self, channel: Channel) -> Result<Option<Account>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query_as!(
            Row,
            r#"SELECT id, display_name, provider, channels, sender, endpoint, repeat_contract,
                      settings, disabled, version, created_at,
                      coalesce(updated_at, created_at) AS "updated_at!"
               FROM channel_accounts
               WHERE organization_id = $1 AND NOT disabled AND $2 = ANY(channels)
               ORDER BY id DESC LIMIT 1"#,
            organization,
            stored_channel(channel)
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Account::try_from).transpose()?)
    }

    /// A page of accounts, newest first, and one more if there is a next page.
    pub(crate) async fn accounts(
        &mut self,
        before: Option<Uuid>,
        size: PageSize,
    ) -> Result<Vec<Account>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id, display_name, provider, channels, sender, endpoint, repeat_contract,
                      settings, disabled, version, created_at,
                      coalesce(updated_at, created_at) AS "updated_at!"
               FROM channel_accounts
               WHERE organization_id = $1 AND ($2::uuid IS NULL OR id < $2)
               ORDER BY id DESC LIMIT $3"#,
            organization,
            before,
            size.probe()
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(Account::try_from)
            .collect::<Result<_, _>>()?)
    }

    /// Writes a new account; its credential rests sealed.
    pub(crate) async fn insert_account(
        &mut self,
        account: &Account,
        credential: Option<&Credential>,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let sealed = self.sealed(account, credential);
        let channels: Vec<_> = account
            .channels
            .iter()
            .copied()
            .map(stored_channel)
            .collect();
        let (endpoint, settings) = columns(&account.route);
        sqlx::query!(
            "INSERT INTO channel_accounts (organization_id, id, display_name, provider, channels,
                                           sender, endpoint, repeat_contract, settings, credential,
                                           created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            organization,
            account.id.uuid(),
            account.display_name,
            stored_provider(account.route.provider()),
            &channels,
            account.sender,
            endpoint,
            stored_contract(account.route.contract()),
            settings,
            sealed,
            account.created_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// An account and its credential, at the place that needs it. They are read at once: a secret goes
    /// nowhere but where it was meant to go, also while an account changes.
    pub(crate) async fn keyed_account(
        &mut self,
        id: ChannelAccountId,
    ) -> Result<Option<(Account, Option<Credential>)>, Error> {
        let organization = self.organization_uuid();
        let id = id.uuid();
        let row = sqlx::query!(
            r#"SELECT id, display_name, provider, channels, sender, endpoint, repeat_contract,
                      settings, disabled, version, created_at,
                      coalesce(updated_at, created_at) AS "updated_at!", credential
               FROM channel_accounts WHERE organization_id = $1 AND id = $2"#,
            organization,
            id
        )
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let credential = match row.credential {
            None => None,
            Some(sealed) => {
                let place = self.place("channel_accounts", "credential", &id);
                let opened = self
                    .keyring
                    .open(&place, &sealed)
                    .map_err(StoreError::from)?;
                Some(read_credential(row.provider, &opened).ok_or(StoreError::Tampered)?)
            }
        };
        let account = Row {
            id: row.id,
            display_name: row.display_name,
            provider: row.provider,
            channels: row.channels,
            sender: row.sender,
            endpoint: row.endpoint,
            repeat_contract: row.repeat_contract,
            settings: row.settings,
            disabled: row.disabled,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        Ok(Some((Account::try_from(account)?, credential)))
    }

    /// Keeps others from changing an account meanwhile.
    pub(crate) async fn lock_account(&mut self, id: ChannelAccountId) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "SELECT id FROM channel_accounts WHERE organization_id = $1 AND id = $2 FOR UPDATE",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(())
    }

    /// Writes a changed account; its credential rests sealed anew.
    pub(crate) async fn update_account(
        &mut self,
        account: &Account,
        credential: Option<&Credential>,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let sealed = self.sealed(account, credential);
        let (endpoint, settings) = columns(&account.route);
        sqlx::query!(
            "UPDATE channel_accounts
             SET display_name = $3, sender = $4, endpoint = $5, settings = $6, credential = $7,
                 version = $8, updated_at = $9
             WHERE organization_id = $1 AND id = $2",
            organization,
            account.id.uuid(),
            account.display_name,
            account.sender,
            endpoint,
            settings,
            sealed,
            account.version,
            account.updated_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    fn sealed(&self, account: &Account, credential: Option<&Credential>) -> Option<Vec<u8>> {
        let id = account.id.uuid();
        let place = self.place("channel_accounts", "credential", &id);
        credential.map(|credential| self.keyring.seal(&place, written(credential).expose()))
    }

    /// Disables an account; `false` if it is so already.
    pub(crate) async fn disable_account(&mut self, id: ChannelAccountId) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let disabled = sqlx::query!(
            "UPDATE channel_accounts SET disabled = true
               WHERE organization_id = $1 AND id = $2 AND NOT disabled",
            organization,
            id.uuid()
        )
        .execute(self.conn())
        .await?;
        Ok(disabled.rows_affected() == 1)
    }
}
