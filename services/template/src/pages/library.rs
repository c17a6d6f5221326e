//! The contents of the library, and one page per locale.

use super::html::{self, escape};
use crate::domain::phrasebook::{
    Encoding, Locale, Medium, Message, Occasion, Place, Purpose, Register, built_in, fill, kinds,
    sample, variable,
};
use std::fmt::Write as _;

const TAKES: &str = "a string takes every text";

/// The kinds by what consent is asked for, each with a link to every locale.
pub(super) fn contents() -> String {
    let mut body = String::from(
        "<h1>What clinics say</h1>\n\
         <p>Every message that comes with Bitewing, in eight languages, formal and informal, for every channel. Choose a \
         language above to read them. The people in them do not exist; where your chain or clinic wrote its own \
         words, those are sent instead.</p>\n",
    );
    for purpose in PURPOSES {
        let mut kinds = kinds().filter(|kind| kind.purpose == purpose).peekable();
        if kinds.peek().is_none() {
            continue;
        }
        let (id, title) = (purpose_id(purpose), purpose_name(purpose));
        writeln!(
            body,
            "<section class=\"kinds\" aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n<dl>"
        )
        .expect(TAKES);
        for kind in kinds {
            let (name, says) = (escape(&kind.name), escape(&kind.says));
            writeln!(
                body,
                "<dt id=\"{name}\"><a href=\"/docs/templates/en#{name}\">{name}</a>{}</dt>\n<dd>{says}</dd>",
                marks(kind)
            )
            .expect(TAKES);
        }
        body.push_str("</dl>\n</section>\n");
    }
    html::page("What clinics say", None, &body)
}

/// Every kind in a locale.
pub(super) fn page(locale: Locale) -> String {
    let name = html::name(locale);
    let mut body = format!(
        "<h1 lang=\"{locale}\">{name}</h1>\n<nav class=\"index\" aria-label=\"Messages\">\n"
    );
    for kind in kinds() {
        let name = escape(&kind.name);
        writeln!(body, "<a href=\"#{name}\">{name}</a>").expect(TAKES);
    }
    body.push_str("</nav>\n");
    for kind in kinds() {
        section(&mut body, kind, locale);
    }
    html::page(&format!("What clinics say: {name}"), Some(locale), &body)
}

fn section(body: &mut String, kind: &Occasion, locale: Locale) {
    let (name, says) = (escape(&kind.name), escape(&kind.says));
    writeln!(
        body,
        "<section class=\"kind\" aria-labelledby=\"{name}\">\n<h2 id=\"{name}\">{name}{}</h2>\n<p>{says} \
         <span class=\"soft\">{}</span></p>",
        marks(kind),
        escape(&values(kind))
    )
    .expect(TAKES);
    for register in Register::ALL {
        let title = match register {
            Register::Formal => "Formal",
            Register::Informal => "Informal",
        };
        writeln!(body, "<h3>{title}</h3>\n<div class=\"messages\">").expect(TAKES);
        for &medium in &kind.channels {
            let place = Place {
                locale,
                register,
                medium,
            };
            let filled = built_in(kind, place)
                .and_then(|words| fill(kind, place, words, &sample(locale, register)).ok());
            if let Some(message) = filled {
                bubble(body, &message);
            }
        }
        body.push_str("</div>\n");
    }
    body.push_str("</section>\n");
}

/// A message as it arrives.
fn bubble(body: &mut String, message: &Message) {
    let channel = match message.place.medium {
        Medium::Sms => "Text message",
        Medium::Chat => "Chat",
        Medium::Email => "E-mail",
        Medium::Voice => "Spoken",
    };
    let cost = message.count.as_ref().map(|count| {
        let letters: String = count.costly.iter().collect();
        match (count.segments, count.encoding) {
            (1, _) => ", one segment".to_owned(),
            (segments, Encoding::Gsm7) => format!(", {segments} segments"),
            (segments, Encoding::Ucs2) => format!(
                ", {segments} segments ({} without {letters})",
                count.segments_without
            ),
        }
    });
    write!(
        body,
        "<figure class=\"{}\">\n<figcaption>{channel}{}</figcaption>\n<blockquote lang=\"{}\">",
        message.place.medium.name(),
        escape(&cost.unwrap_or_default()),
        message.place.locale
    )
    .expect(TAKES);
    if !message.subject.is_empty() {
        writeln!(
            body,
            "<p class=\"subject\">{}</p>",
            escape(&message.subject)
        )
        .expect(TAKES);
    }
    for paragraph in message.text.split("\n\n") {
        let lines = escape(paragraph).replace('\n', "<br>\n");
        writeln!(body, "<p>{lines}</p>").expect(TAKES);
    }
    body.push_str("</blockquote>\n</figure>\n");
}

/// What a reader should know before using a kind.
fn marks(kind: &Occasion) -> String {
    let quiet = (kind.quiet > 0).then(|| format!("{} quiet days after it", kind.quiet));
    let marks = [
        kind.clinical.then(|| "a dentist approves it".to_owned()),
        kind.staff.then(|| "for staff".to_owned()),
        quiet,
    ];
    let mut shown = String::new();
    for mark in marks.into_iter().flatten() {
        write!(shown, " <span class=\"mark\">{mark}</span>").expect(TAKES);
    }
    shown
}

/// What wordings of a kind may place.
fn values(kind: &Occasion) -> String {
    let names = kind.variables.iter().filter_map(|name| variable(name));
    let names: Vec<_> = names
        .map(|variable| {
            let required = kind.required.iter().any(|name| name == variable.name);
            format!("{}{}", variable.name, if required { "*" } else { "" })
        })
        .collect();
    format!("Values: {} (* in every wording).", names.join(", "))
}

const PURPOSES: [Purpose; 6] = [
    Purpose::Care,
    Purpose::Recall,
    Purpose::Billing,
    Purpose::Marketing,
    Purpose::Survey,
    Purpose::Security,
];

const fn purpose_id(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Care => "for-care",
        Purpose::Recall => "for-recall",
        Purpose::Billing => "for-billing",
        Purpose::Marketing => "for-marketing",
        Purpose::Survey => "for-survey",
        Purpose::Security => "for-security",
    }
}

const fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Care => "Appointments and treatment",
        Purpose::Recall => "The next check-up",
        Purpose::Billing => "What is owed",
        Purpose::Marketing => "Greetings and offers",
        Purpose::Survey => "Questions about a visit",
        Purpose::Security => "Codes, links and consent",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_shown_in_every_locale_register_and_channel() {
        let contents = contents();
        for locale in Locale::ALL {
            let page = page(locale);
            let mut messages = 0;
            for kind in kinds() {
                assert!(
                    page.contains(&format!("<h2 id=\"{}\">", kind.name)),
                    "{}",
                    kind.name
                );
                assert!(contents.contains(&format!("<dt id=\"{}\">", kind.name)));
                messages += 2 * kind.channels.len();
            }
            assert_eq!(page.matches("<figure").count(), messages, "{locale}");
            assert!(!page.contains("{{"), "{locale}");
        }
    }

    #[test]
    fn a_page_needs_nothing_its_policy_forbids() {
        for page in [contents(), page(Locale::Ru)] {
            for forbidden in ["<script", "<style", " style=", " onclick", "javascript:"] {
                assert!(!page.contains(forbidden), "{forbidden}");
            }
        }
    }
}
