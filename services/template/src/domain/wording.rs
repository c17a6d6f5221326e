//! What is said, checked when it is written so that it cannot fail when it is sent.

use super::source::{self, FaultKind};
use super::{Channel, Kind, Slot};
use bitewing_rpc::field::printable;
use std::fmt;

/// Characters of a subject.
pub(super) const MAX_SUBJECT: usize = 200;
/// Characters of a body.
pub(super) const MAX_BODY: usize = 10_000;

/// The last line of a text message with a code, as browsers read it to fill the code in on its own
/// page only (WICG, "Origin-bound one-time codes delivered via SMS", 3).
const ORIGIN_LINE: &str = "@{{ host }} #{{ secret }}";

/// A subject and a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wording {
    subject: String,
    body: String,
}

/// Which part of a wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Subject,
    Body,
}

/// What is wrong with a wording, where, and what to write instead; never what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) part: Part,
    position: Option<(usize, usize)>,
    hint: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.position {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.hint)
    }
}

impl Flaw {
    pub(super) fn whole(part: Part, hint: impl Into<String>) -> Self {
        Self {
            part,
            position: None,
            hint: hint.into(),
        }
    }

    pub(super) fn at(part: Part, source: &str, byte: usize, hint: impl Into<String>) -> Self {
        Self {
            part,
            position: Some(source::position(source, byte)),
            hint: hint.into(),
        }
    }
}

impl Wording {
    /// Reads a wording for a slot, noting every flaw.
    pub(crate) fn parse(slot: Slot, subject: &str, body: &str) -> Result<Self, Vec<Flaw>> {
        let subject = subject.trim().to_owned();
        let body = body.replace("\r\n", "\n").trim().to_owned();
        let mut flaws = check_subject(slot, &subject);
        flaws.extend(check_body(slot, &body));
        if flaws.is_empty() {
            Ok(Self { subject, body })
        } else {
            Err(flaws)
        }
    }

    /// A wording that was checked when it was written. Rules that became stricter since then do not
    /// silence a clinic.
    pub(crate) const fn written(subject: String, body: String) -> Self {
        Self { subject, body }
    }

    pub(crate) fn subject(&self) -> &str {
        &self.subject
    }

    pub(crate) fn body(&self) -> &str {
        &self.body
    }
}

fn check_subject(slot: Slot, subject: &str) -> Vec<Flaw> {
    let part = Part::Subject;
    if slot.channel != Channel::Email {
        return match subject {
            "" => Vec::new(),
            _ => vec![Flaw::whole(
                part,
                "must be empty: only e-mails have a subject",
            )],
        };
    }
    if subject.is_empty() {
        return vec![Flaw::whole(part, "is required")];
    }
    if subject.chars().count() > MAX_SUBJECT {
        return vec![Flaw::whole(
            part,
            format!("must have at most {MAX_SUBJECT} characters"),
        )];
    }
    if !subject.chars().all(printable) {
        return vec![Flaw::whole(
            part,
            "must be one line without control characters",
        )];
    }
    let mut flaws = check_names(slot.kind, part, subject);
    if let Ok(placed) = source::scan(subject) {
        let secrets = placed.iter().filter(|placed| placed.name == "secret");
        let hint = "the secret belongs in the body: subjects are shown on locked screens";
        flaws.extend(secrets.map(|secret| Flaw::at(part, subject, secret.start, hint)));
    }
    flaws
}

fn check_body(slot: Slot, body: &str) -> Vec<Flaw> {
    let part = Part::Body;
    if body.is_empty() {
        return vec![Flaw::whole(part, "is required")];
    }
    if body.chars().count() > MAX_BODY {
        return vec![Flaw::whole(
            part,
            format!("must have at most {MAX_BODY} characters"),
        )];
    }
    if let Some((byte, _)) = body
        .char_indices()
        .find(|(_, c)| *c != '\n' && !printable(*c))
    {
        return vec![Flaw::at(
            part,
            body,
            byte,
            "must not hold control characters",
        )];
    }
    let flaws = check_names(slot.kind, part, body);
    if !flaws.is_empty() {
        return flaws;
    }
    if !slot.kind.has_secret() {
        return Vec::new();
    }
    let placed = source::scan(body).unwrap_or_default();
    let Some(secret) = placed.iter().find(|placed| placed.name == "secret") else {
        return vec![Flaw::whole(
            part,
            "must hold {{ secret }}: the link or the code",
        )];
    };
    match (slot.kind, slot.channel) {
        (Kind::DocumentCode, Channel::Sms) => check_origin_line(body),
        (_, Channel::Voice) if body.find("\n\n").is_none_or(|pause| secret.start < pause) => {
            let hint = "must begin with a paragraph without the secret: the rest is spoken after a key \
                        is pressed, so that no answering machine records it";
            vec![Flaw::at(part, body, secret.start, hint)]
        }
        _ => Vec::new(),
    }
}

fn check_names(kind: Kind, part: Part, source: &str) -> Vec<Flaw> {
    let known = || kind.variables().join(", ");
    match source::scan(source) {
        Err(faults) => faults
            .into_iter()
            .map(|fault| {
                let hint = match fault.what {
                    FaultKind::Block => "blocks and comments are not allowed".to_owned(),
                    FaultKind::Open => "{{ has no }} behind it".to_owned(),
                    FaultKind::NoName => {
                        format!("between {{{{ and }}}} must be one of {}", known())
                    }
                };
                Flaw::at(part, source, fault.start, hint)
            })
            .collect(),
        Ok(placed) => placed
            .into_iter()
            .filter(|placed| !kind.variables().contains(&placed.name))
            .map(|placed| {
                Flaw::at(
                    part,
                    source,
                    placed.start,
                    format!("must be one of {}", known()),
                )
            })
            .collect(),
    }
}

fn check_origin_line(body: &str) -> Vec<Flaw> {
    let last = body.rfind('\n').map_or(0, |end| end + 1);
    if &body[last..] == ORIGIN_LINE && body[..last].ends_with("\n\n") {
        return Vec::new();
    }
    let hint = format!("the last line must be `{ORIGIN_LINE}`, behind an empty one");
    vec![Flaw::at(Part::Body, body, last, hint)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_core::Language;

    fn flaws(kind: Kind, channel: Channel, subject: &str, body: &str) -> Vec<String> {
        let slot = Slot::new(kind, Language::En, channel).unwrap();
        let flaws = Wording::parse(slot, subject, body)
            .err()
            .unwrap_or_default();
        flaws.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn says_where_and_what_instead() {
        let email = |body: &str| flaws(Kind::DocumentLink, Channel::Email, "Hello", body);
        assert!(email("{{ secret }}").is_empty());
        assert_eq!(
            email("no link"),
            ["must hold {{ secret }}: the link or the code"]
        );
        assert_eq!(
            email("Dear\n  {{ patient }}, {% if %}"),
            ["line 2, column 18: blocks and comments are not allowed"]
        );
        assert_eq!(
            email("Dear\n  {{ patient }}: {{ secret }}"),
            [
                "line 2, column 3: must be one of patient_name, clinic_name, clinic_phone, \
              organization_name, expires_on, host, secret"
            ]
        );
        assert_eq!(
            email(&"x".repeat(MAX_BODY + 1)),
            ["must have at most 10000 characters"]
        );
        assert_eq!(email("\u{202e}{{ secret }}").len(), 1);
    }

    #[test]
    fn subjects_are_for_emails_and_hold_no_secret() {
        let link =
            |subject: &str| flaws(Kind::DocumentLink, Channel::Email, subject, "{{ secret }}");
        assert_eq!(link(""), ["is required"]);
        assert_eq!(
            link("a\nb"),
            ["must be one line without control characters"]
        );
        assert!(link("For {{ secret }}")[0].starts_with("line 1, column 5: the secret belongs"));
        let body = "{{ secret }}\n\n@{{ host }} #{{ secret }}";
        assert_eq!(
            flaws(Kind::DocumentCode, Channel::Sms, "Hi", body),
            ["must be empty: only e-mails have a subject"]
        );
    }

    #[test]
    fn codes_by_text_end_with_their_origin() {
        let sms = |body: &str| flaws(Kind::DocumentCode, Channel::Sms, "", body);
        assert!(sms("{{ secret }} is it.\n\n@{{ host }} #{{ secret }}\n").is_empty());
        for body in [
            "{{ secret }}",
            "a\n@{{ host }} #{{ secret }}",
            "a\n\n@{{ host }} #{{ secret }}\nb",
        ] {
            assert!(sms(body)[0].contains("the last line must be"), "{body}");
        }
        assert!(sms("{{ patient_name }} {{ secret }}")[0].contains("must be one of clinic_name"));
    }

    #[test]
    fn codes_are_spoken_after_a_keypress_only() {
        let voice = |body: &str| flaws(Kind::DocumentCode, Channel::Voice, "", body);
        assert!(voice("Press a key.\n\n{{ secret }}").is_empty());
        assert!(voice("{{ secret }}\n\nagain: {{ secret }}")[0].contains("after a key is pressed"));
        assert!(voice("{{ secret }}")[0].contains("after a key is pressed"));
    }
}
