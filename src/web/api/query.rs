//! What an address asks for: its parameters, checked by name.

use super::answer::read_time;
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::session::Session;
use crate::domain::time::{DAY_MS, Stamp};
use crate::store::boards::BoardScope;
use crate::web::error::Trouble;
use crate::web::state::AppState;
use actix_web::{HttpRequest, web};
use chrono::{NaiveDate, NaiveTime};

/// The parameters of one request. An empty one counts as absent.
#[derive(Debug)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query string; a parameter that is not `allowed`, or comes twice, is refused.
    pub fn of(req: &HttpRequest, allowed: &[&str]) -> Result<Self, Trouble> {
        Self::parse(req.query_string(), allowed)
    }

    fn parse(text: &str, allowed: &[&str]) -> Result<Self, Trouble> {
        let unreadable = |_| Trouble::invalid("query", "is not readable as name=value&name=value");
        let pairs = web::Query::<Vec<(String, String)>>::from_query(text).map_err(unreadable)?.into_inner();
        for (at, (name, _)) in pairs.iter().enumerate() {
            if !allowed.contains(&name.as_str()) {
                let known = match allowed {
                    [] => "this address takes no parameters".to_owned(),
                    _ => format!("this address takes {}", allowed.join(", ")),
                };
                return Err(Trouble::invalid(name, &format!("is not known; {known}")));
            }
            if pairs[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(Trouble::invalid(name, "is given twice; give it once"));
            }
        }
        Ok(Self(pairs))
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// A number from 1 to `max`.
    pub fn number(&self, name: &str, max: u32) -> Result<Option<u32>, Trouble> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) if (1..=max).contains(&number) => Ok(Some(number)),
            _ => Err(Trouble::invalid(name, &format!("must be a number from 1 to {max}"))),
        }
    }

    pub fn creator(&self) -> Result<Option<Handle>, Trouble> {
        let read = |text| Handle::parse(text).map_err(|err| Trouble::invalid("creator", &err.to_string()));
        self.text("creator").map(read).transpose()
    }

    /// The first moment of a stretch: RFC 3339, or a date for its first moment in UTC.
    pub fn from(&self, name: &str) -> Result<Option<Stamp>, Trouble> {
        self.moment(name, 0)
    }

    /// The moment a stretch ends at: RFC 3339, or a date for its last day, which is included.
    pub fn to(&self, name: &str) -> Result<Option<Stamp>, Trouble> {
        self.moment(name, DAY_MS)
    }

    /// The last days up to now, or from one time to another; thirty days unless said.
    pub fn stretch(&self, now: Stamp) -> Result<(Stamp, Stamp), Trouble> {
        let days = self.number("days", 3660)?;
        let (from, to) = (self.from("from")?, self.to("to")?);
        if days.is_some() && (from.is_some() || to.is_some()) {
            return Err(Trouble::invalid(
                "days",
                "does not go together with from or to; use one or the other",
            ));
        }
        // A session that begins in this very millisecond counts.
        let to = to.unwrap_or(now + 1);
        let from = from.unwrap_or(to - i64::from(days.unwrap_or(30)) * DAY_MS);
        if from > to {
            return Err(Trouble::invalid("from", "must not be after to"));
        }
        Ok((from, to))
    }

    fn moment(&self, name: &str, date_adds_ms: i64) -> Result<Option<Stamp>, Trouble> {
        let Some(text) = self.text(name) else { return Ok(None) };
        // The + of a time zone arrives as a space when it was not encoded.
        if let Some(at) = read_time(&text.replace(' ', "+")) {
            return Ok(Some(at));
        }
        if let Ok(date) = text.parse::<NaiveDate>() {
            let midnight = date.and_time(NaiveTime::MIN).and_utc();
            return Ok(Some(Stamp(midnight.timestamp_millis()) + date_adds_ms));
        }
        Err(Trouble::invalid(
            name,
            "must be a time such as 2026-11-22T12:30:00Z or a date such as 2026-11-22",
        ))
    }

    /// One of `choices`, by its name.
    pub fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, Trouble> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let chosen = choices.iter().find(|(known, _)| *known == text).map(|(_, choice)| *choice);
        chosen.map(Some).ok_or_else(|| {
            let known: Vec<_> = choices.iter().map(|(known, _)| *known).collect();
            Trouble::invalid(name, &format!("must be one of {}", known.join(", ")))
        })
    }

    /// Some of `names`, separated by commas.
    pub fn names<'n>(&self, name: &str, names: &[&'n str]) -> Result<Option<Vec<&'n str>>, Trouble> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let find = |part: &str| {
            let part = part.trim();
            names.iter().copied().find(|known| *known == part).ok_or_else(|| {
                Trouble::invalid(name, &format!("must be some of {}, separated by commas", names.join(", ")))
            })
        };
        text.split(',').map(find).collect::<Result<_, _>>().map(Some)
    }

    /// A length in whole steps of ten seconds, such as `10s`, `5m` or `1h`, in milliseconds.
    pub fn interval_ms(&self) -> Result<i64, Trouble> {
        const STEP_MS: i64 = crate::domain::totals::BIN_MS;
        let Some(text) = self.text("interval") else { return Ok(STEP_MS) };
        let unit_ms = match text.bytes().last() {
            Some(b's') => 1_000,
            Some(b'm') => 60_000,
            Some(b'h') => 3_600_000,
            _ => 0,
        };
        let count = text.get(..text.len() - 1).and_then(|digits| digits.parse::<u32>().ok()).unwrap_or(0);
        let length_ms = i64::from(count) * unit_ms;
        if length_ms > 0 && length_ms <= DAY_MS && length_ms % STEP_MS == 0 {
            Ok(length_ms)
        } else {
            Err(Trouble::invalid(
                "interval",
                "must be whole tens of seconds up to a day, such as 10s, 5m or 1h",
            ))
        }
    }
}

/// The session that a path names, as it is stored.
pub async fn session(state: &AppState, text: &str) -> Result<Session, Trouble> {
    state.store.session(session_id(text)?).await?.ok_or_else(Trouble::no_session)
}

/// The session that a path names, if its details are here. Without them every count would look like zero.
pub async fn detailed(state: &AppState, text: &str) -> Result<Session, Trouble> {
    let session = session(state, text).await?;
    if session.ended_at.is_some() && state.store.left(&BoardScope::Session(session.id)).await?.sessions > 0 {
        return Err(Trouble::gone(
            "The details of this session left for an archive, which is listed at /exports. Its totals are still \
             at /api/v1/sessions.",
        ));
    }
    Ok(session)
}

/// The number of the session that a path names.
pub fn session_id(text: &str) -> Result<SessionId, Trouble> {
    text.parse().map_err(|_| Trouble::no_session())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWED: [&str; 6] = ["creator", "from", "limit", "interval", "sort", "kind"];

    fn read(text: &str) -> Query {
        Query::parse(text, &ALLOWED).expect(text)
    }

    #[test]
    fn parameters_are_read_by_name_and_empty_ones_are_absent() {
        let query = read("creator=%40Mira.Plays&limit=20&from=&interval=5m&sort=b&kind=like,gift");
        assert_eq!(query.creator().expect("valid").expect("given").as_str(), "mira.plays");
        assert_eq!(query.number("limit", 100).expect("valid"), Some(20));
        assert_eq!(query.from("from").expect("valid"), None);
        assert_eq!(query.interval_ms().expect("valid"), 300_000);
        assert_eq!(query.choice("sort", &[("a", 1), ("b", 2)]).expect("valid"), Some(2));
        assert_eq!(query.names("kind", &["gift", "like"]).expect("valid"), Some(vec!["like", "gift"]));
    }

    #[test]
    fn a_time_is_a_moment_or_a_day() {
        for (text, from, to) in [
            ("from=2025-11-22T12:00:00Z", 1_763_812_800_000, 1_763_812_800_000),
            ("from=2025-11-22T19:00:00%2B07:00", 1_763_812_800_000, 1_763_812_800_000),
            ("from=2025-11-22T19:00:00+07:00", 1_763_812_800_000, 1_763_812_800_000),
            ("from=2025-11-22", 1_763_769_600_000, 1_763_856_000_000),
        ] {
            assert_eq!(read(text).from("from").expect(text), Some(Stamp(from)), "{text}");
            assert_eq!(read(text).to("from").expect(text), Some(Stamp(to)), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_named_with_what_is_allowed() {
        for text in ["limit=0", "limit=101", "limit=x"] {
            assert!(read(text).number("limit", 100).is_err(), "{text}");
        }
        for text in ["interval=7s", "interval=2d", "interval=s", "interval=%C3%A9"] {
            assert!(read(text).interval_ms().is_err(), "{text}");
        }
        assert!(read("from=yesterday").from("from").is_err());
        assert!(read("creator=%3Cscript%3E").creator().is_err());
        assert!(read("sort=x").choice("sort", &[("a", 1)]).is_err());
        assert!(read("kind=gift,x").names("kind", &["gift"]).is_err());
        for text in ["limmit=5", "limit=1&limit=2"] {
            let trouble = Query::parse(text, &ALLOWED).expect_err(text);
            assert!(trouble.to_string().contains(text.split('=').next().expect("a name")), "{trouble}");
        }
    }
}
