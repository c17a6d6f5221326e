use crate::harness::Harness;
use bitewing_store::{Lease, StoreError};
use std::time::Duration;

const LONG: Duration = Duration::from_mins(1);

/// What the passing of time does.
async fn expire(h: &Harness) {
    assert_eq!(
        h.tamper("UPDATE store.lease SET until = clock_timestamp()")
            .await,
        1
    );
}

#[tokio::test]
async fn one_holds_and_the_other_waits() {
    let h = Harness::new().await;
    let other = h.another(2);
    let held = Lease::acquire(&h.db, "sweep", LONG).await.unwrap().unwrap();
    assert_eq!(Lease::acquire(&other, "sweep", LONG).await.unwrap(), None);
    assert!(
        Lease::acquire(&other, "another name", LONG)
            .await
            .unwrap()
            .is_some()
    );
    held.release(&h.db).await.unwrap();
    let taken = Lease::acquire(&other, "sweep", LONG)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(taken.epoch(), 2);
}

#[tokio::test]
async fn the_late_write_of_a_paused_holder_is_refused() {
    let h = Harness::new().await;
    let other = h.another(2);
    let paused = Lease::acquire(&h.db, "sweep", LONG).await.unwrap().unwrap();
    expire(&h).await;
    // Nobody took over yet: the work still counts.
    let mut tx = h.db.begin_worker().await.unwrap();
    paused.fence(&h.db, &mut tx).await.unwrap();
    tx.commit().await.unwrap();

    let taken = Lease::acquire(&other, "sweep", LONG)
        .await
        .unwrap()
        .unwrap();
    assert!(taken.epoch() > paused.epoch());
    let mut tx = h.db.begin_worker().await.unwrap();
    assert!(matches!(
        paused.fence(&h.db, &mut tx).await,
        Err(StoreError::LeaseLost)
    ));
    assert!(matches!(
        paused.renew(&h.db).await,
        Err(StoreError::LeaseLost)
    ));
    let mut tx = other.begin_worker().await.unwrap();
    taken.fence(&other, &mut tx).await.unwrap();
}

#[tokio::test]
async fn nobody_takes_over_while_a_fenced_transaction_is_open() {
    let h = Harness::new().await;
    let other = h.another(2);
    let held = Lease::acquire(&h.db, "sweep", LONG).await.unwrap().unwrap();
    expire(&h).await;
    let mut tx = h.db.begin_worker().await.unwrap();
    held.fence(&h.db, &mut tx).await.unwrap();
    let mut taking = std::pin::pin!(Lease::acquire(&other, "sweep", LONG));
    tokio::select! {
        biased;
        _ = &mut taking => panic!("took a fenced lease"),
        () = h.wait_for_blocked() => {}
    }
    tx.commit().await.unwrap();
    assert_eq!(taking.await.unwrap().unwrap().epoch(), 2);
}

#[tokio::test]
async fn releasing_a_lost_lease_does_not_take_it_from_the_next() {
    let h = Harness::new().await;
    let first = Lease::acquire(&h.db, "sweep", LONG).await.unwrap().unwrap();
    expire(&h).await;
    let second = Lease::acquire(&h.db, "sweep", LONG).await.unwrap().unwrap();
    first.release(&h.db).await.unwrap();
    second.renew(&h.db).await.unwrap();
    assert_eq!(Lease::acquire(&h.db, "sweep", LONG).await.unwrap(), None);
}

#[tokio::test]
async fn a_lease_ends_by_the_clock_of_the_database() {
    let h = Harness::new().await;
    let _held = Lease::acquire(&h.db, "sweep", LONG).await.unwrap().unwrap();
    h.clock.advance(LONG * 10);
    assert_eq!(Lease::acquire(&h.db, "sweep", LONG).await.unwrap(), None);
}
