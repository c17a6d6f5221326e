//! Path templates of `google.api.http`, in the part AIP-127 and AIP-136 need.
//!
//! ```text
//! template = { "/" segment } [ ":" verb ]
//! segment  = literal | "{" path [ "=*" ] "}"
//! ```

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) segments: Vec<Segment>,
    /// The custom verb behind the last segment.
    pub(super) verb: Option<String>,
}

/// One part between slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// Matches itself.
    Literal(String),
    /// Matches any one segment and fills the field at this path.
    Variable(String),
}

/// The text is not a template of the supported form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a path of literals and single-segment variables")]
pub(super) struct Malformed;

impl Template {
    /// Parses the text of a rule.
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        let path = text.strip_prefix('/').ok_or(Malformed)?;
        // A verb is set off by a colon behind the last slash; braces hold none.
        let (path, verb) = match path.rsplit_once(':') {
            Some((path, verb)) if is_literal(verb) => (path, Some(verb.to_owned())),
            Some(_) => return Err(Malformed),
            None => (path, None),
        };
        let segments = path.split('/').map(segment).collect::<Result<_, _>>()?;
        Ok(Self { segments, verb })
    }

    /// The paths of the variables, in order.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Variable(path) => Some(path.as_str()),
            Segment::Literal(_) => None,
        })
    }
}

fn segment(text: &str) -> Result<Segment, Malformed> {
    if let Some(variable) = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'))
    {
        let path = variable.strip_suffix("=*").unwrap_or(variable);
        let well_formed = path.split('.').all(|name| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        });
        return well_formed
            .then(|| Segment::Variable(path.to_owned()))
            .ok_or(Malformed);
    }
    is_literal(text)
        .then(|| Segment::Literal(text.to_owned()))
        .ok_or(Malformed)
}

/// Whether every character stands for itself in a URL (RFC 3986 section 2.3).
fn is_literal(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Segment {
        Segment::Literal(text.to_owned())
    }

    fn variable(path: &str) -> Segment {
        Segment::Variable(path.to_owned())
    }

    #[test]
    fn reads_every_supported_form() {
        let cases = [
            ("/v1/desks", vec![literal("v1"), literal("desks")], None),
            (
                "/v1/{desk_id}",
                vec![literal("v1"), variable("desk_id")],
                None,
            ),
            (
                "/v1/{desk.id=*}:undelete",
                vec![literal("v1"), variable("desk.id")],
                Some("undelete"),
            ),
            (
                "/v1/desks:batchGet",
                vec![literal("v1"), literal("desks")],
                Some("batchGet"),
            ),
            (
                "/.well-known/x",
                vec![literal(".well-known"), literal("x")],
                None,
            ),
            (
                "/a/{b}/c/{d}",
                vec![literal("a"), variable("b"), literal("c"), variable("d")],
                None,
            ),
        ];
        for (text, segments, verb) in cases {
            let verb = verb.map(str::to_owned);
            assert_eq!(
                Template::parse(text),
                Ok(Template { segments, verb }),
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_what_is_not_supported() {
        for text in [
            "",
            "v1",
            "/",
            "/v1/",
            "//v1",
            "/v1/*",
            "/v1/**",
            "/v1/{a=b/*}",
            "/v1/{a=**}",
            "/v1/{}",
            "/v1/{a",
            "/v1/a}",
            "/v1/{a.}",
            "/v1/{a}x",
            "/v1/:",
            "/v1:a:b",
            "/v1/a b",
            "/v1/%41",
        ] {
            assert_eq!(Template::parse(text), Err(Malformed), "{text}");
        }
    }
}
