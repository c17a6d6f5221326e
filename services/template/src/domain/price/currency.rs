//! Currencies whose amounts have two decimals: those that wordings can say.

/// The active codes of ISO 4217 with two decimals, funds and metals left out.
const CODES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
    CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR \
    ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR \
    MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP \
    STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG";

/// A currency with two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Currency([u8; 3]);

/// The code is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a code of ISO 4217 whose amounts have two decimals, as CAD")]
pub(crate) struct NoCurrency;

impl Currency {
    /// Reads a code.
    pub(crate) fn parse(code: &str) -> Result<Self, NoCurrency> {
        let known = CODES.split(' ').any(|known| known == code);
        let bytes = code.as_bytes().try_into().map_err(|_| NoCurrency)?;
        known.then_some(Self(bytes)).ok_or(NoCurrency)
    }

    /// The code.
    pub(crate) const fn code(&self) -> &str {
        match std::str::from_utf8(&self.0) {
            Ok(code) => code,
            Err(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_codes_with_two_decimals_are_read() {
        for code in CODES.split(' ') {
            assert_eq!(Currency::parse(code).unwrap().code(), code);
        }
        for bad in ["", "cad", "JPY", "KWD", "XAU", "CADX", "CAD EUR", "€"] {
            assert_eq!(Currency::parse(bad), Err(NoCurrency), "{bad}");
        }
    }
}
