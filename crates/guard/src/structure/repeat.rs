//! The same canned text twice in one thread (R71).

use std::collections::BTreeSet;

use super::Case;
use crate::text::{Words, fold};

/// Shorter texts repeat by nature: «see you tomorrow».
const FEWEST_WORDS: usize = 6;

pub(super) fn apply(case: &mut Case<'_>) {
    let own = bag(&case.reading.words);
    if case.reading.words.list().len() < FEWEST_WORDS {
        return;
    }
    let repeated = case.context.previous.iter().any(|previous| {
        let other = bag(&Words::of(&fold(previous)));
        let both = own.intersection(&other).count();
        let either = own.len() + other.len() - both;
        // Nine words of ten.
        both * 10 >= either * 9
    });
    if repeated {
        case.found("text.repeated", None, "guard.text.repeated", None);
    }
}

/// The words of a text; numbers count as one, since dates and hours change in canned texts.
fn bag(words: &Words) -> BTreeSet<String> {
    (0..words.list().len())
        .map(|index| words.text(index))
        .map(|word| {
            if word.bytes().all(|byte| byte.is_ascii_digit()) {
                "0".to_owned()
            } else {
                word.to_owned()
            }
        })
        .collect()
}
