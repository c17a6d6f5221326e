//! Statements about consent. Rows are only ever added.

use super::Tx;
use crate::domain::consent::{
    AddressHash, Basis, ConsentSource, HashedAddress, Purposes, Statement,
};
use crate::domain::{Code, ContactChannel, ContactPointKind, code_or_zero};
use crate::error::Error;
use bitewing_core::{ConsentId, PageSize, PatientId};
use bitewing_store::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    id: Uuid,
    patient_id: Option<Uuid>,
    state: i16,
    purpose: i16,
    channel: i16,
    address_kind: i16,
    address_hash: Option<Vec<u8>>,
    basis: i16,
    wording_version: String,
    source: i16,
    recorded_by: String,
    occurred_at: OffsetDateTime,
    created_at: OffsetDateTime,
}

const GRANTED: i16 = 1;
const REVOKED: i16 = 2;

impl TryFrom<Row> for Statement {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "consents",
            column,
            id: row.id,
        };
        let address = row
            .address_hash
            .map(|hash| {
                let hash = AddressHash::try_from(hash).ok()?;
                let kind = ContactPointKind::of(row.address_kind)?;
                Some(HashedAddress { kind, hash })
            })
            .map(|address| address.ok_or(broken("address_hash")))
            .transpose()?;
        Ok(Self {
            id: ConsentId::from_uuid(row.id),
            patient: row.patient_id.map(PatientId::from_uuid),
            granted: row.state == GRANTED,
            purposes: Purposes::of(row.purpose).ok_or(broken("purpose"))?,
            channel: ContactChannel::of(row.channel),
            address,
            basis: Basis::of(row.basis),
            wording: row.wording_version,
            source: ConsentSource::of(row.source).ok_or(broken("source"))?,
            recorded_by: row.recorded_by,
            occurred_at: row.occurred_at,
            created_at: row.created_at,
        })
    }
}

impl Tx {
    /// Adds a statement.
    pub(crate) async fn add_statement(&mut self, statement: &Statement) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let hash = statement.address.map(|address| address.hash.to_vec());
        sqlx::query!(
            "INSERT INTO consents (organization_id, id, patient_id, state, purpose, channel, address_kind,
                                   address_hash, basis, wording_version, source, recorded_by, occurred_at,
                                   created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            organization,
            statement.id.uuid(),
            statement.patient.map(PatientId::uuid),
            if statement.granted { GRANTED } else { REVOKED },
            statement.purposes.code(),
            code_or_zero(statement.channel),
            code_or_zero(statement.address.map(|address| address.kind)),
            hash,
            code_or_zero(statement.basis),
            statement.wording,
            statement.source.code(),
            statement.recorded_by,
            statement.occurred_at,
            statement.created_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Adds statements that are about patients, whatever the address.
    pub(crate) async fn add_statements(&mut self, statements: &[Statement]) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let (mut ids, mut patients, mut states) = (Vec::new(), Vec::new(), Vec::new());
        let (mut purposes, mut channels, mut bases) = (Vec::new(), Vec::new(), Vec::new());
        let (mut wordings, mut sources, mut actors) = (Vec::new(), Vec::new(), Vec::new());
        let (mut said, mut written) = (Vec::new(), Vec::new());
        for one in statements {
            ids.push(one.id.uuid());
            patients.push(one.patient.map(PatientId::uuid));
            states.push(if one.granted { GRANTED } else { REVOKED });
            purposes.push(one.purposes.code());
            channels.push(code_or_zero(one.channel));
            bases.push(code_or_zero(one.basis));
            wordings.push(one.wording.clone());
            sources.push(one.source.code());
            actors.push(one.recorded_by.clone());
            said.push(one.occurred_at);
            written.push(one.created_at);
        }
        sqlx::query!(
            "INSERT INTO consents (organization_id, id, patient_id, state, purpose, channel, address_kind,
                                   basis, wording_version, source, recorded_by, occurred_at, created_at)
             SELECT $1, id, patient_id, state, purpose, channel, 0, basis, wording, source, actor, said, written
             FROM unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::smallint[], $6::smallint[],
                         $7::smallint[], $8::text[], $9::smallint[], $10::text[], $11::timestamptz[],
                         $12::timestamptz[])
                  AS n (id, patient_id, state, purpose, channel, basis, wording, source, actor, said, written)",
            organization,
            &ids,
            &patients as &[Option<Uuid>],
            &states,
            &purposes,
            &channels,
            &bases,
            &wordings,
            &sources,
            &actors,
            &said,
            &written
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Every statement of patients and about addresses.
    pub(crate) async fn statements(
        &mut self,
        patients: &[PatientId],
        addresses: &[AddressHash],
    ) -> Result<Vec<Statement>, Error> {
        self.page_of_statements(patients, addresses, None, i64::MAX)
            .await
    }

    /// A page of them, newest first.
    pub(crate) async fn list_statements(
        &mut self,
        patients: &[PatientId],
        addresses: &[AddressHash],
        before: Option<Uuid>,
        size: PageSize,
    ) -> Result<Vec<Statement>, Error> {
        self.page_of_statements(patients, addresses, before, size.probe())
            .await
    }

    async fn page_of_statements(
        &mut self,
        patients: &[PatientId],
        addresses: &[AddressHash],
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<Statement>, Error> {
        let organization = self.organization_uuid();
        let patients: Vec<Uuid> = patients.iter().map(|patient| patient.uuid()).collect();
        let addresses: Vec<Vec<u8>> = addresses.iter().map(|hash| hash.to_vec()).collect();
        // Two index scans; a statement found by both is one.
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!", patient_id, state AS "state!", purpose AS "purpose!",
                      channel AS "channel!", address_kind AS "address_kind!", address_hash,
                      basis AS "basis!", wording_version AS "wording_version!", source AS "source!",
                      recorded_by AS "recorded_by!", occurred_at AS "occurred_at!",
                      created_at AS "created_at!"
               FROM (
                   SELECT id, patient_id, state, purpose, channel, address_kind, address_hash, basis,
                          wording_version, source, recorded_by, occurred_at, created_at
                   FROM consents
                   WHERE organization_id = $1 AND patient_id = ANY($2)
                     AND id < $4
                   UNION
                   SELECT id, patient_id, state, purpose, channel, address_kind, address_hash, basis,
                          wording_version, source, recorded_by, occurred_at, created_at
                   FROM consents
                   WHERE organization_id = $1 AND address_hash = ANY($3)
                     AND id < $4
               ) found
               ORDER BY id DESC
               LIMIT $5"#,
            organization,
            &patients,
            &addresses,
            before.unwrap_or(Uuid::max()),
            limit
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(Statement::try_from)
            .collect::<Result<_, _>>()?)
    }
}
