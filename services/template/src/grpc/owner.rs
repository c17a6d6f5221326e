//! What belongs to a clinic or to the whole chain.

use crate::error::Error;
use bitewing_auth::Clinics;
use bitewing_core::ClinicId;
use bitewing_rpc::{Call, Violation};

/// Whether the caller may change what is a clinic's, or the whole chain's where there is none.
pub(super) fn check(call: &Call, clinic: Option<ClinicId>, path: &str) -> Result<(), Error> {
    match (&call.caller.clinics, clinic) {
        (Clinics::All, _) => Ok(()),
        (Clinics::Only(_), None) => {
            let whole = "what is the whole chain's is changed by callers of every clinic only";
            Err(vec![Violation::new(path, whole)].into())
        }
        (clinics @ Clinics::Only(_), Some(clinic)) if clinics.allow(clinic) => Ok(()),
        (Clinics::Only(_), Some(_)) => Err(Error::ClinicNotFound),
    }
}
