//! Whether a text names somebody.

use crate::reading::Reading;
use crate::text::{Words, fold};

/// Words of clinics' names that name none.
const COMMON: [&str; 27] = [
    "dental",
    "clinic",
    "clinica",
    "clinique",
    "cabinet",
    "dentaire",
    "studio",
    "dentistico",
    "centre",
    "center",
    "centro",
    "dentisterie",
    "odontologia",
    "consultorio",
    "practice",
    "smile",
    "family",
    "стоматология",
    "клиника",
    "the",
    "dr",
    "dra",
    "dott",
    "doctor",
    "of",
    "de",
    "la",
];

/// Whether a word of a name stands in the text; a long word may have another ending, as names have in
/// Russian.
pub(super) fn stands(reading: &Reading, name: &str) -> bool {
    let wanted = Words::of(&fold(name));
    (0..wanted.list().len()).any(|index| {
        let part = wanted.text(index);
        let letters = part.chars().count();
        if letters < 2 || COMMON.contains(&part) {
            return false;
        }
        let stem: String = part
            .chars()
            .take(if letters > 4 { letters - 2 } else { letters })
            .collect();
        (0..reading.words.list().len()).any(|at| {
            let word = reading.words.text(at);
            word == part
                || letters > 4
                    && word.starts_with(&stem)
                    && word.chars().count() <= letters + 2
                    && !stem.is_ascii()
                || letters > 3
                    && word.starts_with(part)
                    && word.chars().count() <= letters + 2
                    && !part.is_ascii()
        })
    })
}

/// Whether anything in a name could be looked for.
pub(super) fn can_stand(name: &str) -> bool {
    let words = Words::of(&fold(name));
    (0..words.list().len()).any(|index| {
        let part = words.text(index);
        part.chars().count() >= 2 && !COMMON.contains(&part)
    })
}
