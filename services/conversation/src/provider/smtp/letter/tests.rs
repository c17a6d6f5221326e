use super::*;
use crate::domain::{Channel, Content, SmtpHost, SmtpSecurity};
use bitewing_auth::Scope;
use bitewing_core::{MessageId, OrganizationId};
use proptest::prelude::*;
use uuid::Uuid;

fn settings() -> SmtpSettings {
    SmtpSettings {
        host: SmtpHost::parse("mail.example.org").unwrap(),
        port: 587,
        security: SmtpSecurity::Starttls,
        username: String::new(),
        from_name: String::new(),
        return_path: ReturnPath::Domain("bounces.example.org".to_owned()),
        reply_to: String::new(),
    }
}

fn outgoing(name: &str, subject: &str, text: &str, html: &str) -> Outgoing {
    Outgoing {
        scope: Scope::of_job(OrganizationId::from_uuid(Uuid::from_u128(1))),
        id: MessageId::from_uuid(Uuid::from_u128(2)),
        channel: Channel::Email,
        language: "en".to_owned(),
        sender: "clinic@example.org".to_owned(),
        sender_name: name.to_owned(),
        recipient: "anne@example.org".to_owned().into(),
        content: Content {
            subject: subject.to_owned(),
            text: text.to_owned().into(),
            html: html.to_owned().into(),
        },
        account: None,
        left: std::time::Duration::ZERO,
    }
}

fn write(outgoing: &Outgoing) -> Mail {
    let pepper = Pepper::new(vec![7; 32]);
    Mail::write(&pepper, OffsetDateTime::UNIX_EPOCH, &settings(), outgoing)
        .ok()
        .unwrap()
}

#[test]
fn every_attempt_writes_the_same_bytes() {
    let letter = outgoing("Clinique", "Été", "text é", "<p>é</p>");
    assert_eq!(write(&letter).bytes, write(&letter).bytes);
}

#[test]
fn without_html_a_mail_is_plain() {
    let mail = write(&outgoing("Clinic", "Hello", "text", ""));
    let text = String::from_utf8(mail.bytes).unwrap();
    assert!(text.contains("Content-Type: text/plain"), "{text}");
    assert!(!text.contains("multipart"), "{text}");
}

#[test]
fn domains_are_written_in_ascii_and_what_is_none_is_refused() {
    let written = address("anne@Зуб.example").unwrap();
    assert_eq!(written.to_string(), "anne@xn--90al0b.example");
    for text in [
        "anne",
        "anne@",
        "@example.org",
        "anne@exa mple.org",
        "a\r\n@example.org",
    ] {
        assert_eq!(address(text).err(), Some(NotAddressable), "{text:?}");
    }
}

proptest! {
    #[test]
    fn whatever_it_says_a_mail_has_our_headers_only(
        name in ".{0,80}", subject in "(?s).{0,200}", text in "(?s).{0,300}", html in "(?s).{0,300}",
    ) {
        let mail = write(&outgoing(&name, &subject, &text, &html));
        prop_assert!(mail.bytes.is_ascii() && !mail.international);
        let raw = String::from_utf8(mail.bytes).unwrap();
        let head = raw.split("\r\n\r\n").next().unwrap();
        let names: Vec<_> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap())
            .collect();
        let ours = [
            "Date", "Message-ID", "From", "To", "Subject", "Auto-Submitted",
            "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
            "Content-Transfer-Encoding",
        ];
        prop_assert!(names.iter().all(|name| ours.contains(name)), "{:?}", names);
        prop_assert!(raw.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
    }
}
