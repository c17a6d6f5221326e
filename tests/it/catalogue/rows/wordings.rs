//! What clinics say in their own words, and what is registered at WhatsApp.

use super::Stranger::{NamesNothing, NeverFollowed, NotFound};
use super::{Row, refused, row};

pub(super) const ROWS: &[Row] = &[
    row("WordingService/ListWordingKinds", "{}", NamesNothing),
    row(
        "WordingService/CreateWordingKind",
        r#"{"kind":{"kind":"own-catalogue","says":"A kind of the catalogue.","purpose":"WORDING_PURPOSE_CARE","channels":["WORDING_CHANNEL_SMS"],"variables":[{"name":"clinic.name","required":true}]}}"#,
        NamesNothing,
    ),
    row(
        "WordingService/DeleteWordingKind",
        r#"{"kind":"$kind"}"#,
        NotFound,
    ),
    row(
        "WordingService/PreviewWording",
        r#"{"kind":"introduction","locale":"fr-CA","register":"WORDING_REGISTER_FORMAL","channel":"WORDING_CHANNEL_SMS","body":"{{ operator.name }}, {{ clinic.name }}","clinicId":"$clinic"}"#,
        NeverFollowed,
    ),
    row(
        "OwnWordingService/CreateWording",
        r#"{"wording":{"clinicId":"$clinic","kind":"introduction","locale":"es","register":"WORDING_REGISTER_FORMAL","channel":"WORDING_CHANNEL_SMS","body":"{{ operator.name }}, {{ clinic.name }}."}}"#,
        NeverFollowed,
    ),
    row(
        "OwnWordingService/GetWording",
        r#"{"wordingId":"$wording"}"#,
        NotFound,
    ),
    row("OwnWordingService/ListWordings", "{}", NamesNothing),
    row(
        "OwnWordingService/ListWordingVersions",
        r#"{"wordingId":"$wording"}"#,
        NotFound,
    ),
    row(
        "OwnWordingService/CompareWordingVersions",
        r#"{"wordingId":"$wording","older":1}"#,
        NotFound,
    ),
    row(
        "OwnWordingService/UpdateWording",
        r#"{"wordingId":"$wording","body":"{{ clinic.name }}: {{ operator.name }}."}"#,
        NotFound,
    ),
    row(
        "OwnWordingService/SubmitWording",
        r#"{"wordingId":"$wording"}"#,
        NotFound,
    ),
    refused(
        row(
            "OwnWordingService/ApproveWording",
            r#"{"wordingId":"$wording"}"#,
            NotFound,
        ),
        "WORDING_AUTHOR",
    ),
    row(
        "OwnWordingService/RejectWording",
        r#"{"wordingId":"$wording","reason":"too short"}"#,
        NotFound,
    ),
    refused(
        row(
            "OwnWordingService/RetireWording",
            r#"{"wordingId":"$wording"}"#,
            NotFound,
        ),
        "WORDING_STATE",
    ),
    row(
        "WhatsAppTemplateService/CreateWhatsAppTemplate",
        r#"{"kind":"reminder","locale":"en","register":"WORDING_REGISTER_FORMAL","clinicId":"$clinic"}"#,
        NeverFollowed,
    ),
    row(
        "WhatsAppTemplateService/GetWhatsAppTemplate",
        r#"{"whatsAppTemplateId":"$whats_app"}"#,
        NotFound,
    ),
    row(
        "WhatsAppTemplateService/ListWhatsAppTemplates",
        "{}",
        NamesNothing,
    ),
    row(
        "WhatsAppTemplateService/ReportWhatsAppTemplate",
        r#"{"name":"reminder_informal_en","language":"en","state":"WHATS_APP_STATE_PAUSED","reason":"low quality"}"#,
        NamesNothing,
    ),
];
