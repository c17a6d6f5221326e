//! Register, tone and salutation together: chosen once, so that no message is of two minds (R31).

use super::generation::{generation_of, habits_of};
use super::salutation::{Person, Salutation, formal, informal, pronoun};
use super::{Reason, Register, Tone};
use crate::domain::reply::fold;
use crate::domain::{AddressForm, Gender, Generation, Name, Profile};
use bitewing_core::Language;
use time::Date;

/// What the choice is made from.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) name: &'a Name,
    pub(crate) gender: Option<Gender>,
    /// What the patient wants to be called instead; empty for what the language has.
    pub(crate) salutation: &'a str,
    pub(crate) birth_date: Option<Date>,
    pub(crate) generation: Option<Generation>,
    pub(crate) address_form: Option<AddressForm>,
}

impl<'a> From<&'a Profile> for Known<'a> {
    fn from(profile: &'a Profile) -> Self {
        Self {
            name: &profile.name,
            gender: profile.gender,
            salutation: &profile.salutation,
            birth_date: profile.birth_date,
            generation: profile.generation,
            address_form: profile.address_form,
        }
    }
}

/// How to address a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) language: Language,
    pub(crate) register: Register,
    pub(crate) register_reason: Reason,
    pub(crate) pronoun: &'static str,
    pub(crate) salutation: Salutation,
    pub(crate) tone: Tone,
    pub(crate) generation: Option<(Generation, Reason)>,
    pub(crate) self_service: bool,
}

/// The generation, and whether the patient or the birth year tells it.
pub(crate) fn generation(known: Known<'_>) -> Option<(Generation, Reason)> {
    let told = known.generation.map(|told| (told, Reason::Personal));
    told.or_else(|| {
        let birth_date = known.birth_date?;
        Some((generation_of(birth_date), Reason::Generation))
    })
}

/// Chooses the style.
pub(crate) fn style(known: Known<'_>, language: Language) -> Style {
    let generation = generation(known);
    let habits = generation.map(|(generation, _)| habits_of(generation));
    let nickname = informal(known.name);
    let own = Some(known.salutation).filter(|own| !own.is_empty());
    let (register, register_reason) = register(known, habits.map(|habits| habits.formal), own);
    // Who has no first name cannot be called by it: then nothing else may be informal either.
    let (register, register_reason) = match (register, nickname.or(own)) {
        (Register::Informal, None) => (Register::Formal, Reason::NameIncomplete),
        _ => (register, register_reason),
    };
    let person = Person {
        name: known.name,
        gender: known.gender,
    };
    let salutation = match (own, register, nickname) {
        (Some(own), ..) => Salutation {
            text: own.to_owned(),
            reason: Reason::Personal,
        },
        (None, Register::Informal, Some(nickname)) => Salutation {
            text: nickname.to_owned(),
            reason: if known.name.preferred.is_empty() {
                Reason::Language
            } else {
                Reason::Personal
            },
        },
        (None, ..) => formal(language, person),
    };
    Style {
        language,
        register,
        register_reason,
        pronoun: pronoun(language, register, known.gender),
        salutation,
        tone: habits.map_or(Tone::Respectful, |habits| habits.tone),
        generation,
        self_service: habits.is_some_and(|habits| habits.self_service),
    }
}

fn register(
    known: Known<'_>,
    generation_is_formal: Option<bool>,
    own: Option<&str>,
) -> (Register, Reason) {
    let of = |formal| {
        if formal {
            Register::Formal
        } else {
            Register::Informal
        }
    };
    match known.address_form {
        Some(AddressForm::Formal) => (Register::Formal, Reason::Personal),
        Some(AddressForm::Informal) => (Register::Informal, Reason::Personal),
        // A salutation of the patient's own goes with `vous`, unless it is the first name.
        Some(AddressForm::ByGeneration) | None
            if own.is_some_and(|own| !is_first_name(own, known.name)) =>
        {
            (Register::Formal, Reason::Personal)
        }
        Some(AddressForm::ByGeneration) => match generation_is_formal {
            Some(formal) => (of(formal), Reason::Generation),
            None => (Register::Formal, Reason::Default),
        },
        // Nobody is called `tu` by accident.
        None => (Register::Formal, Reason::Default),
    }
}

fn is_first_name(own: &str, name: &Name) -> bool {
    let own = fold(own);
    [&name.given, &name.preferred]
        .into_iter()
        .any(|part| !part.is_empty() && fold(part) == own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    fn name() -> Name {
        Name {
            given: "Anne".to_owned(),
            family: "Côté".to_owned(),
            ..Name::default()
        }
    }

    fn known(name: &Name) -> Known<'_> {
        Known {
            name,
            gender: Some(Gender::Female),
            salutation: "",
            birth_date: None,
            generation: None,
            address_form: None,
        }
    }

    #[test]
    fn what_the_patient_said_beats_the_generation() {
        let name = name();
        let young = Known {
            birth_date: Some(date!(2001 - 05 - 05)),
            address_form: Some(AddressForm::Formal),
            ..known(&name)
        };
        let chosen = style(young, Language::Fr);
        assert_eq!(
            (chosen.register, chosen.register_reason, chosen.pronoun),
            (Register::Formal, Reason::Personal, "vous")
        );
        assert_eq!(chosen.salutation.text, "Madame Côté");
        assert_eq!(
            (chosen.tone, chosen.generation),
            (Tone::Direct, Some((Generation::Z, Reason::Generation)))
        );
    }

    #[test]
    fn the_generation_decides_where_the_chain_wants_it() {
        let name = name();
        let of = |birth, form| {
            let known = Known {
                birth_date: Some(birth),
                address_form: form,
                ..known(&name)
            };
            style(known, Language::Fr)
        };
        let by_generation = Some(AddressForm::ByGeneration);
        let boomer = of(date!(1950 - 01 - 01), by_generation);
        assert_eq!(
            (boomer.pronoun, boomer.register_reason),
            ("vous", Reason::Generation)
        );
        let young = of(date!(1999 - 01 - 01), by_generation);
        assert_eq!(
            (young.pronoun, young.salutation.text.as_str()),
            ("tu", "Anne")
        );
        let unsaid = of(date!(1999 - 01 - 01), None);
        assert_eq!(
            (unsaid.pronoun, unsaid.register_reason),
            ("vous", Reason::Default)
        );
    }

    #[test]
    fn a_salutation_of_ones_own_is_kept_and_brings_its_register() {
        let name = name();
        let young = Known {
            birth_date: Some(date!(1999 - 01 - 01)),
            address_form: Some(AddressForm::ByGeneration),
            ..known(&name)
        };
        let dona = style(
            Known {
                salutation: "Dona Anne",
                ..young
            },
            Language::Pt,
        );
        assert_eq!(
            (dona.salutation.text.as_str(), dona.pronoun),
            ("Dona Anne", "a senhora")
        );
        let anne = style(
            Known {
                salutation: "ANNE",
                ..young
            },
            Language::Pt,
        );
        assert_eq!(
            (anne.salutation.text.as_str(), anne.pronoun),
            ("ANNE", "você")
        );
    }

    #[test]
    fn without_a_first_name_nobody_is_called_tu() {
        let family = Name {
            family: "Côté".to_owned(),
            ..Name::default()
        };
        let informal = Known {
            address_form: Some(AddressForm::Informal),
            ..known(&family)
        };
        let chosen = style(informal, Language::Fr);
        assert_eq!(
            (
                chosen.pronoun,
                chosen.salutation.text.as_str(),
                chosen.register_reason
            ),
            ("vous", "Madame Côté", Reason::NameIncomplete)
        );
    }

    proptest! {
        /// Formal and informal are never mixed: the pronoun, the salutation and the register agree.
        #[test]
        fn registers_are_never_mixed(
            language in 0..6usize, form in 0..4usize, gender in 0..4usize, year in 1930..2015i32,
            given in "(Anne)?", family in "(Roy)?", patronymic in "(P)?", preferred in "(Ann)?", title in "(Dr)?",
        ) {
            prop_assume!(!(given.is_empty() && family.is_empty()));
            let name = Name { title, given, patronymic, family, preferred };
            let known = Known {
                name: &name,
                gender: [None, Some(Gender::Female), Some(Gender::Male), Some(Gender::Other)][gender],
                salutation: "",
                birth_date: Date::from_ordinal_date(year, 1).ok(),
                generation: None,
                address_form: [None, Some(AddressForm::Formal), Some(AddressForm::Informal),
                    Some(AddressForm::ByGeneration)][form],
            };
            let language = Language::ALL[language];
            let chosen = style(known, language);
            prop_assert_eq!(chosen.pronoun, pronoun(language, chosen.register, known.gender));
            prop_assert!(!chosen.salutation.text.is_empty());
            let person = Person { name: &name, gender: known.gender };
            let expected = match chosen.register {
                Register::Formal => formal(language, person).text,
                Register::Informal => informal(&name).unwrap().to_owned(),
            };
            prop_assert_eq!(chosen.salutation.text, expected);
        }
    }
}
