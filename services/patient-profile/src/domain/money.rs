//! Currencies.

/// The currencies people owe in: ISO 4217, list one (active codes of countries, January 2026), without metals, bond
/// market units and codes for tests.
const CURRENCIES: &str = "\
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY \
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS \
    INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP \
    MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR \
    SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND \
    VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/// Whether a text is the code of a currency.
pub(crate) fn is_currency(code: &str) -> bool {
    code.len() == 3 && CURRENCIES.split(' ').any(|known| known == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_of_the_list_in_capitals() {
        for code in ["CAD", "USD", "EUR", "BRL", "RUB", "MXN", "AED", "ZWG"] {
            assert!(is_currency(code), "{code}");
        }
        for none in [
            "", "cad", "CA", "CADD", "XXX", "XTS", "XAU", "DEM", "ZZZ", "D A", "EUR USD",
        ] {
            assert!(!is_currency(none), "{none}");
        }
    }

    #[test]
    fn the_list_is_in_order_and_says_nothing_twice() {
        let all: Vec<_> = CURRENCIES.split(' ').collect();
        assert!(all.iter().all(|code| code.len() == 3));
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
