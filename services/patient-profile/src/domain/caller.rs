//! Whether to believe a caller (R94, R95). No sign decides alone that could be wrong alone: a network's
//! verdict and a burst of calls count together, and never against a patient.

use super::code::{Code, codes};

codes! {
    /// What a network says about a calling number (STIR/SHAKEN, RFC 8224).
    Verification { PassedA = 1, PassedB = 2, PassedC = 3, Failed = 4, None = 5 }
}

/// Whether to believe it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Known,
    Unknown,
    SuspectedSpam,
    Blocked,
}

/// A sign; the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sign {
    BlockedByChain,
    BlockedByClinic,
    OwnNumber,
    PremiumNumber,
    ReportedByStaff,
    VerificationFailed,
    ShortCalls,
    ImpossibleNumber,
    VerifiedByNetwork,
    Patient,
}

/// From how many calls of a few seconds in ten minutes they are a sign, and from how many they decide
/// (own).
const SHORT_CALLS: (u16, u16) = (3, 10);

/// What is known about a call.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Evidence {
    pub(crate) blocked_by_chain: bool,
    pub(crate) blocked_by_clinic: bool,
    pub(crate) own_number: bool,
    pub(crate) premium: bool,
    pub(crate) impossible: bool,
    /// How many members of staff reported it lately.
    pub(crate) reporters: u32,
    pub(crate) verification: Option<Verification>,
    pub(crate) short_calls: u16,
    /// How many patients have the address.
    pub(crate) patients: usize,
}

/// Judges, and names the signs.
pub(crate) fn judge(evidence: &Evidence) -> (Verdict, Vec<Sign>) {
    let known = evidence.patients > 0;
    let (some, many) = SHORT_CALLS;
    // Two points make a suspicion.
    let signs = [
        (evidence.blocked_by_chain, Sign::BlockedByChain, 0),
        (evidence.blocked_by_clinic, Sign::BlockedByClinic, 0),
        (evidence.own_number, Sign::OwnNumber, 2),
        (evidence.premium, Sign::PremiumNumber, 2),
        (
            evidence.reporters > 0,
            Sign::ReportedByStaff,
            // One mistaken report must not make a patient a stranger.
            if known && evidence.reporters < 3 {
                0
            } else {
                2
            },
        ),
        (
            evidence.verification == Some(Verification::Failed),
            Sign::VerificationFailed,
            u8::from(!known),
        ),
        (
            evidence.short_calls >= some,
            Sign::ShortCalls,
            match known {
                true => 0,
                false if evidence.short_calls >= many => 2,
                false => 1,
            },
        ),
        (evidence.impossible, Sign::ImpossibleNumber, 1),
        (
            evidence.verification == Some(Verification::PassedA),
            Sign::VerifiedByNetwork,
            0,
        ),
        (known, Sign::Patient, 0),
    ];
    let present = signs.iter().filter(|(present, ..)| *present);
    let points: u8 = present.clone().map(|(.., points)| points).sum();
    let names = present.map(|(_, sign, _)| *sign).collect();
    let verdict = if evidence.blocked_by_chain || evidence.blocked_by_clinic {
        Verdict::Blocked
    } else if points >= 2 {
        Verdict::SuspectedSpam
    } else if known {
        Verdict::Known
    } else {
        Verdict::Unknown
    };
    (verdict, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(evidence: Evidence) -> Verdict {
        judge(&evidence).0
    }

    #[test]
    fn blocks_go_before_everything() {
        let evidence = Evidence {
            blocked_by_clinic: true,
            patients: 2,
            ..Evidence::default()
        };
        let (verdict, signs) = judge(&evidence);
        assert_eq!(verdict, Verdict::Blocked);
        assert_eq!(signs, [Sign::BlockedByClinic, Sign::Patient]);
    }

    #[test]
    fn patients_are_not_taken_for_spam_by_weak_signs() {
        let patient = Evidence {
            verification: Some(Verification::Failed),
            short_calls: 50,
            reporters: 2,
            patients: 1,
            ..Evidence::default()
        };
        assert_eq!(verdict(patient), Verdict::Known);
        let pretended = Evidence {
            own_number: true,
            ..patient
        };
        assert_eq!(verdict(pretended), Verdict::SuspectedSpam);
        let reported = Evidence {
            reporters: 3,
            ..patient
        };
        assert_eq!(verdict(reported), Verdict::SuspectedSpam);
    }

    #[test]
    fn a_networks_verdict_alone_decides_nothing() {
        let failed = Evidence {
            verification: Some(Verification::Failed),
            ..Evidence::default()
        };
        assert_eq!(verdict(failed), Verdict::Unknown);
        let and_short = Evidence {
            short_calls: 3,
            ..failed
        };
        assert_eq!(verdict(and_short), Verdict::SuspectedSpam);
        let burst = Evidence {
            short_calls: 10,
            ..Evidence::default()
        };
        assert_eq!(verdict(burst), Verdict::SuspectedSpam);
        let reported = Evidence {
            reporters: 1,
            ..Evidence::default()
        };
        assert_eq!(verdict(reported), Verdict::SuspectedSpam);
        let premium = Evidence {
            premium: true,
            ..Evidence::default()
        };
        assert_eq!(verdict(premium), Verdict::SuspectedSpam);
    }

    #[test]
    fn nothing_known_is_unknown_and_perhaps_a_new_patient() {
        assert_eq!(judge(&Evidence::default()), (Verdict::Unknown, Vec::new()));
        let numbers = Verification::ALL.iter().map(|value| value.code());
        assert!(numbers.eq(1..=5));
    }
}
