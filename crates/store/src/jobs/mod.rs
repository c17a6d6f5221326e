//! Every timer: work that is stored with the fact that makes it necessary, and done later.

mod backoff;
mod claim;
mod dead;
mod job;
mod queue;
mod settle;
mod upkeep;
mod worker;

pub use dead::DeadJob;
pub use job::{Due, Job, JobError, JobHandler, Lane, NewJob};
pub use settle::{JobLease, Outcome};
pub use worker::{Slots, Tally, Worker, WorkerOptions};
