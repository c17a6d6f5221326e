//! The RecipientService: the patient's part for portals that draw their own pages.

use super::convert;
use crate::domain::code::DIGITS;
use crate::error::Error;
use crate::recipient::{self, Visitor};
use crate::vault::Vault;
use bitewing_core::CapabilityToken;
use bitewing_proto::document as pb;
use bitewing_rpc::call::Arrival;
use bitewing_rpc::field::{self, to_timestamp};
use bitewing_rpc::{Violation, open_public};
use tonic::{Request, Status};

/// Takes the message and who knocks.
pub(super) fn visitor<T>(request: Request<T>) -> Result<(Visitor, T), Status> {
    let forwarded_for = request.metadata().get("x-forwarded-for");
    let forwarded_for = forwarded_for
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let arrival = request.extensions().get::<Arrival>().cloned();
    let (_, message) = open_public(request)?;
    let arrival = arrival.ok_or(Error::Unauthenticated)?;
    Ok((Visitor::of(&arrival, forwarded_for.as_deref()), message))
}

pub(super) async fn open_link(
    vault: &Vault,
    visitor: &Visitor,
    request: pb::OpenLinkRequest,
) -> Result<pb::OpenLinkResponse, Error> {
    let invitation = recipient::open::run(vault, visitor, &request.token).await?;
    let channels = invitation.channels.into_iter();
    Ok(pb::OpenLinkResponse {
        organization_name: invitation.organization_name,
        clinic_name: invitation.clinic_name,
        clinic_phone: invitation.clinic_phone,
        language: invitation.language.tag().to_owned(),
        phone_hint: invitation.phone_hint,
        channels: channels
            .map(|channel| pb::CodeChannel::from(channel).into())
            .collect(),
        expire_time: Some(to_timestamp(invitation.expires_at)),
    })
}

pub(super) async fn send_code(
    vault: &Vault,
    visitor: &Visitor,
    request: pb::SendCodeRequest,
) -> Result<pb::SendCodeResponse, Error> {
    let channel = field::one_of::<pb::CodeChannel>(request.channel)
        .map_err(|error| vec![Violation::new("channel", error)])?;
    let channel = convert::channel(channel)
        .ok_or_else(|| vec![Violation::new("channel", field::FieldError::Required)])?;
    let sent = recipient::send_code::run(vault, visitor, &request.token, channel).await?;
    Ok(pb::SendCodeResponse {
        challenge_token: sent.holder.reveal().expose().clone(),
        code_length: DIGITS as i32,
        resend_after_seconds: i32::try_from(sent.resend_after.as_secs()).unwrap_or(i32::MAX),
    })
}

pub(super) async fn verify_code(
    vault: &Vault,
    visitor: &Visitor,
    request: pb::VerifyCodeRequest,
) -> Result<pb::VerifyCodeResponse, Error> {
    let (token, holder) = (&request.token, &request.challenge_token);
    let unlocked =
        recipient::verify_code::run(vault, visitor, token, holder, &request.code).await?;
    Ok(pb::VerifyCodeResponse {
        session_token: unlocked.session.reveal().expose().clone(),
        files: unlocked.files.into_iter().map(Into::into).collect(),
    })
}

pub(super) async fn list_files(
    vault: &Vault,
    request: pb::ListFilesRequest,
) -> Result<pb::ListFilesResponse, Error> {
    let session =
        CapabilityToken::parse(&request.session_token).map_err(|_| Error::SessionEnded)?;
    let files = recipient::files::list(vault, &[session]).await?;
    Ok(pb::ListFilesResponse {
        files: files.into_iter().map(Into::into).collect(),
    })
}

pub(super) async fn end_session(
    vault: &Vault,
    visitor: &Visitor,
    request: pb::EndSessionRequest,
) -> Result<pb::EndSessionResponse, Error> {
    if let Ok(session) = CapabilityToken::parse(&request.session_token) {
        recipient::files::end(vault, visitor, &[session]).await?;
    }
    Ok(pb::EndSessionResponse {})
}
