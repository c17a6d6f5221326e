//! Accounts at Twilio, from wire to domain.

use super::read_account::{Routed, token};
use crate::domain::{
    Channel, Credential, Endpoint, Place, PlaceName, Route, Sid, TwilioSecrets, TwilioSettings,
};
use bitewing_core::Phone;
use bitewing_proto::conversation as pb;
use bitewing_rpc::Fields;
use bitewing_rpc::field::FieldError;
use bitewing_runtime::Profile;

/// Reads an account at Twilio, noting every violation.
pub(super) fn twilio(
    fields: &mut Fields,
    sent: &pb::TwilioSettings,
    channels: &[Channel],
    profile: Profile,
) -> Option<Routed> {
    let path = |name: &str| format!("channel_account.twilio.{name}");
    let account_sid = fields.take(path("account_sid"), Sid::parse("AC", &sent.account_sid));
    let sender = twilio_sender(fields, sent, channels);
    let auth_token = token(fields, path("auth_token"), &sent.auth_token, 100);
    let secondary = match sent.secondary_auth_token.as_str() {
        "" => Some(None),
        text => token(fields, path("secondary_auth_token"), text, 100).map(Some),
    };
    let key = match (sent.api_key_sid.as_str(), sent.api_key_secret.as_str()) {
        ("", "") => Some((None, None)),
        (sid, secret) => {
            let sid = fields.take(path("api_key_sid"), Sid::parse("SK", sid));
            let secret = token(fields, path("api_key_secret"), secret, 100);
            sid.zip(secret)
                .map(|(sid, secret)| (Some(sid), Some(secret)))
        }
    };
    let place = match (sent.region.as_str(), sent.edge.as_str()) {
        ("", "") => Some(None),
        (region, edge) => {
            let region = fields.take(path("region"), PlaceName::parse(region));
            let edge = fields.take(path("edge"), PlaceName::parse(edge));
            region
                .zip(edge)
                .map(|(region, edge)| Some(Place { region, edge }))
        }
    };
    let base_url = match sent.base_url.as_str() {
        "" => Some(None),
        _ if profile != Profile::Development => {
            fields.note(path("base_url"), "must be empty outside development");
            None
        }
        url => fields
            .take(path("base_url"), Endpoint::parse(url))
            .map(|_| Some(url.to_owned())),
    };
    let (api_key_sid, api_key_secret) = key?;
    let settings = TwilioSettings {
        account_sid: account_sid?,
        api_key_sid,
        place: place?,
        base_url: base_url?,
    };
    let secrets = TwilioSecrets {
        auth_token: auth_token?,
        secondary_auth_token: secondary?,
        api_key_secret,
    };
    let credential = Some(Credential::Twilio(secrets));
    Some((sender?, Route::Twilio(settings), credential))
}

/// A number, or for text messages a messaging service.
fn twilio_sender(
    fields: &mut Fields,
    sent: &pb::TwilioSettings,
    channels: &[Channel],
) -> Option<String> {
    let number = "channel_account.twilio.from_number";
    let service = "channel_account.twilio.messaging_service_sid";
    match (
        sent.from_number.as_str(),
        sent.messaging_service_sid.as_str(),
    ) {
        ("", "") => {
            fields.note(number, FieldError::Required);
            None
        }
        ("", _) if channels.contains(&Channel::Voice) => {
            fields.note(number, "is required for calls");
            None
        }
        ("", sid) => fields
            .take(service, Sid::parse("MG", sid))
            .map(|sid| sid.as_str().to_owned()),
        (text, "") => fields
            .take(number, Phone::parse(text, None))
            .map(|phone| phone.e164().to_owned()),
        (_, _) => {
            fields.note(service, "must be empty where there is a number");
            None
        }
    }
}
