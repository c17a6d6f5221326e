//! Patients as other systems write them, read into rows of an import.
//!
//! Pure: no files, no sockets, no clock. Bytes are pushed in as they come, what they say comes out, and memory
//! holds one resource or message. Whatever is pushed in, the worst that comes out is a [`Problem`] with the
//! place of what is wrong, in the words of the format, never the value.
//!
//! | module | holds |
//! |---|---|
//! | [`row`] | what every format is read into: patients, visits, recalls, merges |
//! | [`split`] | JSON of any length as pieces: lines, the entries of a Bundle, the items of a list |
//! | [`fhir`] | HL7 FHIR R4: NDJSON and Bundles |
//! | [`opendental`] | the JSON of Open Dental |
//! | [`hl7`] | HL7 v2: messages, their answers, MLLP |
//! | [`when`] | dates and times |

pub mod fhir;
pub mod hl7;
pub mod opendental;
pub mod row;
pub mod split;
pub mod when;
mod words;

pub use row::{Channel, ExternalId, Field, Item, Mirrored, Point, Problem, Row};
pub use words::language;

use std::collections::BTreeMap;

/// The longest resource or message, in bytes: many times what a patient is, and little enough to hold.
pub const LONGEST: usize = 1 << 20;

/// What a file does not say of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// The name of the system here, as `opendental`; the first half of every external id.
    pub system: String,
    /// The clinic of patients whose own is not named, `cln_...`. It makes patients there, and moves nobody.
    pub clinic: Option<String>,
    /// Clinics by what the system calls them.
    pub clinics: BTreeMap<String, String>,
    /// Where the system's clock stands, for times that do not say it.
    pub zone: Option<jiff::tz::TimeZone>,
}

impl Source {
    /// A clinic by one of the system's names for it.
    pub(crate) fn clinic_of(&self, names: &[&str]) -> Option<&str> {
        let mut known = names.iter().filter_map(|name| self.clinics.get(*name));
        known.next().map(String::as_str)
    }

    /// The external id of a thing in the system.
    pub(crate) fn id(&self, value: &str) -> ExternalId {
        ExternalId {
            system: self.system.clone(),
            value: value.to_owned(),
        }
    }
}
