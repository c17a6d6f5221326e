//! Numbers of Russia.

use super::Kind;
use super::near::{Run, named};

pub(super) fn of_digits(chars: &[char], run: &Run) -> Option<Kind> {
    match run.digits.len() {
        11 if snils(&run.digits)
            && (run.groups == [3, 3, 3, 2] && chars[run.from + 3] == '-'
                || named(chars, run.from, &["снилс"])) =>
        {
            Some(Kind::RussiaSnils)
        }
        12 if inn(&run.digits) && named(chars, run.from, &["инн"]) => Some(Kind::RussiaInn),
        _ => None,
    }
}

/// Weights 9 to 1, modulo 101, where 100 is 0 (Постановление Правления ПФР 192п).
fn snils(digits: &[u8]) -> bool {
    let sum: u32 = digits[..9]
        .iter()
        .zip((1..=9).rev())
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    let check = sum % 101 % 100;
    check == u32::from(digits[9]) * 10 + u32::from(digits[10])
        && digits[..9].iter().any(|digit| *digit != digits[0])
}

/// Two check digits modulo 11 (Приказ ФНС ММВ-7-6/435@).
fn inn(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let check = |weights: &[u32]| {
        let sum: u32 = digits
            .iter()
            .zip(weights)
            .map(|(digit, weight)| u32::from(*digit) * weight)
            .sum();
        sum % 11 % 10
    };
    check(&WEIGHTS[1..]) == u32::from(digits[10]) && check(&WEIGHTS) == u32::from(digits[11])
}
