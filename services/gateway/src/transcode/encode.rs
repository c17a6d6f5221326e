//! A message to canonical proto3 JSON.
//!
//! Members are named in lower camel case, times are RFC 3339 in UTC, 64-bit integers are strings and
//! enumerations are written by name. A field without presence is written also when it holds its
//! default (`"nextPageToken": ""`, `"patients": []`, `"unread": 0`): whoever integrates sees every
//! field there is and needs no second meaning for an absent one. Messages, members of a `oneof` and
//! `optional` fields that are not set are left out.

use super::routes::Route;
use prost_reflect::{DynamicMessage, SerializeOptions};
use serde_json::Value;

const OPTIONS: SerializeOptions = SerializeOptions::new().skip_default_fields(false);

/// An answer of a service that has no JSON form: the two are of different versions, or one is wrong.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// The bytes are not a message of the method.
    #[error("the answer is not the message its contract promises")]
    Message(#[from] prost::DecodeError),
    /// A value has no JSON form, as a timestamp outside the years 1 to 9999.
    #[error("the answer holds a value without a JSON form")]
    Json(#[from] serde_json::Error),
}

/// Writes a message as JSON.
pub fn encode(message: &DynamicMessage) -> Result<Vec<u8>, EncodeError> {
    let mut json = Vec::with_capacity(256);
    message.serialize_with_options(&mut serde_json::Serializer::new(&mut json), &OPTIONS)?;
    Ok(json)
}

impl Route {
    /// Turns the message of a unary answer into the body of the HTTP answer.
    pub fn encode_answer(&self, message: &[u8]) -> Result<Vec<u8>, EncodeError> {
        let message = DynamicMessage::decode(self.method.output(), message)?;
        match &self.response_body {
            None => encode(&message),
            Some(field) => {
                let mut object =
                    message.serialize_with_options(serde_json::value::Serializer, &OPTIONS)?;
                let member = object
                    .get_mut(field.json_name())
                    .map_or(Value::Null, Value::take);
                Ok(serde_json::to_vec(&member)?)
            }
        }
    }

    /// Turns one message of a stream into a line of NDJSON, `{"result": ...}`.
    ///
    /// The stream ends with `{"error": ...}` if it fails, see [`Problem::line`], so a reader can tell
    /// an interrupted stream from a finished one.
    ///
    /// [`Problem::line`]: super::Problem::line
    pub fn encode_line(&self, message: &[u8]) -> Result<Vec<u8>, EncodeError> {
        let mut line = br#"{"result":"#.to_vec();
        line.extend(self.encode_answer(message)?);
        line.extend(b"}\n");
        Ok(line)
    }
}
