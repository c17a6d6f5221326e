//! Types that cannot be wrong and rules that touch nothing outside.

pub(crate) mod client_address;
pub(crate) mod code;
pub(crate) mod code_policy;
pub(crate) mod document;
pub mod file_name;
pub(crate) mod file_type;
pub mod framing;
pub(crate) mod link;
pub(crate) mod local_time;
pub mod media_type;
pub mod range;
pub(crate) mod receipt;
pub(crate) mod recipient;

pub(crate) use client_address::ClientAddress;
pub(crate) use code::Code;
pub(crate) use document::{Document, DocumentState};
pub(crate) use file_type::FileType;
pub(crate) use link::{Arrow, CodeChannel, Delivery, Link, LinkState};
pub(crate) use recipient::Recipient;
