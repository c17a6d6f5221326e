//! Documents and links.

use super::Stranger::{EmptyList, NotFound};
use super::{Row, refused, row};

pub(super) const ROWS: &[Row] = &[
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
];
