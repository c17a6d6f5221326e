//! Audit trails.

use super::Stranger::{EmptyList, NamesNothing};
use super::{Row, row};

pub(super) const ROWS: &[Row] = &[
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
];
