//! Who is asking, and whether they are answered.
//!
//! Nobody can own a Pasut yet, so only this computer is answered: the peer, the `Host` it says and
//! the way it took must all be loopback, and whatever changes something must come from our own
//! pages. Deliberately no roles, accounts or tokens. `web::server` asks before every request.

pub mod leave;
pub mod password;
pub mod secret;
mod visitor;

pub use visitor::{Identity, Visitor};

use std::net::IpAddr;

/// Which listener a request came in by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Entrance {
    /// Of a network in which Pasut is shared: whoever comes this way is another computer.
    #[default]
    Network,
    /// The one Pasut was started with.
    Own,
}

/// What a request says about where it comes from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    pub entrance: Entrance,
    pub peer: Option<IpAddr>,
    /// Every `Host` header and the host of an absolute request line.
    pub hosts: &'a [&'a str],
    /// The first header that only a proxy adds.
    pub forwarding_header: Option<&'a str>,
    /// Whether the method may change something: anything but GET, HEAD and OPTIONS.
    pub changes: bool,
    pub websocket: bool,
    pub origin: Option<&'a str>,
    /// The browser's own word, `Sec-Fetch-Site`.
    pub fetch_site: Option<&'a str>,
}

/// Why a request is not answered. Each is a different thing to do for whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "Pasut answers only the computer it runs on until it has an owner. Open it there, at \
         http://127.0.0.1 with its port."
    )]
    AnotherComputer,
    #[error(
        "This request came through a proxy ({0}), and Pasut answers only its own computer until it has an \
         owner. Open it directly, at http://127.0.0.1 with its port."
    )]
    Forwarded(String),
    #[error(
        "Pasut does not answer to the name {0:?}, so that no foreign page can reach it by renaming itself. \
         Use http://127.0.0.1 with its port."
    )]
    Host(String),
    #[error(
        "This change was asked for by another site, so nothing was changed. Do it on Pasut's own page; a \
         program sends the header Origin with Pasut's address."
    )]
    AnotherSite,
    #[error(
        "Nothing was changed: a change needs the header Origin with Pasut's own address, for example \
         Origin: http://127.0.0.1:8787, or Sec-Fetch-Site: same-origin."
    )]
    NoOrigin,
}

/// Headers that a proxy adds; `X-Forwarded-...` besides.
const FORWARDING_HEADERS: [&str; 6] =
    ["forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"];

/// Whether `name`, in lower case, is a header that only a proxy adds.
#[must_use]
pub fn is_forwarding_header(name: &str) -> bool {
    name.starts_with("x-forwarded") || FORWARDING_HEADERS.contains(&name)
}

/// Decides whether a request is answered.
///
/// # Errors
///
/// The [`Refusal`] to show.
pub fn admit(asked: &Asked) -> Result<(), Refusal> {
    if asked.entrance == Entrance::Network
        || !asked.peer.is_some_and(|peer| peer.to_canonical().is_loopback())
    {
        return Err(Refusal::AnotherComputer);
    }
    if let Some(header) = asked.forwarding_header {
        return Err(Refusal::Forwarded(header.to_owned()));
    }
    let Some(host) = asked.hosts.first() else { return Err(Refusal::Host(String::new())) };
    if let Some(foreign) = asked.hosts.iter().find(|host| !is_loopback_host(host)) {
        return Err(Refusal::Host(foreign.chars().take(80).collect()));
    }
    match (asked.changes, asked.websocket) {
        (true, _) => from_our_own_page(asked, host),
        // Every browser says the origin of a socket; a program on this computer need not.
        (false, true) if asked.origin.is_some_and(|origin| !is_our_origin(origin, host)) => {
            Err(Refusal::AnotherSite)
        }
        (false, _) => Ok(()),
    }
}

fn from_our_own_page(asked: &Asked, host: &str) -> Result<(), Refusal> {
    // Without a referrer, browsers say "null"; then only their Sec-Fetch-Site counts.
    let origin = asked.origin.filter(|origin| *origin != "null");
    match (origin, asked.fetch_site) {
        (Some(origin), _) if !is_our_origin(origin, host) => Err(Refusal::AnotherSite),
        (_, Some(site)) if site != "same-origin" => Err(Refusal::AnotherSite),
        (None, None) if asked.origin.is_some() => Err(Refusal::AnotherSite),
        (None, None) => Err(Refusal::NoOrigin),
        _ => Ok(()),
    }
}

fn is_our_origin(origin: &str, host: &str) -> bool {
    origin.strip_prefix("http://").is_some_and(|rest| rest.eq_ignore_ascii_case(host))
}

/// `localhost`, `127.x.x.x` or `[::1]`, with or without a port.
fn is_loopback_host(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (host, "0"),
    };
    let is_loopback = match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(v6) => v6.parse().is_ok_and(|ip: std::net::Ipv6Addr| ip.is_loopback()),
        None => {
            name.eq_ignore_ascii_case("localhost")
                || name.parse().is_ok_and(|ip: std::net::Ipv4Addr| ip.is_loopback())
        }
    };
    is_loopback && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Asked = Asked {
        entrance: Entrance::Own,
        peer: Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)),
        hosts: &["127.0.0.1:8787"],
        forwarding_header: None,
        changes: false,
        websocket: false,
        origin: None,
        fetch_site: None,
    };

    #[test]
    fn only_this_computer_is_answered() {
        for (peer, answered) in [
            ("127.0.0.1", true),
            ("127.8.8.8", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("192.168.1.4", false),
            ("::ffff:10.0.0.1", false),
            ("fe80::1", false),
        ] {
            let peer = Some(peer.parse().expect("an address"));
            let answer = admit(&Asked { peer, ..HERE });
            assert_eq!(answer, if answered { Ok(()) } else { Err(Refusal::AnotherComputer) }, "{peer:?}");
        }
        assert_eq!(admit(&Asked { peer: None, ..HERE }), Err(Refusal::AnotherComputer));
        let through_a_network = Asked { entrance: Entrance::Network, ..HERE };
        assert_eq!(admit(&through_a_network), Err(Refusal::AnotherComputer));
    }

    #[test]
    fn a_request_that_went_through_a_proxy_is_refused() {
        for header in ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"] {
            assert!(is_forwarding_header(header), "{header}");
        }
        for header in ["host", "origin", "x-request-id", "accept"] {
            assert!(!is_forwarding_header(header), "{header}");
        }
        let asked = Asked { forwarding_header: Some("x-real-ip"), ..HERE };
        assert_eq!(admit(&asked), Err(Refusal::Forwarded("x-real-ip".to_owned())));
    }

    #[test]
    fn only_names_of_this_computer_are_answered_to() {
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1", "127.1.2.3:9", "[::1]", "[::1]:8787"] {
            assert_eq!(admit(&Asked { hosts: &[host], ..HERE }), Ok(()), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:8787",
            "evil.example:127",
            "[::2]",
            "::1",
            "localhost:evil",
            "localhost@evil.example",
            "0.0.0.0:8787",
            "192.168.1.4:8787",
        ] {
            assert_eq!(
                admit(&Asked { hosts: &[host], ..HERE }),
                Err(Refusal::Host(host.to_owned())),
                "{host}"
            );
        }
        assert!(admit(&Asked { hosts: &[], ..HERE }).is_err());
        assert!(admit(&Asked { hosts: &["localhost", "evil.example"], ..HERE }).is_err());
    }

    #[test]
    fn a_change_must_come_from_our_own_page() {
        let ours = Some("http://127.0.0.1:8787");
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
            let asked = Asked { changes: true, origin, fetch_site, ..HERE };
            assert_eq!(admit(&asked), expected, "{origin:?} {fetch_site:?}");
            assert_eq!(admit(&Asked { changes: false, ..asked }), Ok(()), "reading changes nothing");
        }
    }

    #[test]
    fn a_socket_opened_by_another_site_is_refused() {
        for (origin, expected) in [
            (None, Ok(())),
            (Some("http://127.0.0.1:8787"), Ok(())),
            (Some("http://evil.example"), Err(Refusal::AnotherSite)),
            (Some("null"), Err(Refusal::AnotherSite)),
        ] {
            assert_eq!(admit(&Asked { websocket: true, origin, ..HERE }), expected, "{origin:?}");
        }
    }
}
