//! Phrases and patterns of a chain or a clinic.

use super::Case;
use crate::policy::Matcher;

pub(super) fn apply(case: &mut Case<'_>) {
    let policy = case.policy;
    if policy.custom().is_empty() {
        return;
    }
    let folded: String = case.reading.folded.chars().iter().collect();
    for custom in policy.custom() {
        if custom.unless_role.contains(&case.context.operator_role) {
            continue;
        }
        let chars = match &custom.matcher {
            Matcher::Words(lexicon) => {
                lexicon
                    .mentions(&case.reading.words)
                    .first()
                    .map(|mention| {
                        let words = case.reading.words.list();
                        words[mention.first].start..words[mention.end - 1].end
                    })
            }
            Matcher::Pattern(regex) => regex.find(&folded).map(|found| {
                let from = folded[..found.start()].chars().count();
                from..from + found.as_str().chars().count()
            }),
        };
        if let Some(chars) = chars {
            let bytes = case.reading.folded.original(chars);
            case.add(
                &custom.rule,
                custom.action,
                custom.approver,
                Some(bytes),
                "guard.custom",
                None,
            );
        }
    }
}
