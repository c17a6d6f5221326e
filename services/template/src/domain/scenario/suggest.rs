//! Answers, filled in: a start for staff, who do not send the same text twice (R71, R75).

use super::Scenario;
use super::content::occasion;
use super::words::words;
use crate::domain::phrasebook::{FillError, Given, Medium, Place, Register, Words, fill};

/// The share of its words that makes a text the same as one before.
const SAME: f32 = 0.8;

/// A suggested answer.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Suggested {
    pub(crate) body: String,
    /// Empty where values are missing.
    pub(crate) text: String,
    pub(crate) missing: Vec<&'static str>,
    pub(crate) sent_before: bool,
}

/// Fills the answers of a register in, what was not sent before first. Formal answers stand in where there are no informal
/// ones; nobody is addressed less formally than wanted.
pub(crate) fn suggest(
    scenario: &Scenario,
    register: Register,
    given: &Given,
    sent_before: &[String],
) -> Result<Vec<Suggested>, FillError> {
    let locale = scenario.spot.locale;
    let of = |register: Register| {
        let answers = scenario.content.answers.iter();
        answers.filter(move |answer| answer.register == register)
    };
    let used = if of(register).next().is_some() {
        register
    } else {
        Register::Formal
    };
    let place = Place {
        locale,
        register: used,
        medium: Medium::Chat,
    };
    let sent: Vec<_> = sent_before.iter().map(|text| words(text, locale)).collect();
    let mut suggested = Vec::new();
    for answer in of(used) {
        let written = Words {
            subject: String::new(),
            body: answer.body.clone(),
        };
        let (text, missing) = match fill(occasion(), place, &written, given) {
            Ok(message) => (message.text, Vec::new()),
            Err(FillError::Values(wrong)) if wrong.iter().all(|(_, error)| error.is_none()) => (
                String::new(),
                wrong.into_iter().map(|(name, _)| name).collect(),
            ),
            Err(error) => return Err(error),
        };
        let said = words(&text, locale);
        let same = |before: &Vec<super::words::Word>| {
            let shared = said.iter().filter(|word| before.contains(word)).count();
            let most = said.len().max(before.len());
            most > 0 && shared as f32 / most as f32 >= SAME
        };
        suggested.push(Suggested {
            sent_before: sent.iter().any(same),
            body: answer.body.clone(),
            text,
            missing,
        });
    }
    suggested.sort_by_key(|answer| (answer.sent_before, !answer.missing.is_empty()));
    Ok(suggested)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Key;
    use crate::domain::phrasebook::{Locale, sample};
    use crate::domain::scenario::{Answer, Content, Spot};

    fn scenario() -> Scenario {
        let answer = |register, body: &str| Answer {
            register,
            body: body.to_owned(),
        };
        Scenario {
            spot: Spot {
                locale: Locale::En,
                intent: Key::parse("hours").unwrap(),
                service: None,
            },
            content: Content {
                title: "Hours".to_owned(),
                examples: vec!["when are you open".to_owned()],
                answers: vec![
                    answer(
                        Register::Formal,
                        "{{ patient.salutation }}, we open at eight every single morning.",
                    ),
                    answer(
                        Register::Formal,
                        "Our doors are open from eight; {{ clinic.phone }} answers then.",
                    ),
                ],
                steps: Vec::new(),
            },
            owned: None,
        }
    }

    #[test]
    fn the_same_text_is_not_offered_twice_in_a_row() {
        let given = sample(Locale::En, Register::Formal);
        let first = suggest(&scenario(), Register::Formal, &given, &[])
            .ok()
            .unwrap();
        assert!(first[0].text.starts_with("Mr. Miller, we open"));
        // Staff changed a word.
        let sent = [first[0].text.replace("single ", "")];
        let next = suggest(&scenario(), Register::Formal, &given, &sent)
            .ok()
            .unwrap();
        assert_eq!(next[0].body, first[1].body);
        assert_eq!((next[0].sent_before, next[1].sent_before), (false, true));
    }

    #[test]
    fn formal_words_stand_in_and_missing_values_are_named() {
        let answers = suggest(&scenario(), Register::Informal, &Given::default(), &[])
            .ok()
            .unwrap();
        // Without a salutation the greeting goes, and nothing is missing.
        assert_eq!(answers[0].text, "We open at eight every single morning.");
        assert_eq!(
            (answers[1].missing.as_slice(), answers[1].text.as_str()),
            (&["clinic.phone"][..], "")
        );
        let mut informal = scenario();
        for answer in &mut informal.content.answers {
            answer.register = Register::Informal;
        }
        assert!(
            suggest(&informal, Register::Formal, &Given::default(), &[])
                .ok()
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn values_that_cannot_be_said_are_refused() {
        let mut given = sample(Locale::En, Register::Formal);
        given
            .values
            .insert("clinic.phone".to_owned(), "{{ x }}".to_owned());
        assert!(suggest(&scenario(), Register::Formal, &given, &[]).is_err());
    }
}
