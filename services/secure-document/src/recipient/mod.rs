//! The patient's part: what the pages and the RecipientService share.
//!
//! | module | holds |
//! |---|---|
//! | [`open`] | who waits with what |
//! | [`card`] | who sent it |
//! | [`allowance`] | whether a code may go out |
//! | [`send_code`] | a code by text or call |
//! | [`verify_code`] | the decision about a guess |
//! | [`files`] | what a session opens, and its end |

mod allowance;
pub(crate) mod card;
pub(crate) mod files;
pub(crate) mod open;
pub(crate) mod send_code;
pub(crate) mod verify_code;

use crate::domain::ClientAddress;
use crate::error::Error;
use bitewing_auth::Service;
use bitewing_core::CapabilityToken;
use bitewing_rpc::call::Arrival;

/// Who knocks: nobody that is known, from somewhere, on some request.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) address: ClientAddress,
    pub(crate) request_id: String,
}

impl Visitor {
    /// The visitor of a request. Only the gateway is believed about addresses.
    pub(crate) fn of(arrival: &Arrival, forwarded_for: Option<&str>) -> Self {
        let believed = forwarded_for.filter(|_| arrival.identity.service == Service::Gateway);
        Self {
            address: ClientAddress::read(believed),
            request_id: arrival.request_id.clone(),
        }
    }
}

/// Reads the token of a link; what is no token opens nothing either.
fn link_token(text: &str) -> Result<CapabilityToken, Error> {
    CapabilityToken::parse(text).map_err(|_| Error::LinkGone)
}
