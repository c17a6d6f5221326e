//! What tests share: clock, ids, databases, callers and a stub provider.

pub mod database;
