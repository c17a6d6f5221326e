//! One JSON leaf to one scalar, by the proto3 JSON mapping.

use super::json::Json;
use super::violation::Reason;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use prost_reflect::{EnumDescriptor, Kind, MapKey, Value};
use serde_json::Number;

/// Why a leaf does not fit, and what would.
pub(super) type Refusal = (Reason, &'static str);

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const INTEGER: &str = "must be an integer";
const INTEGER_RANGE: &str = "is outside the range of its type";

/// Reads a leaf as a value of a kind that is not a message.
pub(super) fn read(kind: &Kind, json: Json) -> Result<Value, Refusal> {
    Ok(match kind {
        Kind::Bool => match json {
            Json::Bool(value) => Value::Bool(value),
            _ => return Err((Reason::WrongType, "must be true or false")),
        },
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(integer(&json)?),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(integer(&json)?),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(integer(&json)?),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(integer(&json)?),
        Kind::Float => Value::F32(float(&json)?),
        Kind::Double => Value::F64(double(&json)?),
        Kind::String => Value::String(text(json)?),
        Kind::Bytes => Value::Bytes(bytes(&text(json)?)?.into()),
        Kind::Enum(descriptor) => Value::EnumNumber(enumeration(descriptor, json)?),
        Kind::Message(_) => return Err((Reason::WrongType, "must be an object")),
    })
}

/// Reads the name of a member as the key of a map.
pub(super) fn read_key(kind: &Kind, name: String) -> Result<MapKey, Refusal> {
    let key = if let Kind::Bool = kind {
        boolean(&name)?
    } else {
        Json::Text(name)
    };
    Ok(match read(kind, key)? {
        Value::Bool(key) => MapKey::Bool(key),
        Value::I32(key) => MapKey::I32(key),
        Value::I64(key) => MapKey::I64(key),
        Value::U32(key) => MapKey::U32(key),
        Value::U64(key) => MapKey::U64(key),
        Value::String(key) => MapKey::String(key),
        _ => return Err((Reason::WrongType, "cannot be the key of a map")),
    })
}

/// Dresses a text of a path or a query as the leaf a kind expects.
pub(super) fn leaf_of_text(kind: &Kind, text: String) -> Result<Json, Refusal> {
    Ok(match kind {
        Kind::Bool => boolean(&text)?,
        Kind::Enum(_) => match text.parse::<i32>() {
            Ok(number) => Json::Number(number.into()),
            Err(_) => Json::Text(text),
        },
        _ => Json::Text(text),
    })
}

fn boolean(text: &str) -> Result<Json, Refusal> {
    match text {
        "true" => Ok(Json::Bool(true)),
        "false" => Ok(Json::Bool(false)),
        _ => Err((Reason::WrongType, "must be true or false")),
    }
}

fn text(json: Json) -> Result<String, Refusal> {
    match json {
        Json::Text(text) => Ok(text),
        _ => Err((Reason::WrongType, "must be a string")),
    }
}

/// A number, also one written as a string.
fn number(json: &Json, expected: &'static str) -> Result<Number, Refusal> {
    match json {
        Json::Number(number) => Ok(number.clone()),
        // serde_json would skip white space around the number.
        Json::Text(text) if text.contains(|c: char| c.is_ascii_whitespace()) => {
            Err((Reason::MalformedValue, expected))
        }
        Json::Text(text) => {
            serde_json::from_str(text).map_err(|_| (Reason::MalformedValue, expected))
        }
        _ => Err((Reason::WrongType, expected)),
    }
}

fn integer<T: TryFrom<i128>>(json: &Json) -> Result<T, Refusal> {
    let number = number(json, INTEGER)?;
    let whole = match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(signed), _, _) => i128::from(signed),
        (_, Some(unsigned), _) => i128::from(unsigned),
        // 1.0 and 1e3 are integers too; a cast of a float saturates, so no range is missed.
        (_, _, Some(float)) if float.fract() == 0.0 => float as i128,
        _ => return Err((Reason::MalformedValue, INTEGER)),
    };
    T::try_from(whole).map_err(|_| (Reason::OutOfRange, INTEGER_RANGE))
}

fn double(json: &Json) -> Result<f64, Refusal> {
    const NUMBER: &str = "must be a number";
    match json {
        Json::Text(text) if text == "NaN" => Ok(f64::NAN),
        Json::Text(text) if text == "Infinity" => Ok(f64::INFINITY),
        Json::Text(text) if text == "-Infinity" => Ok(f64::NEG_INFINITY),
        json => number(json, NUMBER)?
            .as_f64()
            .ok_or((Reason::OutOfRange, INTEGER_RANGE)),
    }
}

fn float(json: &Json) -> Result<f32, Refusal> {
    let wide = double(json)?;
    let narrow = wide as f32;
    if wide.is_finite() && narrow.is_infinite() {
        return Err((Reason::OutOfRange, INTEGER_RANGE));
    }
    Ok(narrow)
}

/// Base64 with the ordinary or the URL-safe alphabet, padded or not.
fn bytes(text: &str) -> Result<Vec<u8>, Refusal> {
    let ordinary = text.replace('-', "+").replace('_', "/");
    BASE64
        .decode(ordinary)
        .map_err(|_| (Reason::MalformedValue, "must be base64"))
}

/// A name, or any number: proto3 enumerations are open.
fn enumeration(descriptor: &EnumDescriptor, json: Json) -> Result<i32, Refusal> {
    match json {
        Json::Text(name) => descriptor
            .get_value_by_name(&name)
            .map(|value| value.number())
            .ok_or((
                Reason::UnknownEnumValue,
                "must be a name of its enumeration",
            )),
        Json::Number(_) => integer(&json),
        Json::Null if descriptor.full_name() == "google.protobuf.NullValue" => Ok(0),
        _ => Err((Reason::WrongType, "must be a name of its enumeration")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_json(kind: Kind, json: &str) -> Result<Value, Reason> {
        let mut report = super::super::violation::Report::default();
        let json = super::super::json::parse(json.as_bytes(), &mut report).unwrap();
        read(&kind, json).map_err(|(reason, _)| reason)
    }

    #[test]
    fn integers_come_as_numbers_or_strings() {
        for json in ["7", "\"7\"", "7.0", "0.7e1", "\"7e0\""] {
            assert_eq!(of_json(Kind::Int32, json), Ok(Value::I32(7)), "{json}");
        }
        assert_eq!(
            of_json(Kind::Int64, "\"-9223372036854775808\""),
            Ok(Value::I64(i64::MIN))
        );
        assert_eq!(
            of_json(Kind::Uint64, "18446744073709551615"),
            Ok(Value::U64(u64::MAX))
        );
    }

    #[test]
    fn what_is_no_integer_of_its_size_is_refused() {
        let cases = [
            (Kind::Int32, "2147483648", Reason::OutOfRange),
            (Kind::Uint32, "-1", Reason::OutOfRange),
            (Kind::Int64, "9223372036854775808", Reason::OutOfRange),
            (Kind::Uint64, "1e300", Reason::OutOfRange),
            (Kind::Int32, "1.5", Reason::MalformedValue),
            (Kind::Int32, "\"\"", Reason::MalformedValue),
            (Kind::Int32, "\" 1\"", Reason::MalformedValue),
            (Kind::Int32, "\"+1\"", Reason::MalformedValue),
            (Kind::Int32, "true", Reason::WrongType),
            (Kind::Int32, "[]", Reason::WrongType),
        ];
        for (kind, json, reason) in cases {
            assert_eq!(of_json(kind, json), Err(reason), "{json}");
        }
    }

    #[test]
    fn floats_know_their_limits() {
        assert_eq!(
            of_json(Kind::Float, "\"-Infinity\""),
            Ok(Value::F32(f32::NEG_INFINITY))
        );
        assert_eq!(of_json(Kind::Double, "\"1.5\""), Ok(Value::F64(1.5)));
        assert_eq!(of_json(Kind::Float, "1e39"), Err(Reason::OutOfRange));
        for json in ["\"inf\"", "\"nan\"", "\"0x1\"", "\"infinity\""] {
            assert_eq!(
                of_json(Kind::Double, json),
                Err(Reason::MalformedValue),
                "{json}"
            );
        }
    }

    #[test]
    fn a_float_keeps_its_last_digit() {
        // serde_json alone rounds this one, unless its feature float_roundtrip is on.
        let exact = 9.108_630_063_292_599e182;
        assert_eq!(
            of_json(Kind::Double, "9.108630063292599e+182"),
            Ok(Value::F64(exact))
        );
        assert_eq!(
            of_json(Kind::Double, "\"9.108630063292599e+182\""),
            Ok(Value::F64(exact))
        );
    }

    #[test]
    fn bytes_come_in_both_alphabets() {
        for json in ["\"+/8=\"", "\"-_8=\"", "\"-_8\""] {
            let expected = Value::Bytes(vec![0xfb, 0xff].into());
            assert_eq!(of_json(Kind::Bytes, json), Ok(expected), "{json}");
        }
        assert_eq!(of_json(Kind::Bytes, "\"a b\""), Err(Reason::MalformedValue));
    }

    #[test]
    fn booleans_are_not_strings_or_numbers() {
        assert_eq!(of_json(Kind::Bool, "\"true\""), Err(Reason::WrongType));
        assert_eq!(of_json(Kind::Bool, "1"), Err(Reason::WrongType));
        assert_eq!(
            read_key(&Kind::Bool, "true".to_owned()),
            Ok(MapKey::Bool(true))
        );
    }
}
