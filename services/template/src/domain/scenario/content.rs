//! What a scenario holds, checked when it is written.

use super::Spot;
use super::words::{Word, lexemes, words};
use crate::domain::phrasebook::{Medium, Occasion, Register, check};
use crate::domain::{Flaw, Part};
use bitewing_rpc::field::{self, FieldError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Characters of a title.
const MAX_TITLE: usize = 120;
/// Examples of what patients write.
const MAX_EXAMPLES: usize = 50;
/// Characters of an example and of a step.
const MAX_LINE: usize = 300;
/// Suggested answers.
const MAX_ANSWERS: usize = 20;
/// Characters of an answer.
const MAX_ANSWER: usize = 2_000;
/// Steps of a playbook.
const MAX_STEPS: usize = 20;

/// What answers may place. They are no kind of wording, for they are a start for staff and are never sent as they are.
static OCCASION: LazyLock<Occasion> = LazyLock::new(|| {
    toml::from_str(
        r#"source = "R75, R76, R77"
        says = "A suggested answer, for staff to edit and send."
        purpose = "care"
        channels = ["chat"]
        variables = ["patient.salutation", "patient.first_name", "clinic.name", "clinic.phone",
            "clinic.urgent_phone", "clinic.address", "clinic.opens_at", "operator.name", "operator.role",
            "slot.first", "slot.second", "reply.within", "emergency.number", "price.service", "price.range",
            "price.conditions", "price.valid_until"]
        required = []"#,
    )
    .expect("a test reads it")
});

/// The occasion answers are checked and filled in for.
pub(super) fn occasion() -> &'static Occasion {
    &OCCASION
}

/// What a step of a playbook is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StepKind {
    Acknowledge,
    AskCause,
    RecordCause,
    NameOwner,
    CloseLoop,
    ComeIn,
    TellDentist,
    PageOnCall,
    Call,
    QuoteRange,
    OfferSlot,
    Other,
}

/// A step of a playbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) kind: StepKind,
    pub(crate) text: String,
}

/// A suggested answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) register: Register,
    pub(crate) body: String,
}

/// What a scenario holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) title: String,
    pub(crate) examples: Vec<String>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) steps: Vec<Step>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ContentFlaw {
    Field(FieldError),
    /// A flaw of an answer's words.
    Words(Flaw),
    Twice,
}

impl Content {
    /// Reads content, noting every flaw below the field's path.
    pub(crate) fn parse(sent: Self) -> Result<Self, Vec<(String, ContentFlaw)>> {
        let mut flaws = Vec::new();
        let mut line = |path: String, text: &str, most: usize| match field::text(text, 1..=most) {
            Ok(text) => text,
            Err(error) => {
                flaws.push((path, ContentFlaw::Field(error)));
                String::new()
            }
        };
        let title = line("title".to_owned(), &sent.title, MAX_TITLE);
        let examples: Vec<String> = sent
            .examples
            .iter()
            .take(MAX_EXAMPLES)
            .enumerate()
            .map(|(index, text)| line(format!("examples[{index}]"), text, MAX_LINE))
            .collect();
        let steps: Vec<Step> = sent
            .steps
            .iter()
            .take(MAX_STEPS)
            .enumerate()
            .map(|(index, step)| Step {
                kind: step.kind,
                text: line(format!("steps[{index}].text"), &step.text, MAX_LINE),
            })
            .collect();
        let mut answers: Vec<Answer> = Vec::new();
        for (index, answer) in sent.answers.iter().take(MAX_ANSWERS).enumerate() {
            let path = format!("answers[{index}].body");
            if answer.body.chars().nth(MAX_ANSWER).is_some() {
                let wrong = FieldError::Length {
                    min: 1,
                    max: MAX_ANSWER,
                };
                flaws.push((path, ContentFlaw::Field(wrong)));
                continue;
            }
            match check(occasion(), Medium::Chat, "", &answer.body) {
                Ok(words) if answers.iter().any(|known| known.body == words.body) => {
                    flaws.push((path, ContentFlaw::Twice));
                }
                Ok(words) => answers.push(Answer {
                    register: answer.register,
                    body: words.body,
                }),
                Err(wrong) => flaws.extend(wrong.into_iter().map(|flaw| {
                    let of_subject = matches!(flaw.part, Part::Subject);
                    debug_assert!(!of_subject, "answers have no subject");
                    (path.clone(), ContentFlaw::Words(flaw))
                })),
            }
        }
        let lists = [
            ("examples", sent.examples.len(), MAX_EXAMPLES, true),
            ("answers", sent.answers.len(), MAX_ANSWERS, true),
            ("steps", sent.steps.len(), MAX_STEPS, false),
        ];
        for (path, count, most, required) in lists {
            if count > most {
                flaws.push((
                    path.to_owned(),
                    ContentFlaw::Field(FieldError::TooMany(most)),
                ));
            } else if required && count == 0 {
                flaws.push((path.to_owned(), ContentFlaw::Field(FieldError::Required)));
            }
        }
        if flaws.is_empty() {
            Ok(Self {
                title,
                examples,
                answers,
                steps,
            })
        } else {
            Err(flaws)
        }
    }

    /// The words of each example.
    pub(super) fn example_words(&self, spot: &Spot) -> Vec<Vec<Word>> {
        let words = |example: &String| words(example, spot.locale);
        self.examples.iter().map(words).collect()
    }

    /// The lexemes the scenario is found by, each with the share of the examples that hold it.
    pub(crate) fn index(&self, spot: &Spot) -> BTreeMap<String, f32> {
        let mut index: BTreeMap<String, f32> = BTreeMap::new();
        let share = 1.0 / self.examples.len().max(1) as f32;
        for words in self.example_words(spot) {
            let mut of_example: Vec<&str> = words.iter().flat_map(lexemes).collect();
            of_example.sort_unstable();
            of_example.dedup();
            for lexeme in of_example {
                *index.entry(lexeme.to_owned()).or_default() += share;
            }
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content {
        Content {
            title: "Price".to_owned(),
            examples: vec!["how much".to_owned()],
            answers: vec![Answer {
                register: Register::Formal,
                body: "{{ price.service }}: {{ price.range }}".to_owned(),
            }],
            steps: Vec::new(),
        }
    }

    fn paths(content: Content) -> Vec<String> {
        let flaws = Content::parse(content).err().unwrap_or_default();
        flaws.into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn every_flaw_is_named_with_its_path() {
        assert!(paths(content()).is_empty());
        let mut wrong = content();
        wrong.title.clear();
        wrong.examples.push("\u{202e}".to_owned());
        wrong.answers.push(wrong.answers[0].clone());
        wrong.answers.push(Answer {
            register: Register::Formal,
            body: "{{ price.rnage }}".to_owned(),
        });
        assert_eq!(
            paths(wrong),
            ["title", "examples[1]", "answers[1].body", "answers[2].body"]
        );
        let empty = Content {
            examples: Vec::new(),
            answers: Vec::new(),
            ..content()
        };
        assert_eq!(paths(empty), ["examples", "answers"]);
        let mut long = content();
        long.answers[0].body = "x".repeat(1 << 20);
        long.examples = vec!["x".to_owned(); 51];
        assert_eq!(paths(long), ["answers[0].body", "examples"]);
    }

    #[test]
    fn a_word_weighs_by_the_examples_that_hold_it() {
        let mut content = content();
        content.examples.push("how often".to_owned());
        let spot = Spot {
            locale: crate::domain::phrasebook::Locale::En,
            intent: crate::domain::Key::parse("price").unwrap(),
            service: None,
        };
        let index = content.index(&spot);
        assert_eq!((index["how"], index["much"]), (1.0, 0.5));
    }
}
