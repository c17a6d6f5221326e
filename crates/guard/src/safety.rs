//! Rules that raise: where missing something harms, a concept is enough, and the model cannot lower it.

use std::ops::Range;

use crate::corpus::{RedFlag, Urgency};
use crate::lexicon::{Lexicon, Mention};
use crate::reading::Reading;
use crate::structure::Case;
use crate::verdict::{Analysis, Outcome};

/// A sign of danger that is neither denied nor over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flag {
    pub(crate) kind: RedFlag,
    /// The concept's name.
    pub(crate) concept: &'static str,
    /// Where, in characters of the folded text.
    pub(crate) chars: Range<usize>,
}

/// Concepts that are signs of danger.
const FLAGS: [(&str, RedFlag); 8] = [
    ("bleeding", RedFlag::Bleeding),
    ("fever", RedFlag::Fever),
    ("swelling", RedFlag::Swelling),
    ("severe", RedFlag::SeverePain),
    ("breathing", RedFlag::Breathing),
    ("trauma", RedFlag::Trauma),
    ("infection", RedFlag::SpreadingInfection),
    ("reaction", RedFlag::DrugReaction),
];

struct Concepts<'a> {
    reading: &'a Reading,
    lexicon: &'a Lexicon,
}

impl<'a> Concepts<'a> {
    fn all(&self, name: &str) -> impl Iterator<Item = &'a Mention> {
        let id = self.lexicon.id(name);
        self.reading
            .mentions
            .iter()
            .filter(move |mention| Some(mention.concept) == id)
    }

    fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// «no fever», «the bleeding stopped», «a fever last year».
    fn denied(&self, mention: &Mention) -> bool {
        let list = self.reading.words.list();
        let negated = self.all("negation").any(|no| {
            no.end <= mention.first
                && mention.first - no.end <= 2
                && list[no.first].clause == list[mention.first].clause
        });
        let sentence = list[mention.first].sentence;
        let over = ["resolved", "past"].iter().any(|name| {
            self.all(name)
                .any(|other| list[other.first].sentence == sentence)
        });
        negated || over
    }
}

/// The signs of danger in a message, in the order of the text.
pub(crate) fn red_flags(reading: &Reading, lexicon: &Lexicon) -> Vec<Flag> {
    let concepts = Concepts { reading, lexicon };
    let list = reading.words.list();
    let mut flags = Vec::new();
    for (concept, kind) in FLAGS {
        if let Some(mention) = concepts
            .all(concept)
            .find(|mention| !concepts.denied(mention))
        {
            flags.push(Flag {
                kind,
                concept,
                chars: list[mention.first].start..list[mention.end - 1].end,
            });
        }
    }
    flags.sort_by_key(|flag| flag.chars.start);
    flags
}

/// Whether the signs together are urgent whatever the model thinks: two of different kinds, or one beside
/// what makes it grave.
pub(crate) fn is_red(flags: &[Flag], reading: &Reading, lexicon: &Lexicon) -> bool {
    let concepts = Concepts { reading, lexicon };
    if concepts.has("mild") || concepts.has("past") || concepts.has("resolved") {
        return false;
    }
    let has = |kind: RedFlag| flags.iter().any(|flag| flag.kind == kind);
    let local = concepts.has("mouth") || concepts.has("postop") || concepts.has("pain");
    let grave = [
        RedFlag::Breathing,
        RedFlag::Swelling,
        RedFlag::Fever,
        RedFlag::Bleeding,
    ]
    .into_iter()
    .filter(|kind| has(*kind))
    .count();
    grave >= 2
        || has(RedFlag::SeverePain) && (grave >= 1 || concepts.has("pain"))
        || has(RedFlag::DrugReaction) && (has(RedFlag::Swelling) || has(RedFlag::Breathing))
        || has(RedFlag::Trauma) && has(RedFlag::Bleeding) && local
}

/// A message that is nothing but a word carriers treat as a wish to receive nothing more.
pub(crate) fn opt_out_word(reading: &Reading, lexicon: &Lexicon) -> Option<Range<usize>> {
    let concepts = Concepts { reading, lexicon };
    let count = reading.words.list().len();
    let whole = |mention: &&Mention| mention.first == 0 && mention.end == count;
    let mention = concepts.all("opt_keyword").find(whole)?;
    let list = reading.words.list();
    Some(list[mention.first].start..list[mention.end - 1].end)
}

/// Any drug or dose in free text of somebody who may not prescribe waits for the dentist (R64), unless a drug
/// is only named while the patient is sent to the dentist.
pub(crate) fn clinical(case: &mut Case<'_>) {
    if case.context.operator_role.is_clinician() {
        return;
    }
    let concepts = Concepts {
        reading: case.reading,
        lexicon: case.lexicon,
    };
    let (drug, dose, take) = (
        concepts.has("drug"),
        concepts.has("dose"),
        concepts.has("take"),
    );
    // «Your prescription for amoxicillin is with the pharmacist, as the dentist said» instructs nobody.
    let passed_on = concepts.has("defer") && !dose && !take;
    if !(drug && !passed_on || dose && take) {
        return;
    }
    let bytes = case.mention("drug").or_else(|| case.mention("dose"));
    case.found("clinical.drug", bytes, "guard.clinical.drug", None);
}

/// The answer to a sign of danger asks the patient to come in (R65).
pub(crate) fn reply(case: &mut Case<'_>, asked: &Analysis, outcomes: &mut Vec<Outcome>) {
    if asked.red_flags.is_empty() && asked.urgency != Urgency::Urgent {
        return;
    }
    outcomes.push(Outcome::AskToComeIn);
    outcomes.push(Outcome::NotifyDentist);
    if !case.mentions("defer") && !case.mentions("appointment") {
        case.found(
            "clinical.symptom_unanswered",
            None,
            "guard.clinical.symptom_unanswered",
            None,
        );
    }
}

/// What decides over what has to happen.
pub(crate) struct Inputs {
    pub(crate) urgency: Urgency,
    pub(crate) fever: bool,
    pub(crate) harassment: bool,
    pub(crate) angry: bool,
    pub(crate) opt_out: bool,
    pub(crate) sure_opt_out: bool,
    pub(crate) unsure: bool,
    pub(crate) recent: bool,
}

/// What has to happen; more is never lost by being unsure.
pub(crate) fn outcomes(inputs: &Inputs) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    match inputs.urgency {
        Urgency::Urgent => outcomes.push(Outcome::PageOnCall),
        Urgency::Soon => outcomes.push(Outcome::RaisePriority),
        Urgency::None => {}
    }
    if inputs.fever || inputs.urgency == Urgency::Urgent {
        outcomes.extend([Outcome::AskToComeIn, Outcome::NotifyDentist]);
    }
    if inputs.harassment {
        outcomes.push(Outcome::SealEvidence);
    }
    if inputs.opt_out {
        outcomes.push(if inputs.sure_opt_out {
            Outcome::OptOut
        } else {
            Outcome::ConfirmOptOut
        });
    }
    if inputs.angry {
        outcomes.push(Outcome::CoolDown);
    }
    if inputs.unsure || inputs.recent || inputs.harassment {
        outcomes.push(Outcome::PersonFirst);
    }
    outcomes
}
