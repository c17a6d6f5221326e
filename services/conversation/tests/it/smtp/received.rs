use super::Post;
use super::{LINK, patient};
use bitewing_proto::conversation as pb;
use bitewing_testkit::mail::MailSetup;
use serde_json::{Value, json};

fn header<'a>(mail: &'a Value, name: &str) -> Vec<&'a str> {
    let headers = mail["headers"].as_array().unwrap();
    let named = headers.iter().filter(|header| header[0] == name);
    named.map(|header| header[1].as_str().unwrap()).collect()
}

fn is_named(event: &Value, id: &str) -> bool {
    event["event"] == "mail_taken" && header(event, "Message-ID") == [id]
}

/// The mail a request becomes.
async fn mail_of(post: &Post, request: pb::SendTransactionalRequest) -> (pb::Message, Value) {
    let message = post.h.send(request).await.unwrap();
    let message = post
        .h
        .wait_for(&message.message_id, pb::MessageState::Accepted)
        .await;
    let id = format!("<{}@example.org>", message.message_id);
    post.server
        .wait(|events| events.iter().any(|event| is_named(event, &id)))
        .await;
    let mails = post.server.mails(1).await;
    let mail = mails.into_iter().find(|mail| is_named(mail, &id)).unwrap();
    (message, mail)
}

#[tokio::test]
async fn a_mail_reads_as_it_was_meant() {
    let post = Post::start_with(MailSetup::default(), patient(), |settings| {
        pb::SmtpSettings {
            from_name: "Clinique d’été, Québec".to_owned(),
            reply_to: "desk@example.org".to_owned(),
            ..settings
        }
    })
    .await;
    let mut request = post.link();
    let name = "Стоматология «Зуб» — Montréal".to_owned();
    request.variables.insert("clinic_name".to_owned(), name);
    let (message, mail) = mail_of(&post, request).await;
    assert_eq!(mail["defects"], json!([]));
    assert_eq!(mail["type"], "multipart/alternative");
    assert_eq!(mail["parts"], json!(["text/plain", "text/html"]));
    assert_eq!(
        mail["plain"].as_str().unwrap().trim_end(),
        format!("Open {LINK}")
    );
    let escaped = LINK.replace('&', "&amp;");
    assert_eq!(
        mail["html"].as_str().unwrap().trim_end(),
        format!("<a href=\"{escaped}\">{escaped}</a>")
    );
    assert_eq!(
        mail["from"],
        json!([["Clinique d’été, Québec", "clinic@example.org"]])
    );
    assert_eq!(mail["to"], json!(["anne.cote@example.org"]));
    assert_eq!(
        header(&mail, "Subject"),
        ["Стоматология «Зуб» — Montréal: a document"]
    );
    assert_eq!(
        header(&mail, "Message-ID"),
        [format!("<{}@example.org>", message.message_id)]
    );
    assert_eq!(header(&mail, "Reply-To"), ["desk@example.org"]);
    assert_eq!(header(&mail, "Auto-Submitted"), ["auto-generated"]);
    assert_eq!(
        header(&mail, "X-Auto-Response-Suppress"),
        ["OOF, AutoReply"]
    );
    assert!(header(&mail, "List-Unsubscribe").is_empty());
    assert_eq!(mail["envelope_from"], "clinic@example.org");
    assert_eq!(mail["envelope_to"], json!(["anne.cote@example.org"]));
    let raw = mail["raw"].as_str().unwrap();
    assert!(raw.is_ascii() && raw.lines().all(|line| line.len() <= 998));
}

#[tokio::test]
async fn the_date_is_that_of_the_clock_and_the_name_that_of_the_clinic() {
    let post = Post::start(MailSetup::default()).await;
    let (_, mail) = mail_of(&post, post.link()).await;
    let date = mail["date"].as_str().unwrap();
    let now = bitewing_core::Clock::now(&*post.h.test.clock);
    assert_eq!(
        date.replace("+00:00", "Z"),
        now.replace_nanosecond(0)
            .unwrap()
            .format(&time::format_description::well_known::Rfc3339)
            .unwrap()
    );
    assert_eq!(
        mail["from"],
        json!([["Clinic Riverside", "clinic@example.org"]])
    );
    assert!(header(&mail, "Reply-To").is_empty());
}

#[tokio::test]
async fn nothing_in_a_message_begins_another_header() {
    let post = Post::start(MailSetup::default()).await;
    let mut request = post.link();
    let name = "Riverside\r\nBcc: thief@example.org\r\n\r\n<h1>";
    request
        .variables
        .insert("clinic_name".to_owned(), name.to_owned());
    let (_, mail) = mail_of(&post, request).await;
    assert!(header(&mail, "Bcc").is_empty());
    assert_eq!(mail["envelope_to"], json!(["anne.cote@example.org"]));
    let subject = header(&mail, "Subject");
    assert_eq!(
        subject,
        ["Riverside  Bcc: thief@example.org    <h1>: a document"]
    );
    assert_eq!(mail["defects"], json!([]));
}

#[tokio::test]
async fn below_a_domain_every_message_has_a_return_path_of_its_own() {
    let post = Post::start_with(MailSetup::default(), patient(), |settings| {
        pb::SmtpSettings {
            return_path: "bounces.example.org".to_owned(),
            ..settings
        }
    })
    .await;
    let mut paths = Vec::new();
    for _ in 0..2 {
        let (_, mail) = mail_of(&post, post.link()).await;
        let path = mail["envelope_from"].as_str().unwrap().to_owned();
        let (local, domain) = path.split_once('@').unwrap();
        assert_eq!(domain, "bounces.example.org");
        assert!(local.starts_with("b+") && local.len() <= 64, "{local}");
        assert!(!mail["raw"].as_str().unwrap().contains(local));
        paths.push(path);
    }
    assert_ne!(paths[0], paths[1]);
}

#[tokio::test]
async fn a_return_path_that_is_an_address_is_used_as_it_is() {
    let post = Post::start_with(MailSetup::default(), patient(), |settings| {
        pb::SmtpSettings {
            return_path: "bounces@example.org".to_owned(),
            ..settings
        }
    })
    .await;
    let (_, mail) = mail_of(&post, post.link()).await;
    assert_eq!(mail["envelope_from"], "bounces@example.org");
    assert_eq!(mail["from"][0][1], "clinic@example.org");
}

#[tokio::test]
async fn domains_of_other_scripts_go_to_every_server() {
    let post = Post::start(MailSetup::default()).await;
    let request = pb::SendTransactionalRequest {
        address: "anne@зуб.example".to_owned(),
        ..post.link()
    };
    let (_, mail) = mail_of(&post, request).await;
    assert_eq!(mail["envelope_to"], json!(["anne@xn--90al0b.example"]));
    assert_eq!(mail["options"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn mailboxes_of_other_scripts_go_where_they_are_understood() {
    let setup = MailSetup {
        utf8: true,
        ..MailSetup::default()
    };
    let post = Post::start(setup).await;
    let request = pb::SendTransactionalRequest {
        address: "анна@зуб.example".to_owned(),
        ..post.link()
    };
    let (_, mail) = mail_of(&post, request).await;
    assert_eq!(mail["envelope_to"], json!(["анна@xn--90al0b.example"]));
    assert_eq!(mail["options"], json!(["BODY=8BITMIME", "SMTPUTF8"]));
    assert_eq!(
        mail["plain"].as_str().unwrap().trim_end(),
        format!("Open {LINK}")
    );
}

#[tokio::test]
async fn mailboxes_a_server_cannot_write_are_refused_with_a_reason() {
    let post = Post::start(MailSetup::default()).await;
    let request = pb::SendTransactionalRequest {
        address: "анна@example.org".to_owned(),
        ..post.link()
    };
    let id = post.h.send(request).await.unwrap().message_id;
    let message = post.h.wait_for(&id, pb::MessageState::Failed).await;
    assert_eq!(message.reason, "ADDRESS_NOT_SUPPORTED");
    assert_eq!(
        (post.server.count("mail"), post.server.count("mail_taken")),
        (0, 0)
    );
}
