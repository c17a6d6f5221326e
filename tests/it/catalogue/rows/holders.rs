//! The patient's part: what is held is a capability, so there is no other organization's to name.

use super::Stranger::NamesNothing;
use super::{Row, refused, row};

pub(super) const ROWS: &[Row] = &[
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
];
