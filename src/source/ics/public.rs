//! Which addresses of the internet a feed may be on, so that an address in a configuration, a redirect or a name server
//! cannot make us ask a router, a neighbour, or the metadata service of a cloud.

use hyper_util::client::legacy::connect::dns::Name;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use tower_service::Service;

/// Ranges of IPv4 that are not for everybody (IANA IPv4 Special-Purpose Address Registry, RFC 6890).
const SPECIAL: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),       // unspecified, «this network»
    ([10, 0, 0, 0], 8),      // private (RFC 1918)
    ([100, 64, 0, 0], 10),   // carrier-grade NAT
    ([127, 0, 0, 0], 8),     // loopback
    ([169, 254, 0, 0], 16),  // link-local, metadata of clouds
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // protocol assignments
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 88, 99, 0], 24),  // 6to4 relays
    ([192, 168, 0, 0], 16),  // private
    ([198, 18, 0, 0], 15),   // benchmarks
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 4),     // multicast
    ([240, 0, 0, 0], 4),     // reserved
    ([255, 255, 255, 255], 32),
];

/// What of 2000::/3, the only range of IPv6 given out to everybody, is not: protocol assignments with Teredo and
/// benchmarks, and twice documentation.
/// Only the first 32 bits count.
const SPECIAL_6: [(u32, u32); 3] = [(0x2001_0000, 23), (0x2001_0db8, 32), (0x3fff_0000, 20)];

/// Whether `ip` belongs to the whole internet. Addresses that carry an IPv4 one (v4-mapped, NAT64, 6to4) are judged by it.
pub(super) fn is_public(ip: IpAddr) -> bool {
    let same = |a: u32, b: u32, bits: u32| (a ^ b).leading_zeros() >= bits;
    match ip {
        IpAddr::V4(ip) => !SPECIAL.iter().any(|(range, bits)| same(ip.to_bits(), u32::from_be_bytes(*range), *bits)),
        IpAddr::V6(ip) => {
            let top = (ip.to_bits() >> 96) as u32;
            let public = same(top, 0x2000_0000, 3) && !SPECIAL_6.iter().any(|(range, bits)| same(top, *range, *bits));
            carried(ip).map_or(public, |ip| is_public(ip.into()))
        }
    }
}

/// The IPv4 address that `ip` stands for: ::ffff:0:0/96, 64:ff9b::/96 (RFC 6052), 2002::/16 (RFC 3056).
fn carried(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    match ip.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        [0x2002, high, low, ..] => v4(high, low),
        _ => None,
    }
}

/// A name that leads to private addresses only.
#[derive(Debug)]
pub(super) struct Private;

impl fmt::Display for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads into a private network")
    }
}

impl Error for Private {}

/// A name that leads to public addresses only, where it must not.
#[derive(Debug)]
pub(super) struct Public;

impl fmt::Display for Public {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads out of the private network")
    }
}

impl Error for Public {}

/// Looks names up as the system does, and forgets what is not public, or what is. What it returns is what is connected to, so a name
/// server cannot answer differently between the check and the connection.
#[derive(Clone)]
pub(super) struct Resolver {
    pub allow_private: bool,
    /// Nothing else may be asked: it would be without encryption.
    pub only_private: bool,
}

type Found = std::vec::IntoIter<SocketAddr>;

impl Service<Name> for Resolver {
    type Response = Found;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Found>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let own = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(own.allowed(found)?.into_iter())
        })
    }
}

impl Resolver {
    fn allowed(&self, found: impl Iterator<Item = SocketAddr>) -> io::Result<Vec<SocketAddr>> {
        let may = |ip| if is_public(ip) { !self.only_private } else { self.allow_private };
        let (kept, dropped): (Vec<_>, Vec<_>) = found.partition(|address| may(address.ip()));
        match kept.is_empty() && !dropped.is_empty() {
            true if self.only_private && self.allow_private => Err(io::Error::other(Public)),
            true => Err(io::Error::other(Private)),
            false => Ok(kept),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_whole_internet_are_public() {
        let public = "1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 \
            192.167.255.255 198.17.255.255 198.20.0.0 223.255.255.255 2606:4700::1111 2001:4860::8888 \
            2a00:1450:4001::1 ::ffff:1.1.1.1 64:ff9b::101:101 2002:101:101::1";
        let private = "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 \
            169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.0.1 \
            198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 \
            255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:a9fe:a9fe ::ffff:10.0.0.1 \
            64:ff9b::a9fe:a9fe 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1::1 2002:c0a8:1::1 2001::1 2001:2::1 \
            2001:10::1 2001:db8::1 3fff::1 100::1 fc00::1 fd12:3456::1 fe80::1 febf::1 fec0::1 ff02::1 \
            4000::1";
        for (texts, expected) in [(public, true), (private, false)] {
            for text in texts.split_whitespace() {
                assert_eq!(is_public(text.parse().unwrap()), expected, "{text}");
            }
        }
    }

    #[test]
    fn a_name_keeps_its_public_addresses_only() {
        let found = |allow| {
            let resolver = Resolver { allow_private: allow, only_private: false };
            let mixed = resolver.allowed(of(&["10.0.0.1:0", "1.1.1.1:0", "[::1]:0"])).unwrap().len();
            (mixed, resolver.allowed(of(&["127.0.0.1:0", "[fd00::1]:0"])).map(|kept| kept.len()).ok())
        };
        assert_eq!(found(true), (3, Some(2)));
        assert_eq!(found(false), (1, None));
        let none = Resolver { allow_private: false, only_private: false }.allowed([].into_iter());
        assert!(none.unwrap().is_empty(), "no address at all is not a private one");
    }

    #[test]
    fn what_is_not_encrypted_keeps_to_private_addresses() {
        let near = Resolver { allow_private: true, only_private: true };
        assert_eq!(
            near.allowed(of(&["1.1.1.1:0", "192.168.0.7:0"])).unwrap(),
            of(&["192.168.0.7:0"]).collect::<Vec<_>>()
        );
        let far = near.allowed(of(&["1.1.1.1:0"])).unwrap_err();
        assert!(far.get_ref().is_some_and(|e| e.is::<Public>()));
    }

    fn of(texts: &[&str]) -> std::vec::IntoIter<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<SocketAddr>>().into_iter()
    }
}
