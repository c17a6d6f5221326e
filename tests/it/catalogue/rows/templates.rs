//! Templates.

use super::Stranger::{NamesNothing, NotFound};
use super::{Row, row};

pub(super) const ROWS: &[Row] = &[
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
];
