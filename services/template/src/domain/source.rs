//! The little language wordings are written in: text, and `{{ name }}` where a value goes.
//!
//! The engine behind could do more (blocks, filters, arithmetic). None of it is let through: a wording
//! is written by staff and read by patients, and nothing in between may surprise either.

/// Where a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed<'a> {
    pub(super) name: &'a str,
    /// The byte the placeholder starts at.
    pub(super) start: usize,
    /// The byte behind it.
    pub(super) end: usize,
}

/// What a wording must not hold, and the byte it starts at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) start: usize,
    pub(super) what: FaultKind,
}

/// Why a tag is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// `{%` or `{#`.
    Block,
    /// `{{` without `}}` behind it.
    Open,
    /// Something other than a name between `{{` and `}}`.
    NoName,
}

/// Finds every placeholder, or every fault.
pub(super) fn scan(source: &str) -> Result<Vec<Placed<'_>>, Vec<Fault>> {
    let (mut placed, mut faults) = (Vec::new(), Vec::new());
    let mut from = 0;
    while let Some(start) = source[from..].find('{').map(|at| from + at) {
        let rest = &source[start..];
        from = start + 1;
        let what = if rest.starts_with("{%") || rest.starts_with("{#") {
            from = start + 2;
            FaultKind::Block
        } else if let Some(inside) = rest.strip_prefix("{{") {
            from = start + 2;
            match inside.find("}}") {
                None => FaultKind::Open,
                Some(length) => {
                    let name = inside[..length].trim();
                    if is_name(name) {
                        from += length + 2;
                        let end = from;
                        placed.push(Placed { name, start, end });
                        continue;
                    }
                    FaultKind::NoName
                }
            }
        } else {
            continue;
        };
        faults.push(Fault { start, what });
    }
    if faults.is_empty() {
        Ok(placed)
    } else {
        Err(faults)
    }
}

/// Words of small letters and underscores, joined by dots.
fn is_name(text: &str) -> bool {
    text.split('.').all(|word| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    })
}

/// Line and column of a byte, both from 1, columns in characters.
pub(super) fn position(source: &str, byte: usize) -> (usize, usize) {
    let before = &source[..byte];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn finds_names_and_where_they_stand() {
        let source = "é {{ a_b }}\n{ {{c}}";
        let placed = scan(source).unwrap();
        assert_eq!(
            placed.iter().map(|placed| placed.name).collect::<Vec<_>>(),
            ["a_b", "c"]
        );
        assert_eq!(position(source, placed[0].start), (1, 3));
        assert_eq!(position(source, placed[1].start), (2, 3));
    }

    #[test]
    fn refuses_everything_else_the_engine_knows() {
        for (source, what) in [
            ("{% if x %}", FaultKind::Block),
            ("{# note #}", FaultKind::Block),
            ("{{ a", FaultKind::Open),
            ("{{ a | upper }}", FaultKind::NoName),
            ("{{ 1 + 1 }}", FaultKind::NoName),
            ("{{}}", FaultKind::NoName),
            ("{{- a -}}", FaultKind::NoName),
            ("{{ a. }}", FaultKind::NoName),
            ("{{ a..b }}", FaultKind::NoName),
        ] {
            let faults = scan(source).unwrap_err();
            assert_eq!(faults, [Fault { start: 0, what }], "{source}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_scanned(source in "[{}%# a\\n|é]{0,40}") {
            if let Err(faults) = scan(&source) {
                prop_assert!(faults.iter().all(|fault| source.is_char_boundary(fault.start)));
            }
        }
    }
}
