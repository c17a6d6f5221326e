use std::{fs, process};

use bitewing_postgres::{Cluster, ClusterOptions};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::{Place, ask};

#[tokio::test]
async fn starts_answers_and_stops() {
    let place = Place::new();
    let cluster = place.start().await;
    let admin = cluster.admin();
    assert_eq!(ask(&admin, "SHOW listen_addresses").await.unwrap(), [""]);
    assert_eq!(ask(&admin, "SHOW server_encoding").await.unwrap(), ["UTF8"]);
    assert_eq!(ask(&admin, "SHOW data_checksums").await.unwrap(), ["on"]);
    cluster.stop().await.unwrap();
    assert!(ask(&admin, "SHOW data_checksums").await.is_err());
}

#[tokio::test]
async fn keeps_its_data_over_a_restart() {
    let place = Place::new();
    let cluster = place.start().await;
    ask(
        &cluster.admin(),
        "CREATE TABLE kept AS SELECT 'here'::text AS word",
    )
    .await
    .unwrap();
    cluster.stop().await.unwrap();
    let cluster = place.start().await;
    assert_eq!(
        ask(&cluster.admin(), "SELECT word FROM kept")
            .await
            .unwrap(),
        ["here"]
    );
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_start_joins_and_only_the_first_stops() {
    let place = Place::new();
    let (first, second) = tokio::join!(place.start(), place.start());
    let (owner, guest) = if first.is_owner() {
        (first, second)
    } else {
        (second, first)
    };
    assert!(!guest.is_owner());
    guest.stop().await.unwrap();
    assert_eq!(
        ask(&owner.admin(), "SELECT 'alive'").await.unwrap(),
        ["alive"]
    );
    owner.stop().await.unwrap();
}

#[tokio::test]
async fn a_detached_server_is_adopted_by_the_next_start() {
    let place = Place::new();
    place.start().await.detach();
    let pid = place.postmaster_pid();
    let heir = place.start().await;
    assert_eq!(place.postmaster_pid(), pid);
    assert!(heir.is_owner());
    let admin = heir.admin();
    heir.stop().await.unwrap();
    assert!(ask(&admin, "SELECT 'alive'").await.is_err());
}

#[tokio::test]
async fn a_durable_cluster_keeps_what_was_committed_before_a_kill() {
    let place = Place::new();
    let options = ClusterOptions {
        durable: true,
        ..place.options()
    };
    let cluster = Cluster::start(&options).await.unwrap();
    ask(
        &cluster.admin(),
        "CREATE TABLE kept AS SELECT 'here'::text AS word",
    )
    .await
    .unwrap();
    kill(Pid::from_raw(place.postmaster_pid()), Signal::SIGKILL).unwrap();
    drop(cluster);
    let again = Cluster::start(&options).await.unwrap();
    assert_eq!(
        ask(&again.admin(), "SELECT word FROM kept").await.unwrap(),
        ["here"]
    );
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_directory_with_a_long_name_still_gets_a_socket() {
    let place = Place::new();
    let mut options = place.options();
    options.data_dir = options.data_dir.join("long".repeat(30));
    let cluster = Cluster::start(&options).await.unwrap();
    let admin = cluster.admin();
    assert_eq!(ask(&admin, "SELECT 'reached'").await.unwrap(), ["reached"]);
    cluster.stop().await.unwrap();
    fs::remove_dir_all(admin.get_socket().unwrap()).unwrap();
}

#[tokio::test]
async fn a_pid_taken_by_another_program_does_not_prevent_a_start() {
    let place = Place::new();
    let cluster = place.start().await;
    let pid_file = place.0.join("pg/postmaster.pid");
    let theirs = fs::read_to_string(&pid_file).unwrap();
    let socket_lock = place.0.join("run/.s.PGSQL.5432.lock");
    cluster.stop().await.unwrap();
    // What is found after a power cut, when the next program to start got the old server's pid.
    let pid = process::id().to_string();
    let reused = theirs.replacen(theirs.lines().next().unwrap(), &pid, 1);
    fs::write(&pid_file, &reused).unwrap();
    fs::write(&socket_lock, &reused).unwrap();
    let cluster = place.start().await;
    assert_eq!(
        ask(&cluster.admin(), "SELECT 'alive'").await.unwrap(),
        ["alive"]
    );
    cluster.stop().await.unwrap();
}
