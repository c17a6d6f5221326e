//! What the suite reaches, beside the limit of the machine in the same run.
//!
//! | module | holds |
//! |---|---|
//! | [`download`], [`upload`], [`links`], [`gateway`], [`memory`] | a benchmark each |
//! | [`suite`] | the suite as a process of its own |
//! | [`clinic`] | a chain with one clinic, its program, and documents |
//! | [`nginx`], [`sink`], [`hello`] | the limits that are servers |
//! | [`load`] | load from programs of other people |
//! | [`machine`] | programs, ports, memory |
//! | [`report`] | the lines a run prints |

pub mod clinic;
pub mod download;
pub mod gateway;
pub mod hello;
pub mod links;
pub mod load;
pub mod machine;
pub mod memory;
pub mod nginx;
pub mod report;
pub mod scratch;
pub mod sink;
mod size;
pub mod suite;
pub mod upload;

pub use size::Size;

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
}

impl Benchmark {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Download,
        Self::Upload,
        Self::Links,
        Self::Gateway,
        Self::Memory,
    ];

    /// Measures.
    pub async fn run(self, size: Size) -> anyhow::Result<Vec<Line>> {
        match self {
            Self::Download => download::run(size).await,
            Self::Upload => upload::run(size).await,
            Self::Links => links::run(size).await,
            Self::Gateway => gateway::run(size).await,
            Self::Memory => memory::run(size).await,
        }
    }
}
