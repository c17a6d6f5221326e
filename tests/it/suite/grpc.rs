//! Calls as frames of bytes, so that a method needs no generated client to be called.

use super::chain::fresh_number;
use bytes::{Buf as _, BufMut as _, Bytes};
use std::time::Duration;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

/// A stream that says nothing for so long is open and has nothing to say.
const SILENCE: Duration = Duration::from_millis(700);

/// Messages as they travel.
#[derive(Debug, Clone, Copy, Default)]
struct Frames;

impl Codec for Frames {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;
    fn encoder(&mut self) -> Self {
        *self
    }
    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Frames {
    type Item = Bytes;
    type Error = Status;
    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Frames {
    type Item = Bytes;
    type Error = Status;
    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) details: Bytes,
    /// The first message of the answer.
    pub(crate) answer: Option<Bytes>,
}

impl Outcome {
    fn of(status: &Status) -> Self {
        Self {
            code: status.code(),
            message: status.message().to_owned(),
            details: Bytes::copy_from_slice(status.details()),
            answer: None,
        }
    }

    fn status(&self) -> Status {
        Status::with_details(self.code, self.message.clone(), self.details.clone())
    }

    /// The stable reason of a refusal.
    pub(crate) fn reason(&self) -> String {
        bitewing_rpc::failure::reason_of(&self.status()).unwrap_or_default()
    }

    /// The paths a refusal names.
    pub(crate) fn paths(&self) -> Vec<String> {
        let details = self.status().get_details_bad_request();
        let violations = details
            .map(|details| details.field_violations)
            .unwrap_or_default();
        violations
            .into_iter()
            .map(|violation| violation.field)
            .collect()
    }
}

/// An address nobody called from before. What is limited by address would otherwise be limited for
/// all tests at once, which all call from this machine.
pub(crate) fn fresh_address() -> String {
    let [_, high, middle, low] = fresh_number().to_be_bytes();
    format!("10.{high}.{middle}.{low}")
}

/// Calls a method of any kind with one message, and looks at the first message of the answer.
pub(crate) async fn call(
    channel: &Channel,
    authorization: Option<&str>,
    path: &str,
    message: Bytes,
) -> Outcome {
    let mut request = Request::new(tokio_stream::once(message));
    if let Some(authorization) = authorization {
        let value = MetadataValue::try_from(authorization).unwrap();
        request.metadata_mut().insert("authorization", value);
    }
    let address = MetadataValue::try_from(fresh_address()).expect("digits and dots");
    request.metadata_mut().insert("x-forwarded-for", address);
    let mut grpc = Grpc::new(channel.clone()).max_encoding_message_size(64 << 20);
    grpc.ready().await.unwrap();
    let mut stream = match grpc.streaming(request, path.parse().unwrap(), Frames).await {
        Ok(response) => response.into_inner(),
        Err(status) => return Outcome::of(&status),
    };
    match tokio::time::timeout(SILENCE, stream.message()).await {
        Err(_) => Outcome::of(&Status::ok("")),
        Ok(Err(status)) => Outcome::of(&status),
        Ok(Ok(answer)) => Outcome {
            answer,
            ..Outcome::of(&Status::ok(""))
        },
    }
}

/// The value of the `authorization` header.
pub(crate) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// A message of a generated client, with a token.
pub(crate) fn request<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let value = MetadataValue::try_from(bearer(token)).unwrap();
    request.metadata_mut().insert("authorization", value);
    request
}
