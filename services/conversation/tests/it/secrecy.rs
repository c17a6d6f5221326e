use crate::harness::{Harness, http_account, provider};
use bitewing_proto::conversation as pb;
use bitewing_proto::template::TemplateKind;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _};
use std::fmt::Write as _;

const LINK: &str = "https://documents.example/d#CANARY-of-a-token-7c1f93";
const CODE: &str = "7340912865";
const PHONE: &str = "+15148731234";
const MAILBOX: &str = "canary.mailbox@example.org";

/// Every row of every table as text, as whoever stole the database reads it.
async fn dump(h: &Harness) -> String {
    let mut thief = h.test.database.admin().connect().await.unwrap();
    let tables = "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
                  WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
    let tables = sqlx::raw_sql(tables).fetch_all(&mut thief).await.unwrap();
    let mut dump = String::new();
    for table in tables {
        let name: String = table.get("name");
        let rows = AssertSqlSafe(format!("SELECT t::text AS line FROM {name} t"));
        for row in sqlx::raw_sql(rows).fetch_all(&mut thief).await.unwrap() {
            writeln!(dump, "{name}: {}", row.get::<String, _>("line")).unwrap();
        }
    }
    dump
}

fn hex(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

async fn assert_nothing_rests_in_clear(h: &Harness, rows: &str) {
    let dump = dump(h).await;
    assert!(dump.contains(rows), "the dump shows {rows}");
    let spoken = CODE
        .chars()
        .map(String::from)
        .collect::<Vec<_>>()
        .join(", ");
    for canary in [LINK, CODE, &spoken, PHONE, MAILBOX, "hush-hush"] {
        assert!(!dump.contains(canary), "a canary rests in clear");
        assert!(
            !dump.contains(&hex(canary)),
            "a canary rests in hexadecimal"
        );
    }
}

async fn send_canaries(h: &Harness) -> Vec<String> {
    let link = pb::SendTransactionalRequest {
        kind: TemplateKind::DocumentLink.into(),
        channel: pb::Channel::Email.into(),
        address: MAILBOX.to_owned(),
        secret: LINK.to_owned(),
        ..h.code()
    };
    let code = pb::SendTransactionalRequest {
        address: PHONE.to_owned(),
        secret: CODE.to_owned(),
        ..h.code()
    };
    let call = pb::SendTransactionalRequest {
        channel: pb::Channel::Voice.into(),
        request_id: h.code().request_id,
        ..code.clone()
    };
    let mut ids = Vec::new();
    for request in [link, code, call] {
        ids.push(h.send(request).await.unwrap().message_id);
    }
    ids
}

#[tokio::test]
async fn no_secret_rests_in_clear_before_it_is_sent() {
    let h = Harness::start().await;
    let account = http_account("http://127.0.0.1:9/messages", pb::RepeatContract::Keyed);
    let request = pb::CreateChannelAccountRequest {
        channel_account: Some(account),
        request_id: String::new(),
    };
    h.accounts()
        .create_channel_account(h.request(request))
        .await
        .unwrap();
    send_canaries(&h).await;
    assert_nothing_rests_in_clear(&h, "store.job: ").await;
    assert_eq!(
        h.count("SELECT count(*) FROM messages WHERE secret IS NOT NULL")
            .await,
        3
    );
}

#[tokio::test]
async fn no_secret_rests_at_all_once_it_is_sent() {
    let h = Harness::start().await;
    let (stub, _) = provider(&h, pb::RepeatContract::Keyed).await;
    for id in send_canaries(&h).await {
        h.wait_for(&id, pb::MessageState::Accepted).await;
        assert_eq!(stub.ledger.arrivals_of(&id), 1);
        h.events_of(&id, "message.accepted").await;
    }
    assert_nothing_rests_in_clear(&h, "message.accepted").await;
    let kept = "SELECT count(*) FROM messages WHERE body IS NOT NULL OR secret IS NOT NULL";
    assert_eq!(h.count(kept).await, 0);
}

#[tokio::test]
async fn the_sandbox_keeps_what_arrived_sealed() {
    let h = Harness::start().await;
    for id in send_canaries(&h).await {
        h.wait_for(&id, pb::MessageState::Delivered).await;
    }
    assert_nothing_rests_in_clear(&h, "sandbox_messages: ").await;
    assert!(
        h.arrived()
            .await
            .iter()
            .any(|arrived| arrived.text.contains(LINK))
    );
}
