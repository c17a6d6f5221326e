//! Patients.

use super::Stranger::{EmptyList, NotFound};
use super::{Row, refused, row};

pub(super) const ROWS: &[Row] = &[
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
];
