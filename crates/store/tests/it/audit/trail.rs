//! A short audit trail, and what a verification says about it.

use crate::harness::{Harness, actor, organization, scope};
use bitewing_core::{ClinicId, OrganizationId};
use bitewing_store::Db;
use bitewing_store::audit::{Anchor, Bad, Entry, HeadSigner, Sealer, Verdict, Why, verify};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Stands for a key: who does not have it cannot make the suffix.
pub(super) struct Suffix(pub(super) &'static [u8]);

impl HeadSigner for Suffix {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        [message, self.0].concat()
    }
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.sign(message) == signature
    }
}

pub(super) const KEY: Suffix = Suffix(b"key");

pub(super) fn sealer(db: &Db) -> Sealer {
    Sealer::new(db.clone(), Arc::new(KEY))
}

pub(super) async fn write(h: &Harness, organization: OrganizationId, resources: &[&str]) {
    let mut tx = h.db.begin(&scope(organization)).await.unwrap();
    for resource in resources {
        let actor = actor();
        h.clock.advance(Duration::from_millis(1));
        tx.audit(Entry {
            actor: &actor,
            action: "thing.read",
            resource: (*resource).to_owned(),
            clinic: Some(ClinicId::from_uuid(Uuid::from_u128(7))),
            details: json!({ "b": 1.50, "a": ["x", null] }),
            request_id: "req".to_owned(),
        })
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
}

/// Five entries, sealed in two batches.
pub(super) async fn trail() -> Harness {
    let h = Harness::new().await;
    write(&h, organization(1), &["1", "2", "3"]).await;
    sealer(&h.db).run_once().await.unwrap();
    write(&h, organization(1), &["4", "5"]).await;
    sealer(&h.db).run_once().await.unwrap();
    h
}

pub(super) async fn check(h: &Harness, anchor: Option<Anchor>) -> Verdict {
    verify(&h.db, &scope(organization(1)), &KEY, anchor)
        .await
        .unwrap()
}

/// What is bad, with the resource of the row that is named.
pub(super) async fn bad(h: &Harness) -> (i64, Option<String>, Why) {
    let Bad { seq, id, why } = check(h, None).await.first_bad.expect("nothing was noticed");
    let named = sqlx::query_scalar("SELECT resource FROM store.audit_entries WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut h.admin().await)
        .await
        .unwrap();
    (seq, named, why)
}

pub(super) fn named(seq: i64, resource: &str, why: Why) -> (i64, Option<String>, Why) {
    (seq, Some(resource.to_owned()), why)
}
