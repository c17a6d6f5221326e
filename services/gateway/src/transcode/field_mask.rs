//! The text form of a field mask.
//!
//! proto3 JSON writes `givenName,contactPoints`; masks are typed by hand into URLs, so the proto
//! names are taken as well.

/// What a refusal says.
pub(super) const EXPECTED: &str = "must be field paths with commas between, as givenName,notes";

/// The paths by their proto names; none if the text is not a mask.
pub(super) fn parse(text: &str) -> Option<Vec<String>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    text.split(',').map(path).collect()
}

/// A path whose underscores all stand before a letter: others are lost between the two spellings, so
/// proto3 JSON has no form for them.
fn path(text: &str) -> Option<String> {
    let mut path = String::with_capacity(text.len() + 4);
    for letter in text.chars() {
        if letter.is_ascii_uppercase() {
            path.push('_');
        }
        path.push(letter.to_ascii_lowercase());
    }
    let well_formed = path.split('.').all(|name| {
        name.split('_')
            .all(|word| word.starts_with(|first: char| first.is_ascii_lowercase()))
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    well_formed.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_mean_the_same_field() {
        let expected = Some(vec!["given_name".to_owned(), "home.clinic_id".to_owned()]);
        assert_eq!(parse("givenName,home.clinicId"), expected);
        assert_eq!(parse("given_name,home.clinic_id"), expected);
        assert_eq!(parse(""), Some(Vec::new()));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [
            ",", "a,", "a..b", ".a", "a b", "*", "1a", "a.", "é", "a_1", "a__b", "_a",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
