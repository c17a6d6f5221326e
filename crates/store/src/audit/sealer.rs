//! Chains audit entries, away from the requests that wrote them: no request waits for a head row.

use super::chain::{Anchor, Content, GENESIS, Hash, Link};
use crate::duty::{self, Duty, Progress};
use crate::signal::Waiter;
use crate::{Db, Lease, StoreError, WorkerTx};
use async_trait::async_trait;
use bitewing_core::OrganizationId;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Entries of one organization chained in one transaction.
const BATCH: i64 = 500;
/// Organizations found in one look.
const ORGANIZATIONS: i64 = 100;

/// Signs the heads of chains.
pub trait HeadSigner: Send + Sync {
    /// A signature over the message, with whatever names its key.
    fn sign(&self, message: &[u8]) -> Vec<u8>;
    /// Whether it is one.
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool;
}

/// The one that chains.
pub struct Sealer {
    db: Db,
    signer: Arc<dyn HeadSigner>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").finish_non_exhaustive()
    }
}

impl Sealer {
    /// Makes one; every process of the service runs one, and one of them works.
    pub fn new(db: Db, signer: Arc<dyn HeadSigner>) -> Self {
        Self { db, signer }
    }

    /// Chains until told to stop.
    pub async fn run(&self, stop: CancellationToken) {
        duty::serve(&self.db, self, &stop).await;
    }

    /// Chains everything written so far; answers how many entries. The head rows' locks make this
    /// safe without the lease.
    pub async fn run_once(&self) -> Result<usize, StoreError> {
        let mut sealed = 0;
        loop {
            match self.round(None).await? {
                0 => return Ok(sealed),
                more => sealed += more,
            }
        }
    }

    /// A batch of every organization that has something to chain.
    async fn round(&self, lease: Option<&Lease>) -> Result<usize, StoreError> {
        let waiting = sqlx::query_scalar!(
            "SELECT DISTINCT organization_id FROM store.audit_entries
             WHERE seq IS NULL LIMIT $1",
            ORGANIZATIONS,
        )
        .fetch_all(self.db.worker_pool())
        .await?;
        let mut sealed = 0;
        for organization in waiting {
            let mut tx = self.db.begin_worker().await?;
            if let Some(lease) = lease {
                lease.fence(&self.db, &mut tx).await?;
            }
            sealed += self.seal(tx, organization).await?;
        }
        self.db.metrics().sealed(sealed);
        Ok(sealed)
    }

    async fn seal(&self, mut tx: WorkerTx, organization: Uuid) -> Result<usize, StoreError> {
        let mut head = tx.audit_head(organization).await?;
        let entries = tx.unsealed(organization).await?;
        let (mut ids, mut seqs) = (Vec::new(), Vec::new());
        let (mut previous, mut hashes) = (Vec::new(), Vec::new());
        for entry in &entries {
            previous.push(head.hash.to_vec());
            head.seq += 1;
            head.hash = Link::new(&head.hash, entry).at(head.seq);
            ids.push(entry.id);
            seqs.push(head.seq);
            hashes.push(head.hash.to_vec());
        }
        if ids.is_empty() {
            return Ok(0);
        }
        sqlx::query!(
            "UPDATE store.audit_entries e SET seq = s.seq, prev_hash = s.prev_hash, hash = s.hash
             FROM UNNEST($2::uuid[], $3::bigint[], $4::bytea[], $5::bytea[])
                 AS s (id, seq, prev_hash, hash)
             WHERE e.organization_id = $1 AND e.id = s.id AND e.seq IS NULL",
            organization,
            &ids,
            &seqs,
            &previous,
            &hashes,
        )
        .execute(tx.conn())
        .await?;
        let signed_at = self.db.clock().now();
        let message = head.message(OrganizationId::from_uuid(organization), signed_at);
        sqlx::query!(
            "UPDATE store.audit_heads SET seq = $2, hash = $3, signature = $4, signed_at = $5
             WHERE organization_id = $1",
            organization,
            head.seq,
            &head.hash,
            self.signer.sign(&message),
            signed_at,
        )
        .execute(tx.conn())
        .await?;
        tx.commit().await?;
        Ok(ids.len())
    }
}

impl WorkerTx {
    /// The end of an organization's chain, locked: one sealer chains at a time.
    async fn audit_head(&mut self, organization: Uuid) -> Result<Anchor, StoreError> {
        sqlx::query!(
            "INSERT INTO store.audit_heads (organization_id, seq, hash, signature, signed_at)
             VALUES ($1, 0, $2, '', clock_timestamp()) ON CONFLICT DO NOTHING",
            organization,
            &GENESIS,
        )
        .execute(self.conn())
        .await?;
        let head = sqlx::query!(
            "SELECT seq, hash FROM store.audit_heads WHERE organization_id = $1 FOR UPDATE",
            organization,
        )
        .fetch_one(self.conn())
        .await?;
        let hash: Hash = head.hash.try_into().map_err(|_| StoreError::Inconsistent {
            table: "store.audit_heads",
            column: "hash",
            id: organization,
        })?;
        Ok(Anchor {
            seq: head.seq,
            hash,
        })
    }

    async fn unsealed(&mut self, organization: Uuid) -> Result<Vec<Content>, StoreError> {
        Ok(sqlx::query_as!(
            Content,
            r#"SELECT organization_id AS organization, id, at, actor_kind, actor_id,
                      clinic_id AS clinic, action, resource, details::text AS "details!",
                      request_id
               FROM store.audit_entries
               WHERE organization_id = $1 AND seq IS NULL
               ORDER BY at, id LIMIT $2"#,
            organization,
            BATCH,
        )
        .fetch_all(self.conn())
        .await?)
    }
}

#[async_trait]
impl Duty for Sealer {
    fn name(&self) -> String {
        "sealer".to_owned()
    }

    fn waiter(&self) -> Waiter {
        self.db.signals().audit.waiter()
    }

    async fn turn(&self, lease: &Lease) -> Result<Progress, StoreError> {
        Ok(if self.round(Some(lease)).await? == 0 {
            Progress::Idle
        } else {
            Progress::More
        })
    }
}
