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
    created_at: OffsetDateTime,
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
            created_at: row.created_at,
        })
    }
}

impl Tx {
    /// One account.
    pub(crate) async fn account(&mut self, id: ChannelAccountId) -> Result<Option<Account>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query_as!(
            Row,
            "SELECT id, display_name, provider, channels, sender, endpoint, repeat_contract,
                    settings, disabled, created_at
             FROM channel_accounts WHERE organization_id = $1 AND id = $2",
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
            "SELECT id, display_name, provider, channels, sender, endpoint, repeat_contract,
                    settings, disabled, created_at
             FROM channel_accounts
             WHERE organization_id = $1 AND NOT disabled AND $2 = ANY(channels)
             ORDER BY id DESC LIMIT 1",
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
            "SELECT id, display_name, provider, channels, sender, endpoint, repeat_contract,
                    settings, disabled, created_at
             FROM channel_accounts
             WHERE organization_id = $1 AND ($2::uuid IS NULL OR id < $2)
             ORDER BY id DESC LIMIT $3",
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
        let id = account.id.uuid();
        let place = self.place("channel_accounts", "credential", &id);
        let sealed =
            credential.map(|credential| self.keyring.seal(&place, written(credential).expose()));
        let channels: Vec<_> = account
            .channels
            .iter()
            .copied()
            .map(stored_channel)
            .collect();
        let (endpoint, settings) = match &account.route {
            Route::Sandbox => ("", json!({})),
            Route::Http { endpoint, .. } => (endpoint.url().as_str(), json!({})),
            Route::Smtp(settings) => ("", json!(settings)),
            Route::Twilio(settings) => ("", json!(settings)),
        };
        sqlx::query!(
            "INSERT INTO channel_accounts (organization_id, id, display_name, provider, channels,
                                           sender, endpoint, repeat_contract, settings, credential,
                                           created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            organization,
            id,
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

    /// The credential of an account, at the place that needs it.
    pub(crate) async fn credential(
        &mut self,
        id: ChannelAccountId,
    ) -> Result<Option<Credential>, Error> {
        let organization = self.organization_uuid();
        let id = id.uuid();
        let row = sqlx::query!(
            "SELECT provider, credential FROM channel_accounts
             WHERE organization_id = $1 AND id = $2",
            organization,
            id
        )
        .fetch_optional(self.conn())
        .await?;
        let Some((provider, sealed)) = row.and_then(|row| Some((row.provider, row.credential?)))
        else {
            return Ok(None);
        };
        let place = self.place("channel_accounts", "credential", &id);
        let opened = self
            .keyring
            .open(&place, &sealed)
            .map_err(StoreError::from)?;
        Ok(Some(
            read_credential(provider, &opened).ok_or(StoreError::Tampered)?,
        ))
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
