//! What tests rely on, tested itself.

mod database;
