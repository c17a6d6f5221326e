//! The `bitewing` program.
fn main() {}
