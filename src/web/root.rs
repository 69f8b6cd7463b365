//! Under which address whoever looks finds a page and its parts: Pasut's own, or a link of theirs.

use crate::domain::access::SharedPage;
use crate::domain::ids::SessionId;
use std::fmt;

/// Letters of a secret in an address.
const LENGTH: usize = 43;

/// Where the parts of a page begin: at the root of Pasut, or under the link of a guest, to whom nothing else is
/// open. Written, it stands before the path of a part.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Root {
    #[default]
    Pasut,
    /// A link to the live page of a creator.
    Live(Link),
    /// A link to Review of a session.
    Session(Link),
}

/// The secret of a link, as it stands in its address.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Link([u8; LENGTH]);

impl Link {
    /// The link with that secret. `None` if it is none of ours.
    #[must_use]
    pub fn parse(secret: &str) -> Option<Self> {
        let ours = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let bytes = secret.as_bytes().try_into().ok()?;
        secret.bytes().all(ours).then_some(Self(bytes))
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("letters, digits, hyphens and underscores")
    }
}

impl Root {
    #[must_use]
    pub const fn new(link: Link, page: &SharedPage) -> Self {
        match page {
            SharedPage::Live(_) => Self::Live(link),
            SharedPage::Session(_) => Self::Session(link),
        }
    }

    /// The live page of a creator. `query` is empty or begins with `&`.
    #[must_use]
    pub fn live(&self, creator: &str, query: &str) -> String {
        match self {
            Self::Pasut => format!("/live?creator={creator}{query}"),
            Self::Live(_) | Self::Session(_) => format!("{self}{}", query.replacen('&', "?", 1)),
        }
    }

    /// Review of a session. `query` is empty or begins with `?`.
    #[must_use]
    pub fn session(&self, session: SessionId, query: &str) -> String {
        match self {
            Self::Pasut => format!("/sessions/{session}{query}"),
            Self::Live(_) | Self::Session(_) => format!("{self}{query}"),
        }
    }

    /// Where the chart shows a moment of a session; `elapsed` says when it was. Whoever has but the live page
    /// sees it on the chart they have.
    #[must_use]
    pub fn moment(&self, session: SessionId, elapsed: &str) -> String {
        match self {
            Self::Pasut | Self::Session(_) => self.session(session, &format!("?t={elapsed}#chart")),
            Self::Live(_) => "#chart".to_owned(),
        }
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pasut => Ok(()),
            Self::Live(link) | Self::Session(link) => write!(f, "/s/{}", link.as_str()),
        }
    }
}

impl fmt::Debug for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pasut => "Pasut",
            Self::Live(_) => "(link to a live page)",
            Self::Session(_) => "(link to a session)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::access::secret::Secret;

    #[test]
    fn what_a_page_leads_to_is_under_the_address_it_was_reached_by() {
        let secret = Secret::random().reveal();
        let link = Link::parse(&secret).expect("a secret");
        let (live, session) = (Root::Live(link), Root::Session(link));
        let id = SessionId(7);
        assert_eq!(Root::Pasut.live("mira", "&win=1h&on=likes"), "/live?creator=mira&win=1h&on=likes");
        assert_eq!(live.live("mira", "&win=1h&on=likes"), format!("/s/{secret}?win=1h&on=likes"));
        assert_eq!(live.live("mira", ""), format!("/s/{secret}"));
        assert_eq!(Root::Pasut.session(id, "?tab=gifts"), "/sessions/7?tab=gifts");
        assert_eq!(session.session(id, "?tab=gifts"), format!("/s/{secret}?tab=gifts"));
        assert_eq!(Root::Pasut.moment(id, "1m"), "/sessions/7?t=1m#chart");
        assert_eq!(session.moment(id, "1m"), format!("/s/{secret}?t=1m#chart"));
        assert_eq!(live.moment(id, "1m"), "#chart");
        assert_eq!(format!("{live}/f/pulse"), format!("/s/{secret}/f/pulse"));
        assert_eq!(format!("{}/f/pulse", Root::Pasut), "/f/pulse");
    }

    #[test]
    fn a_link_holds_nothing_but_a_secret_and_is_not_printed_by_accident() {
        let secret = Secret::random().reveal();
        let root = Root::Live(Link::parse(&secret).expect("a secret"));
        assert!(!format!("{root:?}").contains(&secret));
        for wrong in ["", "x", &"\"".repeat(43), &"/".repeat(43), &"a".repeat(44)] {
            assert!(Link::parse(wrong).is_none(), "{wrong}");
        }
    }
}
