//! `bitewing login` and `bitewing logout`.

use super::account::{Account, Caller, FILE, Remembered, Who};
use super::api::{Api, answered, repeated};
use super::failure::Failure;
use super::keep::Folder;
use super::options::{Base, Options};
use super::output::Output;
use super::{session, terminal};
use bitewing_runtime::Environment;
use serde_json::json;

/// Signs in, and remembers it in a file only its owner can read, below `$XDG_CONFIG_HOME/bitewing`.
///
/// The secret or the password is asked for, or read from standard input where that is no terminal; it
/// is never an argument, which everybody on the machine could read. A password is not kept; a session
/// of staff lasts 24 hours, and an hour without use.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  bitewing login --url https://bitewing.example --client-id cli_... < secret.txt
  bitewing login --url https://bitewing.example --organization sourire --email marie@sourire.example")]
pub(crate) struct Login {
    /// A program of the chain: its client id.
    #[arg(long, conflicts_with_all = ["organization", "email"], required_unless_present = "email")]
    client_id: Option<String>,
    /// Staff: the short name of the organization.
    #[arg(long, requires = "email")]
    organization: Option<String>,
    /// Staff: the address of who signs in.
    #[arg(long, requires = "organization")]
    email: Option<String>,
    #[command(flatten)]
    pub(super) options: Options,
}

impl Login {
    pub(super) async fn run(self, env: &Environment, output: &Output) -> Result<(), Failure> {
        let url = self.options.url.as_deref();
        let url = url.ok_or_else(|| Failure::Usage("--url is needed".to_owned()))?;
        let base = Base::read(url, self.options.insecure_http)?;
        let (who, name) = match (self.client_id, self.organization, self.email) {
            (Some(client_id), ..) => {
                let client_secret = terminal::secret("client secret").await?;
                let caller = Caller::Program {
                    client_id: client_id.clone(),
                    client_secret: client_secret.clone(),
                };
                let base = base.clone();
                // What cannot get a token is not worth remembering.
                Api::sign_in(Account { base, caller }).await?;
                let who = Who::Program {
                    client_id: client_id.clone(),
                    client_secret: client_secret.expose().clone(),
                };
                (who, client_id)
            }
            (None, Some(organization), Some(email)) => {
                let password = terminal::secret("password").await?;
                let http = base.http()?;
                let signing_in =
                    async || session::sign_in(&http, &base, &organization, &email, &password).await;
                (repeated(signing_in).await?, email)
            }
            _ => unreachable!("clap asks for one or the other"),
        };
        let folder = Folder::of_settings(env)?;
        let remembered = Remembered {
            url: base.as_str().to_owned(),
            insecure_http: self.options.insecure_http,
            who,
        };
        let turn = folder.lock(FILE)?;
        folder.write(FILE, &remembered)?;
        drop(turn);
        output.tell(
            &format!("signed in at {} as {name}", base.as_str()),
            &json!({ "type": "signedIn", "url": base.as_str(), "as": name }),
        )
    }
}

/// Forgets; a session of staff is ended at the gateway as well.
pub(super) async fn logout(
    options: &Options,
    env: &Environment,
    output: &Output,
) -> Result<(), Failure> {
    let folder = Folder::of_settings(env)?;
    let _turn = folder.lock(FILE)?;
    let remembered: Option<Remembered> = folder.read(FILE)?;
    folder.remove(FILE)?;
    let Some(remembered) = remembered else {
        return output.tell("nobody was signed in", &json!({ "type": "signedOut" }));
    };
    if let Who::Staff { refresh_token, .. } = &remembered.who {
        let allowed = options.insecure_http || remembered.insecure_http;
        let base = Base::read(&remembered.url, allowed)?;
        let http = base.http()?;
        let sign_out = http.post(base.at("/v1/sessions:signOut"));
        answered(sign_out.json(&json!({ "refreshToken": refresh_token }))).await?;
    }
    output.tell(
        &format!("signed out at {}", remembered.url),
        &json!({ "type": "signedOut", "url": remembered.url }),
    )
}
