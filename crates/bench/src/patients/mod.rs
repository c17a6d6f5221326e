//! A chain with a million patients: how fast they come in beside `COPY` of the same rows, and how fast they are
//! found beside pgbench with the equivalent single query. Neither may get slower as organizations are added.

mod asked;
mod chain;
mod copy;
mod import;
mod reads;

use crate::database::Database;
use crate::machine::{forget_peak, memory};
use crate::report::{Better, Line};
use crate::size::Size;
use crate::suite::Suite;
use asked::Asked;
use bitewing_auth::Service;
use chain::Chain;
use reads::Question;

/// Conversation tells of the clinics; the others have no part in it.
const SERVICES: [Service; 3] = [
    Service::Gateway,
    Service::Conversation,
    Service::PatientProfile,
];
/// Clinics of the chain.
const CLINICS: usize = 20;
/// Streams at once, and connections of COPY.
const STREAMS: usize = 4;
/// Organizations in the end.
const ORGANIZATIONS: usize = 200;
/// Patients of each of the others.
const PATIENTS_OF_OTHERS: u64 = 1_000;
/// What the suite may grow by while it imports, in MiB, whatever is imported.
const GROWTH: f64 = 64.0;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Patients coming in.
    Import,
    /// Who calls.
    Lookup,
    /// Whose name begins so.
    Search,
    /// Patients of a clinic, and its visits of a week.
    List,
}

impl Part {
    /// All of them, over one load.
    pub const ALL: [Self; 4] = [Self::Import, Self::Lookup, Self::Search, Self::List];
}

/// Loads so many patients and measures the parts.
pub async fn run(parts: &[Part], patients: Option<u64>, size: Size) -> anyhow::Result<Vec<Line>> {
    let patients = patients.unwrap_or(size.of(1_000_000, 20_000));
    let suite = Suite::start("patients", &SERVICES, &[]).await?;
    let lines = measure(&suite, parts, patients, size).await;
    suite.stop().await?;
    lines
}

async fn measure(
    suite: &Suite,
    parts: &[Part],
    patients: u64,
    size: Size,
) -> anyhow::Result<Vec<Line>> {
    let postgres = suite.postgres().await?;
    let database = Database::of(&postgres, Service::PatientProfile).await?;
    let chain = Chain::found(suite, CLINICS, patients.div_ceil(CLINICS as u64)).await?;
    let importing = parts.contains(&Part::Import);
    let loaded = load(suite, &database, &chain, importing).await?;
    let mut lines = if importing {
        loaded.lines()
    } else {
        Vec::new()
    };

    let questions: Vec<Question> = Question::ALL
        .into_iter()
        .filter(|question| parts.contains(&question.part()))
        .collect();
    if questions.contains(&Question::Visits) {
        import::visits(suite, &chain).await?;
    }
    database.ask("vacuum analyze")?;
    let asked = Asked::prepare(&database, &chain)?;
    let mut alone = Vec::new();
    for question in &questions {
        let (figure, limit) =
            reads::beside(suite, &database, &chain, &asked, *question, size).await?;
        alone.push(figure);
        lines.push(question.line(question.case(), figure, limit, 0.25));
    }

    let others = size.of(ORGANIZATIONS, 4) - 1;
    let mut rates = Vec::new();
    for _ in 0..others {
        let other = Chain::found(suite, 1, PATIENTS_OF_OTHERS).await?;
        rates.push(import::patients(suite, &other, 0..1).await?);
    }
    database.ask("vacuum analyze")?;
    if importing {
        // One stream each: the last ones beside the first.
        let tenth = rates.len().div_ceil(10);
        lines.push(Line {
            name: "import",
            case: "into-the-last-of-200-organizations-beside-the-first",
            unit: "rows/s",
            figure: import::rate(&rates[rates.len() - tenth..]),
            limit: import::rate(&rates[..tenth]),
            better: Better::More,
            goal: 0.8,
        });
    }
    for (question, before) in questions.iter().zip(alone) {
        let figure = reads::best(suite, &chain, &asked, *question, size).await?;
        lines.push(question.line(question.case_among_others(), figure, before, 0.8));
    }
    Ok(lines)
}

/// What loading showed.
struct Loaded {
    imported: Vec<import::Took>,
    copied: Vec<import::Took>,
    /// The first part, sent again.
    again: import::Took,
    /// How much the suite had grown after the first part and at most, in MiB.
    grown: [f64; 2],
}

/// Brings the chain in, a few clinics at a time, each time followed by COPY of the same rows.
async fn load(
    suite: &Suite,
    database: &Database,
    chain: &Chain,
    beside_copy: bool,
) -> anyhow::Result<Loaded> {
    let rival = copy::Rival::prepare(database, chain)?;
    let (idle, mut grown) = (suite.memory()?, [0.0, 0.0]);
    forget_peak(suite.pid())?;
    let (mut imported, mut copied) = (Vec::new(), Vec::new());
    for first in (0..CLINICS).step_by(STREAMS) {
        let clinics = first..(first + STREAMS).min(CLINICS);
        imported.push(import::patients(suite, chain, clinics.clone()).await?);
        let peak = memory(suite.pid(), "VmHWM")? - idle;
        if first == 0 {
            grown[0] = peak;
        }
        grown[1] = peak;
        if beside_copy {
            copied.push(rival.copy(database, chain, clinics).await?);
        }
    }
    let again = import::patients_again(suite, chain, 0..STREAMS).await?;
    Ok(Loaded {
        imported,
        copied,
        again,
        grown,
    })
}

impl Loaded {
    fn lines(&self) -> Vec<Line> {
        let line = |case, unit, figure, limit, better, goal| Line {
            name: "import",
            case,
            unit,
            figure,
            limit,
            better,
            goal,
        };
        let last = self.imported.len() - 1;
        vec![
            line(
                "beside-copy",
                "rows/s",
                import::rate(&self.imported),
                import::rate(&self.copied),
                Better::More,
                0.25,
            ),
            line(
                "last-clinics-beside-the-first",
                "rows/s",
                import::rate(&self.imported[last..]),
                import::rate(&self.imported[..1]),
                Better::More,
                0.0,
            ),
            line(
                "the-same-file-again-beside-the-first-time",
                "rows/s",
                import::rate(&[self.again]),
                import::rate(&self.imported[..1]),
                Better::More,
                1.0,
            ),
            line(
                "memory-grown",
                "MiB",
                self.grown[1].max(0.1),
                GROWTH,
                Better::Less,
                1.0,
            ),
            line(
                "memory-grown-by-all-beside-the-first-fifth",
                "MiB",
                self.grown[1].max(0.1),
                self.grown[0].max(0.1),
                Better::Less,
                0.8,
            ),
        ]
    }
}
