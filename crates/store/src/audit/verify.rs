//! Proves that an audit trail is what was written, or names the first line that is not.

use super::HeadSigner;
use super::chain::{Anchor, Content, GENESIS, Hash, Link};
use crate::{Db, StoreError, Tx};
use bitewing_auth::Scope;
use time::OffsetDateTime;
use uuid::Uuid;

/// Entries read in one transaction.
const PAGE: i64 = 1_000;

/// What a verification found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Entries that are as they were written.
    pub entries: i64,
    /// The signed end of the chain: what to keep as the next anchor.
    pub head: Anchor,
    /// The first line that is not as it was written.
    pub first_bad: Option<Bad>,
}

/// A line that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bad {
    /// Its place in the chain.
    pub seq: i64,
    /// The row that stands there, if one does.
    pub id: Option<Uuid>,
    /// What happened to it.
    pub why: Why,
}

/// What can happen to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// Its content is not what was hashed.
    Edited,
    /// It is gone, and later ones are not.
    Missing,
    /// It stands at another's place.
    Reordered,
    /// It and everything after it is gone.
    Cut,
    /// The whole was written anew: the signature or the anchor does not fit.
    Rewritten,
}

/// A sealed line.
struct Sealed {
    seq: i64,
    previous: Vec<u8>,
    hash: Vec<u8>,
    content: Content,
}

/// Walks an organization's chain from its first entry to its signed head, and past `anchor`, a head
/// that was kept outside of this database. Lines not yet chained are not part of it.
pub async fn verify(
    db: &Db,
    scope: &Scope,
    signer: &dyn HeadSigner,
    anchor: Option<Anchor>,
) -> Result<Verdict, StoreError> {
    let (head, signed) = read_head(db, scope, signer).await?;
    let mut walk = Walk {
        seq: 0,
        hash: GENESIS,
        head,
        anchor,
    };
    let mut last: Option<Sealed> = None;
    let mut after = (0, Uuid::nil());
    loop {
        let mut tx = db.begin(scope).await?;
        let page = tx.sealed(after, head.seq).await?;
        tx.commit().await?;
        let Some(end) = page.last().map(|entry| (entry.seq, entry.content.id)) else {
            break;
        };
        after = end;
        for entry in page {
            if let Some(bad) = walk.step(&entry, last.as_ref()) {
                return Ok(walk.verdict(Some(bad)));
            }
            last = Some(entry);
        }
    }
    let bad = walk.end(last.as_ref(), signed);
    Ok(walk.verdict(bad))
}

/// How far the chain holds.
struct Walk {
    seq: i64,
    hash: Hash,
    head: Anchor,
    anchor: Option<Anchor>,
}

impl Walk {
    fn verdict(&self, first_bad: Option<Bad>) -> Verdict {
        let entries = first_bad.map_or(self.seq, |bad| bad.seq - 1);
        Verdict {
            entries,
            head: self.head,
            first_bad,
        }
    }

    /// Takes one more entry, or names what is bad.
    fn step(&mut self, entry: &Sealed, last: Option<&Sealed>) -> Option<Bad> {
        let expected = self.seq + 1;
        let id = Some(entry.content.id);
        if entry.seq > expected {
            return Some(Bad {
                seq: expected,
                id: None,
                why: Why::Missing,
            });
        }
        if entry.seq < expected {
            return Some(Bad {
                seq: entry.seq,
                id,
                why: Why::Reordered,
            });
        }
        let link = Link::new(&entry.previous, &entry.content);
        if link.at(expected).as_slice() != entry.hash {
            let belongs_elsewhere =
                (1..=self.head.seq).any(|seq| link.at(seq)[..] == entry.hash[..]);
            let why = if belongs_elsewhere {
                Why::Reordered
            } else {
                Why::Edited
            };
            return Some(Bad {
                seq: expected,
                id,
                why,
            });
        }
        if entry.previous != self.hash {
            // This one holds by itself and follows something else: the one before was replaced, with
            // a hash that fits its new content. At the first place there is none before.
            let (seq, id) = last.map_or((expected, id), |last| (last.seq, Some(last.content.id)));
            return Some(Bad {
                seq,
                id,
                why: Why::Edited,
            });
        }
        self.seq = expected;
        self.hash = entry
            .hash
            .as_slice()
            .try_into()
            .expect("it equals a hash of 32 bytes");
        let anchored = self.anchor.filter(|anchor| anchor.seq == expected);
        anchored
            .filter(|anchor| anchor.hash != self.hash)
            .map(|_| Bad {
                seq: expected,
                id,
                why: Why::Rewritten,
            })
    }

    /// Looks at where the chain ends.
    fn end(&self, last: Option<&Sealed>, signed: bool) -> Option<Bad> {
        let id = last.map(|last| last.content.id);
        if self.seq < self.head.seq || self.anchor.is_some_and(|anchor| self.seq < anchor.seq) {
            return Some(Bad {
                seq: self.seq + 1,
                id: None,
                why: Why::Cut,
            });
        }
        if self.hash != self.head.hash {
            return Some(Bad {
                seq: self.seq,
                id,
                why: Why::Edited,
            });
        }
        (!signed).then_some(Bad {
            seq: self.seq,
            id,
            why: Why::Rewritten,
        })
    }
}

/// The head, and whether its signature is the signer's; an organization without entries has none.
async fn read_head(
    db: &Db,
    scope: &Scope,
    signer: &dyn HeadSigner,
) -> Result<(Anchor, bool), StoreError> {
    let organization = scope.organization();
    let mut tx = db.begin(scope).await?;
    let row = sqlx::query!(
        "SELECT seq, hash, signature, signed_at FROM store.audit_heads WHERE organization_id = $1",
        organization.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    let Some(row) = row else {
        return Ok((
            Anchor {
                seq: 0,
                hash: GENESIS,
            },
            true,
        ));
    };
    let head = Anchor {
        seq: row.seq,
        hash: row.hash.try_into().unwrap_or(GENESIS),
    };
    let message = head.message(organization, row.signed_at);
    Ok((head, signer.verify(&message, &row.signature)))
}

/// A sealed row.
struct Row {
    organization_id: Uuid,
    id: Uuid,
    seq: i64,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
    at: OffsetDateTime,
    actor_kind: String,
    actor_id: String,
    clinic_id: Option<Uuid>,
    action: String,
    resource: String,
    details: String,
    request_id: String,
}

impl From<Row> for Sealed {
    fn from(row: Row) -> Self {
        Self {
            seq: row.seq,
            previous: row.prev_hash,
            hash: row.hash,
            content: Content {
                organization: row.organization_id,
                id: row.id,
                at: row.at,
                actor_kind: row.actor_kind,
                actor_id: row.actor_id,
                clinic: row.clinic_id,
                action: row.action,
                resource: row.resource,
                details: row.details,
                request_id: row.request_id,
            },
        }
    }
}

impl Tx {
    /// Sealed entries in the order of the chain, behind a place.
    async fn sealed(
        &mut self,
        (seq, id): (i64, Uuid),
        head: i64,
    ) -> Result<Vec<Sealed>, StoreError> {
        let organization = self.organization().uuid();
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT organization_id, id, seq AS "seq!", prev_hash AS "prev_hash!",
                      hash AS "hash!", at, actor_kind, actor_id, clinic_id, action, resource,
                      details::text AS "details!", request_id
               FROM store.audit_entries
               WHERE organization_id = $1 AND seq <= $4 AND (seq, id) > ($2, $3)
               ORDER BY seq, id LIMIT $5"#,
            organization,
            seq,
            id,
            head,
            PAGE,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows.into_iter().map(Sealed::from).collect())
    }
}
