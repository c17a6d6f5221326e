//! `bitewing guard check`.

use super::shell::Shell;
use crate::suite::{Chain, Suite};

#[tokio::test]
async fn a_message_is_checked_from_a_shell() {
    let suite = Suite::shared().await;
    let chain = Chain::found(&suite.site).await;
    let shell = Shell::of(&chain);
    let plain = "Hello Ana, this is Rita. See you tomorrow at ten!";
    let names = ["--patient", "Ana", "--operator", "Rita"];
    let ran = shell
        .run(&[&["guard", "check", plain][..], &names[..]].concat())
        .await
        .exits(0);
    assert!(ran.out.ends_with("it may be sent\n"), "{ran:?}");

    shell.file(
        "dose.txt",
        b"Hello Ana, this is Rita. Please take 400 mg ibuprofen twice a day.\n",
    );
    let dose = ["guard", "check", "--file", "dose.txt", "--json"];
    let ran = shell.run(&dose).await.exits(8);
    let found = ran.line("finding");
    assert!(
        ran.lines()
            .iter()
            .any(|line| line["rule"] == "clinical.drug"),
        "{found}"
    );
    assert_eq!(ran.line("verdict")["approver"], "GUARD_ROLE_DENTIST");
    let ran = shell
        .run(&["guard", "check", "--file", "dose.txt", "--role", "dentist"])
        .await;
    assert!(!ran.exits(0).out.contains("clinical.drug"));

    let card = "Hello Ana, Rita here: 4111 1111 1111 1111";
    let ran = shell
        .run_with(&["guard", "check", "--file", "-"], card)
        .await
        .exits(8);
    assert!(
        ran.out
            .contains("block secret.card «4111 1111 1111 1111»: "),
        "{ran:?}"
    );
    assert!(ran.out.ends_with("it would be blocked\n"));
}

#[tokio::test]
async fn what_is_no_message_is_said_before_anybody_signs_in() {
    let shell = Shell::of_nobody();
    shell
        .run(&["guard", "check", "--file", "absent.txt"])
        .await
        .exits(2);
    shell.file("large.txt", &vec![b'a'; 70_000]);
    shell
        .run(&["guard", "check", "--file", "large.txt"])
        .await
        .exits(2);
    shell.run(&["guard", "check"]).await.exits(2);
}
