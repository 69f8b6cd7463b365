//! How a request came here, as far as it can be known, and whether that way is open. Pure.

use super::{Entrance, Refusal};
use std::net::IpAddr;
use std::str::FromStr;

/// What a request says about where it comes from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    pub entrance: Entrance,
    pub peer: Option<IpAddr>,
    /// Every `Host` header and the host of an absolute request line.
    pub hosts: &'a [&'a str],
    /// The first header that only a proxy adds.
    pub forwarding_header: Option<&'a str>,
    /// All that `X-Forwarded-For` says, in its order.
    pub forwarded_for: &'a [&'a str],
    pub forwarded_proto: Option<&'a str>,
    /// Whether it came by our own TLS.
    pub tls: bool,
    pub origin: Option<&'a str>,
    /// The browser's own word, `Sec-Fetch-Site`.
    pub fetch_site: Option<&'a str>,
}

/// How a request came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Whose request it is: the peer, or whom a trusted proxy names.
    pub address: Option<IpAddr>,
    /// Whether it was asked on this computer and by no detour.
    pub is_here: bool,
    /// Whether nobody between could read it.
    pub is_secure: bool,
}

/// What the operator decided about the way to Pasut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Names it answers to besides those of this computer, in lower case and without a port.
    pub hosts: Vec<String>,
    /// Whose word counts about where a request came from.
    pub trusted_proxies: Vec<Network>,
}

impl Rules {
    fn trust(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.holds(address))
    }
}

/// Headers that a proxy adds; `X-Forwarded-...` besides.
const FORWARDING_HEADERS: [&str; 6] =
    ["forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"];

/// Whether `name`, in lower case, is a header that only a proxy adds.
#[must_use]
pub fn is_forwarding_header(name: &str) -> bool {
    name.starts_with("x-forwarded") || FORWARDING_HEADERS.contains(&name)
}

/// Decides whether the way a request took is open. Without an owner it is only for this computer; with one,
/// it has to ask for a name we answer to, which may be `own_address`, at
/// which the listener is.
///
/// # Errors
///
/// The [`Refusal`] to show.
pub fn arrive(asked: &Asked, rules: &Rules, own_address: IpAddr, has_owner: bool) -> Result<Way, Refusal> {
    let peer = asked.peer.map(|peer| peer.to_canonical());
    let by_proxy = peer.is_some_and(|peer| rules.trust(peer));
    let direct = asked.forwarding_header.is_none() && !by_proxy;
    let loopback = asked.entrance == Entrance::Own && peer.is_some_and(|peer| peer.is_loopback());
    if !has_owner {
        if !loopback {
            return Err(Refusal::AnotherComputer);
        }
        if !direct {
            return Err(Refusal::Forwarded(asked.forwarding_header.unwrap_or("trusted_proxies").to_owned()));
        }
    }
    let foreign = |host: &&&str| match name_of(host) {
        Some(name) if is_loopback(name) => false,
        Some(name) => !has_owner || !is_ours(name, rules, own_address),
        None => true,
    };
    if let Some(foreign) = asked.hosts.iter().find(foreign) {
        return Err(Refusal::Host(foreign.chars().take(80).collect()));
    }
    if asked.hosts.is_empty() {
        return Err(Refusal::Host(String::new()));
    }
    let all_loopback = asked.hosts.iter().all(|host| name_of(host).is_some_and(is_loopback));
    Ok(Way {
        address: if by_proxy { client(asked, rules) } else { peer },
        is_here: loopback && direct && all_loopback,
        is_secure: asked.tls || (by_proxy && asked.forwarded_proto == Some("https")),
    })
}

/// The last address in the list that is none of our proxies': what stands before it anybody can write.
fn client(asked: &Asked, rules: &Rules) -> Option<IpAddr> {
    let listed = asked.forwarded_for.iter().rev().flat_map(|list| list.rsplit(','));
    let mut addresses = listed.map(|text| text.trim().parse::<IpAddr>().ok().map(|ip| ip.to_canonical()));
    addresses.find(|address| !address.is_some_and(|address| rules.trust(address))).flatten()
}

/// Whether a change, or a socket that a browser opens, was asked for by one of our own pages.
///
/// # Errors
///
/// The [`Refusal`] to show.
pub fn from_our_own_page(asked: &Asked, way: &Way) -> Result<(), Refusal> {
    // Without a referrer, browsers say "null"; then only their Sec-Fetch-Site counts.
    let origin = asked.origin.filter(|origin| *origin != "null");
    match (origin, asked.fetch_site) {
        (Some(origin), _) if !is_our_origin(origin, asked, way) => Err(Refusal::AnotherSite),
        (_, Some(site)) if site != "same-origin" => Err(Refusal::AnotherSite),
        (None, None) if asked.origin.is_some() => Err(Refusal::AnotherSite),
        (None, None) => Err(Refusal::NoOrigin),
        _ => Ok(()),
    }
}

/// Whether a socket is not opened by another site. Every browser says the origin of a socket; a program need
/// not.
///
/// # Errors
///
/// The [`Refusal`] to show.
pub fn not_from_another_site(asked: &Asked, way: &Way) -> Result<(), Refusal> {
    match asked.origin {
        Some(origin) if !is_our_origin(origin, asked, way) => Err(Refusal::AnotherSite),
        _ => Ok(()),
    }
}

fn is_our_origin(origin: &str, asked: &Asked, way: &Way) -> bool {
    let scheme = if way.is_secure { "https://" } else { "http://" };
    let host = asked.hosts.first().copied().unwrap_or_default();
    origin.strip_prefix(scheme).is_some_and(|rest| rest.eq_ignore_ascii_case(host))
}

/// A host without its port, if that is one.
fn name_of(host: &str) -> Option<&str> {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (host, "0"),
    };
    (!name.is_empty() && port.parse::<u16>().is_ok()).then_some(name)
}

/// An address as a host writes it: IPv6 in brackets.
fn address(name: &str) -> Option<IpAddr> {
    match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(v6) => v6.parse().ok().map(IpAddr::V6),
        None => name.parse().ok().map(IpAddr::V4),
    }
}

/// `localhost`, `127.x.x.x` or `[::1]`.
fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost") || address(name).is_some_and(|address| address.is_loopback())
}

fn is_ours(name: &str, rules: &Rules, own_address: IpAddr) -> bool {
    rules.hosts.iter().any(|host| name.eq_ignore_ascii_case(host))
        || address(name).is_some_and(|address| address.to_canonical() == own_address)
}

/// A host name an operator lists: without scheme, port and path.
///
/// # Errors
///
/// What is wrong with it.
pub fn host_name(text: &str) -> Result<String, String> {
    let name = text.trim().to_ascii_lowercase();
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-._[]:".contains(c));
    let without_port = name.starts_with('[') || !name.contains(':');
    if name.is_empty() || !plain || !without_port || name.len() > 253 {
        return Err(format!("{text:?} is no host name such as pasut.example; leave out scheme and port"));
    }
    Ok(name)
}

/// An address, or all that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    fn holds(self, address: IpAddr) -> bool {
        let same = |own: u128, other: u128, width: u8| {
            let rest = u32::from(width - self.bits);
            own.checked_shr(rest).unwrap_or(0) == other.checked_shr(rest).unwrap_or(0)
        };
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => same(own.to_bits().into(), other.to_bits().into(), 32),
            (IpAddr::V6(own), IpAddr::V6(other)) => same(own.to_bits(), other.to_bits(), 128),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no address such as 10.0.0.2 or 10.0.0.0/24");
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= width).ok_or_else(wrong)?,
            None => width,
        };
        Ok(Self { address, bits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HERE: Asked = Asked {
        entrance: Entrance::Own,
        peer: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        hosts: &["127.0.0.1:8787"],
        forwarding_header: None,
        forwarded_for: &[],
        forwarded_proto: None,
        tls: false,
        origin: None,
        fetch_site: None,
    };

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn without_owner(asked: &Asked) -> Result<Way, Refusal> {
        arrive(asked, &Rules::default(), ip("192.168.1.2"), false)
    }

    fn with_owner(asked: &Asked) -> Result<Way, Refusal> {
        let rules = Rules {
            hosts: vec!["pasut.example".to_owned()],
            trusted_proxies: vec!["10.0.0.0/24".parse().expect("a network"), "::1".parse().expect("one")],
        };
        arrive(asked, &rules, ip("192.168.1.2"), true)
    }

    #[test]
    fn without_an_owner_only_this_computer_is_answered() {
        for (peer, answered) in [
            ("127.0.0.1", true),
            ("127.8.8.8", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("192.168.1.4", false),
            ("::ffff:10.0.0.1", false),
            ("fe80::1", false),
        ] {
            let answer = without_owner(&Asked { peer: Some(ip(peer)), ..HERE });
            match answered {
                true => assert!(answer.expect(peer).is_here, "{peer}"),
                false => assert_eq!(answer, Err(Refusal::AnotherComputer), "{peer}"),
            }
        }
        assert_eq!(without_owner(&Asked { peer: None, ..HERE }), Err(Refusal::AnotherComputer));
        let through_a_network = Asked { entrance: Entrance::Network, ..HERE };
        assert_eq!(without_owner(&through_a_network), Err(Refusal::AnotherComputer));
        assert!(!with_owner(&through_a_network).expect("asks for a login").is_here);
    }

    #[test]
    fn a_request_that_went_through_a_proxy_is_never_one_of_this_computer() {
        for header in ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"] {
            assert!(is_forwarding_header(header), "{header}");
        }
        for header in ["host", "origin", "x-request-id", "accept"] {
            assert!(!is_forwarding_header(header), "{header}");
        }
        let asked = Asked { forwarding_header: Some("x-real-ip"), ..HERE };
        assert_eq!(without_owner(&asked), Err(Refusal::Forwarded("x-real-ip".to_owned())));
        assert!(!with_owner(&asked).expect("asks for a login").is_here);
        let trusted = Asked { peer: Some(ip("::1")), ..HERE };
        assert!(!with_owner(&trusted).expect("asks for a login").is_here, "also if it says nothing");
        assert!(with_owner(&HERE).expect("open").is_here);
    }

    #[test]
    fn only_our_own_names_are_answered_to() {
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1", "127.1.2.3:9", "[::1]", "[::1]:8787"] {
            assert!(without_owner(&Asked { hosts: &[host], ..HERE }).expect(host).is_here, "{host}");
        }
        for (host, with_one) in [
            ("", false),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example:8787", false),
            ("evil.example:127", false),
            ("[::2]", false),
            ("::1", false),
            ("localhost:evil", false),
            ("localhost@evil.example", false),
            ("0.0.0.0:8787", false),
            ("192.168.1.4:8787", false),
            ("192.168.1.2:8787", true),
            ("[::ffff:192.168.1.2]:8787", true),
            ("Pasut.example", true),
            ("pasut.example:8443", true),
            ("x.pasut.example", false),
        ] {
            let hosts = [host];
            let asked = Asked { hosts: &hosts, ..HERE };
            assert_eq!(without_owner(&asked), Err(Refusal::Host(host.to_owned())), "{host}");
            match with_owner(&asked) {
                Ok(way) => assert!(with_one && !way.is_here, "{host}"),
                Err(refusal) => assert_eq!((with_one, refusal), (false, Refusal::Host(host.to_owned()))),
            }
        }
        for hosts in [&[][..], &["localhost", "evil.example"]] {
            assert!(without_owner(&Asked { hosts, ..HERE }).is_err());
            assert!(with_owner(&Asked { hosts, ..HERE }).is_err());
        }
    }

    #[test]
    fn where_a_request_comes_from_only_a_trusted_proxy_may_say() {
        let asked = Asked {
            forwarding_header: Some("x-forwarded-for"),
            forwarded_for: &["1.1.1.1, 203.0.113.9", "10.0.0.7"],
            forwarded_proto: Some("https"),
            ..HERE
        };
        for (peer, address, is_secure) in [
            ("127.0.0.1", "127.0.0.1", false),
            ("198.51.100.1", "198.51.100.1", false),
            ("10.0.0.2", "203.0.113.9", true),
            ("::ffff:10.0.0.2", "203.0.113.9", true),
            ("10.0.1.2", "10.0.1.2", false),
        ] {
            let way = with_owner(&Asked { peer: Some(ip(peer)), ..asked }).expect(peer);
            assert_eq!(way, Way { address: Some(ip(address)), is_here: false, is_secure }, "{peer}");
        }
        let silent = Asked { peer: Some(ip("10.0.0.2")), forwarded_for: &["nonsense"], ..asked };
        assert_eq!(with_owner(&silent).expect("answered").address, None);
    }

    #[test]
    fn a_change_must_come_from_our_own_page() {
        let ours = Some("http://127.0.0.1:8787");
        let way = Way { address: None, is_here: true, is_secure: false };
        for (origin, fetch_site, expected) in [
            (ours, None, Ok(())),
            (ours, Some("same-origin"), Ok(())),
            (None, Some("same-origin"), Ok(())),
            (Some("null"), Some("same-origin"), Ok(())),
            (None, None, Err(Refusal::NoOrigin)),
            (Some("null"), None, Err(Refusal::AnotherSite)),
            (None, Some("none"), Err(Refusal::AnotherSite)),
            (None, Some("cross-site"), Err(Refusal::AnotherSite)),
            (None, Some("same-site"), Err(Refusal::AnotherSite)),
            (ours, Some("cross-site"), Err(Refusal::AnotherSite)),
            (Some("http://evil.example"), Some("same-origin"), Err(Refusal::AnotherSite)),
            (Some("http://127.0.0.1:1"), None, Err(Refusal::AnotherSite)),
            (Some("https://127.0.0.1:8787"), None, Err(Refusal::AnotherSite)),
            (Some("http://localhost:8787"), None, Err(Refusal::AnotherSite)),
        ] {
            let asked = Asked { origin, fetch_site, ..HERE };
            assert_eq!(from_our_own_page(&asked, &way), expected, "{origin:?} {fetch_site:?}");
        }
        let secure = Way { is_secure: true, ..way };
        let asked = Asked { origin: Some("https://127.0.0.1:8787"), ..HERE };
        assert_eq!(from_our_own_page(&asked, &secure), Ok(()));
        assert_eq!(from_our_own_page(&Asked { origin: ours, ..HERE }, &secure), Err(Refusal::AnotherSite));
    }

    #[test]
    fn a_socket_opened_by_another_site_is_refused() {
        let way = Way { address: None, is_here: true, is_secure: false };
        for (origin, expected) in [
            (None, Ok(())),
            (Some("http://127.0.0.1:8787"), Ok(())),
            (Some("http://evil.example"), Err(Refusal::AnotherSite)),
            (Some("null"), Err(Refusal::AnotherSite)),
        ] {
            assert_eq!(not_from_another_site(&Asked { origin, ..HERE }, &way), expected, "{origin:?}");
        }
    }

    #[test]
    fn what_an_operator_lists_is_read_or_refused() {
        assert_eq!(host_name(" Pasut.Example "), Ok("pasut.example".to_owned()));
        for wrong in ["", "https://pasut.example", "pasut.example:8443", "a b", "pasut/x"] {
            assert!(host_name(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "10.0.0", "10.0.0.0/33", "10.0.0.0/x", "proxy.example"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        let all: Network = "0.0.0.0/0".parse().expect("a network");
        assert!(all.holds(ip("203.0.113.9")) && !all.holds(ip("::1")));
    }
}
