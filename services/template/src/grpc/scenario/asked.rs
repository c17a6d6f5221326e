//! What a search and a rendering are asked with, and how answers are filled in.

use super::super::price::{self, Unsaid};
use super::read;
use crate::domain::Key;
use crate::domain::phrasebook::{Given, Locale, Register, moment, variable};
use crate::domain::scenario::{Scenario, suggest};
use crate::error::Error;
use crate::store::Tx;
use bitewing_core::ClinicId;
use bitewing_proto::template as pb;
use bitewing_rpc::field::{self, FieldError};
use bitewing_rpc::{Failure as _, Fields};
use std::collections::{BTreeMap, HashMap};
use time::OffsetDateTime;

const MAX_VARIABLES: usize = 50;
const MAX_SENT: usize = 50;
/// Characters of a text that was sent before.
const MAX_TEXT: usize = 5_000;

/// What both requests hold.
pub(super) struct Wanted {
    pub(super) clinic_id: String,
    pub(super) register: i32,
    pub(super) variables: HashMap<String, String>,
    pub(super) sent_before: Vec<String>,
    pub(super) local_time: String,
}

/// The same, read.
pub(super) struct Asked {
    pub(super) clinic: Option<ClinicId>,
    register: Register,
    given: Given,
    sent_before: Vec<String>,
}

impl Wanted {
    /// Reads it, noting every violation.
    pub(super) fn read(self, fields: &mut Fields) -> Option<Asked> {
        let clinic = fields.take("clinic_id", field::optional_id(&self.clinic_id));
        let register = fields.take("register", read::register(self.register));
        if self.variables.len() > MAX_VARIABLES {
            fields.note("variables", FieldError::TooMany(MAX_VARIABLES));
            return None;
        }
        if self.sent_before.len() > MAX_SENT {
            fields.note("sent_before", FieldError::TooMany(MAX_SENT));
            return None;
        }
        for (index, text) in self.sent_before.iter().enumerate() {
            if text.chars().nth(MAX_TEXT).is_some() {
                let path = format!("sent_before[{index}]");
                fields.note(
                    path,
                    FieldError::Length {
                        min: 0,
                        max: MAX_TEXT,
                    },
                );
            }
        }
        let now = Some(self.local_time.as_str()).filter(|text| !text.is_empty());
        let wrong = "must be a date and a time as 2027-03-02T12:00";
        let now = now.map(|text| moment(text).ok_or(wrong)).transpose();
        let now = fields.take("local_time", now);
        // What no wording knows is left aside: callers give what they have.
        let values = self
            .variables
            .into_iter()
            .filter(|(name, _)| variable(name).is_some());
        Some(Asked {
            clinic: clinic?,
            register: register?,
            given: Given {
                values: values.collect(),
                now: now?,
            },
            sent_before: self.sent_before,
        })
    }
}

/// What is known of the price of each service, asked for once per call.
type Prices = BTreeMap<(Key, Locale), Result<Vec<(&'static str, String)>, Unsaid>>;

/// Fills scenarios in.
pub(super) struct Filler<'a> {
    pub(super) tx: &'a mut Tx,
    pub(super) asked: &'a Asked,
    pub(super) now: OffsetDateTime,
    prices: Prices,
}

impl<'a> Filler<'a> {
    pub(super) fn new(tx: &'a mut Tx, asked: &'a Asked, now: OffsetDateTime) -> Self {
        Self {
            tx,
            asked,
            now,
            prices: Prices::new(),
        }
    }

    /// The answers of a scenario, with the price of the service where one is known. Prices the caller gives go first: the
    /// dental system may know one for this very patient.
    pub(super) async fn fill(
        &mut self,
        scenario: &Scenario,
        score: f32,
        service: Option<&Key>,
    ) -> Result<pb::Suggestion, Error> {
        let service = scenario.spot.service.as_ref().or(service);
        let mut given = self.asked.given.clone();
        let told = given
            .values
            .get("price.range")
            .is_some_and(|value| !value.is_empty());
        let places_price = scenario
            .content
            .answers
            .iter()
            .any(|answer| answer.body.contains("price."));
        let mut price_reason = "";
        if places_price && !told {
            match self.price(service, scenario.spot.locale).await? {
                Ok(values) => given.values.extend(
                    values
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value)),
                ),
                Err(unsaid) => price_reason = Error::from(unsaid).reason(),
            }
        }
        let answers = suggest(
            scenario,
            self.asked.register,
            &given,
            &self.asked.sent_before,
        )?;
        Ok(pb::Suggestion {
            scenario: Some(scenario.into()),
            score: score.into(),
            service: service.map(ToString::to_string).unwrap_or_default(),
            answers: answers.into_iter().map(Into::into).collect(),
            price_reason: price_reason.to_owned(),
        })
    }

    async fn price(
        &mut self,
        service: Option<&Key>,
        locale: Locale,
    ) -> Result<Result<Vec<(&'static str, String)>, Unsaid>, Error> {
        let Some(service) = service else {
            return Ok(Err(Unsaid::NotFound));
        };
        let key = (service.clone(), locale);
        if let Some(known) = self.prices.get(&key) {
            return Ok(known.clone());
        }
        let clinic = self.asked.clinic;
        let values = price::values(self.tx, service, clinic, locale, self.now).await?;
        self.prices.insert(key, values.clone());
        Ok(values)
    }
}
