//! Tests across services.
//!
//! | module | asks |
//! |---|---|
//! | [`suite`] | how tests run the five services, in this process or as the real program |
//! | [`catalogue`] | every RPC with a valid request, for the tests that are generated |
//! | [`authorization`] | who may call what, and that another's things look absent |
//! | [`bad_input`] | that nonsense is refused with a reason and never breaks anything |
//! | [`tenancy`] | that the databases keep organizations apart by themselves |
//! | [`main_job`] | a document to a patient, and every way it must not work |
//! | [`browser`] | the patient's page in a real browser |
//! | [`email`] | a link through a mail server that is not ours |
//! | [`phones`] | codes by a stand-in for Twilio, and its callbacks at the public port |
//! | [`foreign`] | the same through clients that are not ours |
//! | [`fhir`] | an export, read by a library that is not ours |
//! | [`guarded`] | what the guard keeps from leaving, from the policy to the page |
//! | [`integration`] | the command line, and every block of the guide for integrators |
//! | [`answers`] | what to answer to a patient, asked for by a client that is not ours |
//! | [`telemetry`], [`canary`] | what is told about a call, and what never is |
//! | [`faults`] | what a kill in the middle leaves |
//! | [`layering`], [`requirements`] | that the repository keeps its own rules |
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod answers;
mod authorization;
mod bad_input;
mod browser;
mod canary;
mod catalogue;
mod email;
mod faults;
mod fhir;
mod foreign;
mod guarded;
mod integration;
mod layering;
mod main_job;
mod phones;
mod requirements;
mod suite;
mod telemetry;
mod tenancy;
mod wordings;
