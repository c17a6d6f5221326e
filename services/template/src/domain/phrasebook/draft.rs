//! The check of what staff write: whatever passes cannot fail when it is sent.

use super::{Medium, Occasion, Words};
use crate::domain::source::{self, FaultKind, Placed};
use crate::domain::wording::{Flaw, MAX_BODY, MAX_SUBJECT, Part};
use bitewing_rpc::field::printable;

/// How much of a name that is not known is repeated to whoever wrote it.
const MAX_ECHO: usize = 40;
/// Letters by which a name may differ from the one that was meant.
const MAX_TYPOS: usize = 4;

/// Reads a wording of a kind on a channel, noting every flaw.
pub(crate) fn check(
    kind: &Occasion,
    medium: Medium,
    subject: &str,
    body: &str,
) -> Result<Words, Vec<Flaw>> {
    // Before anything is copied: what is too long is not read at all.
    let mut flaws = too_long(subject, body);
    if !flaws.is_empty() {
        return Err(flaws);
    }
    let subject = subject.trim().to_owned();
    let body = body.replace("\r\n", "\n").trim().to_owned();
    match (medium, subject.as_str()) {
        (Medium::Email, "") => flaws.push(Flaw::whole(Part::Subject, "is required")),
        (Medium::Email, _) if !subject.chars().all(printable) => flaws.push(Flaw::whole(
            Part::Subject,
            "must be one line without control characters",
        )),
        (Medium::Email, _) | (_, "") => {}
        _ => flaws.push(Flaw::whole(
            Part::Subject,
            "must be empty: only e-mails have a subject",
        )),
    }
    if body.is_empty() {
        flaws.push(Flaw::whole(Part::Body, "is required"));
    }
    let mut letters = body.char_indices();
    if let Some((byte, _)) = letters.find(|(_, letter)| *letter != '\n' && !printable(*letter)) {
        let hint = "must not hold control characters";
        flaws.push(Flaw::at(Part::Body, &body, byte, hint));
    }
    let mut placed = Vec::new();
    for (part, text) in [(Part::Subject, &subject), (Part::Body, &body)] {
        match source::scan(text) {
            Ok(found) => {
                flaws.extend(unknown(kind, part, text, &found));
                placed.extend(found);
            }
            Err(faults) => flaws.extend(faults.into_iter().map(|fault| {
                let hint = match fault.what {
                    FaultKind::Block => "blocks and comments are not allowed".to_owned(),
                    FaultKind::Open => "{{ has no }} behind it".to_owned(),
                    FaultKind::NoName if helper(text, fault.start) => {
                        "no helper is needed: dates, times and amounts are said as each locale says them; write the \
                         name alone"
                            .to_owned()
                    }
                    FaultKind::NoName => format!(
                        "between {{{{ and }}}} must be one of {}",
                        kind.variables.join(", ")
                    ),
                };
                Flaw::at(part, text, fault.start, hint)
            })),
        }
    }
    if flaws.is_empty() {
        let absent = |name: &&String| placed.iter().all(|placed| placed.name != name.as_str());
        flaws.extend(kind.required.iter().filter(absent).map(|name| {
            let hint = format!("must hold {{{{ {name} }}}}: every wording of the kind says it");
            Flaw::whole(Part::Body, hint)
        }));
    }
    if flaws.is_empty() {
        Ok(Words { subject, body })
    } else {
        Err(flaws)
    }
}

/// Whether somebody wrote a filter or a function behind a name, as other languages of templates have them.
fn helper(text: &str, start: usize) -> bool {
    let inside = text[start..].split("}}").next().unwrap_or_default();
    inside.contains(['|', '('])
}

fn too_long(subject: &str, body: &str) -> Vec<Flaw> {
    [
        (Part::Subject, subject, MAX_SUBJECT),
        (Part::Body, body, MAX_BODY),
    ]
    .into_iter()
    .filter(|(_, text, most)| text.chars().nth(*most).is_some())
    .map(|(part, _, most)| Flaw::whole(part, format!("must have at most {most} characters")))
    .collect()
}

fn unknown(kind: &Occasion, part: Part, text: &str, placed: &[Placed<'_>]) -> Vec<Flaw> {
    let strange = |placed: &&Placed<'_>| !kind.variables.iter().any(|name| name == placed.name);
    placed
        .iter()
        .filter(strange)
        .map(|placed| {
            let echo: String = placed.name.chars().take(MAX_ECHO).collect();
            let hint = match meant(kind, placed.name) {
                Some(name) => format!("{echo} is not known here: did you mean {name}?"),
                None => format!(
                    "{echo} is not known here: use one of {}",
                    kind.variables.join(", ")
                ),
            };
            Flaw::at(part, text, placed.start, hint)
        })
        .collect()
}

/// The name of the kind that is nearest to what was written.
fn meant<'a>(kind: &'a Occasion, written: &str) -> Option<&'a String> {
    if written.len() > MAX_ECHO {
        return None;
    }
    kind.variables
        .iter()
        .map(|name| (distance(name.as_bytes(), written.as_bytes()), name))
        .filter(|(typos, _)| *typos <= MAX_TYPOS)
        .min()
        .map(|(_, name)| name)
}

/// Letters to insert, drop or change (Levenshtein).
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let change = corner + usize::from(a != b);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::phrasebook::kind;

    fn flaws(subject: &str, body: &str) -> Vec<String> {
        let kind = kind("introduction").unwrap();
        let medium = if subject.is_empty() {
            Medium::Sms
        } else {
            Medium::Email
        };
        let flaws = check(kind, medium, subject, body).err().unwrap_or_default();
        flaws.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn flaws_name_variable_position_and_hint() {
        assert!(flaws("", "{{ operator.name }}, {{clinic.name}}").is_empty());
        assert_eq!(
            flaws("", "Hi,\n  {{ operator.nmae }} of {{ clinic.name }}"),
            ["line 2, column 3: operator.nmae is not known here: did you mean operator.name?"]
        );
        assert_eq!(
            flaws("", "{{ balance.due }}"),
            [
                "line 1, column 1: balance.due is not known here: use one of patient.salutation, clinic.name, \
                 clinic.phone, operator.name, operator.role"
            ]
        );
        assert_eq!(
            flaws("", "{{ clinic.name }}"),
            ["must hold {{ operator.name }}: every wording of the kind says it"]
        );
    }

    #[test]
    fn bombs_are_refused_where_they_stand() {
        for (body, flaw) in [
            ("{% for a in range(9999) %}", "line 1, column 1: blocks"),
            ("{# x #}", "line 1, column 1: blocks"),
            ("a\n{{ self }}{{ x", "line 2, column 11: {{ has no }}"),
            ("{{ 9 ** 9 }}", "line 1, column 1: between"),
            ("{{ clinic..name }}", "line 1, column 1: between"),
            (
                "{{ clinic.name | upper }}",
                "line 1, column 1: no helper is needed",
            ),
            ("{{ super() }}", "line 1, column 1: no helper is needed"),
            ("\u{202e}", "line 1, column 1: must not hold control"),
        ] {
            assert!(
                flaws("", body)[0].starts_with(flaw),
                "{body}: {:?}",
                flaws("", body)
            );
        }
        let long = "x".repeat(1 << 20);
        assert_eq!(flaws("", &long), ["must have at most 10000 characters"]);
        assert_eq!(flaws(&long, "x"), ["must have at most 200 characters"]);
    }
}
