//! Clinics, channels, messages.

use super::Stranger::{EmptyList, NamesNothing, NotFound};
use super::{Row, refused, row};

pub(super) const ROWS: &[Row] = &[
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
    row(
        "MessageService/SendMessage",
        r#"{"clinicId":"$clinic","patientId":"$patient","channel":"CHANNEL_SMS","address":"+15148731234","text":"Hello, this is Rita from the clinic. See you tomorrow!"}"#,
        NotFound,
    ),
    refused(
        row(
            "MessageService/GetMessageCheck",
            r#"{"messageId":"$message"}"#,
            NotFound,
        ),
        "MESSAGE_NOT_FOUND",
    ),
    refused(
        row(
            "MessageService/ApproveMessage",
            r#"{"messageId":"$message"}"#,
            NotFound,
        ),
        "MESSAGE_NOT_HELD",
    ),
    refused(
        row(
            "MessageService/RejectMessage",
            r#"{"messageId":"$message","reason":"not like this"}"#,
            NotFound,
        ),
        "MESSAGE_NOT_HELD",
    ),
    row("SandboxService/ListSandboxMessages", "{}", NamesNothing),
];
