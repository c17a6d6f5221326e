//! The pages patients see.

pub mod assets;
