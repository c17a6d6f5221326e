//! The guard as an API.

use super::Stranger::{EmptyList, NamesNothing, NeverFollowed};
use super::{Row, row};

/// What lists comes first: the rows that write would leave a stranger's clinic in their own lists.
pub(super) const ROWS: &[Row] = &[
    row(
        "GuardService/CheckMessage",
        r#"{"text":"Hello Ana, see you tomorrow.","clinicId":"$clinic"}"#,
        NeverFollowed,
    ),
    row(
        "GuardService/AnalyzeInbound",
        r#"{"text":"My tooth hurts and my cheek is swollen"}"#,
        NamesNothing,
    ),
    row(
        "GuardService/CheckLanguage",
        r#"{"text":"Où est votre cabinet ?"}"#,
        NamesNothing,
    ),
    row(
        "GuardService/GetGuardPolicy",
        r#"{"clinicId":"$clinic"}"#,
        NeverFollowed,
    ),
    row(
        "GuardService/ListGuardPolicyVersions",
        r#"{"clinicId":"$clinic"}"#,
        EmptyList,
    ),
    row(
        "GuardService/ListGuardFeedback",
        r#"{"clinicId":"$clinic"}"#,
        EmptyList,
    ),
    row(
        "GuardService/ExportGuardFeedback",
        r#"{"clinicId":"$clinic"}"#,
        EmptyList,
    ),
    row(
        "GuardService/UpdateGuardPolicy",
        r#"{"policy":{"clinicId":"$clinic","toml":"schema = 1\nversion = \"1\"\n[limits]\nemoji = 1\n"}}"#,
        NeverFollowed,
    ),
    row(
        "GuardService/CreateGuardFeedback",
        r#"{"clinicId":"$clinic","text":"Read the letter before you call.","label":"GUARD_LABEL_RUDE","judgement":"GUARD_JUDGEMENT_MISSED"}"#,
        NeverFollowed,
    ),
];
