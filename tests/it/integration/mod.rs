//! Programs of a clinic that are not written here: the `bitewing` command line, and every block of
//! `docs/INTEGRATION.md`.

mod cli;
mod cut;
mod failures;
mod guard;
mod guide;
mod hl7;
mod import;
mod interop;
mod resumption;
mod shell;
mod templates;
