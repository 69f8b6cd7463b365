//! One person, as the panel beside a leaderboard shows them.

use crate::domain::gift::ValueSource;
use crate::domain::handle::Handle;
use crate::domain::ids::UserId;
use crate::domain::remark::Tag;
use crate::domain::time::Stamp;
use crate::store::people::Person;
use crate::store::person::PersonSession;
use crate::store::{Store, StoreError};
use std::collections::HashMap;

/// No more sessions than this are looked at.
const MOST_SESSIONS: i64 = 400;

/// So many arrivals say when somebody usually arrives.
const ENOUGH_ARRIVALS: usize = 3;

/// What is known of a person over a stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonReport {
    pub person: Person,
    /// Handle, nickname and when they were seen last, newest first.
    pub earlier_names: Vec<(String, String, Stamp)>,
    pub note: String,
    pub tags: Vec<Tag>,
    /// Newest first.
    pub sessions: Vec<PersonSession>,
    /// How many of the sessions they came to.
    pub came: usize,
    /// From the start of a session to their arrival: the middle half of all arrivals lies within,
    /// in milliseconds. `None` for fewer than three.
    pub arrives_ms: Option<(i64, i64)>,
    pub units: i64,
    pub diamonds: i64,
    pub estimated: bool,
    /// Diamonds by how their value is known, indexed by `ValueSource as usize`.
    pub by_source: [i64; ValueSource::ALL.len()],
    /// The gift they gave most often, with its number.
    pub favourite: Option<(String, i64)>,
}

/// A person over the sessions of a stretch of time; `None` if nobody with this id was seen.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn person(
    store: &Store,
    user: UserId,
    stretch: (Stamp, Stamp),
    creator: Option<&Handle>,
) -> Result<Option<PersonReport>, StoreError> {
    let Some(person) = store.people(&[user]).await?.pop() else { return Ok(None) };
    let sessions = store.person_sessions(user, stretch, creator, MOST_SESSIONS).await?;
    let gave_in: Vec<_> =
        sessions.iter().filter(|session| session.gave.is_some()).map(|session| session.session).collect();
    let gifts = store.person_gifts(user, &gave_in).await?;
    let mut by_source = [0_i64; ValueSource::ALL.len()];
    let mut of_gift: HashMap<_, (String, i64)> = HashMap::new();
    for gift in gifts {
        let diamonds = &mut by_source[gift.source as usize];
        *diamonds = diamonds.saturating_add(gift.diamonds);
        let (name, units) = of_gift.entry(gift.gift).or_default();
        *units = units.saturating_add(gift.units);
        if name.is_empty() {
            *name = gift.name;
        }
    }
    let favourite = of_gift.into_iter().max_by_key(|(gift, (_, units))| (*units, *gift));
    let gave = || sessions.iter().filter_map(|session| session.gave);
    Ok(Some(PersonReport {
        earlier_names: store.earlier_names(user).await?,
        note: store.person_note(user).await?,
        tags: store.person_tags(&[user]).await?.remove(&user).unwrap_or_default(),
        came: sessions.iter().filter(|session| session.seen.is_some()).count(),
        arrives_ms: usual_arrival(&sessions),
        units: gave().map(|gave| gave.units).sum(),
        diamonds: gave().map(|gave| gave.diamonds).sum(),
        estimated: gave().any(|gave| gave.estimated),
        by_source,
        favourite: favourite.map(|(_, favourite)| favourite),
        person: seen_lately(person, &sessions),
        sessions,
    }))
}

/// When a person was seen is settled when a session ends; one that runs may know better.
fn seen_lately(person: Person, sessions: &[PersonSession]) -> Person {
    let seen = || sessions.iter().filter_map(|session| session.seen);
    Person {
        first_seen: seen().map(|(first, _)| first).fold(person.first_seen, Stamp::min),
        last_seen: seen().map(|(_, last)| last).fold(person.last_seen, Stamp::max),
        ..person
    }
}

fn usual_arrival(sessions: &[PersonSession]) -> Option<(i64, i64)> {
    let arrival = |session: &PersonSession| Some(session.seen?.0.ms_since(session.recorded_from).max(0));
    let mut arrivals: Vec<i64> = sessions.iter().filter_map(arrival).collect();
    if arrivals.len() < ENOUGH_ARRIVALS {
        return None;
    }
    arrivals.sort_unstable();
    let last = arrivals.len() - 1;
    Some((arrivals[last / 4], arrivals[last - last / 4]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SessionId;

    fn session(number: i64, arrived_min: Option<i64>) -> PersonSession {
        let recorded_from = Stamp(number * 86_400_000);
        PersonSession {
            session: SessionId(number),
            recorded_from,
            seen: arrived_min.map(|min| (recorded_from + min * 60_000, recorded_from + 3_600_000)),
            gave: None,
        }
    }

    #[test]
    fn somebody_usually_arrives_within_the_middle_half_of_their_arrivals() {
        let came: Vec<_> = (1..).zip([20, 25, 90, 30, 0]).map(|(n, min)| session(n, Some(min))).collect();
        assert_eq!(usual_arrival(&came), Some((20 * 60_000, 30 * 60_000)));
    }

    #[test]
    fn two_arrivals_are_no_habit() {
        let came = [session(1, Some(20)), session(2, None), session(3, Some(25))];
        assert_eq!(usual_arrival(&came), None);
    }
}
