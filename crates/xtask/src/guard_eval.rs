//! Measuring the message guard.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use bitewing_guard::Guard;
use bitewing_guard::corpus::{self, Message};
use bitewing_guard::embed::train::About;
use bitewing_guard::embed::{self, Embedding};
use bitewing_guard::eval::{self, Report};
use bitewing_guard::lexicon::Lexicon;
use bitewing_guard::model::train;
use bitewing_guard::policy::Policy;
use bitewing_guard::spelling::Spelling;
use serde::Deserialize;

use crate::guard_speed;
use crate::workspace::Workspace;

/// What to measure.
#[derive(Default, clap::Args)]
pub(crate) struct Options {
    /// Judges these labelled messages with the committed model; without any, the corpus is judged by
    /// cross-validation grouped by author.
    #[arg(long)]
    file: Vec<PathBuf>,
    /// Asks the encoder in this folder too (see `cargo xtask models`).
    #[arg(long)]
    model: Option<PathBuf>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
    /// Measures time and memory instead.
    #[arg(long)]
    speed: bool,
    /// Counts instructions per message with valgrind instead.
    #[arg(long)]
    instructions: bool,
    /// Judges so many messages and prints nothing: what `--instructions` runs.
    #[arg(long, hide = true)]
    only: Option<usize>,
}

/// The least a label must reach; anything less is a step back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Floors {
    label: Vec<Floor>,
    intent_accuracy: f64,
    language_accuracy: f64,
    false_block_rate: f64,
    false_warn_rate: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Floor {
    name: String,
    recall: f64,
    f1: f64,
}

/// Measures, and fails under the committed floors.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let folder = workspace.root().join("crates/guard");
    let dictionaries = workspace.target("dictionaries");
    if let Some(count) = options.only {
        return guard_speed::only(&folder, count);
    }
    if options.instructions {
        return guard_speed::instructions();
    }
    if options.speed {
        return guard_speed::run(&folder, &dictionaries, options.model.as_deref());
    }
    let policy = Policy::base();
    let report = if options.file.is_empty() {
        let messages = corpus::read(&folder.join("corpus"))?;
        crossed(&messages, &policy, options.model.as_deref())?
    } else {
        let mut messages = Vec::new();
        for file in &options.file {
            messages.extend(corpus::read_file(file)?);
        }
        let mut guard = Guard::new(Spelling::load(&dictionaries)?);
        if let Some(folder) = &options.model {
            guard = guard.with_embedding(Arc::new(Embedding::open(folder)?));
        }
        eval::judge(&messages, &policy, |_| &guard)?
    };
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print(&report);
    }
    if options.file.is_empty() {
        let text = fs::read_to_string(folder.join("model/floors.toml"))?;
        let floors: Floors = toml::from_str(&text).context("model/floors.toml")?;
        below(&report, &floors)?;
    }
    Ok(())
}

/// Judges every message with the guard that has not read its author. Spelling is left out: the corpus is
/// not labelled for it.
fn crossed(messages: &[Message], policy: &Policy, model: Option<&Path>) -> anyhow::Result<Report> {
    let lexicon = Arc::new(Lexicon::built_in());
    let mut trained = train::train(messages, &lexicon, 1.0);
    let folds = std::mem::take(&mut trained.folds);
    let mut guards: Vec<Guard> = folds
        .into_iter()
        .map(|model| Guard::with_model(model, Arc::clone(&lexicon), Spelling::none()))
        .collect();
    if let Some(folder) = model {
        let embedding = Embedding::open(folder)?;
        let (encoder, heads) = (embedding.encoder(), embedding.heads());
        let about = About {
            encoder: heads.encoder.clone(),
            languages: heads.languages.clone(),
            prefix: heads.prefix.clone(),
        };
        let points = embed::train::points(messages, encoder, &about);
        let learned = embed::train::train_heads(messages, &points, &trained, &about);
        guards = guards
            .into_iter()
            .zip(learned.folds)
            .map(|(guard, heads)| {
                let embedding = Embedding::new(Arc::clone(encoder), heads)?;
                Ok(guard.with_embedding(Arc::new(embedding)))
            })
            .collect::<anyhow::Result<_>>()?;
    }
    Ok(eval::judge(messages, policy, |place| {
        &guards[trained.fold_of[place]]
    })?)
}

fn print(report: &Report) {
    println!(
        "direction label            lang     n    tp    fp    fn  precision           recall              f1"
    );
    for row in &report.rows {
        let precision = eval::wilson(row.tp, row.tp + row.fp);
        let recall = eval::wilson(row.tp, row.tp + row.missed);
        println!(
            "{:<9} {:<16} {:<4} {:>5} {:>5} {:>5} {:>5}  {:.2} [{:.2}, {:.2}]  {:.2} [{:.2}, {:.2}]  {:.3}",
            row.direction,
            row.label,
            row.lang,
            row.n,
            row.tp,
            row.fp,
            row.missed,
            row.precision,
            precision.low,
            precision.high,
            row.recall,
            recall.low,
            recall.high,
            row.f1,
        );
    }
    println!("intent accuracy    {:.3}", report.intent_accuracy);
    println!(
        "language accuracy  {:.3} (texts over 20 characters)",
        report.language_accuracy
    );
    println!(
        "false blocks       {:.4} of clean messages to patients",
        report.false_block_rate
    );
    println!(
        "false warnings     {:.4} of them warned about or held",
        report.false_warn_rate
    );
    let mut alarms: Vec<_> = report.false_alarms.iter().collect();
    alarms.sort_by_key(|(rule, count)| (std::cmp::Reverse(**count), *rule));
    for (rule, count) in alarms.into_iter().take(12) {
        println!("    {count:>5} by {rule}");
    }
}

fn below(report: &Report, floors: &Floors) -> anyhow::Result<()> {
    let mut faults = Vec::new();
    for floor in &floors.label {
        let row = report
            .rows
            .iter()
            .find(|row| row.lang == "all" && row.label == floor.name)
            .with_context(|| format!("no label is called {}", floor.name))?;
        if row.recall < floor.recall || row.f1 < floor.f1 {
            faults.push(format!(
                "{}: recall {:.3} (floor {}), F1 {:.3} (floor {})",
                floor.name, row.recall, floor.recall, row.f1, floor.f1
            ));
        }
    }
    for (name, value, least) in [
        (
            "intent accuracy",
            report.intent_accuracy,
            floors.intent_accuracy,
        ),
        (
            "language accuracy",
            report.language_accuracy,
            floors.language_accuracy,
        ),
        (
            "messages not falsely blocked",
            1.0 - report.false_block_rate,
            1.0 - floors.false_block_rate,
        ),
        (
            "messages not falsely warned about",
            1.0 - report.false_warn_rate,
            1.0 - floors.false_warn_rate,
        ),
    ] {
        if value < least {
            faults.push(format!("{name}: {value:.4} (floor {least:.4})"));
        }
    }
    if !faults.is_empty() {
        bail!(
            "under the floors of model/floors.toml:\n{}",
            faults.join("\n")
        );
    }
    Ok(())
}
