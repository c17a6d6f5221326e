//! Numbers of Canada, the United States, France, Italy, Spain, Portugal and Brazil.

use super::near::{Run, luhn, named};
use super::{Kind, Secret};

pub(super) fn of_digits(chars: &[char], run: &Run) -> Option<Kind> {
    let digits = &run.digits;
    let grouped = |groups: &[usize]| run.groups == groups;
    match digits.len() {
        9 if grouped(&[3, 2, 4]) && ssn(digits) => Some(Kind::UsaSsn),
        9 if luhn(digits)
            && (grouped(&[3, 3, 3]) && chars[run.from + 3] == '-'
                || named(chars, run.from, &["sin", "nas"])) =>
        {
            Some(Kind::CanadaSin)
        }
        9 if nif(digits) && named(chars, run.from, &["nif", "contribuinte", "fiscal"]) => {
            Some(Kind::PortugalNif)
        }
        11 if cpf(digits)
            && (grouped(&[3, 3, 3, 2]) && chars[run.from + 3] == '.'
                || named(chars, run.from, &["cpf"])) =>
        {
            Some(Kind::BrazilCpf)
        }
        15 if nir(digits) => Some(Kind::FranceNir),
        _ => None,
    }
}

/// Area, group and serial are never all zeros, and areas 666 and 900 to 999 are not given
/// (SSA POMS RM 10201.035).
fn ssn(digits: &[u8]) -> bool {
    let number = |part: &[u8]| {
        part.iter()
            .fold(0_u32, |n, digit| n * 10 + u32::from(*digit))
    };
    let area = number(&digits[..3]);
    area != 0
        && area != 666
        && area < 900
        && number(&digits[3..5]) != 0
        && number(&digits[5..]) != 0
}

/// Weights 9 to 2, modulo 11 (Decreto-Lei 14/2013).
fn nif(digits: &[u8]) -> bool {
    let sum: u32 = digits[..8]
        .iter()
        .zip((2..=9).rev())
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    let check = 11 - sum % 11;
    matches!(digits[0], 1 | 2 | 3 | 5 | 6 | 8 | 9)
        && u32::from(digits[8]) == if check > 9 { 0 } else { check }
}

/// Two check digits modulo 11 (Receita Federal).
fn cpf(digits: &[u8]) -> bool {
    let check = |length: usize| {
        let sum: u32 = digits[..length]
            .iter()
            .zip((2..=length as u32 + 1).rev())
            .map(|(digit, weight)| u32::from(*digit) * weight)
            .sum();
        let rest = sum * 10 % 11;
        u32::from(digits[length]) == if rest == 10 { 0 } else { rest }
    };
    digits.iter().any(|digit| *digit != digits[0]) && check(9) && check(10)
}

/// Key 97 minus the number modulo 97 (INSEE); Corsica's letters come with [`of_letters`].
fn nir(digits: &[u8]) -> bool {
    let number = |part: &[u8]| {
        part.iter()
            .fold(0_u64, |n, digit| n * 10 + u64::from(*digit))
    };
    let month = number(&digits[3..5]);
    matches!(digits[0], 1..=4 | 7 | 8)
        && (matches!(month, 1..=12) || month >= 20)
        && 97 - number(&digits[..13]) % 97 == number(&digits[13..])
}

/// Numbers that have letters in them.
pub(super) fn of_letters(chars: &[char]) -> Vec<Secret> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let length = chars[at..]
            .iter()
            .take_while(|letter| letter.is_ascii_alphanumeric() || **letter == '-')
            .count();
        if (9..=18).contains(&length) {
            let word: Vec<char> = chars[at..at + length]
                .iter()
                .copied()
                .filter(|letter| *letter != '-')
                .collect();
            let kind = match word.len() {
                16 if codice_fiscale(&word) => Some(Kind::ItalyCodiceFiscale),
                9 if dni(&word) => Some(Kind::SpainDni),
                15 if corsican(&word) => Some(Kind::FranceNir),
                _ => None,
            };
            if let Some(kind) = kind {
                found.push(Secret {
                    kind,
                    chars: at..at + length,
                });
            }
        }
        at += length.max(1);
    }
    found
}

/// Eight digits, or X, Y, Z and seven, and a letter modulo 23 (Real Decreto 1553/2005).
fn dni(word: &[char]) -> bool {
    let first = match word[0] {
        'x' => Some(0),
        'y' => Some(1),
        'z' => Some(2),
        digit => digit.to_digit(10),
    };
    let number = word[1..8].iter().try_fold(first, |number, letter| {
        Some(number.map(|n| n * 10 + letter.to_digit(10).unwrap_or(99)))
            .filter(|_| letter.is_ascii_digit())
    });
    match number.flatten() {
        Some(number) => {
            b"trwagmyfpdxbnjzsqvhlcke"[number as usize % 23] == u8::try_from(word[8]).unwrap_or(0)
        }
        None => false,
    }
}

/// A department of Corsica is written 2A or 2B and counts as 19 or 18.
fn corsican(word: &[char]) -> bool {
    let Some(department) = (match (word[5], word[6]) {
        ('2', 'a') => Some([1, 9]),
        ('2', 'b') => Some([1, 8]),
        _ => None,
    }) else {
        return false;
    };
    let mut digits = Vec::with_capacity(15);
    for (place, letter) in word.iter().enumerate() {
        match (place, letter.to_digit(10)) {
            (5 | 6, _) => digits.push(department[place - 5]),
            (_, Some(digit)) => digits.push(digit as u8),
            (_, None) => return false,
        }
    }
    nir(&digits)
}

/// Sixteen characters, the last a sum of the others by place (Decreto ministeriale 23 dicembre 1976).
fn codice_fiscale(word: &[char]) -> bool {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let shape = "llllllddlddldddl";
    // Letters may stand for digits where two people would share a code.
    let fits = word
        .iter()
        .zip(shape.chars())
        .all(|(letter, place)| match place {
            'l' => letter.is_ascii_lowercase(),
            _ => letter.is_ascii_digit() || "lmnpqrstuv".contains(*letter),
        });
    if !fits {
        return false;
    }
    let sum: u32 = word[..15]
        .iter()
        .enumerate()
        .map(|(place, letter)| {
            let value = letter
                .to_digit(10)
                .unwrap_or_else(|| u32::from(*letter) - u32::from('a'));
            if place % 2 == 0 {
                ODD[value as usize]
            } else {
                value
            }
        })
        .sum();
    u32::from(word[15]) - u32::from('a') == sum % 26
}
