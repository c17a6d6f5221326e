//! What ends something.

use super::Stranger::NotFound;
use super::{Row, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "CallerService/UnblockCaller",
        r#"{"blockId":"$block"}"#,
        NotFound,
    ),
    row(
        "LinkService/CorrectRecipient",
        r#"{"linkId":"$link","email":"corrected@example.org","emailAgain":"corrected@example.org"}"#,
        NotFound,
    ),
    row("LinkService/ReissueLink", r#"{"linkId":"$link"}"#, NotFound),
    row("LinkService/RevokeLink", r#"{"linkId":"$link"}"#, NotFound),
    row(
        "DocumentService/DeleteDocument",
        r#"{"documentId":"$document"}"#,
        NotFound,
    ),
    row(
        "PatientService/MergePatients",
        r#"{"patientId":"$patient","duplicatePatientId":"$duplicate"}"#,
        NotFound,
    ),
    row(
        "PatientService/UnmergePatients",
        r#"{"patientId":"$patient","duplicatePatientId":"$duplicate"}"#,
        NotFound,
    ),
    row(
        "PatientService/ErasePatient",
        r#"{"patientId":"$duplicate","reason":"request of the patient"}"#,
        NotFound,
    ),
    row(
        "PatientService/GetErasure",
        r#"{"patientId":"$duplicate"}"#,
        NotFound,
    ),
    row(
        "PatientService/DeletePatient",
        r#"{"patientId":"$patient"}"#,
        NotFound,
    ),
    row(
        "PatientService/UndeletePatient",
        r#"{"patientId":"$patient"}"#,
        NotFound,
    ),
    row(
        "GuardService/DeleteGuardFeedback",
        r#"{"feedbackId":"$feedback"}"#,
        NotFound,
    ),
    row(
        "TemplateService/DeleteTemplate",
        r#"{"templateId":"$template"}"#,
        NotFound,
    ),
    row(
        "ChannelAccountService/UpdateChannelAccount",
        r#"{"channelAccount":{"channelAccountId":"$account","displayName":"Sandbox"},"updateMask":"displayName"}"#,
        NotFound,
    ),
    row(
        "ChannelAccountService/DisableChannelAccount",
        r#"{"channelAccountId":"$account"}"#,
        NotFound,
    ),
    row(
        "ApiClientService/DeleteApiClient",
        r#"{"clientId":"$client"}"#,
        NotFound,
    ),
    row(
        "UserService/DeactivateUser",
        r#"{"userId":"$user"}"#,
        NotFound,
    ),
];
