//! Who is who in a file: by their names, or by numbers in one that hides them.

use crate::domain::ids::UserId;
use crate::store::{Store, StoreError};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// People whose names are asked for at once.
const MOST_AT_ONCE: usize = 2_000;

/// The names of everyone that a file tells of, each asked for once. One text holds them all, because
/// two of their own for everybody would take several times the memory.
#[derive(Debug, Default)]
pub struct Names {
    text: String,
    at: FxHashMap<UserId, Place>,
}

/// Where in the text somebody's handle and nickname are: the one ends where the other begins.
#[derive(Clone, Copy, Debug)]
struct Place {
    handle: u32,
    nickname: u32,
    end: u32,
}

impl Names {
    /// Asks for those of `users` who are not known yet.
    ///
    /// # Errors
    ///
    /// If the database cannot answer.
    pub async fn learn(
        &mut self,
        store: &Store,
        users: impl Iterator<Item = UserId>,
    ) -> Result<(), StoreError> {
        let unknown: Vec<UserId> = users.filter(|user| !self.at.contains_key(user)).collect();
        for some in unknown.chunks(MOST_AT_ONCE) {
            for person in store.people(some).await? {
                let handle = self.end();
                self.text.push_str(&person.display_id);
                let nickname = self.end();
                self.text.push_str(&person.nickname);
                self.at.insert(person.id, Place { handle, nickname, end: self.end() });
            }
        }
        Ok(())
    }

    /// How many people are known.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// The handle and the nickname used last; empty of somebody who is not known.
    pub fn of(&self, user: UserId) -> (&str, &str) {
        let Some(Place { handle, nickname, end }) = self.at.get(&user) else { return ("", "") };
        let part = |from: &u32, to: &u32| &self.text[*from as usize..*to as usize];
        (part(handle, nickname), part(nickname, end))
    }

    fn end(&self) -> u32 {
        u32::try_from(self.text.len()).expect("names of a hundred million people are not recorded")
    }
}

/// The numbers of people in a file: each person keeps the one that was given first.
#[derive(Debug, Default)]
pub struct Fans(FxHashMap<UserId, u32>);

impl Fans {
    pub fn number(&mut self, user: UserId) -> u32 {
        let next = u32::try_from(self.0.len() + 1).unwrap_or(u32::MAX);
        match self.0.entry(user) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_keeps_one_number_throughout_a_file() {
        let mut fans = Fans::default();
        let numbers: Vec<u32> = [7, 9, 7, 8, 9].into_iter().map(|id| fans.number(UserId(id))).collect();
        assert_eq!(numbers, [1, 2, 1, 3, 2]);
    }
}
