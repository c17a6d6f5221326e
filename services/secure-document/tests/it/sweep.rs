use crate::harness::{Harness, pdf};
use bitewing_core::{Sensitive, SystemEntropy};
use bitewing_secure_document::{Deps, Swept, sweep};
use bitewing_store::{Db, DbOptions, Keyring};
use futures_util::TryStreamExt as _;
use reqwest::Method;
use std::sync::Arc;

const PART: usize = 8 * 1024 * 1024;

impl Harness {
    /// What an instance stands on with another key, newer than the one everything was sealed with so far.
    fn rotated(&self) -> Deps {
        let mut deps = self.deps();
        let (new, old) = (
            format!("{}E=", "A".repeat(42)),
            format!("{}=", "A".repeat(43)),
        );
        let text = Sensitive::new(format!("2:{new},1:{old}"));
        deps.base.keyring = Arc::new(Keyring::parse(&text, Arc::new(SystemEntropy)).unwrap());
        deps.base.db = Db::new(DbOptions {
            app: self.test.database.app(),
            worker: self.test.database.worker(),
            max_connections: 4,
            ids: Arc::clone(&deps.base.ids),
            clock: Arc::clone(&deps.base.clock),
            keyring: Arc::clone(&deps.base.keyring),
        });
        deps
    }
}

#[tokio::test]
async fn a_part_nobody_committed_goes_after_two_days() {
    let h = Harness::start().await;
    let announced = h.announce(2 * PART, "application/pdf").await;
    assert_eq!(
        h.patch(&announced.upload_path, 0, pdf(PART)).await.status(),
        204
    );
    // Stored, but the process died before the row was committed; the client came again.
    h.sql("DELETE FROM parts").await;
    assert_eq!(
        h.patch(&announced.upload_path, 0, pdf(PART)).await.status(),
        204
    );
    let count = async || h.blobs.list().try_collect::<Vec<_>>().await.unwrap().len();
    assert_eq!(count().await, 2);
    assert_eq!(
        sweep(&h.deps()).await.unwrap().parts,
        0,
        "it may be about to be committed"
    );

    h.test.clock.advance(time::Duration::hours(49));
    assert_eq!(sweep(&h.deps()).await.unwrap().parts, 1);
    assert_eq!(count().await, 1);
    assert_eq!(
        h.patch(&announced.upload_path, PART, pdf(PART))
            .await
            .status(),
        204
    );
}

#[tokio::test]
async fn limits_are_forgotten_once_nobody_looks_back() {
    let h = Harness::start().await;
    let (_, token) = h.linked().await;
    h.challenged(&mut h.holder(&token, crate::harness::HOME))
        .await;
    assert_eq!(sweep(&h.deps()).await.unwrap(), Swept::default());
    h.pass(24 * 60 + 1).await;
    // Of the phone, and of the address that asked.
    assert_eq!(sweep(&h.deps()).await.unwrap().limits, 2);
    assert_eq!(h.count("SELECT count(*) FROM budgets").await, 0);
}

#[tokio::test]
async fn documents_of_both_keys_are_read_while_the_ring_turns() {
    let mut h = Harness::start().await;
    let old = h.ready().await;
    let rotated = h.rotated();
    h.use_instance(rotated.clone()).await;
    let new = h.ready().await;
    let newest =
        "SELECT count(*) FROM document_keys WHERE substring(wrapped, 2, 4) = '\\x00000002'";
    assert_eq!(h.count(newest).await, 1);
    assert_eq!(sweep(&rotated).await.unwrap().resealed, 1);
    assert_eq!(sweep(&rotated).await.unwrap().resealed, 0);
    assert_eq!(h.count(newest).await, 2);
    for document in [old, new] {
        let path = format!("/v1/downloads/{}", document.document_id);
        let answer = h
            .http(Method::GET, &path, Some(&h.caller))
            .send()
            .await
            .unwrap();
        assert!(answer.bytes().await.unwrap() == pdf(3_000));
        let read = h.document(&document.document_id).await.unwrap();
        assert_eq!(
            (read.file_name, read.sha256),
            (document.file_name, document.sha256)
        );
    }
}
