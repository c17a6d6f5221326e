//! `cargo xtask templates-coverage`: which wordings the library has, and which it lacks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use crate::workspace::Workspace;

/// The locales of the library.
const LOCALES: [&str; 8] = ["en", "fr-CA", "fr-FR", "it", "pt-BR", "pt-PT", "es", "ru"];
/// How people are addressed.
const REGISTERS: [&str; 2] = ["formal", "informal"];

#[derive(Deserialize)]
struct Kind {
    channels: Vec<String>,
}

/// Registers and channels of a file.
type File = BTreeMap<String, BTreeMap<String, toml::Value>>;

/// Lists kinds, locales, registers and channels; fails if a wording is missing.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let library = workspace.root().join("services/template/library");
    let kinds = std::fs::read_to_string(library.join("kinds.toml"))?;
    let kinds: BTreeMap<String, Kind> = toml::from_str(&kinds)?;
    let (mut written, mut missing) = (0, Vec::new());
    for (name, kind) in &kinds {
        let mut line = format!("{name:<24}");
        for locale in LOCALES {
            let there = wordings(&library.join(name).join(format!("{locale}.toml")))?;
            let wanted = REGISTERS.into_iter().flat_map(|register| {
                let channels = kind.channels.iter();
                channels.map(move |channel| (register.to_owned(), channel.clone()))
            });
            let (have, lack): (Vec<_>, Vec<_>) = wanted.partition(|place| there.contains(place));
            write!(line, " {locale} {}/{}", have.len(), have.len() + lack.len())?;
            written += have.len();
            missing.extend(
                lack.into_iter()
                    .map(|(register, channel)| format!("{name} {locale} {register} {channel}")),
            );
        }
        println!("{line}");
    }
    println!(
        "{} kinds, {} locales, {} registers: {written} wordings, {} missing",
        kinds.len(),
        LOCALES.len(),
        REGISTERS.len(),
        missing.len()
    );
    for place in &missing {
        println!("missing: {place}");
    }
    ensure!(missing.is_empty(), "the library is not complete");
    Ok(())
}

/// The registers and channels of a file with something to say; none if there is no file.
fn wordings(file: &Path) -> anyhow::Result<BTreeSet<(String, String)>> {
    if !file.exists() {
        return Ok(BTreeSet::new());
    }
    let text = std::fs::read_to_string(file)?;
    let file: File = toml::from_str(&text).with_context(|| file.display().to_string())?;
    let places = file.into_iter().flat_map(|(register, channels)| {
        let spoken = |said: &toml::Value| match said {
            toml::Value::Table(mail) => mail
                .get("body")
                .is_some_and(|body| body.as_str().is_some_and(|body| !body.trim().is_empty())),
            said => said.as_str().is_some_and(|said| !said.trim().is_empty()),
        };
        let channels = channels.into_iter().filter(move |(_, said)| spoken(said));
        channels.map(move |(channel, _)| (register.clone(), channel))
    });
    Ok(places.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_and_absent_wordings_are_missing() {
        let folder = std::env::temp_dir().join(format!("coverage-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("en.toml");
        let text = "[formal]\nsms = \"Hello.\"\nchat = \" \"\n[formal.email]\nsubject = \"A\"\nbody = \"\"\n";
        std::fs::write(&file, text).expect("a file");
        let there = wordings(&file).expect("it reads");
        let absent = wordings(&folder.join("it.toml")).expect("none");
        std::fs::remove_dir_all(&folder).expect("it was made here");
        assert_eq!(
            there.into_iter().collect::<Vec<_>>(),
            [("formal".to_owned(), "sms".to_owned())]
        );
        assert!(absent.is_empty());
    }
}
