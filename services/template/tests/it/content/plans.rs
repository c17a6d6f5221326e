//! Searches and lists of a chain with 10,000 scenarios, as prepared statements whose plan serves any values: under
//! row-level security, and along an index.

use super::scenarios;
use crate::harness::Harness;
use bitewing_proto::template as pb;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use std::time::{Duration, Instant};

/// Tables a search reads.
const LARGE: [&str; 2] = ["scenarios", "scenario_lexemes"];

/// 10,000 scenarios of 27 words, 100 of which hold a given rare word.
const LOAD: &str = r#"
INSERT INTO scenarios (organization_id, id, intent, service, locale, title, content, version, created_at, updated_at)
SELECT :organization, gen_random_uuid(), 'price', 's' || n, 'ru', 't',
    jsonb_build_object('examples', jsonb_build_array('слово' || n % 100 || ' сколько стоит'),
        'answers', '[{"register": "formal", "body": "x"}]'::jsonb, 'steps', '[]'::jsonb), 1, now(), now()
FROM generate_series(1, 10000) n;
INSERT INTO scenario_lexemes (organization_id, locale, lexeme, scenario_id, intent, weight)
SELECT organization_id, locale, 'слово' || w * 100 + substr(service, 2)::int % 100, id, intent, 1
FROM scenarios, generate_series(0, 24) w WHERE organization_id = :organization;
INSERT INTO scenario_lexemes (organization_id, locale, lexeme, scenario_id, intent, weight)
SELECT organization_id, locale, word, id, intent, 1
FROM scenarios, unnest(ARRAY['скольк', 'сто']) word WHERE organization_id = :organization;
"#;

/// The checked queries of the service that name a large table, with how many parameters each has.
fn queries() -> Vec<(String, usize)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let mut queries: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let data: Value = serde_json::from_str(&text).unwrap();
            let parameters = data["describe"]["parameters"]["Left"]
                .as_array()
                .map_or(0, Vec::len);
            (data["query"].as_str().unwrap().to_owned(), parameters)
        })
        .filter(|(query, _)| {
            let mut words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            words.any(|word| LARGE.contains(&word))
        })
        .collect();
    queries.sort();
    queries
}

/// Whether a plan reads a large table from one end to the other.
fn scans(plan: &Value) -> bool {
    let text = |name: &str| plan.get(name).and_then(Value::as_str);
    let whole = text("Node Type") == Some("Seq Scan");
    let here = whole && text("Relation Name").is_some_and(|table| LARGE.contains(&table));
    let inner = match plan {
        Value::Object(fields) => fields.values().any(scans),
        Value::Array(items) => items.iter().any(scans),
        _ => false,
    };
    here || inner
}

#[tokio::test]
async fn no_query_reads_10_000_scenarios_from_end_to_end() {
    let h = Harness::start().await;
    let mut admin = PgConnection::connect_with(&h.test.database.admin())
        .await
        .unwrap();
    let organization = h.caller.organization().uuid().to_string();
    for one in [
        organization.as_str(),
        "00000000-0000-7000-8000-000000000002",
    ] {
        let sql = LOAD.replace(":organization", &format!("'{one}'::uuid"));
        admin
            .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
            .await
            .unwrap();
    }
    admin.execute("ANALYZE").await.unwrap();
    let mut app = PgConnection::connect_with(&h.test.database.app())
        .await
        .unwrap();
    let set = format!("SET app.organization = '{organization}'");
    app.execute(sqlx::raw_sql(AssertSqlSafe(set)))
        .await
        .unwrap();
    app.execute("SET plan_cache_mode = force_generic_plan")
        .await
        .unwrap();
    let mut asked = 0;
    for (number, (query, parameters)) in queries().into_iter().enumerate() {
        let prepare = format!("PREPARE q{number} AS {query}");
        app.execute(sqlx::raw_sql(AssertSqlSafe(prepare)))
            .await
            .unwrap();
        let nulls = vec!["NULL"; parameters].join(", ");
        let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE q{number}({nulls})");
        let row = sqlx::raw_sql(AssertSqlSafe(explain))
            .fetch_one(&mut app)
            .await
            .unwrap();
        let plan: Value = row.get(0);
        assert!(!scans(&plan), "{query}\n{plan:#}");
        asked += 1;
    }
    assert!(asked >= 8, "only {asked} queries name a large table");

    // The search itself, over the wire; said with `--nocapture`.
    let mut took: Vec<Duration> = Vec::new();
    for n in 0..200 {
        let request = pb::SearchScenariosRequest {
            text: format!("Здравствуйте, сколько стоит слово{}?", n % 2_500),
            locale: "ru".to_owned(),
            ..Default::default()
        };
        let begun = Instant::now();
        let found = scenarios(&h)
            .search_scenarios(h.request(request))
            .await
            .unwrap()
            .into_inner();
        took.push(begun.elapsed());
        assert!(!found.suggestions.is_empty());
    }
    took.sort();
    eprintln!(
        "search over 10,000: p50 {:?}, p99 {:?}",
        took[100], took[198]
    );
}
