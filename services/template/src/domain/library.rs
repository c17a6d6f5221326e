//! The wordings that come with the product, in the formal register of each language.
//!
//! One file per slot under `library/`; an e-mail's first line is its subject.

use super::{Channel, Kind, Slot, Wording};
use bitewing_core::Language;
use std::collections::BTreeMap;
use std::sync::LazyLock;

macro_rules! in_every_language {
    ($kind:literal, $channel:literal) => {
        [
            (
                Language::En,
                include_str!(concat!("../../library/", $kind, "/en.", $channel, ".txt")),
            ),
            (
                Language::Fr,
                include_str!(concat!("../../library/", $kind, "/fr.", $channel, ".txt")),
            ),
            (
                Language::It,
                include_str!(concat!("../../library/", $kind, "/it.", $channel, ".txt")),
            ),
            (
                Language::Pt,
                include_str!(concat!("../../library/", $kind, "/pt.", $channel, ".txt")),
            ),
            (
                Language::Es,
                include_str!(concat!("../../library/", $kind, "/es.", $channel, ".txt")),
            ),
            (
                Language::Ru,
                include_str!(concat!("../../library/", $kind, "/ru.", $channel, ".txt")),
            ),
        ]
    };
}

static LIBRARY: LazyLock<BTreeMap<Slot, Wording>> = LazyLock::new(|| {
    [
        (
            Kind::DocumentLink,
            Channel::Email,
            in_every_language!("document-link", "email"),
        ),
        (
            Kind::DocumentCode,
            Channel::Sms,
            in_every_language!("document-code", "sms"),
        ),
        (
            Kind::DocumentCode,
            Channel::Voice,
            in_every_language!("document-code", "voice"),
        ),
        (
            Kind::DocumentLocked,
            Channel::Email,
            in_every_language!("document-locked", "email"),
        ),
        (
            Kind::DocumentReplaced,
            Channel::Sms,
            in_every_language!("document-replaced", "sms"),
        ),
        (
            Kind::DocumentReplaced,
            Channel::Email,
            in_every_language!("document-replaced", "email"),
        ),
    ]
    .into_iter()
    .flat_map(|(kind, channel, files)| {
        files.map(|(language, file)| {
            let slot = Slot {
                kind,
                language,
                channel,
            };
            (slot, read(slot, file))
        })
    })
    .collect()
});

fn read(slot: Slot, file: &str) -> Wording {
    let (subject, body) = match slot.channel {
        Channel::Email => file
            .split_once('\n')
            .expect("an e-mail's file begins with its subject"),
        Channel::Sms | Channel::Voice => ("", file),
    };
    Wording::parse(slot, subject, body).expect("a test reads every file of the library")
}

/// The wording that comes with the product; every slot has one.
pub(crate) fn built_in(slot: Slot) -> &'static Wording {
    LIBRARY.get(&slot).expect("a test asks for every slot")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_has_a_sound_wording() {
        for slot in Slot::all() {
            let holds_one = built_in(slot).body().contains("{{ secret }}");
            assert_eq!(holds_one, slot.kind.has_secret());
        }
        assert_eq!(LIBRARY.len(), Slot::all().count());
    }
}
