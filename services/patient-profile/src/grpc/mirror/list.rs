//! Where a list of visits, recalls or accounts looks.

use crate::error::Error;
use crate::store::{Along, Tx};
use bitewing_core::{ClinicId, PatientId};
use bitewing_rpc::Call;

/// Along which index a caller's list goes. A patient's rows are those of every record that is this person.
pub(in crate::grpc) async fn along(
    tx: &mut Tx,
    call: &Call,
    clinic: Option<ClinicId>,
    patient: Option<PatientId>,
) -> Result<Along, Error> {
    let records = match patient {
        Some(id) => {
            let records = tx.records_of(id).await?;
            Some(records.iter().map(|id| id.uuid()).collect())
        }
        None => None,
    };
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    Ok(Along::of(visible, clinic, records))
}
