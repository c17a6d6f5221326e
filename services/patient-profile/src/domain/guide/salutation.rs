//! How six languages address people. A formal salutation goes with the formal `you`, an informal one with
//! the informal: both come from the same register.

use super::{Reason, Register};
use crate::domain::{Gender, Name};
use bitewing_core::Language;

/// What a salutation is made of.
#[derive(Clone, Copy)]
pub(crate) struct Person<'a> {
    pub(crate) name: &'a Name,
    pub(crate) gender: Option<Gender>,
}

/// A salutation and why it is this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Salutation {
    pub(crate) text: String,
    pub(crate) reason: Reason,
}

/// Before a family name, and alone where there is none.
struct Courtesy {
    male: (&'static str, &'static str),
    female: (&'static str, &'static str),
}

const fn courtesy(language: Language) -> Courtesy {
    let (male, female) = match language {
        Language::En => (("Mr", ""), ("Ms", "")),
        Language::Fr => (("Monsieur", "Monsieur"), ("Madame", "Madame")),
        Language::It => (("Sig.", "Signore"), ("Sig.ra", "Signora")),
        Language::Pt => (("Senhor", "Senhor"), ("Senhora", "Senhora")),
        Language::Es => (("Sr.", "Señor"), ("Sra.", "Señora")),
        Language::Ru => (("господин", ""), ("госпожа", "")),
    };
    Courtesy { male, female }
}

/// The form of `you`.
pub(crate) const fn pronoun(
    language: Language,
    register: Register,
    gender: Option<Gender>,
) -> &'static str {
    match (language, register) {
        (Language::En, _) => "you",
        (Language::Fr, Register::Formal) => "vous",
        (Language::Fr | Language::It, Register::Informal) => "tu",
        (Language::It, Register::Formal) => "Lei",
        (Language::Pt, Register::Formal) => match gender {
            Some(Gender::Female) => "a senhora",
            Some(Gender::Male) => "o senhor",
            Some(Gender::Other) | None => "o(a) senhor(a)",
        },
        (Language::Pt, Register::Informal) => "você",
        (Language::Es, Register::Formal) => "usted",
        (Language::Es, Register::Informal) => "tú",
        (Language::Ru, Register::Formal) => "Вы",
        (Language::Ru, Register::Informal) => "ты",
    }
}

/// The name people who are close use; none where it is not known.
pub(crate) fn informal(name: &Name) -> Option<&str> {
    [name.preferred.as_str(), name.given.as_str()]
        .into_iter()
        .find(|part| !part.is_empty())
}

fn joined(parts: &[&str]) -> String {
    let parts = parts.iter().filter(|part| !part.is_empty());
    parts.copied().collect::<Vec<_>>().join(" ")
}

/// The formal salutation.
pub(crate) fn formal(language: Language, person: Person<'_>) -> Salutation {
    let name = person.name;
    let usual = |text: String| Salutation {
        text,
        reason: Reason::Language,
    };
    let incomplete = |text: String| Salutation {
        text,
        reason: Reason::NameIncomplete,
    };
    let courtesy = courtesy(language);
    let courtesy = match person.gender {
        Some(Gender::Male) => Some(courtesy.male),
        Some(Gender::Female) => Some(courtesy.female),
        Some(Gender::Other) | None => None,
    };
    let (given, family) = (name.given.as_str(), name.family.as_str());
    match language {
        // Name and patronymic; courtesy words only where there is no given name (R32).
        Language::Ru if !given.is_empty() => {
            if name.patronymic.is_empty() {
                incomplete(joined(&[given, family]))
            } else {
                usual(joined(&[given, &name.patronymic]))
            }
        }
        // Courtesy goes with the given name: Dona Maria.
        Language::Pt if !given.is_empty() && (courtesy.is_some() || !name.title.is_empty()) => {
            let before = if !name.title.is_empty() {
                name.title.as_str()
            } else if person.gender == Some(Gender::Female) {
                "Dona"
            } else {
                "Senhor"
            };
            usual(joined(&[before, given]))
        }
        _ if !family.is_empty() && !name.title.is_empty() && language != Language::Ru => {
            usual(joined(&[&name.title, family]))
        }
        _ => match (courtesy, family.is_empty()) {
            (Some((before, _)), false) => usual(joined(&[before, family])),
            (Some((_, alone)), true) if !alone.is_empty() => incomplete(alone.to_owned()),
            // Nobody is called a gender nobody knows: the whole name is polite everywhere.
            (None, false) if !given.is_empty() => usual(joined(&[given, family])),
            _ => incomplete(joined(&[given, family])),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(given: &str, patronymic: &str, family: &str, title: &str) -> Name {
        Name {
            title: title.to_owned(),
            given: given.to_owned(),
            patronymic: patronymic.to_owned(),
            family: family.to_owned(),
            preferred: String::new(),
        }
    }

    const MALE: Option<Gender> = Some(Gender::Male);
    const FEMALE: Option<Gender> = Some(Gender::Female);

    #[test]
    fn six_languages_address_people_as_they_do() {
        let cote = name("Jean", "", "Côté", "");
        let rossi = name("Anna", "", "Rossi", "");
        let maria = name("Maria", "", "Silva", "");
        let ivan = name("Иван", "Петрович", "Сидоров", "");
        for (language, gender, name, expected) in [
            (Language::Fr, MALE, &cote, "Monsieur Côté"),
            (Language::Fr, FEMALE, &rossi, "Madame Rossi"),
            (Language::Fr, None, &cote, "Jean Côté"),
            (Language::Fr, Some(Gender::Other), &cote, "Jean Côté"),
            (Language::En, MALE, &cote, "Mr Côté"),
            (Language::En, FEMALE, &rossi, "Ms Rossi"),
            (Language::It, FEMALE, &rossi, "Sig.ra Rossi"),
            (Language::It, MALE, &cote, "Sig. Côté"),
            (Language::Pt, FEMALE, &maria, "Dona Maria"),
            (Language::Pt, MALE, &cote, "Senhor Jean"),
            (Language::Pt, None, &maria, "Maria Silva"),
            (Language::Es, FEMALE, &maria, "Sra. Silva"),
            (Language::Es, MALE, &cote, "Sr. Côté"),
            (Language::Ru, MALE, &ivan, "Иван Петрович"),
            (Language::Ru, None, &ivan, "Иван Петрович"),
        ] {
            let made = formal(language, Person { name, gender });
            assert_eq!(
                (made.text.as_str(), made.reason),
                (expected, Reason::Language),
                "{language}"
            );
        }
    }

    #[test]
    fn titles_are_used_where_the_language_uses_them() {
        let doctor = name("Jean", "", "Roy", "Dr");
        let made = |language| {
            formal(
                language,
                Person {
                    name: &doctor,
                    gender: MALE,
                },
            )
            .text
        };
        assert_eq!(made(Language::Fr), "Dr Roy");
        assert_eq!(made(Language::Pt), "Dr Jean");
        let ivan = name("Иван", "Петрович", "Сидоров", "д-р");
        let person = Person {
            name: &ivan,
            gender: MALE,
        };
        assert_eq!(formal(Language::Ru, person).text, "Иван Петрович");
    }

    #[test]
    fn missing_parts_have_a_fallback_and_say_so() {
        let only_given = name("Anne", "", "", "");
        let only_family = name("", "", "Петров", "");
        let no_patronymic = name("Иван", "", "Петров", "");
        for (language, gender, name, expected) in [
            (Language::Fr, FEMALE, &only_given, "Madame"),
            (Language::It, FEMALE, &only_given, "Signora"),
            (Language::Es, MALE, &only_given, "Señor"),
            (Language::En, FEMALE, &only_given, "Anne"),
            (Language::Fr, None, &only_given, "Anne"),
            (Language::Ru, MALE, &no_patronymic, "Иван Петров"),
            (Language::Ru, None, &only_family, "Петров"),
        ] {
            let made = formal(language, Person { name, gender });
            assert_eq!(
                (made.text.as_str(), made.reason),
                (expected, Reason::NameIncomplete),
                "{language}"
            );
        }
        let person = |gender| Person {
            name: &only_family,
            gender,
        };
        assert_eq!(formal(Language::Ru, person(MALE)).text, "господин Петров");
        assert_eq!(formal(Language::Pt, person(FEMALE)).text, "Senhora Петров");
    }
}
