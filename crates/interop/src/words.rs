//! Words several formats share.

/// A language as BCP 47 or ISO 639-2 writes it, if it is one of ours. Another one says nothing: that a patient
/// speaks Polish is no reason to refuse the patient.
pub fn language(tag: &str) -> Option<&'static str> {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    Some(match primary.to_ascii_lowercase().as_str() {
        "en" | "eng" | "english" => "en",
        "fr" | "fra" | "fre" | "french" => "fr",
        "it" | "ita" | "italian" => "it",
        "pt" | "por" | "portuguese" => "pt",
        "es" | "spa" | "spanish" => "es",
        "ru" | "rus" | "russian" => "ru",
        _ => return None,
    })
}

/// A name written as one, `LAST, FIRST` or `FIRST LAST`, as given and family name.
pub(crate) fn full_name(text: &str) -> (&str, &str) {
    let text = text.trim();
    if let Some((family, given)) = text.split_once(',') {
        return (given.trim(), family.trim());
    }
    match text.rsplit_once(char::is_whitespace) {
        Some((given, family)) => (given.trim(), family),
        None => ("", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_read_in_both_standards_and_others_say_nothing() {
        assert_eq!(language("fr-CA"), Some("fr"));
        assert_eq!(language("RUS"), Some("ru"));
        assert_eq!(language("pl"), None);
        assert_eq!(language(""), None);
    }

    #[test]
    fn a_name_written_as_one_is_taken_apart() {
        assert_eq!(full_name("CÔTÉ, Anne Marie"), ("Anne Marie", "CÔTÉ"));
        assert_eq!(full_name(" Anne Côté "), ("Anne", "Côté"));
        assert_eq!(full_name("Côté"), ("", "Côté"));
    }
}
