//! What the suite reaches, beside the limit of the machine in the same run.
//!
//! | module | holds |
//! |---|---|
//! | [`download`], [`upload`], [`links`], [`gateway`], [`memory`], [`patients`] | a benchmark each |
//! | [`suite`] | the suite as a process of its own |
//! | [`clinic`] | a chain with one clinic, its program, and documents |
//! | [`people`] | patients of a chain that does not exist |
//! | [`database`] | the database of a service, asked by a superuser |
//! | [`nginx`], [`sink`], [`hello`] | the limits that are servers |
//! | [`load`] | load from programs of other people |
//! | [`machine`] | programs, ports, memory |
//! | [`report`] | the lines a run prints |

pub mod clinic;
pub mod database;
pub mod download;
pub mod gateway;
pub mod hello;
pub mod links;
pub mod load;
pub mod machine;
pub mod memory;
pub mod nginx;
pub mod patients;
pub mod people;
pub mod report;
pub mod scratch;
pub mod sink;
mod size;
pub mod suite;
pub mod upload;

pub use size::Size;

use patients::Part;
use report::Line;

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Benchmark {
    /// Encrypted downloads.
    Download,
    /// Encrypted uploads.
    Upload,
    /// Links made and unlocked.
    Links,
    /// Calls through the gateway.
    Gateway,
    /// Resident memory.
    Memory,
    /// Patients coming in and being found, or a part of that.
    Patients(Option<Part>),
}

impl Benchmark {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Download,
        Self::Upload,
        Self::Links,
        Self::Gateway,
        Self::Memory,
        Self::Patients(None),
    ];

    /// Measures; `patients` says with how many, where there are any.
    pub async fn run(self, size: Size, patients: Option<u64>) -> anyhow::Result<Vec<Line>> {
        match self {
            Self::Download => download::run(size).await,
            Self::Upload => upload::run(size).await,
            Self::Links => links::run(size).await,
            Self::Gateway => gateway::run(size).await,
            Self::Memory => memory::run(size).await,
            Self::Patients(None) => patients::run(&Part::ALL, patients, size).await,
            Self::Patients(Some(part)) => patients::run(&[part], patients, size).await,
        }
    }
}
