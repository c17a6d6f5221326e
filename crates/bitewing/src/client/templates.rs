//! `bitewing templates`: what the clinic says, before anybody is written to.

use super::account::Account;
use super::api::Api;
use super::failure::Failure;
use super::options::Options;
use super::output::{Output, visible};
use bitewing_core::{ClinicId, PatientId};
use bitewing_runtime::Environment;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::str::FromStr;

const TAKES: &str = "a string takes every text";
/// What the guide is asked for: how somebody is addressed is the same for every purpose.
const PURPOSE: &str = "CONTACT_PURPOSE_CARE";
/// Bytes of a draft that are read: the gateway takes 10,000 characters.
const LONGEST_DRAFT: u64 = 64 << 10;

/// What is done with templates.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Shows what a patient would read: the clinic's words, or a draft of them.
    Preview(Preview),
}

impl Command {
    pub(super) const fn options(&self) -> &Options {
        match self {
            Self::Preview(preview) => &preview.options,
        }
    }

    pub(super) async fn run(self, env: &Environment, output: &Output) -> Result<(), Failure> {
        let account = Account::find(self.options(), env)?;
        match self {
            Self::Preview(preview) => preview.run(account, output).await,
        }
    }
}

/// What is shown, and to whom.
#[derive(Debug, clap::Args)]
pub(crate) struct Preview {
    /// The kind, as `reminder`; the page /docs/templates of the gateway lists them.
    kind: String,
    /// As this patient is written to: language, register and salutation; a person who does not exist otherwise.
    #[arg(long, value_name = "ID")]
    patient: Option<PatientId>,
    /// In this locale, one of en, fr-CA, fr-FR, it, pt-BR, pt-PT, es and ru.
    #[arg(long, value_name = "TAG")]
    locale: Option<String>,
    /// In this register.
    #[arg(long)]
    register: Option<Register>,
    /// On this channel only.
    #[arg(long)]
    channel: Option<Channel>,
    /// As this clinic says it; as the chain does otherwise.
    #[arg(long, value_name = "ID")]
    clinic: Option<ClinicId>,
    /// A value, as `appointment.time=14:30`; an empty one shows what is said without it.
    #[arg(long = "value", value_name = "NAME=VALUE")]
    values: Vec<Given>,
    /// A draft instead of what is said now; needs a locale, a register and a channel.
    #[arg(long, value_name = "FILE")]
    draft: Option<PathBuf>,
    /// The draft's subject, of e-mails.
    #[arg(long, requires = "draft")]
    subject: Option<String>,
    #[command(flatten)]
    options: Options,
}

/// How a person is addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Register {
    Formal,
    Informal,
}

impl Register {
    const fn wire(self) -> &'static str {
        match self {
            Self::Formal => "WORDING_REGISTER_FORMAL",
            Self::Informal => "WORDING_REGISTER_INFORMAL",
        }
    }
}

/// How a wording travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Channel {
    Sms,
    Chat,
    Email,
    Voice,
}

impl Channel {
    const fn wire(self) -> &'static str {
        match self {
            Self::Sms => "WORDING_CHANNEL_SMS",
            Self::Chat => "WORDING_CHANNEL_CHAT",
            Self::Email => "WORDING_CHANNEL_EMAIL",
            Self::Voice => "WORDING_CHANNEL_VOICE",
        }
    }
}

/// A value by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Given {
    name: String,
    value: String,
}

impl FromStr for Given {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE")?;
        Ok(Self {
            name: name.trim().to_owned(),
            value: value.to_owned(),
        })
    }
}

impl Preview {
    async fn run(self, account: Account, output: &Output) -> Result<(), Failure> {
        let draft = self.draft.as_deref().map(read).transpose()?;
        let api = Api::sign_in(account).await?;
        let mut request = json!({ "kind": self.kind });
        let mut values = Map::new();
        if let Some(patient) = self.patient {
            let path = format!("/v1/patients/{patient}/communicationGuide?purpose={PURPOSE}");
            let style = api.get(&path).await?["style"].take();
            as_addressed(&style, &mut request, &mut values);
        }
        for given in self.values {
            values.insert(given.name, given.value.into());
        }
        request["variables"] = values.into();
        let wanted = [
            ("locale", self.locale),
            ("register", self.register.map(|r| r.wire().to_owned())),
            ("channel", self.channel.map(|c| c.wire().to_owned())),
            ("clinicId", self.clinic.map(|id| id.to_string())),
            ("subject", self.subject),
            ("body", draft),
        ];
        for (field, value) in wanted {
            if let Some(value) = value {
                request[field] = value.into();
            }
        }
        let answer = api.post("/v1/wordings:preview", &request).await?;
        for rendering in answer["renderings"].as_array().into_iter().flatten() {
            let record = json!({ "type": "rendering", "rendering": rendering });
            output.tell(&sentence(rendering), &record)?;
        }
        Ok(())
    }
}

/// Locale, register and salutation as the guide of a patient has them.
fn as_addressed(style: &Value, request: &mut Value, values: &mut Map<String, Value>) {
    let language = style["language"].as_str().unwrap_or_default();
    // The gateway takes a language for its nearest locale when it sends; a preview names one.
    let locale = match language {
        "fr" => "fr-FR",
        "pt" => "pt-BR",
        other => other,
    };
    request["locale"] = locale.into();
    let informal = style["register"] == "ADDRESS_FORM_INFORMAL";
    let register = if informal {
        Register::Informal
    } else {
        Register::Formal
    };
    request["register"] = register.wire().into();
    for name in ["patient.salutation", "guardian.salutation"] {
        values.insert(name.to_owned(), style["salutation"].clone());
    }
}

/// A rendering as it is read in a shell.
fn sentence(rendering: &Value) -> String {
    let text = |field: &str| rendering[field].as_str().unwrap_or_default();
    let short = |field: &str| {
        let (_, last) = text(field).rsplit_once('_').unwrap_or_default();
        last.to_ascii_lowercase()
    };
    let mut told = format!(
        "{} {} {}",
        visible(text("locale")),
        short("register"),
        short("channel")
    );
    if let Some(segments) = rendering["sms"]["segments"].as_i64() {
        write!(
            told,
            ", {segments} segment{}",
            if segments == 1 { "" } else { "s" }
        )
        .expect(TAKES);
        let letters = rendering["sms"]["costlyLetters"].as_array();
        let letters: String = letters
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if let Some(without) = rendering["sms"]["segmentsWithout"].as_i64()
            && without < segments
        {
            write!(told, " ({without} without {})", visible(&letters)).expect(TAKES);
        }
    }
    if !text("subject").is_empty() {
        writeln!(told, "\n  {}", visible(text("subject"))).expect(TAKES);
    }
    for line in text("text").lines() {
        write!(told, "\n  {}", visible(line)).expect(TAKES);
    }
    told.push('\n');
    told
}

fn read(path: &std::path::Path) -> Result<String, Failure> {
    let no = |problem: &str| Failure::Usage(format!("{}: {problem}", path.display()));
    let long = std::fs::metadata(path).is_ok_and(|file| file.len() > LONGEST_DRAFT);
    if long {
        return Err(no("is longer than a wording may be"));
    }
    std::fs::read_to_string(path).map_err(|error| no(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_given_by_its_name() {
        let given = "appointment.time=14:30=x".parse::<Given>().unwrap();
        assert_eq!(
            (given.name.as_str(), given.value.as_str()),
            ("appointment.time", "14:30=x")
        );
        assert!("appointment.time".parse::<Given>().is_err());
    }

    #[test]
    fn a_rendering_tells_what_it_costs_and_nothing_a_terminal_obeys() {
        let rendering = json!({
            "locale": "fr-CA", "register": "WORDING_REGISTER_FORMAL", "channel": "WORDING_CHANNEL_SMS",
            "text": "Bonjour\n\u{1b}[2J", "sms": { "segments": 2, "segmentsWithout": 1, "costlyLetters": ["ê"] },
        });
        let told = sentence(&rendering);
        assert!(
            told.starts_with("fr-CA formal sms, 2 segments (1 without ê)\n  Bonjour\n  "),
            "{told}"
        );
        assert!(!told.contains('\u{1b}'));
    }

    #[test]
    fn a_patient_is_addressed_as_the_guide_says() {
        let style =
            json!({ "language": "pt", "register": "ADDRESS_FORM_INFORMAL", "salutation": "Ana" });
        let (mut request, mut values) = (json!({}), Map::new());
        as_addressed(&style, &mut request, &mut values);
        assert_eq!(request["locale"], "pt-BR");
        assert_eq!(request["register"], "WORDING_REGISTER_INFORMAL");
        assert_eq!(values["patient.salutation"], "Ana");
    }
}
