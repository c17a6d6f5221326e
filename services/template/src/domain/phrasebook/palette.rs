//! The values wordings may place: in which form each is sent, and what is said without it.

/// The form a value is sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One line.
    Text,
    /// One line that is said figure by figure.
    Phone,
    /// Several lines.
    Lines,
    /// A day that is near, said with its weekday.
    Date,
    /// A day that may be far, said with its year.
    Day,
    /// A time of day.
    Time,
    /// A day with its time.
    Moment,
    /// A day with its time, said as today's or tomorrow's.
    Phrase,
    /// A span of minutes.
    Minutes,
    /// An amount of money.
    Amount,
    /// Two amounts of money (R77: never one final price).
    Range,
}

impl Form {
    /// The stable name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Phone => "text",
            Self::Lines => "lines",
            Self::Date | Self::Day => "date",
            Self::Time => "time",
            Self::Moment => "moment",
            Self::Phrase => "phrase",
            Self::Minutes => "minutes",
            Self::Amount => "amount",
            Self::Range => "range",
        }
    }
}

/// What is said where no value is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fallback {
    /// Nothing may be: the message is refused.
    Refuse,
    /// The greeting without a name.
    Neutral,
    /// The sentence is left out: the value is one.
    Nothing,
    /// Another value.
    Other(&'static str),
    /// A word that means the same everywhere.
    Word(&'static str),
}

impl Fallback {
    /// The stable name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Refuse => "",
            Self::Neutral => "neutral",
            Self::Nothing => "nothing",
            Self::Other(name) | Self::Word(name) => name,
        }
    }
}

/// A value wordings may place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    pub(crate) fallback: Fallback,
}

const fn v(name: &'static str, form: Form, fallback: Fallback) -> Variable {
    Variable {
        name,
        form,
        fallback,
    }
}

/// All of them. The words that stop and start messages are those every carrier in North America honours
/// (CTIA, Messaging Principles and Best Practices, 5.1.3).
const PALETTE: &[Variable] = {
    use Fallback::{Neutral, Nothing, Other, Refuse, Word};
    use Form::{Amount, Date, Day, Lines, Minutes, Moment, Phone, Phrase, Range, Text, Time};
    &[
        v("patient.salutation", Text, Neutral),
        v("guardian.salutation", Text, Neutral),
        v("patient.first_name", Text, Refuse),
        v("clinic.name", Text, Refuse),
        v("clinic.phone", Phone, Refuse),
        v("clinic.urgent_phone", Phone, Other("clinic.phone")),
        v("clinic.address", Text, Refuse),
        v("clinic.opens_at", Phrase, Refuse),
        v("operator.name", Text, Refuse),
        v("operator.role", Text, Refuse),
        v("callback.time", Phrase, Refuse),
        v("reply.within", Minutes, Refuse),
        v("appointment.date", Date, Refuse),
        v("appointment.time", Time, Refuse),
        v("appointment.dentist", Text, Refuse),
        v("slot.first", Moment, Refuse),
        v("slot.second", Moment, Refuse),
        v("balance.amount", Amount, Refuse),
        v("balance.due", Day, Refuse),
        v("recall.service", Text, Refuse),
        v("instruction.title", Text, Refuse),
        v("instruction.body", Lines, Refuse),
        v("price.service", Text, Refuse),
        v("price.range", Range, Refuse),
        v("price.conditions", Text, Nothing),
        v("price.valid_until", Day, Refuse),
        v("preferences.url", Text, Refuse),
        v("feedback.url", Text, Refuse),
        v("opt_out.word", Text, Word("STOP")),
        v("opt_in.word", Text, Word("START")),
        v("emergency.number", Phone, Refuse),
    ]
};

/// The variable of a name.
pub(crate) fn variable(name: &str) -> Option<&'static Variable> {
    PALETTE.iter().find(|variable| variable.name == name)
}
