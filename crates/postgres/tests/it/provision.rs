use bitewing_postgres::provision;

use crate::harness::{Place, ask};

#[tokio::test]
async fn makes_roles_that_hold_no_power() {
    let place = Place::new();
    let cluster = place.start().await;
    let database = provision(&cluster.admin(), "patient-profile")
        .await
        .unwrap();

    let me = "SELECT current_user || ' of ' || session_user || ' in ' || current_database()";
    assert_eq!(
        ask(&database.app, me).await.unwrap(),
        [
            "bitewing_patient_profile_app of bitewing_patient_profile_app in bitewing_patient_profile"
        ]
    );
    assert_eq!(
        ask(&database.owner, me).await.unwrap(),
        ["bitewing_patient_profile_owner of postgres in bitewing_patient_profile"]
    );

    let powerful = "SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'bitewing%' AND
        (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)";
    assert!(ask(&database.admin, powerful).await.unwrap().is_empty());
    let may_log_in = "SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'bitewing%' AND rolcanlogin ORDER BY 1";
    assert_eq!(
        ask(&database.admin, may_log_in).await.unwrap(),
        [
            "bitewing_patient_profile_app",
            "bitewing_patient_profile_worker"
        ]
    );
    let member = "SELECT pg_has_role('bitewing_app', 'USAGE')::text
        || pg_has_role('bitewing_worker', 'USAGE')::text";
    assert_eq!(ask(&database.app, member).await.unwrap(), ["truefalse"]);
    assert_eq!(ask(&database.worker, member).await.unwrap(), ["falsetrue"]);
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn limits_how_long_a_request_can_hold_the_database() {
    let place = Place::new();
    let cluster = place.start().await;
    let app = provision(&cluster.admin(), "gateway").await.unwrap().app;
    for (setting, value) in [
        ("statement_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("lock_timeout", "5s"),
        ("log_statement", "none"),
    ] {
        assert_eq!(
            ask(&app, &format!("SHOW {setting}")).await.unwrap(),
            [value],
            "{setting}"
        );
    }
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn keeps_services_out_of_each_others_databases() {
    let place = Place::new();
    let cluster = place.start().await;
    let mine = provision(&cluster.admin(), "gateway").await.unwrap();
    let theirs = provision(&cluster.admin(), "template").await.unwrap();
    let intruder = theirs.app.username(mine.app.get_username());
    let refused = ask(&intruder, "SELECT 'in'").await.unwrap_err().to_string();
    assert!(
        refused.contains("permission denied for database"),
        "{refused}"
    );
    let refused = ask(&mine.app, "CREATE TABLE t (x int)")
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("permission denied for schema public"),
        "{refused}"
    );
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn many_processes_may_provision_at_once_and_again() {
    let place = Place::new();
    let cluster = place.start().await;
    let admin = cluster.admin();
    let all = [
        "gateway",
        "gateway",
        "gateway",
        "template",
        "template",
        "conversation",
    ];
    let tasks: Vec<_> = all
        .into_iter()
        .map(|service| {
            let admin = admin.clone();
            tokio::spawn(async move { provision(&admin, service).await.map(drop) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    provision(&admin, "gateway").await.unwrap();
    let databases =
        "SELECT datname::text FROM pg_database WHERE datname LIKE 'bitewing%' ORDER BY 1";
    assert_eq!(
        ask(&admin, databases).await.unwrap(),
        [
            "bitewing_conversation",
            "bitewing_gateway",
            "bitewing_template"
        ]
    );
    cluster.stop().await.unwrap();
}
