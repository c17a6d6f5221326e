//! Which channel to use, which to spare the patient, and which is closed.

use super::Reason;
use super::generation::Habits;
use crate::domain::{ContactChannel, ContactPoint, ContactPointKind, LineType, UnreachableReason};
use bitewing_core::ConsentId;

/// Channels an address leads to, in the order in which nothing else decides.
pub(crate) const ADDRESSED: [ContactChannel; 7] = [
    ContactChannel::Sms,
    ContactChannel::Email,
    ContactChannel::Call,
    ContactChannel::Whatsapp,
    ContactChannel::Telegram,
    ContactChannel::Viber,
    ContactChannel::Social,
];

/// From how many messages of a channel something is learned (own: fewer tell nothing).
const ENOUGH: u32 = 3;

/// How often messages of a channel were answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answers {
    pub(crate) channel: ContactChannel,
    pub(crate) answered: u32,
    pub(crate) ignored: u32,
}

impl Answers {
    /// In thousandths; one answer and one silence are added, so that few say little (Laplace).
    const fn rate(self) -> u32 {
        (self.answered + 1) * 1_000 / (self.answered + self.ignored + 2)
    }

    const fn is_good(self) -> bool {
        self.answered + self.ignored >= ENOUGH && self.rate() >= 600
    }

    const fn is_bad(self) -> bool {
        self.answered + self.ignored >= ENOUGH && self.rate() <= 300
    }
}

/// Why a channel is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    NoAddress,
    Unreachable,
    Landline,
    RefusedByPatient,
    Revoked,
    AddressSuppressed,
    NoConsent,
    DoNotContact,
    Deceased,
}

/// What the choice is made from.
pub(crate) struct Input<'a> {
    pub(crate) preferred: &'a [ContactChannel],
    pub(crate) answers: &'a [Answers],
    pub(crate) habits: Option<&'static Habits>,
    pub(crate) closed: &'a [(ContactChannel, Obstacle, Option<ConsentId>)],
}

/// The choice.
#[derive(Debug, PartialEq, Eq, Default)]
pub(crate) struct Choice {
    /// The best first.
    pub(crate) channels: Vec<(ContactChannel, Reason)>,
    /// Possible, but they annoy (R30).
    pub(crate) avoid: Vec<(ContactChannel, Reason)>,
}

/// Chooses.
pub(crate) fn choose(input: &Input<'_>) -> Choice {
    let open =
        |channel: &ContactChannel| !input.closed.iter().any(|(closed, ..)| closed == channel);
    let mut choice = Choice::default();
    let add = |list: &mut Vec<(ContactChannel, Reason)>, channel, reason| {
        if !list.iter().any(|(known, _)| *known == channel) {
            list.push((channel, reason));
        }
    };
    for channel in input.preferred.iter().copied().filter(open) {
        add(&mut choice.channels, channel, Reason::Personal);
    }
    let mut learned: Vec<Answers> = input
        .answers
        .iter()
        .copied()
        .filter(|answers| open(&answers.channel))
        .collect();
    learned.sort_by_key(|answers| std::cmp::Reverse(answers.rate()));
    for answers in learned.iter().filter(|answers| answers.is_good()) {
        add(&mut choice.channels, answers.channel, Reason::Learned);
    }
    let avoided = learned
        .iter()
        .filter(|answers| answers.is_bad())
        .map(|answers| (answers.channel, Reason::Learned))
        .chain(
            input
                .habits
                .into_iter()
                .flat_map(|habits| &habits.avoid)
                .map(|channel| (*channel, Reason::Generation)),
        );
    for (channel, reason) in avoided.filter(|(channel, _)| is_addressed(*channel) && open(channel))
    {
        if !choice.channels.iter().any(|(known, _)| *known == channel) {
            add(&mut choice.avoid, channel, reason);
        }
    }
    let rest = input
        .habits
        .into_iter()
        .flat_map(|habits| &habits.order)
        .map(|channel| (*channel, Reason::Generation))
        .chain(ADDRESSED.map(|channel| (channel, Reason::Default)));
    for (channel, reason) in rest.filter(|(channel, _)| is_addressed(*channel) && open(channel)) {
        if !choice.avoid.iter().any(|(known, _)| *known == channel) {
            add(&mut choice.channels, channel, reason);
        }
    }
    choice
}

fn is_addressed(channel: ContactChannel) -> bool {
    ADDRESSED.contains(&channel)
}

/// The contact points that a channel may use, whether they work or not.
pub(crate) fn serves(point: &ContactPoint, channel: ContactChannel) -> bool {
    let address = &point.address;
    match channel {
        ContactChannel::Sms | ContactChannel::Call => address.kind == ContactPointKind::Phone,
        ContactChannel::Email => address.kind == ContactPointKind::Email,
        // WhatsApp and Viber reach mobiles by their number as well as by their own identifiers.
        ContactChannel::Whatsapp | ContactChannel::Viber => {
            address.channel == Some(channel)
                || address.kind == ContactPointKind::Phone && point.line == Some(LineType::Mobile)
        }
        ContactChannel::Telegram | ContactChannel::Social => address.channel == Some(channel),
        ContactChannel::Webchat | ContactChannel::Letter | ContactChannel::InPerson => false,
    }
}

/// What of the addresses keeps a channel closed; none if one of them will do.
pub(crate) fn blocked_by_addresses(
    points: &[ContactPoint],
    channel: ContactChannel,
) -> Option<Obstacle> {
    let mut usable: Vec<_> = points
        .iter()
        .filter(|point| serves(point, channel))
        .collect();
    if usable.is_empty() {
        return Some(Obstacle::NoAddress);
    }
    if channel == ContactChannel::Sms {
        usable.retain(|point| point.line != Some(LineType::Landline));
        if usable.is_empty() {
            return Some(Obstacle::Landline);
        }
    }
    let works = usable.iter().any(|point| match point.unreachable {
        None => true,
        Some(state) => {
            channel == ContactChannel::Call && state.reason == UnreachableReason::NoTexts
        }
    });
    (!works).then_some(Obstacle::Unreachable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Generation;
    use crate::domain::guide::generation::habits_of;

    fn input(habits: Option<&'static Habits>) -> Input<'static> {
        Input {
            preferred: &[],
            answers: &[],
            habits,
            closed: &[],
        }
    }

    fn first(choice: &Choice) -> (ContactChannel, Reason) {
        choice.channels[0]
    }

    #[test]
    fn generations_have_their_first_channel_and_the_one_they_dislike() {
        for (generation, best, disliked) in [
            (
                Generation::Boomer,
                ContactChannel::Call,
                ContactChannel::Sms,
            ),
            (Generation::X, ContactChannel::Email, ContactChannel::Social),
            (
                Generation::Millennial,
                ContactChannel::Sms,
                ContactChannel::Call,
            ),
            (
                Generation::Z,
                ContactChannel::Whatsapp,
                ContactChannel::Call,
            ),
        ] {
            let choice = choose(&input(Some(habits_of(generation))));
            assert_eq!(first(&choice), (best, Reason::Generation));
            assert!(choice.avoid.contains(&(disliked, Reason::Generation)));
            assert!(
                choice
                    .channels
                    .iter()
                    .all(|(channel, _)| *channel != disliked)
            );
        }
    }

    #[test]
    fn personal_beats_learned_beats_generation() {
        let habits = Some(habits_of(Generation::Boomer));
        let answers = [
            Answers {
                channel: ContactChannel::Email,
                answered: 5,
                ignored: 0,
            },
            Answers {
                channel: ContactChannel::Call,
                answered: 0,
                ignored: 6,
            },
        ];
        let learned = choose(&Input {
            answers: &answers,
            ..input(habits)
        });
        assert_eq!(first(&learned), (ContactChannel::Email, Reason::Learned));
        assert!(
            learned
                .avoid
                .contains(&(ContactChannel::Call, Reason::Learned))
        );

        let said = choose(&Input {
            preferred: &[ContactChannel::Sms, ContactChannel::Call],
            answers: &answers,
            ..input(habits)
        });
        let order: Vec<_> = said.channels.iter().take(3).copied().collect();
        assert_eq!(
            order,
            [
                (ContactChannel::Sms, Reason::Personal),
                (ContactChannel::Call, Reason::Personal),
                (ContactChannel::Email, Reason::Learned)
            ]
        );
        assert!(said.avoid.is_empty());
    }

    #[test]
    fn few_answers_teach_nothing() {
        let answers = [Answers {
            channel: ContactChannel::Call,
            answered: 2,
            ignored: 0,
        }];
        let choice = choose(&Input {
            answers: &answers,
            ..input(Some(habits_of(Generation::Z)))
        });
        assert!(
            choice
                .avoid
                .contains(&(ContactChannel::Call, Reason::Generation))
        );
    }

    #[test]
    fn closed_channels_are_neither_chosen_nor_avoided() {
        let closed = [(ContactChannel::Call, Obstacle::Revoked, None)];
        let choice = choose(&Input {
            preferred: &[ContactChannel::Call],
            closed: &closed,
            ..input(Some(habits_of(Generation::Z)))
        });
        let all = choice.channels.iter().chain(&choice.avoid);
        assert!(
            all.into_iter()
                .all(|(channel, _)| *channel != ContactChannel::Call)
        );
    }

    #[test]
    fn without_a_generation_the_order_is_the_default() {
        let choice = choose(&input(None));
        assert_eq!(first(&choice), (ContactChannel::Sms, Reason::Default));
        assert_eq!(choice.channels.len(), ADDRESSED.len());
    }
}
