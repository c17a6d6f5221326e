//! Every query of the service on a loaded table, as a prepared statement whose plan serves any values:
//! under row-level security, and along an index.

use crate::harness::Harness;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use std::fmt::Write as _;
use std::path::Path;

/// Tables that grow with the patients of a chain.
const LARGE: [&str; 8] = [
    "patients",
    "contact_points",
    "closed_contact_points",
    "external_ids",
    "patient_names",
    "patient_relations",
    "patient_children",
    "patient_merges",
];

/// Two chains with 20,000 patients each, written by a superuser.
const LOAD: &str = "
    INSERT INTO clinics (organization_id, id, region)
    SELECT o::text::uuid, gen_random_uuid(), 'CA' FROM unnest($1::uuid[]) o, generate_series(1, 20);
    ";

async fn load(admin: &mut PgConnection, organization: &str) {
    let clinics = LOAD.replace("$1", &format!("ARRAY['{organization}']"));
    let patients = format!(
        "INSERT INTO patients (organization_id, id, clinic_id, title, given_name, patronymic, family_name,
             preferred_name, birth_date, address_form, do_not_contact, sensitive, version, created_at, updated_at)
         SELECT '{organization}', gen_random_uuid(), c.id, '', 'given' || n % 997, '', 'family' || n, '',
             date '1950-01-01' + n % 20000, 0, false, false, 1, now(), now() - n * interval '1 minute'
         FROM generate_series(1, 20000) n
         JOIN (SELECT id, row_number() OVER () AS place FROM clinics WHERE organization_id = '{organization}') c
             ON c.place = n % 20 + 1;
         INSERT INTO contact_points (organization_id, patient_id, rank, kind, value, line_type, verified)
         SELECT organization_id, id, 0, 1, '+1514' || right('0000000' || (row_number() OVER ())::text, 7), 1, false
         FROM patients WHERE organization_id = '{organization}';
         INSERT INTO closed_contact_points (organization_id, id, patient_id, kind, channel, value, line_type,
             use_kind, region, verified_by, unreachable_reason, opened_at, closed_at, closed_by)
         SELECT organization_id, gen_random_uuid(), id, 1, 0, '+15140000000', 1, 0, 'CA', '', 0, now(), now(), ''
         FROM patients WHERE organization_id = '{organization}';
         INSERT INTO external_ids (organization_id, system, value, patient_id)
         SELECT organization_id, 'od', id::text, id FROM patients WHERE organization_id = '{organization}';
         INSERT INTO patient_names (organization_id, patient_id, token)
         SELECT organization_id, id, given_name FROM patients WHERE organization_id = '{organization}'
         UNION SELECT organization_id, id, family_name FROM patients WHERE organization_id = '{organization}';
         INSERT INTO patient_relations (organization_id, patient_id, rank, kind, related_id, display_name)
         SELECT organization_id, id, 0, 1, id, '' FROM patients WHERE organization_id = '{organization}';
         INSERT INTO patient_children (organization_id, patient_id, child_id)
         SELECT organization_id, id, id FROM patients WHERE organization_id = '{organization}';
         INSERT INTO patient_merges (organization_id, id, patient_id, duplicate_id, moved, merged_at, merged_by)
         SELECT organization_id, gen_random_uuid(), id, id, '{{}}', now(), ''
         FROM patients WHERE organization_id = '{organization}';"
    );
    for sql in [clinics, patients] {
        admin
            .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
            .await
            .unwrap();
    }
}

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

/// Where a plan reads a large table from one end to the other.
fn scans(plan: &Value, found: &mut String) {
    if let Some(fields) = plan.as_object() {
        let table = fields.get("Relation Name").and_then(Value::as_str);
        let whole = fields.get("Node Type").and_then(Value::as_str) == Some("Seq Scan");
        if let Some(table) = table.filter(|table| whole && LARGE.contains(table)) {
            let _ = write!(found, " {table}");
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
    let (mut wrong, mut asked) = (String::new(), 0);
    for (number, (query, parameters)) in queries().into_iter().enumerate() {
        if !LARGE.iter().any(|table| query.contains(table)) {
            continue;
        }
        asked += 1;
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
    assert!(asked >= 20, "{asked} queries");
    assert!(wrong.is_empty(), "{wrong}");
}
