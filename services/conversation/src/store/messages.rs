//! Messages, without what they say.

use super::Tx;
use crate::domain::{Address, Channel, Letter, Message, State};
use crate::error::Error;
use bitewing_core::{ChannelAccountId, ClinicId, MessageId, PageSize, PatientId, Sensitive};
use bitewing_store::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

/// Which messages a list shows.
pub(crate) struct MessageFilter {
    /// Clinics whose messages the caller sees; `None` is every clinic.
    pub(crate) visible: Option<Vec<Uuid>>,
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) state: Option<State>,
    /// Only messages made before this one.
    pub(crate) before: Option<Uuid>,
}

/// A message that begins, and what it says.
pub(crate) struct NewMessage<'a> {
    pub(crate) message: &'a Message,
    pub(crate) address: &'a Address,
    pub(crate) letter: &'a Letter,
    pub(crate) secret: &'a Sensitive<String>,
    pub(crate) request_id: &'a str,
}

pub(super) const fn stored_channel(channel: Channel) -> i16 {
    match channel {
        Channel::Sms => 1,
        Channel::Email => 2,
        Channel::Voice => 3,
    }
}

pub(super) const fn read_channel(stored: i16) -> Option<Channel> {
    match stored {
        1 => Some(Channel::Sms),
        2 => Some(Channel::Email),
        3 => Some(Channel::Voice),
        _ => None,
    }
}

pub(super) const fn stored_state(state: State) -> i16 {
    match state {
        State::Queued => 1,
        State::Sending => 2,
        State::Accepted => 3,
        State::Delivered => 4,
        State::Failed => 5,
        State::Ambiguous => 6,
        State::Expired => 7,
        State::Sent => 8,
        State::Held => 9,
    }
}

const fn read_state(stored: i16) -> Option<State> {
    match stored {
        1 => Some(State::Queued),
        2 => Some(State::Sending),
        3 => Some(State::Accepted),
        4 => Some(State::Delivered),
        5 => Some(State::Failed),
        6 => Some(State::Ambiguous),
        7 => Some(State::Expired),
        8 => Some(State::Sent),
        9 => Some(State::Held),
        _ => None,
    }
}

pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) clinic_id: Uuid,
    pub(super) patient_id: Option<Uuid>,
    pub(super) channel: i16,
    pub(super) account_id: Option<Uuid>,
    pub(super) state: i16,
    pub(super) reason: String,
    pub(super) provider_code: String,
    pub(super) attempts: i32,
    pub(super) not_after: OffsetDateTime,
    pub(super) created_at: OffsetDateTime,
    pub(super) updated_at: OffsetDateTime,
    pub(super) accepted_at: Option<OffsetDateTime>,
    pub(super) sent_at: Option<OffsetDateTime>,
    pub(super) ended_at: Option<OffsetDateTime>,
}

impl TryFrom<Row> for Message {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "messages",
            column,
            id: row.id,
        };
        Ok(Self {
            id: MessageId::from_uuid(row.id),
            clinic: ClinicId::from_uuid(row.clinic_id),
            patient: row.patient_id.map(PatientId::from_uuid),
            channel: read_channel(row.channel).ok_or(broken("channel"))?,
            account: row.account_id.map(ChannelAccountId::from_uuid),
            state: read_state(row.state).ok_or(broken("state"))?,
            reason: row.reason,
            provider_code: row.provider_code,
            attempts: u32::try_from(row.attempts).map_err(|_| broken("attempts"))?,
            not_after: row.not_after,
            created_at: row.created_at,
            updated_at: row.updated_at,
            accepted_at: row.accepted_at,
            sent_at: row.sent_at,
            ended_at: row.ended_at,
        })
    }
}

impl Tx {
    /// One message among the clinics the caller sees; `lock` keeps others from changing it meanwhile.
    pub(crate) async fn message(
        &mut self,
        id: MessageId,
        visible: Option<&[Uuid]>,
        lock: bool,
    ) -> Result<Option<Message>, Error> {
        let organization = self.organization_uuid();
        if lock {
            sqlx::query!(
                "SELECT id FROM messages WHERE organization_id = $1 AND id = $2 FOR UPDATE",
                organization,
                id.uuid()
            )
            .fetch_optional(self.conn())
            .await?;
        }
        let row = sqlx::query_as!(
            Row,
            "SELECT id, clinic_id, patient_id, channel, account_id, state, reason, provider_code,
                    attempts, not_after, created_at, updated_at, accepted_at, sent_at, ended_at
             FROM messages
             WHERE organization_id = $1 AND id = $2 AND ($3::uuid[] IS NULL OR clinic_id = ANY($3))",
            organization,
            id.uuid(),
            visible
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Message::try_from).transpose()?)
    }

    /// A page of messages, newest first, and one more if there is a next page.
    pub(crate) async fn messages(
        &mut self,
        filter: &MessageFilter,
        size: PageSize,
    ) -> Result<Vec<Message>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, clinic_id, patient_id, channel, account_id, state, reason, provider_code,
                    attempts, not_after, created_at, updated_at, accepted_at, sent_at, ended_at
             FROM messages
             WHERE organization_id = $1
               AND ($2::uuid[] IS NULL OR clinic_id = ANY($2))
               AND ($3::uuid IS NULL OR clinic_id = $3)
               AND ($4::smallint IS NULL OR state = $4)
               AND ($5::uuid IS NULL OR id < $5)
             ORDER BY id DESC LIMIT $6",
            organization,
            filter.visible.as_deref(),
            filter.clinic.map(ClinicId::uuid),
            filter.state.map(stored_state),
            filter.before,
            size.probe()
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(Message::try_from)
            .collect::<Result<_, _>>()?)
    }

    /// The message a caller's name stands for.
    pub(crate) async fn message_of_request(
        &mut self,
        request_id: &str,
    ) -> Result<Option<MessageId>, Error> {
        let organization = self.organization_uuid();
        Ok(sqlx::query_scalar!(
            "SELECT message_id FROM message_requests WHERE organization_id = $1 AND request_id = $2",
            organization,
            request_id
        )
        .fetch_optional(self.conn())
        .await?
        .map(MessageId::from_uuid))
    }

    /// Writes a new message, everything it says sealed; `false` where its name is taken: a twin that
    /// arrives meanwhile waits here until the first one is written.
    pub(crate) async fn insert_message(&mut self, new: &NewMessage<'_>) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let message = new.message;
        let id = message.id.uuid();
        let named = sqlx::query!(
            "INSERT INTO message_requests (organization_id, request_id, message_id)
             VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            organization,
            new.request_id,
            id
        )
        .execute(self.conn())
        .await?;
        if named.rows_affected() == 0 {
            return Ok(false);
        }
        let letter: Sensitive<Vec<u8>> = serde_json::to_vec(new.letter)
            .expect("texts serialize")
            .into();
        let seal = |column, text: &[u8]| {
            self.keyring
                .seal(&self.place("messages", column, &id), text)
        };
        let address = seal("address", new.address.as_str().as_bytes());
        let body = seal("body", letter.expose());
        let secret = seal("secret", new.secret.expose().as_bytes());
        sqlx::query!(
            "INSERT INTO messages (organization_id, id, clinic_id, patient_id, channel, account_id,
                                   state, address, body, secret, not_after, created_at, updated_at,
                                   reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            organization,
            id,
            message.clinic.uuid(),
            message.patient.map(PatientId::uuid),
            stored_channel(message.channel),
            message.account.map(ChannelAccountId::uuid),
            stored_state(message.state),
            address,
            body,
            secret,
            message.not_after,
            message.created_at,
            message.updated_at,
            message.reason
        )
        .execute(self.conn())
        .await?;
        Ok(true)
    }
}
