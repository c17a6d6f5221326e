//! What a locked screen or a list must not show (R73).

use super::Case;

pub(super) fn apply(case: &mut Case<'_>) {
    if !case.context.is_preview && !case.context.sensitive {
        return;
    }
    let bytes = case.mention("sensitive").or_else(|| case.mention("drug"));
    if let Some(bytes) = bytes {
        case.found(
            "preview.sensitive",
            Some(bytes),
            "guard.preview.sensitive",
            None,
        );
    }
}
