//! A migrated database, and handles on it as different processes would have them.

use bitewing_auth::{Actor, ActorKind, Scope};
use bitewing_core::{Clock, Entropy, OrganizationId, Sensitive, SystemEntropy, SystemIds};
use bitewing_store::{Db, DbOptions, Event, Keyring, MIGRATOR};
use bitewing_testkit::database::TestDatabase;
use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

/// A clock that stands until it is moved.
pub(crate) struct StillClock(Mutex<OffsetDateTime>);

impl StillClock {
    pub(crate) fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for StillClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap()
    }
}

pub(crate) struct Harness {
    pub(crate) database: TestDatabase,
    pub(crate) db: Db,
    pub(crate) clock: Arc<StillClock>,
}

impl Harness {
    pub(crate) async fn new() -> Self {
        let database = TestDatabase::create("store", &[&MIGRATOR]).await;
        let clock = Arc::new(StillClock(Mutex::new(datetime!(2026-11-22 12:00 UTC))));
        let db = open(database.app(), database.worker(), &clock, 8);
        Self {
            database,
            db,
            clock,
        }
    }

    /// What another process of the service would have: pools and wake-ups of its own.
    pub(crate) fn another(&self, connections: u32) -> Db {
        open(
            self.database.app(),
            self.database.worker(),
            &self.clock,
            connections,
        )
    }

    /// A connection no policy binds.
    pub(crate) async fn admin(&self) -> PgConnection {
        self.database.admin().connect().await.unwrap()
    }

    /// Runs statements no policy binds; answers how many rows they touched.
    pub(crate) async fn tamper(&self, statement: &'static str) -> u64 {
        let mut admin = self.admin().await;
        sqlx::raw_sql(statement)
            .execute(&mut admin)
            .await
            .unwrap()
            .rows_affected()
    }

    /// A number no policy hides.
    pub(crate) async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query)
            .fetch_one(&mut self.admin().await)
            .await
            .unwrap()
    }

    /// Returns once some session of this database waits for another one's lock.
    pub(crate) async fn wait_for_blocked(&self) {
        let mut admin = self.admin().await;
        let blocked = "SELECT count(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(blocked)
            .fetch_one(&mut admin)
            .await
            .unwrap()
            == 0
        {
            tokio::task::yield_now().await;
        }
    }

    /// Emits one event per resource, in one transaction.
    pub(crate) async fn emit(&self, organization: OrganizationId, resources: &[&str]) {
        let mut tx = self.db.begin(&scope(organization)).await.unwrap();
        tx.emit_all(resources.iter().map(|resource| event(*resource)).collect())
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}

pub(crate) fn open(
    app: PgConnectOptions,
    worker: PgConnectOptions,
    clock: &Arc<StillClock>,
    max_connections: u32,
) -> Db {
    let clock: Arc<dyn Clock> = Arc::<StillClock>::clone(clock);
    let keyring = Arc::new(keyring(&[1]));
    Db::new(DbOptions {
        app,
        worker,
        max_connections,
        ids: Arc::new(SystemIds),
        clock,
        keyring,
    })
}

pub(crate) fn keyring(versions: &[u32]) -> Keyring {
    let keys = versions
        .iter()
        .map(|version| (*version, Sensitive::new([*version as u8; 32])));
    Keyring::new(keys, Arc::new(SystemEntropy)).unwrap()
}

pub(crate) fn organization(number: u128) -> OrganizationId {
    OrganizationId::from_uuid(Uuid::from_u128(number))
}

pub(crate) const fn scope(organization: OrganizationId) -> Scope {
    Scope::of_job(organization)
}

pub(crate) fn event(resource: impl Into<String>) -> Event {
    let resource = resource.into();
    Event {
        event_type: "thing.happened",
        payload: json!({ "thing_id": resource }),
        resource,
    }
}

pub(crate) fn actor() -> Actor {
    Actor {
        kind: ActorKind::User,
        id: "usr_1".to_owned(),
    }
}

/// Fills with one byte: delays become what the test says.
pub(crate) struct Constant(pub(crate) u8);

impl Entropy for Constant {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0);
    }
}
