//! Which of several wordings is said: the nearest owner's first, and within it the nearest place.

use super::{Place, Register};
use std::cmp::Reverse;

/// A wording that may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) place: Place,
    /// Whether it is the clinic's and not the chain's.
    pub(crate) of_clinic: bool,
}

/// How well a wording says what is wanted; the lowest is said, `None` never is.
///
/// Nobody is addressed less formally than their guide says, so that formal words stand in for informal ones and never
/// the other way round; and a message is never in a language the patient was not asked about.
fn distance(candidate: Candidate, wanted: Place) -> Option<(bool, Reverse<bool>, bool)> {
    let there = candidate.place;
    let stands_in = match (there.register, wanted.register) {
        (Register::Formal, Register::Informal) => true,
        (Register::Informal, Register::Formal) => return None,
        _ => false,
    };
    let elsewhere = if there.locale == wanted.locale {
        false
    } else if wanted.locale.sibling() == Some(there.locale) {
        true
    } else {
        return None;
    };
    (there.medium == wanted.medium).then_some((stands_in, Reverse(candidate.of_clinic), elsewhere))
}

/// The one that is said; with the library's there is one for every place, which stands behind every own one in the
/// register that is wanted and before those in another.
pub(crate) fn nearest<T>(
    wordings: impl IntoIterator<Item = T>,
    candidate: impl Fn(&T) -> Candidate,
    wanted: Place,
    in_library: bool,
) -> Option<T> {
    wordings
        .into_iter()
        .filter_map(|wording| {
            let distance = distance(candidate(&wording), wanted)?;
            (!in_library || !distance.0).then_some((distance, wording))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, wording)| wording)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::phrasebook::{Locale, Medium};
    use proptest::prelude::*;

    fn at(locale: Locale, register: Register, of_clinic: bool) -> Candidate {
        let place = Place {
            locale,
            register,
            medium: Medium::Sms,
        };
        Candidate { place, of_clinic }
    }

    fn said(own: &[Candidate], wanted: Candidate, in_library: bool) -> Option<Candidate> {
        nearest(own.iter().copied(), |own| *own, wanted.place, in_library)
    }

    #[test]
    fn the_clinic_goes_before_the_chain_and_the_place_before_its_sibling() {
        use Locale::{FrCa, FrFr};
        use Register::Formal;
        let wanted = at(FrCa, Formal, true);
        let (chain, sibling) = (at(FrCa, Formal, false), at(FrFr, Formal, false));
        let clinic = at(FrFr, Formal, true);
        assert_eq!(said(&[chain, sibling], wanted, true), Some(chain));
        assert_eq!(said(&[sibling], wanted, true), Some(sibling));
        assert_eq!(said(&[chain, clinic], wanted, true), Some(clinic));
        assert_eq!(said(&[at(Locale::En, Formal, true)], wanted, false), None);
    }

    #[test]
    fn formal_words_stand_in_for_informal_ones_only_where_the_library_has_none() {
        use Register::{Formal, Informal};
        let formal = at(Locale::It, Formal, false);
        let informal = at(Locale::It, Informal, false);
        assert_eq!(said(&[formal], informal, false), Some(formal));
        assert_eq!(said(&[formal], informal, true), None);
        assert_eq!(said(&[informal], formal, false), None);
        assert_eq!(said(&[formal, informal], informal, false), Some(informal));
    }

    fn anywhere() -> impl Strategy<Value = Candidate> {
        (0..8_usize, any::<bool>(), any::<bool>()).prop_map(|(locale, formal, clinic)| {
            at(
                Locale::ALL[locale],
                Register::ALL[usize::from(formal)],
                clinic,
            )
        })
    }

    proptest! {
        #[test]
        fn nobody_is_addressed_less_formally_or_in_another_language(
            own in proptest::collection::vec(anywhere(), 0..12), wanted in anywhere(), in_library: bool
        ) {
            if let Some(said) = said(&own, wanted, in_library) {
                let language = |place: Place| place.locale.tag()[..2].to_owned();
                prop_assert_eq!(language(said.place), language(wanted.place));
                let same = said.place.register == wanted.place.register;
                prop_assert!(same || (!in_library && said.place.register == Register::Formal));
            }
        }
    }
}
