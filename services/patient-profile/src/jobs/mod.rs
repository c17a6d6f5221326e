//! What is done later: the end of wishes nobody answered, and what messages teach about addresses.

mod expire_wish;
mod mark_unreachable;

pub(crate) use expire_wish::expire_wish;
pub(crate) use mark_unreachable::{Bounce, mark_unreachable};

use crate::error::Error;
use crate::store::Store;
use bitewing_rpc::Failure as _;
use bitewing_runtime::Base;
use bitewing_store::jobs::{JobError, Worker, WorkerOptions};
use std::sync::Arc;

/// The worker of all jobs.
pub(crate) fn worker(base: &Base) -> Worker {
    let options = WorkerOptions::new(Arc::clone(&base.entropy));
    let store = || Store {
        db: base.db.clone(),
    };
    let expire = expire_wish::ExpireWish {
        store: store(),
        clock: Arc::clone(&base.clock),
    };
    let mark = mark_unreachable::MarkUnreachable {
        base: base.clone(),
        store: store(),
    };
    Worker::new(base.db.clone(), options)
        .handle(expire_wish::KIND, Arc::new(expire))
        .handle(mark_unreachable::KIND, Arc::new(mark))
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(error) => error.into(),
            error => Self::retry(error.reason()),
        }
    }
}
