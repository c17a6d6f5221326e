//! What a text message costs: its alphabet and its segments (3GPP TS 23.038, 6.2.1; TS 23.040, 9.2.3.24.1).

/// The basic table, the escape left out.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table: two septets each.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";
/// Letters that are named to whoever writes.
const MAX_NAMED: usize = 10;

/// How letters are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Gsm7,
    Ucs2,
}

/// What a text message costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) encoding: Encoding,
    pub(crate) segments: usize,
    /// Septets or UTF-16 code units.
    pub(crate) units: usize,
    /// The letters that cost the alphabet, each once.
    pub(crate) costly: Vec<char>,
    /// Segments without those letters.
    pub(crate) segments_without: usize,
}

/// Septets of a letter; `None` if it has none.
fn septets(letter: char) -> Option<usize> {
    if letter.is_ascii_alphanumeric() || letter == ' ' || BASIC.contains(letter) {
        Some(1)
    } else if EXTENSION.contains(letter) {
        Some(2)
    } else {
        None
    }
}

/// Counts a text message.
pub(crate) fn count(text: &str) -> Count {
    let costly_at = |letter: &char| septets(*letter).is_none();
    let mut costly = Vec::new();
    for letter in text.chars().filter(costly_at) {
        if costly.len() < MAX_NAMED && !costly.contains(&letter) {
            costly.push(letter);
        }
    }
    // A letter of the basic table in the place of each costly one.
    let sevens = text.chars().map(|letter| septets(letter).unwrap_or(1));
    let segments_without = pack(sevens.clone(), 160, 153);
    if costly.is_empty() {
        return Count {
            encoding: Encoding::Gsm7,
            segments: segments_without,
            units: sevens.sum(),
            costly,
            segments_without,
        };
    }
    Count {
        encoding: Encoding::Ucs2,
        segments: pack(text.chars().map(char::len_utf16), 70, 67),
        units: text.encode_utf16().count(),
        costly,
        segments_without,
    }
}

/// Segments of letters that are never cut in two: an escape with its letter, a surrogate with its other half.
fn pack(letters: impl Iterator<Item = usize> + Clone, alone: usize, each: usize) -> usize {
    if letters.clone().sum::<usize>() <= alone {
        return 1;
    }
    let (mut segments, mut used) = (1, 0);
    for width in letters {
        if used + width > each {
            segments += 1;
            used = 0;
        }
        used += width;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same, slowly: septets written out, cut as a phone would.
    fn oracle(text: &str) -> (Encoding, usize) {
        let mut septets: Vec<&str> = Vec::new();
        for letter in text.chars() {
            if BASIC.chars().any(|basic| basic == letter) {
                septets.push("letter");
            } else if EXTENSION.chars().any(|extended| extended == letter) {
                septets.extend(["escape", "letter"]);
            } else {
                let units: Vec<u16> = text.encode_utf16().collect();
                if units.len() <= 70 {
                    return (Encoding::Ucs2, 1);
                }
                let (mut segments, mut rest) = (0, units.as_slice());
                while !rest.is_empty() {
                    let mut cut = rest.len().min(67);
                    if cut < rest.len() && (0xd800..0xdc00).contains(&rest[cut - 1]) {
                        cut -= 1;
                    }
                    rest = &rest[cut..];
                    segments += 1;
                }
                return (Encoding::Ucs2, segments);
            }
        }
        if septets.len() <= 160 {
            return (Encoding::Gsm7, 1);
        }
        let (mut segments, mut rest) = (0, septets.as_slice());
        while !rest.is_empty() {
            let mut cut = rest.len().min(153);
            if cut < rest.len() && rest[cut - 1] == "escape" {
                cut -= 1;
            }
            rest = &rest[cut..];
            segments += 1;
        }
        (Encoding::Gsm7, segments)
    }

    #[test]
    fn the_letter_that_doubled_the_price_is_named() {
        assert_eq!(BASIC.chars().count(), 127);
        let plain = count(&"e".repeat(160));
        assert_eq!(
            (plain.encoding, plain.segments, plain.units),
            (Encoding::Gsm7, 1, 160)
        );
        let dear = count(&format!("{}ê", "e".repeat(159)));
        assert_eq!((dear.encoding, dear.segments), (Encoding::Ucs2, 3));
        assert_eq!((dear.costly, dear.segments_without), (vec!['ê'], 1));
        assert_eq!(count(&"€".repeat(80)).segments, 1);
        assert_eq!(count(&"€".repeat(77)).units, 154);
        assert_eq!(count(&"€".repeat(153)).segments, 3);
        assert_eq!(count("").segments, 1);
    }

    proptest! {
        #[test]
        fn segments_equal_a_slow_count(text in "[a€é\\[ê😀Ж]{0,400}", plain in "[ae€|]{0,700}") {
            for text in [text, plain] {
                let fast = count(&text);
                prop_assert_eq!((fast.encoding, fast.segments), oracle(&text));
            }
        }
    }
}
