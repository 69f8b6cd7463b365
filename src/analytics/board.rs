//! Leaderboards: what gifters gave over several sessions, added up and ranked.

use super::leaderboard::ranks;
use crate::domain::board::{BoardGifter, BoardGiven, SessionBoard, Standing};
use crate::domain::gift::TierLimits;
use crate::domain::ids::{GiftId, UserId};
use crate::domain::time::Stamp;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// A leaderboard that sessions are added to, one by one and in any order.
#[derive(Clone, Debug)]
pub struct Board {
    tiers: TierLimits,
    sessions: u32,
    standings: Vec<Standing>,
    at: FxHashMap<UserId, u32>,
    gifts: FxHashMap<GiftId, u32>,
    gift_names: Vec<String>,
    types: GiftSets,
}

impl Board {
    /// `tiers` says which gifts are special or premium.
    #[must_use]
    pub fn new(tiers: TierLimits) -> Self {
        Self {
            tiers,
            sessions: 0,
            standings: Vec::new(),
            at: FxHashMap::default(),
            gifts: FxHashMap::default(),
            gift_names: Vec::new(),
            types: GiftSets::default(),
        }
    }

    /// Makes room for so many gifters at once: growing step by step holds them twice for a moment.
    pub fn reserve(&mut self, gifters: usize) {
        self.standings.reserve_exact(gifters);
        self.at.reserve(gifters);
    }

    /// Adds a session. Ranks hold again after [`Self::rank`].
    pub fn add(&mut self, session: &SessionBoard) {
        self.sessions += 1;
        let gifts: Vec<(u32, usize)> = session
            .gifts
            .iter()
            .map(|gift| {
                (self.gift_number(gift.gift, &gift.name), self.tiers.tier(gift.unit_diamonds) as usize)
            })
            .collect();
        let mut given = session.given.iter();
        for gifter in &session.gifters {
            let mine = given.as_slice().split_at_checked(gifter.total.gift_types as usize);
            let (mine, rest) = mine.unwrap_or((given.as_slice(), &[]));
            given = rest.iter();
            self.add_gifter(gifter, mine, &gifts);
        }
    }

    fn gift_number(&mut self, gift: GiftId, name: &str) -> u32 {
        let next = self.gift_names.len() as u32;
        let number = *self.gifts.entry(gift).or_insert(next);
        if number == next {
            self.gift_names.push(name.to_owned());
        } else if self.gift_names[number as usize].is_empty() {
            name.clone_into(&mut self.gift_names[number as usize]);
        }
        number
    }

    fn add_gifter(&mut self, gifter: &BoardGifter, given: &[BoardGiven], gifts: &[(u32, usize)]) {
        let total = &gifter.total;
        let next = self.standings.len() as u32;
        let index = *self.at.entry(total.user).or_insert(next);
        if index == next {
            self.standings.push(nothing(gifter));
        }
        let standing = &mut self.standings[index as usize];
        standing.diamonds = standing.diamonds.saturating_add(total.diamonds);
        standing.diamonds_to_creator = standing.diamonds_to_creator.saturating_add(total.diamonds_to_creator);
        standing.units = standing.units.saturating_add(total.units);
        let dearness = |diamonds: i64, gift: GiftId| (diamonds, Reverse(gift));
        if dearness(total.biggest_diamonds, total.biggest_gift)
            > dearness(standing.biggest_diamonds, standing.biggest_gift)
        {
            standing.biggest_diamonds = total.biggest_diamonds;
            standing.biggest_gift = total.biggest_gift;
        }
        standing.sessions += 1;
        standing.first_gift_at = standing.first_gift_at.min(total.first_gift_at);
        standing.last_gift_at = standing.last_gift_at.max(total.last_gift_at);
        standing.last_seen = standing.last_seen.max(gifter.last_seen);
        standing.estimated |= total.estimated;
        for gift in given {
            let Some((number, tier)) = gifts.get(gift.gift as usize) else { continue };
            standing.by_tier[*tier] = standing.by_tier[*tier].saturating_add(gift.diamonds);
            standing.gift_types += u32::from(self.types.insert(index, *number));
        }
    }

    /// Sorts by diamonds and gives everyone their rank.
    pub fn rank(&mut self) {
        let standings = &mut self.standings;
        // In place: a copy of everyone beside them would be the largest thing in memory.
        standings.sort_unstable_by_key(|standing| {
            (Reverse(standing.diamonds), Reverse(standing.units), standing.user)
        });
        let order: Vec<u32> = standings.iter().map(|standing| self.at[&standing.user]).collect();
        self.types.reorder(&order);
        let ranks = ranks(standings, |standing| standing.diamonds);
        for ((index, standing), rank) in (0..).zip(standings).zip(ranks) {
            standing.rank = rank;
            self.at.insert(standing.user, index);
        }
    }

    /// Everyone, most diamonds first.
    #[must_use]
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// Where in [`Self::standings`] somebody is.
    #[must_use]
    pub fn position(&self, user: UserId) -> Option<u32> {
        self.at.get(&user).copied()
    }

    #[must_use]
    pub fn standing(&self, user: UserId) -> Option<&Standing> {
        self.position(user).map(|index| &self.standings[index as usize])
    }

    /// How many sessions were added up.
    #[must_use]
    pub const fn sessions(&self) -> u32 {
        self.sessions
    }

    /// The name of a gift that was given; empty if no event said it.
    #[must_use]
    pub fn gift_name(&self, gift: GiftId) -> &str {
        self.gifts.get(&gift).map_or("", |number| &self.gift_names[*number as usize])
    }
}

fn nothing(gifter: &BoardGifter) -> Standing {
    Standing {
        user: gifter.total.user,
        rank: 0,
        diamonds: 0,
        diamonds_to_creator: 0,
        by_tier: [0; 3],
        units: 0,
        gift_types: 0,
        biggest_gift: gifter.total.biggest_gift,
        biggest_diamonds: gifter.total.biggest_diamonds,
        sessions: 0,
        first_gift_at: gifter.total.first_gift_at,
        last_gift_at: gifter.total.last_gift_at,
        last_seen: Stamp(i64::MIN),
        estimated: false,
    }
}

/// Which gifts each gifter gave, a bit for each: a set of its own for everyone would cost more than
/// all their sums.
#[derive(Clone, Debug, Default)]
struct GiftSets {
    /// Words of 64 gifts that each gifter has.
    stride: usize,
    words: Vec<u64>,
}

impl GiftSets {
    /// Whether `gift` is new to the gifter at `index`.
    fn insert(&mut self, index: u32, gift: u32) -> bool {
        let (word, bit) = (gift as usize / 64, 1 << (gift % 64));
        if word >= self.stride {
            self.widen(word + 1);
        }
        let at = index as usize * self.stride + word;
        if at >= self.words.len() {
            self.words.resize((index as usize + 1) * self.stride, 0);
        }
        let is_new = self.words[at] & bit == 0;
        self.words[at] |= bit;
        is_new
    }

    fn widen(&mut self, stride: usize) {
        let old = std::mem::take(&mut self.words);
        if self.stride > 0 {
            for set in old.chunks(self.stride) {
                self.words.extend_from_slice(set);
                self.words.resize(self.words.len() + stride - set.len(), 0);
            }
        }
        self.stride = stride;
    }

    fn reorder(&mut self, order: &[u32]) {
        self.words.resize(order.len() * self.stride, 0);
        let old = std::mem::take(&mut self.words);
        for index in order {
            let at = *index as usize * self.stride;
            self.words.extend_from_slice(&old[at..at + self.stride]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::board::BoardGift;
    use crate::domain::totals::GifterTotal;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn gift(id: i64, unit_diamonds: u32) -> BoardGift {
        BoardGift { gift: GiftId(id), name: format!("gift {id}"), unit_diamonds }
    }

    /// A session in which people gave units of gifts; the gifts cost 1, 100, 1000, 1, 100 and so on.
    fn session(at: i64, gave: &BTreeMap<i64, BTreeMap<i64, i64>>) -> SessionBoard {
        let price = |id: i64| [1, 100, 1000][id as usize % 3];
        let ids: BTreeSet<i64> = gave.values().flat_map(BTreeMap::keys).copied().collect();
        let mut board = SessionBoard {
            gifts: ids.iter().map(|id| gift(*id, price(*id))).collect(),
            ..SessionBoard::default()
        };
        for (user, gifts) in gave {
            let worth: Vec<i64> = gifts.iter().map(|(id, units)| i64::from(price(*id)) * units).collect();
            let biggest = *gifts.keys().max_by_key(|id| price(**id)).expect("they gave something");
            board.gifters.push(BoardGifter {
                total: GifterTotal {
                    user: UserId(*user),
                    units: gifts.values().sum(),
                    diamonds: worth.iter().sum(),
                    diamonds_to_creator: worth.iter().sum(),
                    gift_types: gifts.len() as i64,
                    biggest_diamonds: i64::from(price(biggest)),
                    biggest_gift: GiftId(biggest),
                    first_gift_at: Stamp(at + user),
                    last_gift_at: Stamp(at + user + 5),
                    estimated: user % 2 == 0,
                },
                last_seen: Stamp(at + user + 9),
            });
            let position = |id: &i64| ids.iter().position(|known| known == id).expect("listed") as u32;
            board.given.extend(
                gifts
                    .keys()
                    .zip(&worth)
                    .map(|(id, diamonds)| BoardGiven { gift: position(id), diamonds: *diamonds }),
            );
        }
        board
    }

    fn added_up(sessions: &[SessionBoard]) -> Board {
        let mut board = Board::new(TierLimits::default());
        sessions.iter().for_each(|session| board.add(session));
        board.rank();
        board
    }

    proptest! {
        #[test]
        fn a_board_is_what_its_sessions_add_up_to_in_any_order(
            gave in prop::collection::vec(
                prop::collection::btree_map(
                    1_i64..30,
                    prop::collection::btree_map(0_i64..200, 1_i64..50, 1..6),
                    0..12,
                ),
                0..8,
            ),
        ) {
            let sessions: Vec<_> = (0..).zip(&gave).map(|(n, gave)| session(n * 1000, gave)).collect();
            let board = added_up(&sessions);
            let mut back = sessions.clone();
            back.reverse();
            let backwards = added_up(&back);
            let plain = |board: &Board| {
                board.standings().iter().map(|s| (s.user, s.rank, s.diamonds, s.gift_types)).collect::<Vec<_>>()
            };
            prop_assert_eq!(plain(&board), plain(&backwards));

            for standing in board.standings() {
                let mine: Vec<_> =
                    gave.iter().filter_map(|session| session.get(&standing.user.0)).collect();
                let types: BTreeSet<_> = mine.iter().flat_map(|gifts| gifts.keys()).collect();
                let units: i64 = mine.iter().flat_map(|gifts| gifts.values()).sum();
                prop_assert_eq!(standing.gift_types as usize, types.len());
                prop_assert_eq!(standing.units, units);
                prop_assert_eq!(standing.sessions as usize, mine.len());
                prop_assert_eq!(standing.by_tier.iter().sum::<i64>(), standing.diamonds);
                let above = board.standings().iter().filter(|other| other.diamonds > standing.diamonds);
                prop_assert_eq!(standing.rank as usize, above.count() + 1);
                prop_assert_eq!(board.standing(standing.user), Some(standing));
            }
            let people: BTreeSet<_> = gave.iter().flat_map(BTreeMap::keys).collect();
            prop_assert_eq!(board.standings().len(), people.len());
        }
    }

    #[test]
    fn sessions_can_be_added_after_the_board_was_ranked() {
        let gave = |user: i64, units: i64| BTreeMap::from([(user, BTreeMap::from([(0, units)]))]);
        let mut board = added_up(&[session(0, &gave(1, 5)), session(0, &gave(2, 9))]);
        board.add(&session(50, &gave(1, 7)));
        board.rank();
        let ranked: Vec<_> =
            board.standings().iter().map(|s| (s.user.0, s.rank, s.units, s.gift_types)).collect();
        assert_eq!(ranked, [(1, 1, 12, 1), (2, 2, 9, 1)]);
        assert_eq!(board.gift_name(GiftId(0)), "gift 0");
        assert_eq!(board.gift_name(GiftId(9)), "");
    }
}
