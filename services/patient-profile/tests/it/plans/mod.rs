//! Every query of the service on a loaded table, as a prepared statement whose plan serves any values:
//! under row-level security, and along an index.

mod load;

use self::load::load;
use crate::harness::Harness;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

/// Tables that grow with the patients of a chain.
const LARGE: [&str; 19] = [
    "patients",
    "contact_points",
    "closed_contact_points",
    "external_ids",
    "patient_names",
    "patient_relations",
    "patient_children",
    "patient_merges",
    "erasures",
    "erased_keys",
    "consents",
    "preference_links",
    "channel_answers",
    "caller_blocks",
    "spam_reports",
    "appointments",
    "appointment_requests",
    "recalls",
    "balances",
];

/// The checked queries of the service, with how many parameters each has.
fn queries() -> Vec<(String, usize)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let files = std::fs::read_dir(folder).unwrap();
    let mut queries: Vec<_> = files
        .map(|file| {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let data: Value = serde_json::from_str(&text).unwrap();
            let parameters = &data["describe"]["parameters"];
            let parameters = parameters["Left"].as_array().map_or(0, Vec::len);
            (data["query"].as_str().unwrap().to_owned(), parameters)
        })
        .collect();
    queries.sort();
    queries
}

/// Whether a query names a table, and not only one whose name holds its name.
fn names(query: &str, table: &str) -> bool {
    let parts = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    parts.into_iter().any(|part| part == table)
}

/// What indexes are ordered by, as conditions of a plan say it: a bound on one of them belongs to the index. A condition
/// that is left for the rows an index gives may be about anything else.
const ORDERS: [&str; 12] = [
    "organization_id",
    "starts_at",
    "due_on",
    "token >",
    "token <",
    "value =",
    "updated_at",
    "birth_date =",
    "address_hash",
    "id <",
    "id >",
    "ROW(",
];

/// A snapshot is compared with everything an organization has: here, where there are only two of them, half of the
/// tables. Nothing else may do that.
const WHOLE: &str = "FROM import_rows r";

/// Conditions that are asked of what another index gave, in a search by several things at once.
const ASKED_AFTERWARDS: [&str; 1] = ["IS NULL) OR"];

/// Where a plan reads a large table from one end to the other, or reads rows an index could have left out.
fn scans(plan: &Value, found: &mut String) {
    if let Some(fields) = plan.as_object() {
        let text = |name| fields.get(name).and_then(Value::as_str);
        let table = text("Relation Name").filter(|table| LARGE.contains(table));
        let kind = text("Node Type").unwrap_or_default();
        if let Some(table) = table {
            if kind == "Seq Scan" {
                let _ = write!(found, " {table}");
            }
            // Two lower bounds, one of them a row: the scan may begin at the weaker one.
            let bounds = text("Index Cond").unwrap_or_default();
            let first = bounds
                .split("ROW(")
                .nth(1)
                .and_then(|row| row.split(',').next());
            if first.is_some_and(|column| bounds.contains(&format!("({column} >"))) {
                let _ = write!(found, " {table} has two beginnings in {bounds}");
            }
            let left = text("Filter").unwrap_or_default();
            let optional = ASKED_AFTERWARDS.iter().any(|part| left.contains(part));
            if !optional && let Some(order) = ORDERS.iter().find(|order| left.contains(**order)) {
                let _ = write!(found, " {table} has {order} in {left}");
            }
        }
    }
    let inner: Vec<&Value> = match plan {
        Value::Object(fields) => fields.values().collect(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    for part in inner {
        scans(part, found);
    }
}

#[tokio::test]
async fn no_query_reads_a_large_table_from_end_to_end() {
    let h = Harness::start().await;
    let mut admin = PgConnection::connect_with(&h.test.database.admin())
        .await
        .unwrap();
    let organization = h.caller.organization().uuid().to_string();
    load(&mut admin, &organization).await;
    load(&mut admin, "00000000-0000-7000-8000-000000000002").await;
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
    let mut wrong = String::new();
    let mut asked = BTreeSet::new();
    for (number, (query, parameters)) in queries().into_iter().enumerate() {
        let named = LARGE.iter().filter(|table| names(&query, table));
        if query.contains(WHOLE) {
            continue;
        }
        let before = asked.len();
        asked.extend(named.map(|table| (*table, number)));
        if asked.len() == before {
            continue;
        }
        let nulls = vec!["NULL"; parameters].join(", ");
        let prepare = format!("PREPARE q{number} AS {query}");
        app.execute(sqlx::raw_sql(AssertSqlSafe(prepare)))
            .await
            .unwrap();
        let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE q{number}({nulls})");
        let row = sqlx::raw_sql(AssertSqlSafe(explain))
            .fetch_one(&mut app)
            .await;
        let plan: Value = row.unwrap().get(0);
        let mut found = String::new();
        scans(&plan, &mut found);
        if !found.is_empty() {
            let _ = writeln!(wrong, "{found}: {query}");
        }
    }
    for table in LARGE {
        assert!(
            asked.iter().any(|(one, _)| *one == table),
            "no query names {table}"
        );
    }
    assert!(wrong.is_empty(), "{wrong}");
}
