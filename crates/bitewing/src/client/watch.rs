//! A link as it lives.

use super::failure::Failure;
use super::feed::Feed;
use super::output::Output;
use serde_json::{Value, json};

/// Tells every event about a link until there is nothing more to come.
pub(super) async fn watch(mut feed: Feed<'_>, link: &str, output: &Output) -> Result<(), Failure> {
    output.advise(format!(
        "`bitewing documents watch {link}` looks at it again"
    ));
    loop {
        output.progress().say("waiting for the patient");
        let event = feed.next().await?;
        if !is_about(&event, link) {
            continue;
        }
        let name = event["eventType"].as_str().unwrap_or_default();
        let at = event["createTime"].as_str().unwrap_or_default();
        let sentence = format!("{at}  {name}{}", meaning(name));
        let record = json!({ "type": "event", "event": event });
        output.tell(&sentence, &record)?;
        match End::of(name) {
            Some(End::Complete) => return Ok(()),
            Some(End::Dead) => {
                return Err(Failure::Ended {
                    id: link.to_owned(),
                    how: name.to_owned(),
                });
            }
            None => {}
        }
    }
}

/// Whether an event is about a link, or about something else because of the link.
fn is_about(event: &Value, link: &str) -> bool {
    let payload = &event["payload"];
    event["resource"] == link || payload["link"] == link || payload["link_id"] == link
}

/// What ends a watch.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The patient has everything.
    Complete,
    /// Nothing will come of it any more.
    Dead,
}

impl End {
    /// By the name of an event.
    fn of(event_type: &str) -> Option<Self> {
        match event_type {
            "link.completed" => Some(Self::Complete),
            "link.bounced" | "link.locked" | "link.expired" | "link.revoked" => Some(Self::Dead),
            _ => None,
        }
    }

    /// By the state of a link.
    pub(super) fn of_link(link: &Value) -> Option<Self> {
        if link["delivery"] == "LINK_DELIVERY_BOUNCED" {
            return Some(Self::Dead);
        }
        match link["state"].as_str().unwrap_or_default() {
            "LINK_STATE_COMPLETED" => Some(Self::Complete),
            "LINK_STATE_EXPIRED" | "LINK_STATE_REVOKED" | "LINK_STATE_LOCKED" => Some(Self::Dead),
            _ => None,
        }
    }
}

/// In words; an event that came after this program was made has its name only.
fn meaning(event_type: &str) -> &'static str {
    match event_type {
        "link.issued" => "  the link is on its way by e-mail",
        "link.delivered" => "  the e-mail arrived",
        "link.bounced" => "  the e-mail came back: correct the address and reissue the link",
        "link.code_sent" => "  the patient asked for a code",
        "link.unlocked" => "  the patient typed the right code",
        "link.completed" => "  the patient has everything",
        "link.locked" => "  too many wrong codes: call the patient and reissue the link",
        "link.expired" => "  its time passed",
        "link.revoked" => "  it was revoked",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_of_tomorrow_is_shown_by_name_and_ends_nothing() {
        assert_eq!(meaning("link.framed"), "");
        assert_eq!(End::of("link.framed"), None);
    }

    #[test]
    fn events_about_other_things_because_of_the_link_are_shown() {
        let event = json!({ "resource": "doc_1", "payload": { "link": "lnk_1" } });
        assert!(is_about(&event, "lnk_1") && !is_about(&event, "lnk_2"));
    }
}
