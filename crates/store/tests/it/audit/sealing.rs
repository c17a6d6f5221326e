use super::trail::{check, sealer, write};
use crate::harness::{Harness, organization, scope};
use bitewing_core::PageSize;
use bitewing_store::audit::{Anchor, Bad, EntryFilter, Why};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[tokio::test]
async fn an_untouched_trail_verifies_against_an_earlier_anchor() {
    let h = Harness::new().await;
    write(&h, organization(1), &["1", "2"]).await;
    write(&h, organization(2), &["other"]).await;
    assert_eq!(sealer(&h.db).run_once().await.unwrap(), 3);
    let early = check(&h, None).await;
    assert_eq!(
        (early.entries, early.head.seq, early.first_bad),
        (2, 2, None)
    );
    write(&h, organization(1), &["3"]).await;
    sealer(&h.db).run_once().await.unwrap();
    let late = check(&h, Some(early.head)).await;
    assert_eq!((late.entries, late.head.seq, late.first_bad), (3, 3, None));
}

#[tokio::test]
async fn a_trail_without_entries_verifies() {
    let h = Harness::new().await;
    assert_eq!(check(&h, None).await.first_bad, None);
    let kept = Anchor {
        seq: 1,
        hash: [1; 32],
    };
    let cut = check(&h, Some(kept)).await.first_bad;
    assert_eq!(
        cut,
        Some(Bad {
            seq: 1,
            id: None,
            why: Why::Cut
        })
    );
}

#[tokio::test]
async fn a_long_trail_is_walked_page_by_page() {
    let h = Harness::new().await;
    for _ in 0..3 {
        write(&h, organization(1), &["x"; 700]).await;
    }
    assert_eq!(sealer(&h.db).run_once().await.unwrap(), 2_100);
    let verdict = check(&h, None).await;
    assert_eq!((verdict.entries, verdict.first_bad), (2_100, None));
}

#[tokio::test]
async fn two_sealers_make_one_chain() {
    let h = Harness::new().await;
    for _ in 0..5 {
        write(&h, organization(1), &["x"; 300]).await;
    }
    let other = h.another(2);
    let (one, two) = (sealer(&h.db), sealer(&other));
    let (one, two) = tokio::join!(one.run_once(), two.run_once());
    assert_eq!(one.unwrap() + two.unwrap(), 1_500);
    assert_eq!(check(&h, None).await.entries, 1_500);
}

#[tokio::test]
async fn a_running_sealer_is_woken_by_a_commit() {
    let h = Harness::new().await;
    let stop = CancellationToken::new();
    let sealer = sealer(&h.db);
    let work = async {
        write(&h, organization(1), &["1"]).await;
        while check(&h, None).await.head.seq < 1 {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    tokio::join!(sealer.run(stop.clone()), work);
    assert_eq!(check(&h, None).await.first_bad, None);
}

#[tokio::test]
async fn entries_are_listed_newest_first_by_page_resource_and_clinic() {
    let h = Harness::new().await;
    write(&h, organization(1), &["1", "2", "3"]).await;
    write(&h, organization(2), &["other"]).await;
    let mut tx = h.db.begin(&scope(organization(1))).await.unwrap();
    let two = PageSize::parse(2).unwrap();
    let first = tx
        .audit_entries(&EntryFilter::default(), two)
        .await
        .unwrap();
    let names: Vec<_> = first.iter().map(|entry| entry.resource.as_str()).collect();
    assert_eq!(names, ["3", "2", "1"], "one more than the page");
    let next = EntryFilter {
        before: Some(first[1].id),
        ..EntryFilter::default()
    };
    assert_eq!(tx.audit_entries(&next, two).await.unwrap().len(), 1);
    let about = EntryFilter {
        resource: Some("2".to_owned()),
        ..EntryFilter::default()
    };
    let found = tx.audit_entries(&about, two).await.unwrap();
    assert_eq!(
        (found.len(), found[0].details["a"][0].as_str()),
        (1, Some("x"))
    );
    assert_eq!((found[0].actor_kind.as_str(), found[0].seq), ("user", None));
    for (clinic, count) in [(7, 3), (8, 0)] {
        let clinics = Some(vec![Uuid::from_u128(clinic)]);
        let filter = EntryFilter {
            clinics,
            ..EntryFilter::default()
        };
        assert_eq!(tx.audit_entries(&filter, two).await.unwrap().len(), count);
    }
}
