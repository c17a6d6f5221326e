//! Documents, links, one-time codes and the pages patients see.

pub mod blob;
pub mod domain;
pub mod pages;
