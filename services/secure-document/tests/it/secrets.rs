//! Canaries: what must not be found in the database, in any form it would be found by.

use crate::harness::{HOME, Harness};
use bitewing_core::CapabilityToken;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

/// Every row of every table as text, with binary columns in hexadecimal.
async fn dump(h: &Harness) -> String {
    let mut connection = PgConnection::connect_with(&h.test.database.admin())
        .await
        .unwrap();
    let tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
                  WHERE schemaname IN ('public', 'store') ORDER BY 1";
    let tables = connection.fetch_all(sqlx::raw_sql(tables)).await.unwrap();
    let mut text = String::new();
    for table in tables {
        let table: String = table.get(0);
        let rows = format!("SELECT coalesce(string_agg(t::text, chr(10)), '') FROM {table} t");
        let row = connection
            .fetch_one(sqlx::raw_sql(AssertSqlSafe(rows)))
            .await
            .unwrap();
        text.push_str(&row.get::<String, _>(0));
        text.push('\n');
    }
    text
}

#[tokio::test]
async fn tokens_codes_and_addresses_do_not_rest_in_clear() {
    let h = Harness::start().await;
    let document = h.ready().await;
    let link = h.create_link(h.link_request(&[&document])).await.unwrap();
    let early = dump(&h).await;
    let token = h.token(&link).await;
    let mut anne = h.holder(&token, HOME);
    let (challenge, code) = h.challenged(&mut anne).await;
    let live = dump(&h).await;
    let session = anne
        .verify(&h, &challenge, &code)
        .await
        .unwrap()
        .session_token;
    let late = dump(&h).await;
    assert!(
        late.contains("link.unlocked"),
        "the dump shows what happened"
    );

    let mut canaries = vec![
        hex::encode("anne.cote@example.org"),
        "anne.cote@example.org".to_owned(),
        "5148735678".to_owned(),
        "Radiographie".to_owned(),
        hex::encode("Radiographie"),
        document.sha256.clone(),
    ];
    for secret in [&token, &challenge, &session] {
        let raw = CapabilityToken::parse(secret).unwrap();
        canaries.push(secret.clone());
        canaries.push(hex::encode(secret));
        // The random half, as bytes: what is stored is the hash of the whole.
        let bytes =
            base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, secret);
        canaries.push(hex::encode(&bytes.unwrap()[16..]));
        assert!(live.contains(&hex::encode(raw.hash())) || *secret == session);
    }
    for canary in &canaries {
        for dump in [&early, &live, &late] {
            assert!(!dump.contains(canary.as_str()), "a secret rests in clear");
        }
    }
    // Six digits turn up by chance in hexadecimal; as a value of their own they do not.
    let code_alone = |dump: &str| {
        dump.split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| word == code)
            || dump.contains(&hex::encode(&code))
    };
    assert!(
        !code_alone(&live) && !code_alone(&late),
        "a code rests in clear"
    );
    assert_eq!(
        h.count("SELECT count(*) FROM challenges WHERE mac IS NOT NULL")
            .await,
        0
    );
}

#[tokio::test]
async fn a_document_opens_nowhere_else() {
    let h = Harness::start().await;
    let (one, other) = (h.ready().await, h.ready().await);
    // Somebody with the database swaps two wrapped keys.
    h.sql(
        "UPDATE document_keys k SET wrapped = o.wrapped FROM document_keys o
         WHERE o.document_id <> k.document_id",
    )
    .await;
    for document in [one, other] {
        let path = format!("/v1/downloads/{}", document.document_id);
        let answer = h
            .http(reqwest::Method::GET, &path, Some(&h.caller))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 500);
    }
}

#[tokio::test]
async fn the_service_is_ready_only_with_its_roles_bound() {
    let h = Harness::start().await;
    let ready = h
        .http
        .get(format!("http://{}/readyz", h.address))
        .send()
        .await
        .unwrap();
    assert_eq!(ready.status(), 200);
    // The limits over all organizations are reached through their functions alone.
    let reach = "SELECT count(*) FROM information_schema.role_table_grants
                 WHERE table_name = 'budgets' AND grantee IN ('bitewing_app', 'bitewing_worker', 'PUBLIC')";
    assert_eq!(h.count(reach).await, 0);
}
