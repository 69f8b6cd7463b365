//! Who gave most: a board as a page or a script asks for it, sorted, filtered and compared with the
//! sessions before.

use super::boards::Boards;
use crate::analytics::board::Board;
use crate::domain::board::Standing;
use crate::domain::gift::{Tier, TierLimits};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::remark::Tag;
use crate::domain::text::called;
use crate::domain::time::Stamp;
use crate::store::archives::Left;
use crate::store::boards::BoardScope;
use crate::store::people::Person;
use crate::store::sessions::SessionFilter;
use crate::store::{Store, StoreError};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// What is asked of a board.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardQuestion {
    pub scope: BoardScope,
    /// What ranks are compared with; `None` for nothing.
    pub before: Option<BoardScope>,
    pub tiers: TierLimits,
    pub sort: BoardColumn,
    /// Smallest or earliest first.
    pub ascending: bool,
    /// Only those who gave a gift of this tier.
    pub tier: Option<Tier>,
    /// Only those who gave so many diamonds.
    pub at_least: i64,
    /// Part of a name, handle or earlier name; empty for everyone.
    pub search: String,
    pub offset: usize,
    pub limit: usize,
    /// Whose line is wanted wherever it stands.
    pub who: Option<UserId>,
}

impl BoardQuestion {
    /// The first `limit` of `scope`, most diamonds first.
    #[must_use]
    pub fn first_of(scope: BoardScope, limit: usize) -> Self {
        Self {
            scope,
            before: None,
            tiers: TierLimits::default(),
            sort: BoardColumn::default(),
            ascending: false,
            tier: None,
            at_least: i64::MIN,
            search: String::new(),
            offset: 0,
            limit,
            who: None,
        }
    }
}

/// What a board can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BoardColumn {
    #[default]
    Diamonds,
    Name,
    ToCreator,
    Gifts,
    GiftTypes,
    Biggest,
    /// Diamonds in gifts of one tier.
    Tier(Tier),
    Sessions,
    FirstGift,
    LastGift,
    LastSeen,
}

/// The answer: some lines of a board, and what is true of all of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leaderboard {
    pub entries: Vec<Entry>,
    /// The line of the person that was asked for, if they gave.
    pub chosen: Option<Entry>,
    /// How many lines pass the filters.
    pub found: usize,
    /// How many gifters there are.
    pub gifters: usize,
    pub sessions: u32,
    pub diamonds: i64,
    /// Whether there were earlier sessions to compare ranks with.
    pub is_compared: bool,
    /// Diamonds of the first three.
    pub of_first_three: i64,
    pub estimated: bool,
    /// The sessions that are not part of it, because they left.
    pub left: Left,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub standing: Standing,
    /// Place among all, from 1: as the rank, but different for everyone.
    pub place: u32,
    pub display_id: String,
    pub nickname: String,
    pub biggest_gift_name: String,
    pub movement: Movement,
    pub tags: Vec<Tag>,
}

/// A rank against the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// There is nothing to compare with.
    Unknown,
    New,
    Same,
    Up(u32),
    Down(u32),
}

/// Answers a question.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn leaderboard(
    store: &Store,
    boards: &Boards,
    question: &BoardQuestion,
    now: Stamp,
) -> Result<Leaderboard, StoreError> {
    let board = boards.board(store, &question.scope, question.tiers, now).await?;
    let before = match &question.before {
        // Against sessions whose gifts are not here any more, everybody would be new.
        Some(before) if store.left(before).await?.sessions == 0 => {
            Some(boards.board(store, before, question.tiers, now).await?)
        }
        _ => None,
    };
    let lines = lines(store, &board, question).await?;
    let shown: Vec<u32> = lines.iter().skip(question.offset).take(question.limit).copied().collect();
    let standings = board.standings();
    let chosen = question.who.and_then(|user| board.position(user));
    let wanted = || shown.iter().chain(&chosen);
    let users: Vec<UserId> = wanted().map(|index| standings[*index as usize].user).collect();
    let people = people(store, &users).await?;
    let tags = store.person_tags(&users).await?;
    let entry = |index: &u32| {
        let standing = standings[*index as usize];
        let person = people.get(&standing.user);
        let name = |part: fn(&Person) -> &String| person.map(part).cloned().unwrap_or_default();
        Entry {
            standing,
            place: index + 1,
            display_id: name(|person| &person.display_id),
            nickname: name(|person| &person.nickname),
            biggest_gift_name: board.gift_name(standing.biggest_gift).to_owned(),
            movement: movement(&standing, before.as_deref()),
            tags: tags.get(&standing.user).cloned().unwrap_or_default(),
        }
    };
    Ok(Leaderboard {
        entries: shown.iter().map(entry).collect(),
        chosen: chosen.as_ref().map(entry),
        is_compared: before.as_ref().is_some_and(|before| !before.standings().is_empty()),
        found: lines.len(),
        gifters: standings.len(),
        sessions: board.sessions(),
        diamonds: standings.iter().map(|standing| standing.diamonds).sum(),
        of_first_three: standings.iter().take(3).map(|standing| standing.diamonds).sum(),
        estimated: standings.iter().any(|standing| standing.estimated),
        left: store.left(&question.scope).await?,
    })
}

/// The session of the same creator before this one, for the ranks of a single session.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn session_before(store: &Store, session: SessionId) -> Result<Option<BoardScope>, StoreError> {
    let Some(session) = store.session(session).await? else { return Ok(None) };
    let filter = SessionFilter {
        creator: Some(session.start.creator),
        to: Some(session.start.recorded_from),
        ..SessionFilter::default()
    };
    Ok(store.sessions(&filter, 1).await?.pop().map(|before| BoardScope::Session(before.id)))
}

/// The standings that pass the filters, by their position, in the order that was asked for.
async fn lines(store: &Store, board: &Board, question: &BoardQuestion) -> Result<Vec<u32>, StoreError> {
    let search = question.search.trim().trim_start_matches('@');
    let named: Option<HashSet<UserId>> = match search {
        "" => None,
        search => Some(store.find_gifters(search).await?.into_iter().collect()),
    };
    let passes = |standing: &Standing| {
        standing.diamonds >= question.at_least
            && question.tier.is_none_or(|tier| standing.by_tier[tier as usize] > 0)
            && named.as_ref().is_none_or(|named| named.contains(&standing.user))
    };
    let standings = board.standings();
    let mut lines: Vec<u32> =
        (0..).zip(standings).filter(|(_, standing)| passes(standing)).map(|(index, _)| index).collect();
    if question.sort == BoardColumn::Name {
        sort_by_name(store, standings, &mut lines).await?;
        if !question.ascending {
            lines.reverse();
        }
        return Ok(lines);
    }
    let key = |index: u32| sort_key(&standings[index as usize], question.sort);
    // Where two are the same, the one with the better place comes first, whatever the direction.
    match (question.sort, question.ascending) {
        (BoardColumn::Diamonds, false) => {}
        (_, false) => lines.sort_unstable_by_key(|index| (Reverse(key(*index)), *index)),
        (_, true) => lines.sort_unstable_by_key(|index| (key(*index), *index)),
    }
    Ok(lines)
}

const fn sort_key(standing: &Standing, column: BoardColumn) -> i64 {
    match column {
        BoardColumn::Diamonds | BoardColumn::Name => standing.diamonds,
        BoardColumn::ToCreator => standing.diamonds_to_creator,
        BoardColumn::Gifts => standing.units,
        BoardColumn::GiftTypes => standing.gift_types as i64,
        BoardColumn::Biggest => standing.biggest_diamonds,
        BoardColumn::Tier(tier) => standing.by_tier[tier as usize],
        BoardColumn::Sessions => standing.sessions as i64,
        BoardColumn::FirstGift => standing.first_gift_at.0,
        BoardColumn::LastGift => standing.last_gift_at.0,
        BoardColumn::LastSeen => standing.last_seen.0,
    }
}

async fn sort_by_name(store: &Store, standings: &[Standing], lines: &mut [u32]) -> Result<(), StoreError> {
    let users: Vec<UserId> = lines.iter().map(|index| standings[*index as usize].user).collect();
    let people = people(store, &users).await?;
    lines.sort_by_cached_key(|index| {
        let name = people
            .get(&standings[*index as usize].user)
            .map(|person| called(&person.nickname, &person.display_id))
            .unwrap_or_default();
        (name.to_lowercase(), *index)
    });
    Ok(())
}

async fn people(store: &Store, users: &[UserId]) -> Result<HashMap<UserId, Person>, StoreError> {
    Ok(store.people(users).await?.into_iter().map(|person| (person.id, person)).collect())
}

fn movement(standing: &Standing, before: Option<&Board>) -> Movement {
    let Some(before) = before.filter(|before| !before.standings().is_empty()) else {
        return Movement::Unknown;
    };
    match before.standing(standing.user) {
        None => Movement::New,
        Some(before) if before.rank > standing.rank => Movement::Up(before.rank - standing.rank),
        Some(before) if before.rank < standing.rank => Movement::Down(standing.rank - before.rank),
        Some(_) => Movement::Same,
    }
}

#[cfg(test)]
mod tests;
