//! Runs the service alone.
fn main() {}
