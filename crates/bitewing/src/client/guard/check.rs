//! One message and what the guard says of it.

use super::super::account::Account;
use super::super::api::Api;
use super::super::failure::Failure;
use super::super::options::Options;
use super::super::output::Output;
use bitewing_core::ClinicId;
use serde_json::{Value, json};
use std::io::Read as _;
use std::path::PathBuf;

/// The most bytes that are read: the gateway takes 4,000 characters.
const MAX_BYTES: u64 = 64 * 1024;

/// Tells what the guard sees in a message to a patient; sends nothing.
///
/// What is written on a command line is kept by shells: a message that names somebody is better given in a file, or
/// on standard input as `--file -`.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// The message.
    #[arg(conflicts_with = "file", required_unless_present = "file")]
    text: Option<String>,
    /// A file that holds the message; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The clinic whose policy applies; the chain's, if not given.
    #[arg(long, value_name = "ID")]
    clinic: Option<ClinicId>,
    /// What whoever writes does; somebody signed in is judged by their own role.
    #[arg(long, value_enum, default_value_t = Role::Reception)]
    role: Role,
    /// Whom it is written to: their first name.
    #[arg(long, value_name = "NAME", default_value = "")]
    patient: String,
    /// Who writes it.
    #[arg(long, value_name = "NAME", default_value = "")]
    operator: String,
    /// The patient's language, as `fr-CA`; the text decides, if not given.
    #[arg(long, value_name = "TAG", default_value = "")]
    language: String,
    /// The language of the explanations.
    #[arg(long, value_name = "TAG", default_value = "en")]
    explain_in: String,
    /// It is the first message to this patient.
    #[arg(long)]
    first: bool,
    #[command(flatten)]
    pub(super) options: Options,
}

/// What somebody does at a clinic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Role {
    Reception,
    Assistant,
    Hygienist,
    Dentist,
    Manager,
    Other,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Reception => "GUARD_ROLE_RECEPTION",
            Self::Assistant => "GUARD_ROLE_ASSISTANT",
            Self::Hygienist => "GUARD_ROLE_HYGIENIST",
            Self::Dentist => "GUARD_ROLE_DENTIST",
            Self::Manager => "GUARD_ROLE_MANAGER",
            Self::Other => "GUARD_ROLE_OTHER",
        }
    }
}

impl Check {
    /// The message, from wherever it is.
    pub(super) fn text(&self) -> Result<String, Failure> {
        let Some(path) = &self.file else {
            return Ok(self.text.clone().unwrap_or_default());
        };
        let shown = path.display();
        let mut text = String::new();
        let read = if path.as_os_str() == "-" {
            std::io::stdin()
                .take(MAX_BYTES + 1)
                .read_to_string(&mut text)
        } else {
            let file = std::fs::File::open(path);
            file.and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text))
        };
        let size = read.map_err(|error| Failure::Usage(format!("{shown}: {error}")))?;
        if size as u64 > MAX_BYTES {
            return Err(Failure::Usage(format!(
                "{shown}: more than {MAX_BYTES} bytes"
            )));
        }
        Ok(text.trim_end_matches(['\n', '\r']).to_owned())
    }

    pub(super) async fn run(
        self,
        account: Account,
        output: &Output,
        text: String,
    ) -> Result<(), Failure> {
        let api = Api::sign_in(account).await?;
        let request = json!({
            "text": text,
            "context": {
                "language": self.language,
                "patientFirstName": self.patient,
                "operatorName": self.operator,
                "firstMessage": self.first,
            },
            "clinicId": self.clinic.as_ref().map(ClinicId::to_string).unwrap_or_default(),
            "operatorRole": self.role.name(),
            "explainIn": self.explain_in,
            "suggest": true,
        });
        let answer = api.post("/v1/guard:checkMessage", &request).await?;
        let verdict = &answer["verdict"];
        for finding in verdict["findings"].as_array().into_iter().flatten() {
            let mut record = finding.clone();
            record["type"] = json!("finding");
            output.tell(&sentence(finding, &text), &record)?;
        }
        let action = verdict["action"].as_str().unwrap_or_default();
        let record = json!({
            "type": "verdict",
            "action": action,
            "approver": verdict["approver"],
            "language": verdict["language"],
            "spellingChecked": verdict["spellingChecked"],
            "modelVersion": verdict["modelVersion"],
            "policyVersion": verdict["policyVersion"],
        });
        output.tell(conclusion(verdict, action), &record)?;
        match action {
            "GUARD_ACTION_REQUIRE_APPROVAL" | "GUARD_ACTION_BLOCK" => Err(Failure::Guarded),
            _ => Ok(()),
        }
    }
}

/// `block  secret.card  «4111 1111 1111 1111»: This is the number of a payment card.`
fn sentence(finding: &Value, text: &str) -> String {
    let shown = |name: &str| finding[name].as_str().unwrap_or_default();
    let action = match shown("action") {
        "GUARD_ACTION_BLOCK" => "block",
        "GUARD_ACTION_REQUIRE_APPROVAL" => "hold",
        _ => "warn",
    };
    let mut line = format!("{action:<5} {}", shown("rule"));
    let at = |name: &str| finding["span"][name].as_u64().unwrap_or_default() as usize;
    let words = text.get(at("byteStart")..at("byteEnd")).unwrap_or_default();
    if !words.is_empty() {
        line.extend([" «", words, "»"]);
    }
    line.push_str(": ");
    line.push_str(shown("explanation"));
    if !shown("suggestion").is_empty() {
        line.extend([" (", shown("suggestion"), "?)"]);
    }
    line
}

fn conclusion(verdict: &Value, action: &str) -> &'static str {
    match action {
        "GUARD_ACTION_BLOCK" => "it would be blocked",
        "GUARD_ACTION_REQUIRE_APPROVAL" if verdict["approver"] == "GUARD_ROLE_DENTIST" => {
            "it would wait for a dentist"
        }
        "GUARD_ACTION_REQUIRE_APPROVAL" => "it would wait for a manager",
        "GUARD_ACTION_WARN" => "it may be sent, with warnings",
        _ => "it may be sent",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_said_with_its_words() {
        let finding = json!({
            "rule": "spelling.unknown_word", "action": "GUARD_ACTION_WARN",
            "span": {"byteStart": 4, "byteEnd": 9},
            "explanation": "No dictionary has this word.", "suggestion": "plaque",
        });
        let said = sentence(&finding, "the plaqe is gone");
        assert!(
            said.starts_with("warn  spelling.unknown_word «plaqe»: "),
            "{said}"
        );
        assert!(
            said.ends_with("No dictionary has this word. (plaque?)"),
            "{said}"
        );
    }

    #[test]
    fn a_span_that_is_none_of_the_text_is_not_shown() {
        let finding = json!({ "rule": "x", "span": {"byteStart": 1, "byteEnd": 99} });
        assert_eq!(sentence(&finding, "é"), "warn  x: ");
    }
}
