//! Organizations, programs, staff and sessions that cannot be wrong, and the rules about them.

mod api_client;
mod client_id;
pub(crate) mod event;
mod organization;
pub(crate) mod password;
pub(crate) mod scopes;
mod session;
mod throttle;
pub(crate) mod user;

pub(crate) use api_client::{ApiClient, LIVE_SECRETS, MAX_CLINICS, MAX_SCOPES};
pub(crate) use client_id::ClientId;
pub(crate) use organization::{
    MAX_REGIONS, Organization, RESERVED, Region, Settings, Slug, Visibility,
};
pub(crate) use session::Session;
pub(crate) use throttle::Tries;
pub(crate) use user::{INVITATION_LIFE, User, UserState};
