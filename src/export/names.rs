//! Who is who in a file that hides names.

use crate::domain::ids::UserId;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

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
