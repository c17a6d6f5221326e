//! Who calls: named by variables, or remembered from `login`.

use super::failure::Failure;
use super::keep::Folder;
use super::options::{Base, Options};
use bitewing_core::Sensitive;
use bitewing_runtime::Environment;
use serde::{Deserialize, Serialize};

/// The file of `login`.
pub(super) const FILE: &str = "credentials.json";

/// What `login` remembers. It never prints.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Remembered {
    pub(super) url: String,
    pub(super) insecure_http: bool,
    pub(super) who: Who,
}

/// The two kinds of callers.
#[derive(Clone, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(super) enum Who {
    /// A program of the chain, which keeps its secret.
    Program {
        client_id: String,
        client_secret: String,
    },
    /// Somebody of the staff, whose password is not kept.
    Staff {
        organization: String,
        email: String,
        access_token: String,
        /// Unix seconds.
        access_until: i64,
        refresh_token: String,
    },
}

/// Who calls which gateway.
pub(super) struct Account {
    pub(super) base: Base,
    pub(super) caller: Caller,
}

/// Where the next access token comes from.
pub(super) enum Caller {
    /// From the secret.
    Program {
        client_id: String,
        client_secret: Sensitive<String>,
    },
    /// From the session in the file, which changes with every use.
    Staff { folder: Folder, name: String },
}

impl Account {
    /// Finds out. Variables win over what is remembered; what is remembered goes to no other gateway.
    pub(super) fn find(options: &Options, env: &Environment) -> Result<Self, Failure> {
        let named = named(env)?;
        let folder = Folder::of_settings(env);
        let remembered: Option<Remembered> = match &folder {
            Ok(folder) => folder.read(FILE)?,
            // A program in a container has no home and needs none.
            Err(_) => None,
        };
        let url = options.url.as_deref();
        let url = url.or(remembered
            .as_ref()
            .map(|remembered| remembered.url.as_str()));
        let nobody = || {
            Failure::Credentials(
                "nobody is signed in: use `bitewing login`, or set BITEWING_URL, \
                 BITEWING_CLIENT_ID and BITEWING_CLIENT_SECRET"
                    .to_owned(),
            )
        };
        let allowed = remembered
            .as_ref()
            .is_some_and(|remembered| remembered.insecure_http && Some(&*remembered.url) == url);
        let base = Base::read(url.ok_or_else(nobody)?, options.insecure_http || allowed)?;
        if let Some(caller) = named {
            return Ok(Self { base, caller });
        }
        let folder = folder?;
        let remembered = remembered.ok_or_else(nobody)?;
        if remembered.url != base.as_str() {
            return Err(Failure::Credentials(format!(
                "signed in at {}, not at {}: use `bitewing login --url {1}`",
                remembered.url,
                base.as_str()
            )));
        }
        let caller = match remembered.who {
            Who::Program {
                client_id,
                client_secret,
            } => Caller::Program {
                client_id,
                client_secret: client_secret.into(),
            },
            Who::Staff {
                organization,
                email,
                ..
            } => Caller::Staff {
                folder,
                name: format!("{organization}/{email}"),
            },
        };
        Ok(Self { base, caller })
    }

    /// Tells one account from another, for what is remembered of each.
    pub(super) fn name(&self) -> String {
        let name = match &self.caller {
            Caller::Program { client_id, .. } => client_id,
            Caller::Staff { name, .. } => name,
        };
        format!("{} {name}", self.base.as_str())
    }
}

/// The program the variables name.
fn named(env: &Environment) -> Result<Option<Caller>, Failure> {
    let text = |name: &str| {
        env.text(name)
            .map_err(|error| Failure::Usage(error.to_string()))
    };
    match (text("BITEWING_CLIENT_ID")?, text("BITEWING_CLIENT_SECRET")?) {
        (Some(client_id), Some(client_secret)) => Ok(Some(Caller::Program {
            client_id,
            client_secret: client_secret.into(),
        })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Failure::Usage(
            "BITEWING_CLIENT_ID is set without BITEWING_CLIENT_SECRET".to_owned(),
        )),
        (None, Some(_)) => Err(Failure::Usage(
            "BITEWING_CLIENT_SECRET is set without BITEWING_CLIENT_ID".to_owned(),
        )),
    }
}
