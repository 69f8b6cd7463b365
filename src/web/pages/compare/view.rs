//! Which two sessions are compared, and how, as the address says it.

use crate::analytics::beside::Align;
use crate::domain::ids::SessionId;
use crate::web::address::Address;

/// The steps of the course that can be chosen, in minutes; the first is usual.
pub const STEPS_MIN: [i64; 4] = [5, 1, 10, 30];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    pub a: Option<SessionId>,
    pub b: Option<SessionId>,
    pub align: Align,
    pub step_min: i64,
}

impl View {
    /// Reads the parameters of an address; nonsense is what is usual.
    #[must_use]
    pub fn parse<'p>(param: impl Fn(&str) -> &'p str) -> Self {
        let minutes = param("interval").strip_suffix('m').and_then(|minutes| minutes.parse().ok());
        Self {
            a: param("a").parse().ok(),
            b: param("b").parse().ok(),
            align: if param("align") == "clock" { Align::Clock } else { Align::Start },
            step_min: minutes.filter(|minutes| STEPS_MIN.contains(minutes)).unwrap_or(STEPS_MIN[0]),
        }
    }

    /// The address that says just this.
    #[must_use]
    pub fn address(&self) -> String {
        let id = |id: Option<SessionId>| id.map(|id| id.to_string()).unwrap_or_default();
        let usual = self.step_min == STEPS_MIN[0];
        Address::new("/compare")
            .and("a", &id(self.a))
            .and("b", &id(self.b))
            .and("align", if self.align == Align::Clock { "clock" } else { "" })
            .and("interval", &if usual { String::new() } else { format!("{}m", self.step_min) })
            .finish()
    }

    #[must_use]
    pub fn against(self, b: SessionId) -> Self {
        Self { b: Some(b), ..self }
    }

    #[must_use]
    pub fn swapped(self) -> Self {
        Self { a: self.b, b: self.a, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> View {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let pairs: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        View::parse(|name| pairs.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value))
    }

    #[test]
    fn an_address_comes_back_as_it_was_and_nonsense_is_dropped() {
        for address in ["/compare", "/compare?a=12&b=9", "/compare?a=12&b=9&align=clock&interval=30m"] {
            assert_eq!(read(address).address(), address);
        }
        assert_eq!(read("/compare?a=x&b=9&align=start&interval=7m").address(), "/compare?b=9");
        assert_eq!(
            read("/compare?a=12&b=9&interval=1m").swapped().address(),
            "/compare?a=9&b=12&interval=1m"
        );
    }
}
