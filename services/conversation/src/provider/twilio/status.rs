//! Twilio's words for where a message or a call has got to.

use super::errors;
use crate::domain::{Heard, News, Reason};

/// What a status of a message says, with the error code that came with it; `None` for one that says
/// nothing about a message to a patient.
pub(crate) fn news_of_message(status: &str, code: Option<u32>) -> Option<News> {
    match status {
        "queued" | "accepted" | "scheduled" | "sending" => Some(News::Accepted),
        "sent" => Some(News::Sent),
        "delivered" | "read" | "partially_delivered" => Some(News::Delivered),
        "undelivered" | "failed" | "canceled" => Some(News::Failed(reason_of(code))),
        _ => None,
    }
}

/// What a status of a call says. That it was listened to is not among them: only a keypress says that.
pub(crate) fn news_of_call(status: &str, code: Option<u32>) -> Option<News> {
    match status {
        "queued" | "initiated" | "ringing" => Some(News::Accepted),
        "in-progress" | "answered" => Some(News::Sent),
        "completed" => Some(News::Failed(Reason::NoKeypress)),
        "busy" => Some(News::Failed(Reason::LineBusy)),
        "no-answer" => Some(News::Failed(Reason::NotAnswered)),
        "failed" | "canceled" => Some(News::Failed(
            code.and_then(errors::known)
                .map_or(Reason::CallFailed, |meaning| meaning.reason),
        )),
        _ => None,
    }
}

/// Whether a call with this status is over.
pub(crate) fn is_over(status: &str) -> bool {
    matches!(
        status,
        "completed" | "busy" | "no-answer" | "failed" | "canceled"
    )
}

fn reason_of(code: Option<u32>) -> Reason {
    code.and_then(errors::known)
        .map_or(Reason::NotDelivered, |meaning| meaning.reason)
}

impl From<News> for Heard {
    fn from(news: News) -> Self {
        match news {
            News::Accepted | News::Sent => Self::Accepted,
            News::Delivered => Self::Delivered,
            News::Failed(reason) => Self::Undelivered(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_of_a_message_is_told_apart() {
        for status in ["queued", "accepted", "scheduled", "sending"] {
            assert_eq!(news_of_message(status, None), Some(News::Accepted));
        }
        assert_eq!(news_of_message("sent", None), Some(News::Sent));
        for status in ["delivered", "read", "partially_delivered"] {
            assert_eq!(news_of_message(status, None), Some(News::Delivered));
        }
        for status in ["undelivered", "failed", "canceled"] {
            let news = |code| news_of_message(status, code);
            assert_eq!(news(None), Some(News::Failed(Reason::NotDelivered)));
            assert_eq!(news(Some(1)), Some(News::Failed(Reason::NotDelivered)));
            assert_eq!(news(Some(21610)), Some(News::Failed(Reason::OptedOut)));
        }
        for status in ["received", "receiving", "", "DELIVERED"] {
            assert_eq!(news_of_message(status, None), None, "{status}");
        }
    }

    #[test]
    fn no_status_of_a_call_says_that_it_was_listened_to() {
        for (status, news, over) in [
            ("queued", Some(News::Accepted), false),
            ("initiated", Some(News::Accepted), false),
            ("ringing", Some(News::Accepted), false),
            ("in-progress", Some(News::Sent), false),
            ("completed", Some(News::Failed(Reason::NoKeypress)), true),
            ("busy", Some(News::Failed(Reason::LineBusy)), true),
            ("no-answer", Some(News::Failed(Reason::NotAnswered)), true),
            ("failed", Some(News::Failed(Reason::CallFailed)), true),
            ("canceled", Some(News::Failed(Reason::CallFailed)), true),
            ("said", None, false),
        ] {
            assert_eq!(news_of_call(status, None), news, "{status}");
            assert_eq!(is_over(status), over, "{status}");
        }
    }
}
