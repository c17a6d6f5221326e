//! Programs of a clinic that are not written here: the `bitewing` command line, and every block of
//! `docs/INTEGRATION.md`.

mod cli;
mod cut;
mod failures;
mod guide;
mod import;
mod resumption;
mod shell;
