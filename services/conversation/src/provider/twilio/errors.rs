//! What Twilio's error codes mean (<https://www.twilio.com/docs/api/errors>), in answers to a
//! request and in callbacks.

use crate::domain::Reason;

/// What is to be done about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// The same may succeed later.
    Later,
    /// Nothing will ever arrive at this address this way.
    Address,
    /// The patient does not want it: never again without their word.
    OptedOut,
    /// What is sent, or who sends it, is not let through.
    Content,
    /// The account is not in order: somebody of the chain has to look.
    Account,
}

/// What is known of one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) class: Class,
    pub(crate) reason: Reason,
}

const fn meaning(class: Class, reason: Reason) -> Meaning {
    Meaning { class, reason }
}

/// Every code that is told apart. The others are refusals that nothing more is known of.
const MEANINGS: [(u32, Meaning); 25] = [
    // Too many requests.
    (20429, meaning(Class::Later, Reason::ProviderBusy)),
    // The account's queue overflows.
    (30001, meaning(Class::Later, Reason::ProviderBusy)),
    // The phone is off or away.
    (30003, meaning(Class::Later, Reason::NotReachable)),
    // The carrier does not say why.
    (30008, meaning(Class::Later, Reason::NotDelivered)),
    // `To` is no number.
    (21211, meaning(Class::Address, Reason::AddressRefused)),
    // No carrier takes messages for it, from this sender.
    (21612, meaning(Class::Address, Reason::AddressNotSupported)),
    // It cannot receive text messages.
    (21614, meaning(Class::Address, Reason::AddressNotSupported)),
    // `To` is no number that can be called.
    (21217, meaning(Class::Address, Reason::AddressRefused)),
    // Nobody has the number.
    (30005, meaning(Class::Address, Reason::AddressRefused)),
    // A landline, or a carrier that cannot be reached.
    (30006, meaning(Class::Address, Reason::AddressNotSupported)),
    // The patient wrote STOP.
    (21610, meaning(Class::OptedOut, Reason::OptedOut)),
    // The text is longer than 1,600 characters.
    (21617, meaning(Class::Content, Reason::ContentRefused)),
    // Blocked.
    (30004, meaning(Class::Content, Reason::ContentRefused)),
    // Taken for spam.
    (30007, meaning(Class::Content, Reason::ContentRefused)),
    // A number of the United States that is not registered.
    (30034, meaning(Class::Content, Reason::SenderRefused)),
    // The country is not enabled for text messages.
    (21408, meaning(Class::Account, Reason::RegionNotEnabled)),
    // The country is not enabled for calls.
    (21215, meaning(Class::Account, Reason::RegionNotEnabled)),
    // Account and token do not fit.
    (20003, meaning(Class::Account, Reason::CredentialsRefused)),
    // The account is not active.
    (20005, meaning(Class::Account, Reason::AccountRestricted)),
    // `From` cannot send text messages, or is not the account's.
    (21606, meaning(Class::Account, Reason::SenderRefused)),
    // `From` cannot call.
    (21210, meaning(Class::Account, Reason::SenderRefused)),
    // A trial account sends to verified numbers only.
    (21608, meaning(Class::Account, Reason::AccountRestricted)),
    // A trial account calls verified numbers only.
    (21219, meaning(Class::Account, Reason::AccountRestricted)),
    // The account is suspended.
    (30002, meaning(Class::Account, Reason::AccountRestricted)),
    // Outside the window in which free text may be sent.
    (63016, meaning(Class::Content, Reason::WindowClosed)),
];

/// What a code means, if that is known.
pub(crate) fn known(code: u32) -> Option<Meaning> {
    MEANINGS
        .iter()
        .find(|(known, _)| *known == code)
        .map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_class_and_reason() {
        let expected = [
            (20429, Class::Later, "PROVIDER_BUSY"),
            (30001, Class::Later, "PROVIDER_BUSY"),
            (30003, Class::Later, "NOT_REACHABLE"),
            (30008, Class::Later, "NOT_DELIVERED"),
            (21211, Class::Address, "ADDRESS_REFUSED"),
            (21612, Class::Address, "ADDRESS_NOT_SUPPORTED"),
            (21614, Class::Address, "ADDRESS_NOT_SUPPORTED"),
            (21217, Class::Address, "ADDRESS_REFUSED"),
            (30005, Class::Address, "ADDRESS_REFUSED"),
            (30006, Class::Address, "ADDRESS_NOT_SUPPORTED"),
            (21610, Class::OptedOut, "OPTED_OUT"),
            (21617, Class::Content, "CONTENT_REFUSED"),
            (30004, Class::Content, "CONTENT_REFUSED"),
            (30007, Class::Content, "CONTENT_REFUSED"),
            (30034, Class::Content, "SENDER_REFUSED"),
            (21408, Class::Account, "REGION_NOT_ENABLED"),
            (21215, Class::Account, "REGION_NOT_ENABLED"),
            (20003, Class::Account, "CREDENTIALS_REFUSED"),
            (20005, Class::Account, "ACCOUNT_RESTRICTED"),
            (21606, Class::Account, "SENDER_REFUSED"),
            (21210, Class::Account, "SENDER_REFUSED"),
            (21608, Class::Account, "ACCOUNT_RESTRICTED"),
            (21219, Class::Account, "ACCOUNT_RESTRICTED"),
            (30002, Class::Account, "ACCOUNT_RESTRICTED"),
            (63016, Class::Content, "WINDOW_CLOSED"),
        ];
        assert_eq!(expected.len(), MEANINGS.len());
        for (code, class, reason) in expected {
            let meaning = known(code).unwrap();
            assert_eq!(
                (meaning.class, meaning.reason.name()),
                (class, reason),
                "{code}"
            );
        }
        assert_eq!(known(99_999), None);
    }

    #[test]
    fn no_code_is_listed_twice() {
        let mut codes = MEANINGS.map(|(code, _)| code);
        codes.sort_unstable();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
