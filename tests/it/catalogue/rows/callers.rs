//! Callers, guides, consent.

use super::Stranger::{EmptyList, NamesNothing, NotFound};
use super::{Row, row};

pub(super) const ROWS: &[Row] = &[
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
    row("ConsentService/GetKeywordTable", "{}", NamesNothing),
    row(
        "ConsentService/UpdateKeywordTable",
        r#"{"additions":[{"language":"fr","stop":["assez"],"help":["au secours"],"start":["encore"]}]}"#,
        NamesNothing,
    ),
    row(
        "ConsentService/CreatePreferenceLink",
        r#"{"patientId":"$patient"}"#,
        NotFound,
    ),
];
