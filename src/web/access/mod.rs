//! Who is asking, and whether they are answered.
//!
//! Until somebody owns this Pasut, only this computer is answered. From then on a visitor is known by a login,
//! by a token in a header, by one in the address, or by sitting at this computer, as long as the owner leaves
//! that open. `web::server` asks before every request; `web::routes` says what whom is open to.
//! Deliberately nothing of what an answer may hold: that is up to the views, which take a [`Visitor`].

pub mod arrival;
pub mod gate;
pub mod leave;
pub mod may;
pub mod password;
pub mod secret;
pub mod throttle;
mod visitor;

pub use gate::Access;
pub use visitor::{Identity, Visitor};

/// Which listener a request came in by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Entrance {
    /// Of a network in which Pasut is shared: whoever comes this way is another computer.
    #[default]
    Network,
    /// The one Pasut was started with.
    Own,
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
         Use http://127.0.0.1 with its port, or list the name in the option hosts."
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
    #[error(
        "Nobody is logged in. Log in at /login; a program sends the header Authorization: Bearer and a token."
    )]
    LoginNeeded,
    #[error(
        "This token opens nothing: it was revoked, it expired, or it is misspelled. Ask the owner for another."
    )]
    BadToken,
    #[error("This link asks for its PIN first. Open it in a browser and type the PIN.")]
    PinNeeded,
    #[error("This needs the owner's permission.")]
    NoRight,
}

/// A path as it may be logged: without what opens something.
#[must_use]
pub fn redacted(path: &str) -> String {
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let mut shown = match path.split('/').collect::<Vec<_>>().as_slice() {
        ["", kind @ ("o" | "s"), _, rest @ ..] => {
            ["", kind, "***"].iter().chain(rest).copied().collect::<Vec<_>>().join("/")
        }
        _ => path.to_owned(),
    };
    if let Some(query) = query {
        let pairs = query.split('&').map(|pair| match pair.split_once('=') {
            Some((name @ ("token" | "pin" | "password"), _)) => format!("{name}=***"),
            _ => pair.to_owned(),
        });
        shown.push('?');
        shown.push_str(&pairs.collect::<Vec<_>>().join("&"));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_log_shows_what_opens_something() {
        for (path, shown) in [
            ("/o/abc/goal?w=300", "/o/***/goal?w=300"),
            ("/s/abc", "/s/***"),
            ("/s/abc/f/pulse", "/s/***/f/pulse"),
            ("/api/v1/feed?kind=gift&token=abc", "/api/v1/feed?kind=gift&token=***"),
            ("/sessions/7?tab=gifts", "/sessions/7?tab=gifts"),
        ] {
            assert_eq!(redacted(path), shown);
        }
    }
}
