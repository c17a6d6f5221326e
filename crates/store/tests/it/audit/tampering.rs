use super::trail::{Suffix, bad, check, named, sealer, trail, write};
use crate::harness::{Harness, organization, scope};
use bitewing_store::StoreError;
use bitewing_store::audit::{Bad, Sealer, Why, verify};
use sqlx::ConnectOptions;
use std::sync::Arc;
use uuid::Uuid;

#[tokio::test]
async fn an_edit_of_any_column_is_named() {
    for edit in [
        "UPDATE store.audit_entries SET resource = '3 ' WHERE seq = 3",
        "UPDATE store.audit_entries SET actor_id = 'usr_2' WHERE seq = 3",
        "UPDATE store.audit_entries SET actor_kind = 'operator' WHERE seq = 3",
        "UPDATE store.audit_entries SET action = 'thing.listed' WHERE seq = 3",
        "UPDATE store.audit_entries SET clinic_id = NULL WHERE seq = 3",
        "UPDATE store.audit_entries SET request_id = '' WHERE seq = 3",
        "UPDATE store.audit_entries SET at = at + interval '1 microsecond' WHERE seq = 3",
        "UPDATE store.audit_entries SET details = details || '{\"c\": 1}' WHERE seq = 3",
        "UPDATE store.audit_entries SET hash = sha256('x') WHERE seq = 3",
        "UPDATE store.audit_entries SET prev_hash = sha256('x') WHERE seq = 3",
        "UPDATE store.audit_entries SET id = gen_random_uuid() WHERE seq = 3",
    ] {
        let h = trail().await;
        assert_eq!(h.tamper(edit).await, 1);
        let (seq, _, why) = bad(&h).await;
        assert_eq!((seq, why), (3, Why::Edited), "{edit}");
    }
}

#[tokio::test]
async fn an_edit_with_a_fitting_hash_is_named_by_the_entry_after_it() {
    // Another trail lends an entry that is consistent in itself.
    let h = trail().await;
    let lender = Harness::new().await;
    write(&lender, organization(1), &["1", "2", "forged"]).await;
    sealer(&lender.db).run_once().await.unwrap();
    let forged: (Uuid, Vec<u8>, Vec<u8>, time::OffsetDateTime) =
        sqlx::query_as("SELECT id, prev_hash, hash, at FROM store.audit_entries WHERE seq = 3")
            .fetch_one(&mut lender.admin().await)
            .await
            .unwrap();
    sqlx::query(
        "UPDATE store.audit_entries
         SET id = $1, prev_hash = $2, hash = $3, at = $4, resource = 'forged' WHERE seq = 3",
    )
    .bind(forged.0)
    .bind(forged.1)
    .bind(forged.2)
    .bind(forged.3)
    .execute(&mut h.admin().await)
    .await
    .unwrap();
    // It does not follow what stands before it: the break is noticed there at the latest.
    let (seq, _, why) = bad(&h).await;
    assert!(matches!((seq, why), (2 | 3, Why::Edited)));
}

#[tokio::test]
async fn a_deleted_entry_is_missing() {
    let h = trail().await;
    assert_eq!(
        h.tamper("DELETE FROM store.audit_entries WHERE seq = 2")
            .await,
        1
    );
    assert_eq!(bad(&h).await, (2, None, Why::Missing));
    let h = trail().await;
    h.tamper("DELETE FROM store.audit_entries WHERE seq = 1")
        .await;
    assert_eq!(bad(&h).await, (1, None, Why::Missing));
}

#[tokio::test]
async fn exchanged_entries_are_reordered() {
    let h = trail().await;
    h.tamper("UPDATE store.audit_entries SET seq = 6 - seq WHERE seq IN (2, 4)")
        .await;
    assert_eq!(bad(&h).await, named(2, "4", Why::Reordered));
}

#[tokio::test]
async fn two_entries_at_one_place_are_noticed() {
    let h = trail().await;
    h.tamper("UPDATE store.audit_entries SET seq = 3 WHERE seq = 4")
        .await;
    let (seq, _, why) = bad(&h).await;
    assert_eq!((seq, why), (3, Why::Reordered));
}

#[tokio::test]
async fn a_cut_end_is_noticed_by_the_head_and_with_the_head_by_an_anchor() {
    let h = trail().await;
    let kept = check(&h, None).await.head;
    h.tamper("DELETE FROM store.audit_entries WHERE seq > 3")
        .await;
    assert_eq!(bad(&h).await, (4, None, Why::Cut));
    // The head is moved back as well; without the key its signature does not fit.
    h.tamper(
        "UPDATE store.audit_heads SET seq = 3,
             hash = (SELECT hash FROM store.audit_entries WHERE seq = 3)",
    )
    .await;
    assert_eq!(bad(&h).await, named(3, "3", Why::Rewritten));
    let cut = check(&h, Some(kept)).await.first_bad;
    assert_eq!(
        cut,
        Some(Bad {
            seq: 4,
            id: None,
            why: Why::Cut
        })
    );
}

#[tokio::test]
async fn a_trail_written_anew_is_noticed_by_its_signature_and_by_an_anchor() {
    let h = trail().await;
    let kept = check(&h, None).await.head;
    h.tamper(
        "UPDATE store.audit_entries SET seq = NULL, prev_hash = NULL, hash = NULL, action = 'lie';
         DELETE FROM store.audit_heads",
    )
    .await;
    Sealer::new(h.db.clone(), Arc::new(Suffix(b"no key")))
        .run_once()
        .await
        .unwrap();
    let by_signature = check(&h, None).await.first_bad.unwrap();
    assert_eq!((by_signature.seq, by_signature.why), (5, Why::Rewritten));
    let thief = Suffix(b"no key");
    let stolen_key = verify(&h.db, &scope(organization(1)), &thief, Some(kept))
        .await
        .unwrap();
    assert_eq!(stolen_key.first_bad.unwrap().why, Why::Rewritten);
}

#[tokio::test]
async fn neither_role_may_change_delete_or_seal_what_stands() {
    let h = trail().await;
    write(&h, organization(1), &["unsealed"]).await;
    let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
    let of_app = [
        "UPDATE store.audit_entries SET action = 'x'",
        "DELETE FROM store.audit_entries",
        "UPDATE store.audit_heads SET seq = 1",
        "INSERT INTO store.audit_entries (organization_id, id, seq, at, actor_kind, actor_id, action,
             resource, details, request_id)
         VALUES (current_setting('app.organization')::uuid, gen_random_uuid(), 9, now(), '', '', '',
             '', '{}', '')",
    ];
    for statement in of_app {
        sqlx::raw_sql("SAVEPOINT s")
            .execute(tx.conn())
            .await
            .unwrap();
        let error = StoreError::from(sqlx::query(statement).execute(tx.conn()).await.unwrap_err());
        assert!(error.to_string().contains("42501"), "{statement}");
        sqlx::raw_sql("ROLLBACK TO s")
            .execute(tx.conn())
            .await
            .unwrap();
    }
    let mut worker = h.database.worker().connect().await.unwrap();
    for statement in [
        "UPDATE store.audit_entries SET action = 'x'",
        "DELETE FROM store.audit_entries",
    ] {
        assert!(
            sqlx::query(statement).execute(&mut worker).await.is_err(),
            "{statement}"
        );
    }
    let sealed = "UPDATE store.audit_entries SET hash = sha256('x') WHERE seq IS NOT NULL";
    assert_eq!(
        sqlx::query(sealed)
            .execute(&mut worker)
            .await
            .unwrap()
            .rows_affected(),
        0
    );
}
