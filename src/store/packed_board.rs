//! How the board of a finished session is kept compactly.
//!
//! Gifters stand most diamonds first, the first of them apart from the others, so that they are read
//! without those. What each of them gave stands number by number rather than gifter by gifter: all their
//! diamonds, then all their units, each in as many bytes as the largest of them needs. Numbers that have
//! each a length of its own took three quarters of the bytes and twice the time, because a processor cannot
//! guess where the next one begins. Pure: boards in, bytes out, and back.

use super::segment::{Damaged, number, put, put_signed, small, unzigzag};
use crate::domain::board::{BoardGift, BoardGifter, BoardGiven, SessionBoard};
use crate::domain::ids::{GiftId, UserId};
use crate::domain::time::Stamp;
use bytes::Buf as _;

/// Pages show fewer at first, and with their gifts so many take about one page of the database.
pub(super) const FIRST: usize = 50;

pub(super) struct PackedBoard {
    /// After the gifts of the session and how many gifters there are.
    pub first_gifters: Vec<u8>,
    pub other_gifters: Vec<u8>,
}

impl PackedBoard {
    pub fn new(board: &SessionBoard) -> Self {
        let base = board.gifters.iter().map(|gifter| gifter.total.first_gift_at.0).min().unwrap_or(0);
        let mut first_gifters = Vec::new();
        put_signed(&mut first_gifters, base);
        put(&mut first_gifters, board.gifts.len() as u64);
        for gift in &board.gifts {
            put_signed(&mut first_gifters, gift.gift.0);
            put(&mut first_gifters, u64::from(gift.unit_diamonds));
            put(&mut first_gifters, gift.name.len() as u64);
            first_gifters.extend_from_slice(gift.name.as_bytes());
        }
        put(&mut first_gifters, board.gifters.len() as u64);
        let (first, others) = board.gifters.split_at(board.gifters.len().min(FIRST));
        let given: i64 = first.iter().map(|gifter| gifter.total.gift_types).sum();
        let (given_first, given_others) = board.given.split_at(given as usize);
        put_gifters(&mut first_gifters, base, first, given_first);
        let mut other_gifters = Vec::new();
        put_gifters(&mut other_gifters, base, others, given_others);
        Self { first_gifters, other_gifters }
    }
}

/// The first gifters, and the others if those are wanted. Room is made for no more than the bytes can hold, so a
/// lying length costs nothing.
pub(super) fn unpack(mut first: &[u8], others: Option<&[u8]>) -> Result<SessionBoard, Damaged> {
    let first = &mut first;
    let base = signed(first)?;
    let gifts = (0..number(first)?).map(|_| gift(first)).collect::<Result<_, _>>()?;
    let mut board = SessionBoard { gifts, ..SessionBoard::default() };
    let count = usize::try_from(number(first)?).map_err(|_| Damaged)?;
    add_gifters(&mut board, count.min(FIRST), base, first)?;
    if let Some(mut others) = others {
        add_gifters(&mut board, count.saturating_sub(FIRST), base, &mut others)?;
    }
    Ok(board)
}

fn gift(rest: &mut &[u8]) -> Result<BoardGift, Damaged> {
    let gift = GiftId(signed(rest)?);
    let unit_diamonds = small(rest)?;
    let length = usize::try_from(number(rest)?).map_err(|_| Damaged)?;
    let name = rest.split_off(..length).ok_or(Damaged)?;
    let name = String::from_utf8(name.to_vec()).map_err(|_| Damaged)?;
    Ok(BoardGift { gift, name, unit_diamonds })
}

fn signed(rest: &mut &[u8]) -> Result<i64, Damaged> {
    number(rest).map(unzigzag)
}

/// Times are differences to `base` and to each other.
fn put_gifters(body: &mut Vec<u8>, base: i64, gifters: &[BoardGifter], given: &[BoardGiven]) {
    let totals = gifters.iter().map(|gifter| &gifter.total);
    put_column(body, totals.clone().map(|total| total.user.0));
    put_column(body, totals.clone().map(|total| total.units));
    put_column(body, totals.clone().map(|total| total.diamonds));
    put_column(body, totals.clone().map(|total| total.diamonds - total.diamonds_to_creator));
    put_column(body, totals.clone().map(|total| total.biggest_gift.0));
    put_column(body, totals.clone().map(|total| total.biggest_diamonds));
    put_column(body, totals.clone().map(|total| total.first_gift_at.0 - base));
    put_column(body, totals.clone().map(|total| total.last_gift_at.ms_since(total.first_gift_at)));
    put_column(body, gifters.iter().map(|gifter| gifter.last_seen.ms_since(gifter.total.last_gift_at)));
    put_column(body, totals.clone().map(|total| i64::from(total.estimated)));
    put_column(body, totals.map(|total| total.gift_types));
    put_column(body, given.iter().map(|given| given.gift.into()));
    put_column(body, given.iter().map(|given| given.diamonds));
}

/// As [`put_gifters`] wrote them, after those that are there.
fn add_gifters(board: &mut SessionBoard, count: usize, base: i64, rest: &mut &[u8]) -> Result<(), Damaged> {
    let gifters = new(&mut board.gifters, count, rest)?;
    read_column(rest, gifters, |gifter, user| gifter.total.user = UserId(user))?;
    read_column(rest, gifters, |gifter, units| gifter.total.units = units)?;
    read_column(rest, gifters, |gifter, diamonds| gifter.total.diamonds = diamonds)?;
    read_column(rest, gifters, |BoardGifter { total, .. }, to_guests| {
        total.diamonds_to_creator = total.diamonds.wrapping_sub(to_guests);
    })?;
    read_column(rest, gifters, |gifter, gift| gifter.total.biggest_gift = GiftId(gift))?;
    read_column(rest, gifters, |gifter, diamonds| gifter.total.biggest_diamonds = diamonds)?;
    read_column(rest, gifters, |gifter, ms| gifter.total.first_gift_at = Stamp(base.wrapping_add(ms)))?;
    read_column(rest, gifters, |BoardGifter { total, .. }, ms| {
        total.last_gift_at = Stamp(total.first_gift_at.0.wrapping_add(ms));
    })?;
    read_column(rest, gifters, |BoardGifter { total, last_seen }, ms| {
        *last_seen = Stamp(total.last_gift_at.0.wrapping_add(ms));
    })?;
    read_column(rest, gifters, |gifter, estimated| gifter.total.estimated = estimated != 0)?;
    let mut given = 0_usize;
    read_column(rest, gifters, |gifter, types| {
        gifter.total.gift_types = types;
        given = given.saturating_add(usize::try_from(types).unwrap_or(usize::MAX));
    })?;
    let given = new(&mut board.given, given, rest)?;
    read_column(rest, given, |given, gift| given.gift = u32::try_from(gift).unwrap_or(u32::MAX))?;
    read_column(rest, given, |given, diamonds| given.diamonds = diamonds)?;
    let is_known = |given: &BoardGiven| (given.gift as usize) < board.gifts.len();
    if given.iter().all(is_known) { Ok(()) } else { Err(Damaged) }
}

/// So many more, all of them empty. Each is to take a byte at least.
fn new<'a, T: Clone + Default>(
    all: &'a mut Vec<T>,
    count: usize,
    rest: &[u8],
) -> Result<&'a mut [T], Damaged> {
    if count > rest.len() {
        return Err(Damaged);
    }
    let before = all.len();
    all.resize(before + count, T::default());
    Ok(&mut all[before..])
}

/// One number of each, after the bytes that each takes.
fn put_column(body: &mut Vec<u8>, numbers: impl Iterator<Item = i64> + Clone) {
    let fits = |bytes: usize| numbers.clone().all(|number| number == sign_extended(number, bytes));
    let bytes = [1, 2, 4].into_iter().find(|bytes| fits(*bytes)).unwrap_or(8);
    body.push(bytes as u8);
    for number in numbers {
        body.extend_from_slice(&number.to_le_bytes()[..bytes]);
    }
}

/// The number that the lowest bytes of this one stand for.
const fn sign_extended(number: i64, bytes: usize) -> i64 {
    let unused = 64 - 8 * bytes;
    number << unused >> unused
}

fn read_column<T>(rest: &mut &[u8], items: &mut [T], set: impl FnMut(&mut T, i64)) -> Result<(), Damaged> {
    match rest.try_get_u8() {
        Ok(1) => of_bytes::<1, T>(rest, items, set),
        Ok(2) => of_bytes::<2, T>(rest, items, set),
        Ok(4) => of_bytes::<4, T>(rest, items, set),
        Ok(8) => of_bytes::<8, T>(rest, items, set),
        _ => Err(Damaged),
    }
}

fn of_bytes<const BYTES: usize, T>(
    rest: &mut &[u8],
    items: &mut [T],
    mut set: impl FnMut(&mut T, i64),
) -> Result<(), Damaged> {
    let length = items.len().checked_mul(BYTES).ok_or(Damaged)?;
    let (numbers, _) = rest.split_off(..length).ok_or(Damaged)?.as_chunks::<BYTES>();
    for (item, bytes) in items.iter_mut().zip(numbers) {
        let mut number = [0; 8];
        number[..BYTES].copy_from_slice(bytes);
        set(item, sign_extended(i64::from_le_bytes(number), BYTES));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
