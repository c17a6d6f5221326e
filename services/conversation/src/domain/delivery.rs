//! What becomes of a message after its provider took it. Providers tell it in any order, more than
//! once, or never: what was told never goes back.

use super::{Reason, State};

/// What a provider tells of a message it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// It has the message.
    Accepted,
    /// A carrier took it, or the phone was answered.
    Sent,
    /// It will not arrive.
    Failed(Reason),
    /// It arrived.
    Delivered,
}

impl News {
    /// The state the news brings.
    pub(crate) const fn state(self) -> State {
        match self {
            Self::Accepted => State::Accepted,
            Self::Sent => State::Sent,
            Self::Failed(_) => State::Failed,
            Self::Delivered => State::Delivered,
        }
    }

    /// Why, where the state needs a reason.
    pub(crate) const fn reason(self) -> Option<Reason> {
        match self {
            Self::Failed(reason) => Some(reason),
            Self::Accepted | Self::Sent | Self::Delivered => None,
        }
    }
}

/// How far a state is. An arrival outranks a failure: that something arrived is known, that it
/// did not is a guess, and one order of the two is needed for all orders of news to end alike.
const fn rank(state: State) -> u8 {
    match state {
        State::Queued | State::Sending | State::Ambiguous | State::Expired | State::Held => 0,
        State::Accepted => 1,
        State::Sent => 2,
        State::Failed => 3,
        State::Delivered => 4,
    }
}

/// Whether news leads further than a message is.
pub(crate) const fn advances(state: State, news: News) -> bool {
    rank(news.state()) > rank(state)
}

/// Whether the provider was known to have the message already.
pub(crate) const fn is_taken(state: State) -> bool {
    matches!(state, State::Accepted | State::Sent | State::Delivered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn news() -> impl Strategy<Value = News> {
        prop_oneof![
            Just(News::Accepted),
            Just(News::Sent),
            Just(News::Failed(Reason::NotDelivered)),
            Just(News::Delivered),
        ]
    }

    fn begin() -> impl Strategy<Value = State> {
        prop_oneof![
            Just(State::Sending),
            Just(State::Ambiguous),
            Just(State::Accepted),
        ]
    }

    fn after(begin: State, told: &[News]) -> State {
        told.iter().fold(begin, |state, news| {
            if advances(state, *news) {
                news.state()
            } else {
                state
            }
        })
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_ends_alike(
            begin in begin(),
            told in prop::collection::vec(news(), 1..8),
            shuffled in any::<prop::sample::Index>(),
            again in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let expected = after(begin, &told);
            let mut other = told.clone();
            for index in again {
                other.push(told[index.index(told.len())]);
            }
            let middle = shuffled.index(other.len());
            other.rotate_left(middle);
            other.reverse();
            prop_assert_eq!(after(begin, &other), expected);
            let twice: Vec<_> = other.iter().chain(&told).copied().collect();
            prop_assert_eq!(after(begin, &twice), expected);
        }

        #[test]
        fn nothing_goes_back(begin in begin(), told in prop::collection::vec(news(), 0..8)) {
            let mut state = begin;
            for one in told {
                let next = after(state, &[one]);
                prop_assert!(rank(next) >= rank(state));
                state = next;
            }
        }
    }
}
