//! Open Dental, in the JSON of its API and of exports of its tables: lists of patients, appointments and recalls.
//!
//! Names are those of the tables (`PatNum`), whatever their case. Dates are `yyyy-MM-dd`, times `yyyy-MM-dd HH:mm:ss`
//! of the office's clock, `0001-01-01` is none, truth is "true" or true or 1, and values of fixed sets come as words
//! or as numbers. Fields that are missing say nothing; empty ones take away what is known.

mod appointment;
mod fields;
mod patient;
mod reader;
mod recall;

pub use reader::{Found, Reader};

/// What tells an object of Open Dental from one of FHIR.
pub const KEYS: [&str; 3] = ["PatNum", "AptNum", "RecallNum"];
