//! The table.
//!
//! A placeholder such as `$patient` stands for something [`super::World`] has one of. Rows that end
//! something stand at the end, after the rows that need it.

/// What a caller of another organization is answered who names this organization's things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// The request names nothing an organization owns.
    NamesNothing,
    /// NOT_FOUND, as for a thing that is not there.
    NotFound,
    /// An empty list, as for a thing that is not there.
    EmptyList,
    /// Taken as it is: the service keeps the identifier and never follows it.
    NeverFollowed,
    /// Answered row by row, as for a thing that is not there.
    RowByRow,
}

/// One RPC.
#[derive(Debug)]
pub(crate) struct Row {
    /// As `PatientService/GetPatient`.
    pub(crate) name: &'static str,
    /// A valid request, as JSON.
    pub(crate) request: &'static str,
    /// What strangers learn.
    pub(crate) stranger: Stranger,
    /// The reason with which even the right caller is refused here; empty for success.
    pub(crate) refusal: &'static str,
}

const fn row(name: &'static str, request: &'static str, stranger: Stranger) -> Row {
    Row {
        name,
        request,
        stranger,
        refusal: "",
    }
}

const fn refused(row: Row, refusal: &'static str) -> Row {
    Row { refusal, ..row }
}

use Stranger::{EmptyList, NamesNothing, NeverFollowed, NotFound, RowByRow};

/// Every RPC that can be called from outside.
pub(crate) const ROWS: &[Row] = &[
    // Identities. The gateway does not keep clinics: the clinics of a caller only ever take rights away.
    row(
        "OrganizationService/CreateOrganization",
        r#"{"displayName":"Other","slug":"$fresh"}"#,
        NamesNothing,
    ),
    row("OrganizationService/GetOrganization", "{}", NamesNothing),
    row(
        "OrganizationService/UpdateOrganization",
        r#"{"organization":{"displayName":"Sourire"},"updateMask":"displayName"}"#,
        NamesNothing,
    ),
    row(
        "UserService/InviteUser",
        r#"{"email":"$fresh_email","displayName":"Staff","roles":["ROLE_SECRETARY"],"clinicIds":["$clinic"]}"#,
        NeverFollowed,
    ),
    row(
        "UserService/AcceptInvitation",
        r#"{"invitationToken":"$invitation","password":"correct horse battery"}"#,
        NamesNothing,
    ),
    row("UserService/GetUser", r#"{"userId":"$user"}"#, NotFound),
    row("UserService/ListUsers", "{}", NamesNothing),
    row(
        "ApiClientService/CreateApiClient",
        r#"{"displayName":"Other","scopes":["patients.read"],"clinicIds":["$clinic"]}"#,
        NeverFollowed,
    ),
    row(
        "ApiClientService/GetApiClient",
        r#"{"clientId":"$client"}"#,
        NotFound,
    ),
    row("ApiClientService/ListApiClients", "{}", NamesNothing),
    row(
        "ApiClientService/RotateApiClientSecret",
        r#"{"clientId":"$client"}"#,
        NotFound,
    ),
    row(
        "TokenService/SignIn",
        r#"{"organization":"$slug","email":"$user_email","password":"correct horse battery"}"#,
        NamesNothing,
    ),
    row(
        "TokenService/RefreshSession",
        r#"{"refreshToken":"$refresh"}"#,
        NamesNothing,
    ),
    row(
        "TokenService/SignOut",
        r#"{"refreshToken":"$refresh"}"#,
        NamesNothing,
    ),
    row("EventService/ListEvents", "{}", NamesNothing),
    row("EventService/WatchEvents", "{}", NamesNothing),
    // Clinics, channels, messages.
    row(
        "ClinicService/CreateClinic",
        r#"{"clinic":{"displayName":"Clinic","phone":"+15148731234","region":"CA","language":"en","timeZone":"America/Toronto"}}"#,
        NamesNothing,
    ),
    row(
        "ClinicService/GetClinic",
        r#"{"clinicId":"$clinic"}"#,
        NotFound,
    ),
    row(
        "ClinicService/UpdateClinic",
        r#"{"clinic":{"clinicId":"$clinic","displayName":"Clinic"},"updateMask":"displayName"}"#,
        NotFound,
    ),
    row("ClinicService/ListClinics", "{}", NamesNothing),
    row(
        "ClinicService/SetClinicLogo",
        r#"{"clinicId":"$clinic"}"#,
        NotFound,
    ),
    row(
        "ClinicService/GetClinicLogo",
        r#"{"clinicId":"$clinic"}"#,
        NotFound,
    ),
    row(
        "ChannelAccountService/CreateChannelAccount",
        r#"{"channelAccount":{"displayName":"Sandbox","channels":["CHANNEL_SMS"],"sandbox":{"sender":"+15148731234"}}}"#,
        NamesNothing,
    ),
    row(
        "ChannelAccountService/GetChannelAccount",
        r#"{"channelAccountId":"$account"}"#,
        NotFound,
    ),
    row(
        "ChannelAccountService/TestChannelAccount",
        r#"{"channelAccountId":"$account"}"#,
        NotFound,
    ),
    row(
        "ChannelAccountService/ListChannelAccounts",
        "{}",
        NamesNothing,
    ),
    row(
        "MessageService/GetMessage",
        r#"{"messageId":"$message"}"#,
        NotFound,
    ),
    row(
        "MessageService/ListMessages",
        r#"{"clinicId":"$clinic"}"#,
        EmptyList,
    ),
    refused(
        row(
            "MessageService/ResolveMessage",
            r#"{"messageId":"$message","resolution":"RESOLUTION_CONSIDER_SENT"}"#,
            NotFound,
        ),
        "MESSAGE_NOT_AMBIGUOUS",
    ),
    row("SandboxService/ListSandboxMessages", "{}", NamesNothing),
    // Patients.
    row(
        "PatientService/CreatePatient",
        r#"{"patient":{"clinicId":"$clinic","givenName":"Jean","familyName":"Roy"}}"#,
        NotFound,
    ),
    row(
        "PatientService/UpsertPatient",
        r#"{"patient":{"clinicId":"$clinic","givenName":"Jean","familyName":"Roy","externalIds":[{"system":"opendental","value":"$fresh"}]}}"#,
        NotFound,
    ),
    row(
        "PatientService/GetPatient",
        r#"{"patientId":"$patient"}"#,
        NotFound,
    ),
    row(
        "PatientService/UpdatePatient",
        r#"{"patient":{"patientId":"$patient","clinicId":"$clinic","givenName":"Anne"},"updateMask":"givenName,clinicId"}"#,
        NotFound,
    ),
    row(
        "PatientService/ListPatients",
        r#"{"clinicId":"$clinic"}"#,
        EmptyList,
    ),
    row(
        "PatientService/SearchPatients",
        r#"{"name":"tremblay","clinicId":"$clinic"}"#,
        EmptyList,
    ),
    refused(
        row(
            "PatientService/MarkContactPointVerified",
            r#"{"patientId":"$patient","kind":"CONTACT_POINT_KIND_EMAIL","value":"nobody@example.org","verified":true}"#,
            NotFound,
        ),
        "CONTACT_POINT_NOT_FOUND",
    ),
    refused(
        row(
            "PatientService/MarkContactPointUnreachable",
            r#"{"patientId":"$patient","kind":"CONTACT_POINT_KIND_EMAIL","value":"nobody@example.org"}"#,
            NotFound,
        ),
        "CONTACT_POINT_NOT_FOUND",
    ),
    row(
        "PatientService/ListClosedContactPoints",
        r#"{"patientId":"$patient"}"#,
        NotFound,
    ),
    row(
        "PatientService/ExportPatient",
        r#"{"patientId":"$patient","format":"EXPORT_FORMAT_FHIR_R4"}"#,
        NotFound,
    ),
    // Callers, guides, consent.
    row(
        "CallerService/LookupCaller",
        r#"{"clinicId":"$clinic","address":"+15148731234","shortCalls":1}"#,
        NotFound,
    ),
    row(
        "CallerService/ReportSpam",
        r#"{"clinicId":"$clinic","address":"+15148731299"}"#,
        NotFound,
    ),
    row(
        "CallerService/BlockCaller",
        r#"{"clinicId":"$clinic","address":"+15148731298","reason":"spam"}"#,
        NotFound,
    ),
    row(
        "CallerService/ListBlocks",
        r#"{"clinicId":"$clinic"}"#,
        EmptyList,
    ),
    row(
        "GuideService/GetCommunicationGuide",
        r#"{"patientId":"$patient","purpose":"CONTACT_PURPOSE_CARE"}"#,
        NotFound,
    ),
    row(
        "GuideService/RecordChannelAnswer",
        r#"{"patientId":"$patient","channel":"CONTACT_CHANNEL_EMAIL","answered":true}"#,
        NotFound,
    ),
    row(
        "ConsentService/RecordConsent",
        r#"{"patientId":"$patient","clinicId":"$clinic","purpose":"CONSENT_PURPOSE_MARKETING","basis":"CONSENT_BASIS_EXPRESS","wordingVersion":"offers-1","source":"CONSENT_SOURCE_FRONT_DESK"}"#,
        NotFound,
    ),
    row(
        "ConsentService/RevokeConsent",
        r#"{"patientId":"$patient","clinicId":"$clinic","purpose":"CONSENT_PURPOSE_MARKETING","source":"CONSENT_SOURCE_FRONT_DESK"}"#,
        NotFound,
    ),
    row(
        "ConsentService/ListConsents",
        r#"{"patientId":"$patient"}"#,
        NotFound,
    ),
    row(
        "ConsentService/CheckConsent",
        r#"{"patientId":"$patient","clinicId":"$clinic","purpose":"CONTACT_PURPOSE_CARE","channel":"CONTACT_CHANNEL_EMAIL"}"#,
        NotFound,
    ),
    row(
        "ConsentService/EvaluateReply",
        r#"{"text":"STOP","language":"fr"}"#,
        NamesNothing,
    ),
    row(
        "ConsentService/CreatePreferenceLink",
        r#"{"patientId":"$patient"}"#,
        NotFound,
    ),
    // Visits, recalls, accounts.
    row(
        "AppointmentService/UpsertAppointment",
        r#"{"appointment":{"externalId":{"system":"opendental","value":"$fresh"},"patientId":"$patient","clinicId":"$clinic","startTime":"2099-05-04T10:00:00Z","endTime":"2099-05-04T11:00:00Z","status":"APPOINTMENT_STATUS_SCHEDULED"}}"#,
        NotFound,
    ),
    row(
        "AppointmentService/BatchUpsertAppointments",
        r#"{"appointments":[{"externalId":{"system":"opendental","value":"$fresh"},"patientId":"$patient","clinicId":"$clinic","startTime":"2099-05-04T10:00:00Z","endTime":"2099-05-04T11:00:00Z","status":"APPOINTMENT_STATUS_SCHEDULED"}]}"#,
        RowByRow,
    ),
    row(
        "AppointmentService/GetAppointment",
        r#"{"appointmentId":"$appointment"}"#,
        NotFound,
    ),
    row(
        "AppointmentService/ListAppointments",
        r#"{"clinicId":"$clinic","patientId":"$patient"}"#,
        EmptyList,
    ),
    row(
        "AppointmentService/ConfirmAppointment",
        r#"{"appointmentId":"$appointment"}"#,
        NotFound,
    ),
    row(
        "AppointmentService/CancelAppointment",
        r#"{"appointmentId":"$appointment"}"#,
        NotFound,
    ),
    row(
        "AppointmentService/RequestAppointment",
        r#"{"patientId":"$patient","clinicId":"$clinic","note":"mornings"}"#,
        NotFound,
    ),
    row(
        "AppointmentService/GetAppointmentRequest",
        r#"{"appointmentRequestId":"$wish"}"#,
        NotFound,
    ),
    row(
        "AppointmentService/ListAppointmentRequests",
        r#"{"clinicId":"$clinic"}"#,
        EmptyList,
    ),
    row(
        "AppointmentService/ResolveAppointmentRequest",
        r#"{"appointmentRequestId":"$wish","appointmentId":"$appointment","state":"APPOINTMENT_REQUEST_STATE_ACCEPTED"}"#,
        NotFound,
    ),
    row(
        "PatientImportService/ImportPatients",
        r#"{"batchId":"$fresh","rows":[{"rowNumber":1,"patient":{"externalIds":[{"system":"opendental","value":"$fresh"}],"clinicId":"$clinic","givenName":"Anne"}}]}"#,
        RowByRow,
    ),
    row(
        "PatientImportService/BatchImportPatients",
        r#"{"batchId":"$fresh","rows":[{"rowNumber":1,"patient":{"externalIds":[{"system":"opendental","value":"$fresh"}],"clinicId":"$clinic","givenName":"Anne"}}]}"#,
        RowByRow,
    ),
    row("PatientImportService/GetImportPolicy", "{}", NamesNothing),
    row(
        "PatientImportService/UpdateImportPolicy",
        r#"{"conflictRule":"CONFLICT_RULE_DENTAL_SYSTEM_WINS"}"#,
        NamesNothing,
    ),
    row(
        "RecallService/BatchUpsertRecalls",
        r#"{"recalls":[{"externalId":{"system":"opendental","value":"$fresh"},"patientId":"$patient","clinicId":"$clinic","kind":"hygiene","dueDate":{"year":2099,"month":5,"day":4},"status":"RECALL_STATUS_DUE"}]}"#,
        RowByRow,
    ),
    row(
        "RecallService/ListRecalls",
        r#"{"clinicId":"$clinic","patientId":"$patient"}"#,
        EmptyList,
    ),
    row(
        "BalanceService/BatchUpsertBalances",
        r#"{"balances":[{"externalId":{"system":"opendental","value":"$fresh"},"patientId":"$patient","clinicId":"$clinic","amount":{"currencyCode":"CAD","minorUnits":"12345"}}]}"#,
        RowByRow,
    ),
    row(
        "BalanceService/ListBalances",
        r#"{"clinicId":"$clinic","patientId":"$patient"}"#,
        EmptyList,
    ),
    // Templates.
    row(
        "TemplateService/CreateTemplate",
        r#"{"template":{"kind":"TEMPLATE_KIND_DOCUMENT_LINK","language":"pt","channel":"TEMPLATE_CHANNEL_EMAIL","subject":"Documento","body":"{{ secret }}"}}"#,
        NamesNothing,
    ),
    row(
        "TemplateService/GetTemplate",
        r#"{"templateId":"$template"}"#,
        NotFound,
    ),
    row(
        "TemplateService/UpdateTemplate",
        r#"{"template":{"templateId":"$template","body":"Qui: {{ secret }}"},"updateMask":"body"}"#,
        NotFound,
    ),
    row("TemplateService/ListTemplates", "{}", NamesNothing),
    row(
        "TemplateService/PreviewTemplate",
        r#"{"template":{"kind":"TEMPLATE_KIND_DOCUMENT_LINK","language":"en","channel":"TEMPLATE_CHANNEL_EMAIL","subject":"A document","body":"{{ secret }}"}}"#,
        NamesNothing,
    ),
    row("WordingService/ListWordingKinds", "{}", NamesNothing),
    row(
        "WordingService/PreviewWording",
        r#"{"kind":"introduction","locale":"fr-CA","register":"WORDING_REGISTER_FORMAL","channel":"WORDING_CHANNEL_SMS","body":"{{ operator.name }}, {{ clinic.name }}"}"#,
        NamesNothing,
    ),
    // Documents and links.
    row(
        "DocumentService/CreateUpload",
        r#"{"clinicId":"$clinic","fileName":"Plan.txt","mediaType":"text/plain","size":"8"}"#,
        NotFound,
    ),
    refused(
        row(
            "DocumentService/UploadDocument",
            r#"{"announcement":{"clinicId":"$clinic","fileName":"Plan.txt","mediaType":"text/plain","size":"8"}}"#,
            NotFound,
        ),
        "SIZE_MISMATCH",
    ),
    row(
        "DocumentService/GetDocument",
        r#"{"documentId":"$document"}"#,
        NotFound,
    ),
    row(
        "DocumentService/ListDocuments",
        r#"{"clinicId":"$clinic"}"#,
        EmptyList,
    ),
    row(
        "DocumentService/DownloadDocument",
        r#"{"documentId":"$document"}"#,
        NotFound,
    ),
    row(
        "LinkService/CreateLink",
        r#"{"patientId":"$patient","documentIds":["$document"]}"#,
        NotFound,
    ),
    row("LinkService/GetLink", r#"{"linkId":"$link"}"#, NotFound),
    row(
        "LinkService/ListLinks",
        r#"{"clinicId":"$clinic","patientId":"$patient"}"#,
        EmptyList,
    ),
    // The patient's part: what is held is a capability, so there is no other organization's to name.
    row("CodePolicyService/GetCodePolicy", "{}", NamesNothing),
    row(
        "CodePolicyService/UpdateCodePolicy",
        r#"{"policy":{"dailyBudget":500,"stops":[{"channel":"CODE_CHANNEL_VOICE","region":"CU"}]}}"#,
        NamesNothing,
    ),
    row(
        "RecipientService/OpenLink",
        r#"{"token":"$token"}"#,
        NamesNothing,
    ),
    refused(
        row(
            "RecipientService/SendCode",
            r#"{"token":"$token","channel":"CODE_CHANNEL_SMS"}"#,
            NamesNothing,
        ),
        "CODE_TOO_SOON",
    ),
    refused(
        row(
            "RecipientService/VerifyCode",
            r#"{"token":"$token","challengeToken":"$challenge","code":"$code"}"#,
            NamesNothing,
        ),
        "CODE_WRONG",
    ),
    row(
        "RecipientService/ListFiles",
        r#"{"sessionToken":"$session"}"#,
        NamesNothing,
    ),
    row(
        "RecipientService/EndSession",
        r#"{"sessionToken":"$session"}"#,
        NamesNothing,
    ),
    // Audit trails.
    row(
        "AdminAuditService/ListAdminAuditEntries",
        r#"{"resource":"$user"}"#,
        EmptyList,
    ),
    row(
        "AdminAuditService/VerifyAdminAuditChain",
        "{}",
        NamesNothing,
    ),
    row(
        "ConversationAuditService/ListConversationAuditEntries",
        r#"{"resource":"$message"}"#,
        EmptyList,
    ),
    row(
        "ConversationAuditService/VerifyConversationAuditChain",
        "{}",
        NamesNothing,
    ),
    row(
        "PatientAuditService/ListPatientAuditEntries",
        r#"{"resource":"$patient"}"#,
        EmptyList,
    ),
    row(
        "PatientAuditService/VerifyPatientAuditChain",
        "{}",
        NamesNothing,
    ),
    row(
        "TemplateAuditService/ListTemplateAuditEntries",
        r#"{"resource":"$template"}"#,
        EmptyList,
    ),
    row(
        "TemplateAuditService/VerifyTemplateAuditChain",
        "{}",
        NamesNothing,
    ),
    row(
        "DocumentAuditService/ListDocumentAuditEntries",
        r#"{"resource":"$link"}"#,
        EmptyList,
    ),
    row(
        "DocumentAuditService/VerifyDocumentAuditChain",
        "{}",
        NamesNothing,
    ),
    // What ends something.
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
