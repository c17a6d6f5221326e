//! What a labelled message says of each head.

use crate::corpus::{Expectation, InExpectation, Intent, Message, OutLabel, Sentiment, Urgency};

/// The name of an intent in a head's name and in figures.
pub fn intent_name(intent: Intent) -> &'static str {
    match intent {
        Intent::Book => "book",
        Intent::Cancel => "cancel",
        Intent::Reschedule => "reschedule",
        Intent::Confirm => "confirm",
        Intent::Price => "price",
        Intent::PostOp => "post_op",
        Intent::Late => "late",
        Intent::Document => "document",
        Intent::Complaint => "complaint",
        Intent::Thanks => "thanks",
        Intent::OptOut => "opt_out",
        Intent::Other => "other",
    }
}

/// Whether a message is an example of a head.
pub fn wanted(message: &Message, head: &str) -> bool {
    match &message.expect {
        Expectation::Out(out) => {
            let label = match head {
                "rude" => OutLabel::Rude,
                "clinical_advice" => OutLabel::ClinicalAdvice,
                "flirting" => OutLabel::Flirting,
                "off_topic" => OutLabel::OffTopic,
                _ => return message.lang == head,
            };
            out.labels.contains(&label)
        }
        Expectation::In(expect) => wanted_in(expect, head, &message.lang),
    }
}

fn wanted_in(expect: &InExpectation, head: &str, lang: &str) -> bool {
    match head {
        "urgent" => expect.urgency == Urgency::Urgent,
        "soon" => expect.urgency != Urgency::None,
        "angry" => expect.sentiment == Sentiment::Angry,
        "negative" => matches!(expect.sentiment, Sentiment::Negative | Sentiment::Angry),
        "positive" => expect.sentiment == Sentiment::Positive,
        "harassment" => expect.harassment,
        "opt_out" => expect.opt_out,
        _ => match head.strip_prefix("intent.") {
            Some(intent) => intent_name(expect.intent) == intent,
            None => lang == head,
        },
    }
}
