//! Payment cards: 13 to 19 digits with the first of a known network and a right check digit
//! (ISO/IEC 7812-1).

use super::near::{Run, luhn};

pub(super) fn is_card(run: &Run) -> bool {
    let digits = &run.digits;
    (13..=19).contains(&digits.len())
        && matches!(digits[0], 2..=6)
        && digits.iter().any(|digit| *digit != digits[0])
        // A date, an hour and an amount in a row are many small groups.
        && run.groups.len() <= 6
        && run.groups.iter().all(|group| *group >= 3)
        && luhn(digits)
}
