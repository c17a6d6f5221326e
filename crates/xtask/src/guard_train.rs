//! Training of the message guard.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use bitewing_core::Language;
use bitewing_guard::corpus::{self, Message};
use bitewing_guard::embed::train::About;
use bitewing_guard::embed::{self, Encoder, HEADS};
use bitewing_guard::eval;
use bitewing_guard::lexicon::Lexicon;
use bitewing_guard::model::train;

use crate::guard_models;
use crate::workspace::Workspace;

/// How to train.
#[derive(Default, clap::Args)]
pub(crate) struct Options {
    /// Prints what was learned and writes nothing.
    #[arg(long)]
    dry: bool,
    /// Fails when the committed model is not what the corpus gives, and writes nothing.
    #[arg(long)]
    check: bool,
    /// Also learns from a quarter, a half and three quarters of the authors.
    #[arg(long)]
    curve: bool,
    /// Learns heads over the points of the encoder in this folder instead, and puts them there.
    #[arg(long)]
    model: Option<PathBuf>,
    /// The languages that encoder reads.
    #[arg(long, value_delimiter = ',', default_value = "en")]
    languages: Vec<Language>,
    /// What that encoder wants before every text (`query: ` for multilingual-e5-small).
    #[arg(long, default_value = "")]
    prefix: String,
}

impl Options {
    /// Compares what is committed.
    pub(crate) fn check() -> Self {
        Self {
            check: true,
            ..Self::default()
        }
    }
}

/// Trains on the corpus and writes the model and its report.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let folder = workspace.root().join("crates/guard");
    let messages = corpus::read(&folder.join("corpus")).context("cannot read the corpus")?;
    let lexicon = Lexicon::built_in();
    let start = Instant::now();
    let trained = train::train(&messages, &lexicon, 1.0);
    let time = start.elapsed();
    if let Some(encoder) = &options.model {
        return heads(workspace, encoder, options, (&messages, &trained));
    }
    let bytes = trained.model.encode();
    if options.check {
        anyhow::ensure!(
            fs::read(folder.join("model/guard.model"))? == bytes,
            "model/guard.model is not what the corpus gives: run `cargo xtask guard-train`"
        );
        println!("the committed model is what the corpus gives ({time:.0?})");
        return Ok(());
    }
    let mut report = format!(
        "# What the built-in model learned\n\n\
         Written by `cargo xtask guard-train{}`; model `{}`, {} bytes, {} weights that are not zero, learned from\n\
         {} messages. Every figure is of five folds grouped by author: whoever is judged was never read. F1 is at\n\
         its best threshold, for all languages together and for each (each language at its own best threshold, so\n\
         the columns of languages flatter a little).\n\n{}",
        if options.curve { " --curve" } else { "" },
        trained.model.version,
        bytes.len(),
        trained.model.weights(),
        messages.len(),
        eval::learned(&trained, &messages),
    );
    if options.curve {
        report.push_str(&curve(&messages, &lexicon, &trained)?);
    }
    println!("{report}");
    println!("trained on {} messages in {time:.0?}", messages.len());
    if !options.dry {
        fs::write(folder.join("model/guard.model"), bytes)?;
        fs::write(folder.join("model/REPORT.md"), report)?;
    }
    Ok(())
}

/// Learns heads with an encoder.
fn heads(
    workspace: &Workspace,
    folder: &Path,
    options: &Options,
    (messages, trained): (&[Message], &train::Trained),
) -> anyhow::Result<()> {
    let encoder = Encoder::open(folder)?;
    let about = About {
        encoder: encoder.version().to_owned(),
        languages: options.languages.clone(),
        prefix: options.prefix.clone(),
    };
    let start = Instant::now();
    let points = embed::train::points(messages, &encoder, &about);
    let read = start.elapsed();
    let learned = embed::train::train_heads(messages, &points, trained, &about);
    let bytes = learned.all.encode();
    let name = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let report = format!(
        "# What was learned over {name}\n\n\
         Written by `cargo xtask guard-train --model DIR`; encoder `{}`, heads `{}` of {} bytes, learned from {}\n\
         messages in {:?}. Best F1 of five folds grouped by author: whoever is judged was never read.\n\n{}",
        about.encoder,
        learned.all.version(),
        bytes.len(),
        points.iter().flatten().count(),
        about.languages,
        eval::second(&learned),
    );
    println!("{report}");
    println!(
        "read {} messages in {read:.0?}",
        points.iter().flatten().count()
    );
    if options.check {
        anyhow::ensure!(
            fs::read(folder.join(HEADS))? == bytes,
            "{HEADS} is not what the corpus gives: run `cargo xtask guard-train --model`"
        );
        return Ok(());
    }
    if options.dry {
        return Ok(());
    }
    fs::write(folder.join(HEADS), &bytes)?;
    if name == guard_models::NAME {
        let committed = guard_models::committed(workspace);
        fs::write(committed.with_extension("md"), report)?;
        fs::write(committed, bytes)?;
    }
    Ok(())
}

/// F1 by the share of authors learned from.
fn curve(
    messages: &[Message],
    lexicon: &Lexicon,
    whole: &train::Trained,
) -> anyhow::Result<String> {
    let mut text = String::from(
        "\n## Learning curve\n\nBest F1 by the share of authors that was learned from; all messages are judged.\n\n\
         | label | 25 % | 50 % | 75 % | 100 % |\n|---|---|---|---|---|\n",
    );
    let parts: Vec<_> = [0.25, 0.5, 0.75]
        .into_iter()
        .map(|share| eval::best_by_head(&train::train(messages, lexicon, share)))
        .collect();
    for (head, best) in eval::best_by_head(whole) {
        write!(text, "| {head} |")?;
        for part in &parts {
            write!(
                text,
                " {:.3} |",
                part.get(head).copied().unwrap_or_default()
            )?;
        }
        writeln!(text, " {best:.3} |")?;
    }
    Ok(text)
}
