//! JSON as it was sent: member order and duplicates kept, depth bounded.
//!
//! `serde_json::Value` silently keeps the last of two equal members; a request that says two things
//! must be refused, not guessed at, so the tree is our own.

use super::violation::{Path, Reason, Report};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use std::fmt;

/// How deep arrays and objects may lie. A level of `google.protobuf.Struct` is three levels of
/// messages, and prost reads 100 of those: 24 leaves room for the messages around it.
pub(super) const MAX_DEPTH: usize = 24;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
    /// Stands where an array or object began below [`MAX_DEPTH`]; its content was skipped.
    TooDeep,
}

/// Reads one JSON text and nothing behind it; what is wrong goes to the report.
pub(super) fn parse(body: &[u8], report: &mut Report) -> Option<Json> {
    let Ok(text) = std::str::from_utf8(body) else {
        report.refuse(&Path::Root, Reason::MalformedEncoding, "is not UTF-8");
        return None;
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let parsed = Depth(MAX_DEPTH)
        .deserialize(&mut deserializer)
        .and_then(|json| deserializer.end().map(|()| json));
    parsed
        .map_err(|error| {
            let place = format!(
                "is not well-formed JSON at line {}, column {}",
                error.line(),
                error.column()
            );
            report.refuse(&Path::Root, Reason::MalformedJson, place);
        })
        .ok()
}

impl Json {
    /// The value as serde_json has it, for types whose shape is free.
    pub(super) fn into_free_form(
        self,
        report: &mut Report,
        at: &Path<'_>,
    ) -> Option<serde_json::Value> {
        Some(match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => value.into(),
            Self::Number(value) => value.into(),
            Self::Text(value) => value.into(),
            Self::TooDeep => {
                report.refuse(at, Reason::NestedTooDeeply, "is nested too deeply");
                return None;
            }
            Self::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| item.into_free_form(report, &at.item(index)))
                .collect::<Option<Vec<_>>>()?
                .into(),
            Self::Object(members) => {
                let mut object = serde_json::Map::with_capacity(members.len());
                for (index, (name, member)) in members.into_iter().enumerate() {
                    let at = at.item(index);
                    let member = member.into_free_form(report, &at)?;
                    if object.insert(name, member).is_some() {
                        report.refuse(&at, Reason::DuplicateField, "is given twice");
                        return None;
                    }
                }
                object.into()
            }
        })
    }
}

/// How many more levels may open.
#[derive(Clone, Copy)]
struct Depth(usize);

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number out of range"))?;
        Ok(Json::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Json, A::Error> {
        let Some(inner) = self.0.checked_sub(1).map(Depth) else {
            while sequence.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Json::TooDeep);
        };
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let Some(inner) = self.0.checked_sub(1).map(Depth) else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Json::TooDeep);
        };
        let mut members = Vec::new();
        while let Some(name) = map.next_key()? {
            members.push((name, map.next_value_seed(inner)?));
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(body: &[u8]) -> Result<Json, (Reason, String)> {
        let mut report = Report::default();
        let json = parse(body, &mut report);
        report
            .conclude(())
            .map(|()| json.unwrap())
            .map_err(|violations| {
                let first = violations.iter().next().unwrap().clone();
                (first.reason, first.description.into_owned())
            })
    }

    #[test]
    fn keeps_duplicates_and_their_order() {
        let member = |value: u64| ("a".to_owned(), Json::Number(value.into()));
        assert_eq!(
            parsed(br#"{"a":1,"a":2}"#),
            Ok(Json::Object(vec![member(1), member(2)]))
        );
    }

    #[test]
    fn names_the_place_of_a_syntax_error() {
        let (reason, description) = parsed(b"{\n\"a\": nope}").unwrap_err();
        assert_eq!(reason, Reason::MalformedJson);
        assert_eq!(description, "is not well-formed JSON at line 2, column 7");
    }

    #[test]
    fn refuses_what_is_not_one_json_text() {
        for body in [
            &b"{} {}"[..],
            b"",
            b"{\"a\":}",
            b"[1,]",
            b"1e400",
            b"\"\\ud800\"",
            b"{}x",
        ] {
            assert_eq!(
                parsed(body).unwrap_err().0,
                Reason::MalformedJson,
                "{body:?}"
            );
        }
        assert_eq!(
            parsed(b"{\"a\":\"\xff\"}").unwrap_err().0,
            Reason::MalformedEncoding
        );
    }

    #[test]
    fn a_hundred_thousand_levels_cost_nothing() {
        let body = "[".repeat(100_000) + &"]".repeat(100_000);
        let mut json = parsed(body.as_bytes()).unwrap();
        for _ in 0..MAX_DEPTH {
            let Json::Array(mut items) = json else {
                panic!("ends above the limit")
            };
            json = items.remove(0);
        }
        assert_eq!(json, Json::TooDeep);
    }
}
