//! What is done later: sending, checking, ending.

mod check_document;
mod deliver_link;
mod envelope;
mod expire_code;
mod expire_link;
mod expire_upload;
mod follow_message;
mod order;
mod send_code;
mod shred_document;
pub(crate) mod sweep;
mod tell_locked;
mod tell_replaced;

pub(crate) use order::{
    check_document, deliver_link, expire_code, expire_link, expire_upload, send_code,
    shred_document, tell_locked, tell_replaced,
};

use crate::error::Error;
use crate::vault::Vault;
use bitewing_rpc::Failure as _;
use bitewing_store::jobs::{Job, JobError, Worker, WorkerOptions};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The worker of all jobs.
pub(crate) fn worker(vault: &Vault) -> Worker {
    let options = WorkerOptions::new(Arc::clone(&vault.base.entropy));
    let vault = || vault.clone();
    Worker::new(vault().base.db, options)
        .handle(
            order::CHECK_DOCUMENT,
            Arc::new(check_document::CheckDocument(vault())),
        )
        .handle(
            order::SHRED_DOCUMENT,
            Arc::new(shred_document::ShredDocument(vault())),
        )
        .handle(
            order::EXPIRE_UPLOAD,
            Arc::new(expire_upload::ExpireUpload(vault())),
        )
        .handle(
            order::DELIVER_LINK,
            Arc::new(deliver_link::DeliverLink(vault())),
        )
        .handle(
            order::FOLLOW_LINK,
            Arc::new(follow_message::FollowMessage(vault())),
        )
        .handle(
            order::FOLLOW_CODE,
            Arc::new(follow_message::FollowMessage(vault())),
        )
        .handle(
            order::TELL_LOCKED,
            Arc::new(tell_locked::TellLocked(vault())),
        )
        .handle(
            order::TELL_REPLACED,
            Arc::new(tell_replaced::TellReplaced(vault())),
        )
        .handle(
            order::EXPIRE_LINK,
            Arc::new(expire_link::ExpireLink(vault())),
        )
        .handle(order::SEND_CODE, Arc::new(send_code::SendCode(vault())))
        .handle(
            order::EXPIRE_CODE,
            Arc::new(expire_code::ExpireCode(vault())),
        )
}

/// Reads what a job was told.
fn told<T: DeserializeOwned>(job: &Job) -> Result<T, JobError> {
    serde_json::from_slice(job.body.expose()).map_err(|_| JobError::fatal("MALFORMED_JOB"))
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(error) => error.into(),
            Error::Damaged => Self::fatal("DAMAGED"),
            error => Self::retry(error.reason()),
        }
    }
}
