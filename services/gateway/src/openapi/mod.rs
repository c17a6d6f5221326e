//! The description of the JSON API, made from the contracts, and a page that shows it.

mod comments;
mod document;
mod operation;
mod page;
mod schema;
#[cfg(test)]
mod tests;

pub use document::document;
pub use page::{ASSETS, Asset, CONTENT_SECURITY_POLICY};
