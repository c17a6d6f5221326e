//! The address a request comes from.

use http::HeaderMap;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// A network: an address and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    address: IpAddr,
    bits: u8,
}

/// The text is not an address or a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be addresses or networks, as 10.0.0.0/8")]
pub struct NotANetwork;

impl FromStr for Cidr {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| NotANetwork)?;
        if bits > most {
            return Err(NotANetwork);
        }
        Ok(Self { address, bits })
    }
}

impl Cidr {
    fn contains(&self, other: IpAddr) -> bool {
        match (self.address, other.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32 - u32::from(self.bits);
                (own.to_bits() ^ other.to_bits())
                    .checked_shr(shift)
                    .unwrap_or(0)
                    == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128 - u32::from(self.bits);
                (own.to_bits() ^ other.to_bits())
                    .checked_shr(shift)
                    .unwrap_or(0)
                    == 0
            }
            _ => false,
        }
    }
}

/// Proxies whose word is taken for where a request comes from.
#[derive(Debug, Clone)]
pub(super) struct TrustedProxies(pub(super) Vec<Cidr>);

impl TrustedProxies {
    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// The right-most address of the way here that is no trusted proxy: what stands left of it anyone
    /// can have written.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        let hops: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .collect();
        for hop in hops.into_iter().rev() {
            if !self.trust(client) {
                break;
            }
            let Ok(address) = hop.parse() else { break };
            client = address;
        }
        client.to_canonical()
    }
}

/// What limits are counted by: an IPv4 address, or the IPv6 network a customer is usually given.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn client(trusted: &[&str], peer: &str, forwarded: &[&'static str]) -> String {
        let proxies = TrustedProxies(trusted.iter().map(|text| text.parse().unwrap()).collect());
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_static(value));
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(
            client(&[], "198.51.100.7", &["203.0.113.9"]),
            "198.51.100.7"
        );
        assert_eq!(
            client(&["10.0.0.0/8"], "11.0.0.1", &["203.0.113.9"]),
            "11.0.0.1"
        );
    }

    #[test]
    fn the_right_most_untrusted_hop_is_the_client() {
        let trusted = ["10.0.0.0/8", "::1"];
        assert_eq!(
            client(&trusted, "10.1.2.3", &["1.1.1.1, 203.0.113.9"]),
            "203.0.113.9"
        );
        assert_eq!(
            client(&trusted, "::1", &["1.1.1.1", "203.0.113.9, 10.9.9.9"]),
            "203.0.113.9"
        );
        assert_eq!(
            client(&trusted, "::ffff:10.1.2.3", &["203.0.113.9"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn malformed_hops_end_the_search() {
        assert_eq!(
            client(&["10.0.0.0/8"], "10.1.2.3", &["203.0.113.9, unknown"]),
            "10.1.2.3"
        );
        assert_eq!(
            client(&["10.0.0.0/8"], "10.1.2.3", &["10.0.0.1, 10.0.0.2"]),
            "10.0.0.1"
        );
    }

    #[test]
    fn networks_are_read_or_refused() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0.0/x", "host"] {
            assert_eq!(text.parse::<Cidr>(), Err(NotANetwork), "{text}");
        }
        assert!(
            "0.0.0.0/0"
                .parse::<Cidr>()
                .unwrap()
                .contains("8.8.8.8".parse().unwrap())
        );
    }

    #[test]
    fn limits_count_ipv6_by_its_network() {
        let [one, two] = ["2001:db8:1:2::3", "2001:db8:1:2:9::"].map(|text| text.parse().unwrap());
        assert_eq!(network(one), network(two));
    }
}
