//! Values of fixed sets, with the numbers they have at the edge and in the database.

/// A value of a fixed set; zero is "not said" and no value of its own.
pub(crate) trait Code: Copy + Sized + 'static {
    /// Every value.
    const ALL: &'static [Self];

    /// Its number.
    fn code(self) -> i16;

    /// The value of a number.
    fn of(code: i16) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.code() == code)
    }
}

/// The number of a value that may be missing.
pub(crate) fn code_or_zero<T: Code>(value: Option<T>) -> i16 {
    value.map_or(0, Code::code)
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum $name {
            $($variant = $code),+
        }
        impl Code for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            fn code(self) -> i16 {
                self as i16
            }
        }
    )+};
}

pub(crate) use codes;

codes! {
    /// A gender, as FHIR's AdministrativeGender.
    Gender { Female = 1, Male = 2, Other = 3 }
    /// A generation (R25).
    Generation { Boomer = 1, X = 2, Millennial = 3, Z = 4 }
    /// How a patient is addressed (R31).
    AddressForm { Formal = 1, Informal = 2, ByGeneration = 3 }
    /// A way of talking to a patient.
    ContactChannel {
        Sms = 1, Email = 2, Call = 3, Whatsapp = 4, Telegram = 5, Viber = 6, Webchat = 7, Social = 8,
        Letter = 9, InPerson = 10,
    }
    /// The kind of a contact point.
    ContactPointKind { Phone = 1, Email = 2, Handle = 3 }
    /// What is known of a telephone line.
    LineType { Mobile = 1, Landline = 2, Voip = 3, Unknown = 4 }
    /// What a contact point is for.
    PointUse { Home = 1, Work = 2, Mobile = 3, Temporary = 4 }
    /// Why nothing arrives.
    UnreachableReason {
        Bounced = 1, NotInService = 2, BlockedByCarrier = 3, WrongPerson = 4, NoTexts = 5, Other = 6,
    }
    /// Who somebody is to a patient.
    RelationKind {
        Guarantor = 1, Guardian = 2, Parent = 3, Child = 4, Spouse = 5, Sibling = 6, Other = 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_and_zero_is_nothing() {
        for channel in ContactChannel::ALL {
            assert_eq!(ContactChannel::of(channel.code()), Some(*channel));
        }
        assert_eq!(ContactChannel::of(0), None);
        assert_eq!(Gender::of(4), None);
        assert_eq!(code_or_zero(Some(LineType::Voip)), 3);
        assert_eq!(code_or_zero::<LineType>(None), 0);
    }
}
