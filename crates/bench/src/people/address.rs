//! Numbers and e-mail addresses: of the plan of a country, and one for each record.

use bitewing_core::Language;

/// Numbers a plan has behind its prefix; more records than that use them again.
const TEN_MILLIONS: u64 = 10_000_000;

/// A mobile number in E.164, of a country where the language is spoken.
pub(super) fn mobile(language: Language, number: u64) -> String {
    let number = number % (TEN_MILLIONS * 4 / 5);
    match language {
        // North America's exchanges begin with 2 to 9.
        Language::En => format!("+1514{:07}", 2_000_000 + number),
        Language::Fr => format!("+1418{:07}", 2_000_000 + number),
        Language::It => format!("+39347{number:07}"),
        Language::Pt => format!("+55119{:08}", 90_000_000 + number),
        Language::Es => format!("+346{:08}", 10_000_000 + number),
        Language::Ru => format!("+7916{number:07}"),
    }
}

/// A number of a telephone at home.
pub(super) fn landline(language: Language, number: u64) -> String {
    let number = number % (TEN_MILLIONS * 4 / 5);
    match language {
        Language::En => format!("+1438{:07}", 2_000_000 + number),
        Language::Fr => format!("+1581{:07}", 2_000_000 + number),
        Language::It => format!("+3902{:08}", 30_000_000 + number),
        Language::Pt => format!("+5511{:08}", 30_000_000 + number),
        Language::Es => format!("+34910{:06}", number % 1_000_000),
        Language::Ru => format!("+7495{:07}", 2_000_000 + number),
    }
}

/// An address for each record; its letters are plain, as most people's are.
pub(super) fn email(given: &str, number: u64) -> String {
    let plain: String = given
        .chars()
        .filter(char::is_ascii_alphabetic)
        .collect::<String>()
        .to_lowercase();
    let name = if plain.is_empty() { "patient" } else { &plain };
    format!("{name}.{number}@example.org")
}
