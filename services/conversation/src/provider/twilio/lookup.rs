//! Whether Twilio has a message whose request broke off. It keeps no key of ours, so its lists are
//! searched: for a text message by what it says, for a call by when it was made.

use super::api::Api;
use super::status::{news_of_call, news_of_message};
use crate::domain::{Heard, Reason};
use crate::provider::{Answer, Asked};
use serde::Deserialize;
use time::format_description::well_known::Rfc2822;
use time::{Duration, OffsetDateTime};

/// How many of the newest are looked at; one patient is not sent more in the time a message lives.
const PAGE: &str = "100";
const PAGE_SIZE: usize = 100;
/// What Twilio's clock may be behind.
const SKEW: Duration = Duration::minutes(1);

#[derive(Deserialize)]
pub(super) struct Messages {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    sid: String,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    status: String,
    #[serde(default)]
    direction: String,
    #[serde(default)]
    error_code: Option<u32>,
    #[serde(default)]
    date_created: String,
}

#[derive(Deserialize)]
pub(super) struct Calls {
    calls: Vec<Call>,
}

#[derive(Deserialize)]
struct Call {
    sid: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    direction: String,
    #[serde(default)]
    date_created: String,
}

/// Looks for a text message.
pub(super) async fn message(api: &Api, asked: &Asked) -> Answer {
    let query = [
        ("To", asked.recipient.expose().as_str()),
        ("PageSize", PAGE),
    ];
    match api.list::<Messages>("Messages", &query).await {
        Ok(found) => judge_messages(&found, asked),
        Err(answer) => answer,
    }
}

/// Looks for a call.
pub(super) async fn call(api: &Api, asked: &Asked) -> Answer {
    let query = [
        ("To", asked.recipient.expose().as_str()),
        ("From", asked.sender.as_str()),
        ("PageSize", PAGE),
    ];
    match api.list::<Calls>("Calls", &query).await {
        Ok(found) => judge_calls(&found, asked),
        Err(answer) => answer,
    }
}

fn judge_messages(found: &Messages, asked: &Asked) -> Answer {
    // What it said is forgotten: nothing is left to know it by.
    let Some(needle) = &asked.needle else {
        return Heard::Unknown(Reason::NoAnswer).into();
    };
    let recent = |message: &&Message| may_be_ours(&message.direction, &message.date_created, asked);
    let candidates = || found.messages.iter().filter(recent);
    let says = |message: &Message| message.body.as_deref().map(letters).unwrap_or_default();
    let needle = letters(needle.expose());
    if let Some(message) = candidates().find(|message| says(message).contains(&needle)) {
        let news = news_of_message(&message.status, message.error_code);
        return Answer {
            reference: message.sid.clone(),
            ..news.map_or(Heard::Accepted, Heard::from).into()
        };
    }
    // An account may redact what it sent, and a full page may hide more: then nothing is proven.
    let hidden = candidates().any(|message| {
        let said = says(message);
        said.is_empty() || said.contains("REDACTED")
    });
    if hidden || candidates().count() >= PAGE_SIZE {
        Heard::Unknown(Reason::NoAnswer).into()
    } else {
        Heard::Absent.into()
    }
}

fn judge_calls(found: &Calls, asked: &Asked) -> Answer {
    let mut candidates = found.calls.iter().filter(|call| {
        may_be_ours(&call.direction, &call.date_created, asked) && !asked.others.contains(&call.sid)
    });
    match (candidates.next(), candidates.next()) {
        (None, _) if found.calls.len() < PAGE_SIZE => Heard::Absent.into(),
        (Some(call), None) => Answer {
            reference: call.sid.clone(),
            ..news_of_call(&call.status, None)
                .map_or(Heard::Accepted, Heard::from)
                .into()
        },
        _ => Heard::Unknown(Reason::NoAnswer).into(),
    }
}

/// Sent by us, and not before the first attempt. A date that cannot be read rules nothing out.
fn may_be_ours(direction: &str, created: &str, asked: &Asked) -> bool {
    let since = asked.since - SKEW;
    let late = OffsetDateTime::parse(created, &Rfc2822).is_ok_and(|created| created < since);
    direction.starts_with("outbound") && !late
}

/// Letters and digits alone: Twilio may replace quotes and dashes on the way.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::MessageId;
    use serde_json::json;
    use time::macros::datetime;
    use uuid::Uuid;

    fn asked() -> Asked {
        Asked {
            id: MessageId::from_uuid(Uuid::nil()),
            channel: crate::domain::Channel::Sms,
            recipient: "+15148731234".to_owned().into(),
            sender: "+15148730001".to_owned(),
            needle: Some("482913".to_owned().into()),
            since: datetime!(2026-11-22 12:00 UTC),
            others: vec!["CA-other".to_owned()],
        }
    }

    fn message(body: Option<&str>, created: &str) -> serde_json::Value {
        json!({"sid": "SM1", "body": body, "status": "delivered", "direction": "outbound-api",
               "date_created": created})
    }

    fn judged(messages: Vec<serde_json::Value>) -> Heard {
        let found = serde_json::from_value(json!({ "messages": messages })).unwrap();
        judge_messages(&found, &asked()).heard
    }

    const NOW: &str = "Sun, 22 Nov 2026 12:00:03 +0000";
    const BEFORE: &str = "Sun, 22 Nov 2026 11:50:00 +0000";

    #[test]
    fn a_text_message_is_known_by_its_code() {
        let ours = message(Some("482913 is your code"), NOW);
        let other = message(Some("111111 is your code"), NOW);
        assert_eq!(judged(vec![other.clone(), ours]), Heard::Delivered);
        assert_eq!(judged(vec![other]), Heard::Absent);
        assert_eq!(judged(vec![]), Heard::Absent);
        let old = message(Some("482913 is your code"), BEFORE);
        assert_eq!(judged(vec![old]), Heard::Absent);
        let mut theirs = message(Some("482913"), NOW);
        theirs["direction"] = "inbound".into();
        assert_eq!(judged(vec![theirs]), Heard::Absent);
    }

    #[test]
    fn what_cannot_be_read_proves_nothing() {
        let unknown = Heard::Unknown(Reason::NoAnswer);
        assert_eq!(judged(vec![message(None, NOW)]), unknown);
        assert_eq!(judged(vec![message(Some("**REDACTED**"), NOW)]), unknown);
        let full = (0..100).map(|_| message(Some("other"), NOW)).collect();
        assert_eq!(judged(full), unknown);
        let found = Messages { messages: vec![] };
        let forgotten = Asked {
            needle: None,
            ..asked()
        };
        assert_eq!(judge_messages(&found, &forgotten).heard, unknown);
    }

    #[test]
    fn a_call_is_known_by_being_the_only_one_that_nobody_else_made() {
        let call = |sid: &str, status: &str| json!({"sid": sid, "status": status, "direction": "outbound-api", "date_created": NOW});
        let judged = |calls: Vec<serde_json::Value>| {
            let found = serde_json::from_value(json!({ "calls": calls })).unwrap();
            judge_calls(&found, &asked()).heard
        };
        assert_eq!(judged(vec![]), Heard::Absent);
        assert_eq!(judged(vec![call("CA-other", "completed")]), Heard::Absent);
        let ringing = vec![call("CA-other", "completed"), call("CA1", "ringing")];
        assert_eq!(judged(ringing), Heard::Accepted);
        let unheard = Heard::Undelivered(Reason::NoKeypress);
        assert_eq!(judged(vec![call("CA1", "completed")]), unheard);
        let two = vec![call("CA1", "ringing"), call("CA2", "ringing")];
        assert_eq!(judged(two), Heard::Unknown(Reason::NoAnswer));
    }
}
