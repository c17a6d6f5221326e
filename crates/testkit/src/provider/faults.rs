//! What goes wrong, and when.

use bitewing_core::{Entropy, random};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// One thing that goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Takes the message and never answers.
    AcceptThenHang,
    /// Takes the message and breaks the connection.
    AcceptThenReset,
    /// Breaks the connection without taking the message.
    Reset,
    /// Answers 500 without taking the message.
    FailBeforeAccept,
    /// Takes the message and answers 500.
    FailAfterAccept,
    /// Answers 429 with these seconds to wait.
    Busy(u64),
    /// Answers 422: the message will never be taken.
    Refuse,
    /// Takes the message and answers late.
    Slow(Duration),
}

/// The faults of the requests to come: first those of the script, one per request, then by chance.
#[derive(Clone, Default)]
pub struct Faults {
    script: Arc<Mutex<VecDeque<Option<Fault>>>>,
    chance: Arc<Mutex<Option<Chance>>>,
}

struct Chance {
    percent: u8,
    faults: Vec<Fault>,
    entropy: Box<dyn Entropy>,
}

impl std::fmt::Debug for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Faults")
    }
}

impl Faults {
    /// Sets what happens to the next requests, one after the other; `None` is no fault.
    pub fn script(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.script
            .lock()
            .expect("no holder of the lock panics")
            .extend(faults);
    }

    /// Lets this share of all further requests fail, each with one of the faults.
    pub fn by_chance(&self, percent: u8, faults: &[Fault], entropy: impl Entropy) {
        let chance = Chance {
            percent,
            faults: faults.to_vec(),
            entropy: Box::new(entropy),
        };
        *self.chance.lock().expect("no holder of the lock panics") = Some(chance);
    }

    pub(super) fn next(&self) -> Option<Fault> {
        let scripted = self
            .script
            .lock()
            .expect("no holder of the lock panics")
            .pop_front();
        if let Some(fault) = scripted {
            return fault;
        }
        let chance = self.chance.lock().expect("no holder of the lock panics");
        let chance = chance.as_ref()?;
        let [hit, which] = random::bytes::<2>(&*chance.entropy);
        let fails = u32::from(hit) * 100 < u32::from(chance.percent) * 256;
        fails.then(|| chance.faults[usize::from(which) % chance.faults.len()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::SeededEntropy;

    #[test]
    fn the_script_goes_before_chance() {
        let faults = Faults::default();
        faults.by_chance(100, &[Fault::Refuse], SeededEntropy::new(1));
        faults.script([Some(Fault::Reset), None]);
        assert_eq!([faults.next(), faults.next()], [Some(Fault::Reset), None]);
        assert_eq!(faults.next(), Some(Fault::Refuse));
        faults.by_chance(20, &[Fault::Refuse], SeededEntropy::new(1));
        let hits = (0..1_000).filter(|_| faults.next().is_some()).count();
        assert!((150..250).contains(&hits), "{hits}");
    }
}
