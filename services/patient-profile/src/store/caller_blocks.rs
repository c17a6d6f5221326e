//! Addresses that are not put through, and who reported which.

use super::Tx;
use crate::domain::consent::AddressHash;
use crate::domain::{Address, Code, ContactChannel, ContactPointKind, code_or_zero};
use crate::error::Error;
use bitewing_core::{BlockId, ClinicId, OrganizationId, PageSize, Sensitive};
use bitewing_store::{Aad, StoreError};
use time::OffsetDateTime;
use uuid::Uuid;

/// A block, its address still sealed.
pub(crate) struct Block {
    pub(crate) id: BlockId,
    /// None is the whole chain.
    pub(crate) clinic: Option<ClinicId>,
    pub(crate) kind: ContactPointKind,
    pub(crate) channel: Option<ContactChannel>,
    pub(crate) hash: AddressHash,
    pub(crate) sealed: Vec<u8>,
    pub(crate) reason: String,
    pub(crate) expires_at: Option<OffsetDateTime>,
    pub(crate) created_at: OffsetDateTime,
    /// As `user/usr_...`.
    pub(crate) created_by: String,
    pub(crate) ended_at: Option<OffsetDateTime>,
}

/// The place a block's address is sealed to.
pub(crate) fn place(organization: OrganizationId, id: BlockId, row: &mut [u8; 16]) -> Aad<'_> {
    *row = *id.uuid().as_bytes();
    Aad {
        organization,
        table: "caller_blocks",
        row,
        column: "address_sealed",
    }
}

/// A block's address, opened.
pub(crate) fn opened(block: &Block, value: &Sensitive<Vec<u8>>) -> Result<Address, StoreError> {
    let text = String::from_utf8(value.expose().clone()).map_err(|_| StoreError::Tampered)?;
    Ok(Address {
        kind: block.kind,
        channel: block.channel,
        value: text,
    })
}

struct Row {
    id: Uuid,
    clinic_id: Option<Uuid>,
    address_kind: i16,
    address_channel: i16,
    address_hash: Vec<u8>,
    address_sealed: Vec<u8>,
    reason: String,
    expires_at: Option<OffsetDateTime>,
    created_at: OffsetDateTime,
    created_by: String,
    ended_at: Option<OffsetDateTime>,
}

impl TryFrom<Row> for Block {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "caller_blocks",
            column,
            id: row.id,
        };
        Ok(Self {
            id: BlockId::from_uuid(row.id),
            clinic: row.clinic_id.map(ClinicId::from_uuid),
            kind: ContactPointKind::of(row.address_kind).ok_or(broken("address_kind"))?,
            channel: ContactChannel::of(row.address_channel),
            hash: AddressHash::try_from(row.address_hash).map_err(|_| broken("address_hash"))?,
            sealed: row.address_sealed,
            reason: row.reason,
            expires_at: row.expires_at,
            created_at: row.created_at,
            created_by: row.created_by,
            ended_at: row.ended_at,
        })
    }
}

impl Tx {
    /// The block in force on an address, at one clinic or in the whole chain.
    pub(crate) async fn block_of(
        &mut self,
        hash: &AddressHash,
        clinic: Option<ClinicId>,
        now: OffsetDateTime,
    ) -> Result<Option<Block>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query_as!(
            Row,
            "SELECT id, clinic_id, address_kind, address_channel, address_hash, address_sealed, reason,
                    expires_at, created_at, created_by, ended_at
             FROM caller_blocks
             WHERE organization_id = $1 AND address_hash = $2 AND ended_at IS NULL
               AND clinic_id IS NOT DISTINCT FROM $3 AND (expires_at IS NULL OR expires_at > $4)
             ORDER BY id DESC LIMIT 1 FOR UPDATE",
            organization,
            &hash[..],
            clinic.map(ClinicId::uuid),
            now
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Block::try_from).transpose()?)
    }

    /// A block by its identifier, if the caller's clinics may know of it.
    pub(crate) async fn block(
        &mut self,
        id: BlockId,
        clinics: Option<&[Uuid]>,
    ) -> Result<Option<Block>, Error> {
        let organization = self.organization_uuid();
        let row = sqlx::query_as!(
            Row,
            "SELECT id, clinic_id, address_kind, address_channel, address_hash, address_sealed, reason,
                    expires_at, created_at, created_by, ended_at
             FROM caller_blocks
             WHERE organization_id = $1 AND id = $2
               AND ($3::uuid[] IS NULL OR clinic_id IS NULL OR clinic_id = ANY($3))
             FOR UPDATE",
            organization,
            id.uuid(),
            clinics
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(Block::try_from).transpose()?)
    }

    /// Writes a new block.
    pub(crate) async fn insert_block(&mut self, block: &Block) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO caller_blocks (organization_id, id, clinic_id, address_kind, address_channel, address_hash,
                                        address_sealed, reason, expires_at, created_at, created_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            organization,
            block.id.uuid(),
            block.clinic.map(ClinicId::uuid),
            block.kind.code(),
            code_or_zero(block.channel),
            &block.hash[..],
            block.sealed,
            block.reason,
            block.expires_at,
            block.created_at,
            block.created_by
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Changes why and until when.
    pub(crate) async fn change_block(&mut self, block: &Block) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE caller_blocks SET reason = $3, expires_at = $4 WHERE organization_id = $1 AND id = $2",
            organization,
            block.id.uuid(),
            block.reason,
            block.expires_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Ends a block.
    pub(crate) async fn end_block(
        &mut self,
        id: BlockId,
        at: OffsetDateTime,
        by: &str,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE caller_blocks SET ended_at = $3, ended_by = $4
             WHERE organization_id = $1 AND id = $2 AND ended_at IS NULL",
            organization,
            id.uuid(),
            at,
            by
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Blocks in force, newest first: the chain's, and those of the clinics.
    pub(crate) async fn blocks(
        &mut self,
        clinics: Option<&[Uuid]>,
        clinic: Option<ClinicId>,
        now: OffsetDateTime,
        before: Option<Uuid>,
        size: PageSize,
    ) -> Result<Vec<Block>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, clinic_id, address_kind, address_channel, address_hash, address_sealed, reason,
                    expires_at, created_at, created_by, ended_at
             FROM caller_blocks
             WHERE organization_id = $1 AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > $4)
               AND (clinic_id IS NULL OR $2::uuid[] IS NULL OR clinic_id = ANY($2))
               AND ($3::uuid IS NULL OR clinic_id IS NULL OR clinic_id = $3)
               AND id < $5
             ORDER BY id DESC LIMIT $6",
            organization,
            clinics,
            clinic.map(ClinicId::uuid),
            now,
            before.unwrap_or(Uuid::max()),
            size.probe()
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(Block::try_from)
            .collect::<Result<_, _>>()?)
    }

    /// Notes who reported an address, once; answers how many did since a moment.
    pub(crate) async fn report_spam(
        &mut self,
        hash: &AddressHash,
        reporter: &str,
        clinic: ClinicId,
        now: OffsetDateTime,
        since: OffsetDateTime,
    ) -> Result<i32, Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "INSERT INTO spam_reports (organization_id, address_hash, reporter, clinic_id, reported_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (organization_id, address_hash, reporter) DO UPDATE
             SET clinic_id = EXCLUDED.clinic_id, reported_at = EXCLUDED.reported_at",
            organization,
            &hash[..],
            reporter,
            clinic.uuid(),
            now
        )
        .execute(self.conn())
        .await?;
        let reporters = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM spam_reports
               WHERE organization_id = $1 AND address_hash = $2 AND reported_at >= $3"#,
            organization,
            &hash[..],
            since
        )
        .fetch_one(self.conn())
        .await?;
        Ok(i32::try_from(reporters).unwrap_or(i32::MAX))
    }
}
