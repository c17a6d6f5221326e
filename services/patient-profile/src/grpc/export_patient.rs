//! ExportPatient.

use super::{Api, export, fhir};
use crate::error::Error;
use bitewing_core::PatientId;
use bitewing_proto::patient as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::audit;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::ExportPatientRequest,
) -> Result<pb::ExportPatientResponse, Error> {
    let mut fields = Fields::new();
    let id = fields.take("patient_id", field::id::<PatientId>(&request.patient_id));
    let format = fields.take("format", field::one_of::<pb::ExportFormat>(request.format));
    let (id, format) = all!(fields, id, format)?;

    let mut tx = api.begin(call).await?;
    let visible = tx.settings().await?.visibility.filter(&call.caller.clinics);
    let patient = tx
        .patient(id, visible.as_deref(), false)
        .await?
        .ok_or(Error::PatientNotFound)?;
    let (media_type, content) = match format {
        pb::ExportFormat::FhirR4 => {
            let closed = export::closed_points(&mut tx, &patient).await?;
            let records = tx.records_of(patient.id).await?;
            let kept = tx.kept_of(&records).await?;
            let bundle = fhir::bundle(&patient, &closed, &kept, api.base.clock.now());
            ("application/fhir+json", bundle)
        }
        pb::ExportFormat::Json | pb::ExportFormat::Unspecified => (
            "application/json",
            export::content(&mut tx, &patient).await?,
        ),
    };
    let details = json!({ "media_type": media_type });
    tx.audit(audit::entry(
        call,
        "patient.exported",
        patient.id,
        Some(patient.profile.clinic),
        details,
    ))
    .await?;
    tx.commit().await?;
    Ok(pb::ExportPatientResponse {
        media_type: media_type.to_owned(),
        content: content.to_string(),
    })
}
