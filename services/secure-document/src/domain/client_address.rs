//! Where a request comes from, as far as limits need to know.

use bitewing_runtime::base::Pepper;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network address a subscriber controls as a whole: one IPv4 address, or an IPv6 /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientAddress {
    V4(Ipv4Addr),
    V6([u16; 4]),
    /// The gateway did not say: all of these share one limit.
    Unknown,
}

impl ClientAddress {
    /// Reads the value of `x-forwarded-for` as the gateway set it. The right-most hop is the one it
    /// saw itself.
    pub(crate) fn read(forwarded_for: Option<&str>) -> Self {
        let last = forwarded_for
            .and_then(|hops| hops.rsplit(',').next())
            .map(str::trim);
        match last
            .and_then(|hop| hop.parse::<IpAddr>().ok())
            .map(|address| address.to_canonical())
        {
            Some(IpAddr::V4(address)) => Self::V4(address),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6([a, b, c, d])
            }
            None => Self::Unknown,
        }
    }

    /// What limits are counted under: a keyed hash, so that tables of limits tell no addresses.
    pub(crate) fn key(&self, pepper: &Pepper) -> [u8; 32] {
        let bytes = match self {
            Self::V4(address) => address.octets().to_vec(),
            Self::V6(prefix) => prefix.iter().flat_map(|part| part.to_be_bytes()).collect(),
            Self::Unknown => Vec::new(),
        };
        pepper.mac("address-v1", &[&bytes])
    }

    /// What an audit trail keeps of it: the network, /24 or /48.
    pub(crate) fn network(&self) -> String {
        match self {
            Self::V4(address) => {
                let [a, b, c, _] = address.octets();
                format!("{a}.{b}.{c}.0/24")
            }
            Self::V6([a, b, c, _]) => {
                format!("{}/48", Ipv6Addr::new(*a, *b, *c, 0, 0, 0, 0, 0))
            }
            Self::Unknown => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hop_the_gateway_saw_counts() {
        let address = ClientAddress::read(Some("1.2.3.4, 203.0.113.9"));
        assert_eq!(address, ClientAddress::V4(Ipv4Addr::new(203, 0, 113, 9)));
        assert_eq!(address.network(), "203.0.113.0/24");
        assert_eq!(ClientAddress::read(Some("::ffff:203.0.113.9")), address);
        for text in [None, Some(""), Some("unknown"), Some("203.0.113.9:80")] {
            assert_eq!(ClientAddress::read(text), ClientAddress::Unknown);
        }
    }

    #[test]
    fn an_ipv6_subscriber_is_one_address() {
        let pepper = Pepper::new(vec![1; 32]);
        let one = ClientAddress::read(Some("2001:db8:1:2::1"));
        let neighbour = ClientAddress::read(Some("2001:db8:1:2:ffff::9"));
        assert_eq!(one.key(&pepper), neighbour.key(&pepper));
        assert_eq!(one.network(), "2001:db8:1::/48");
        let other = ClientAddress::read(Some("2001:db8:1:3::1"));
        assert_ne!(one.key(&pepper), other.key(&pepper));
    }
}
