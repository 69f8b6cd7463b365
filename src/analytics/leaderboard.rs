//! Ranks: who gave most. People with the same diamonds share a rank.

/// Ranks entries that come one after another, best first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ranking<K> {
    position: u32,
    rank: u32,
    before: Option<K>,
}

impl<K: PartialEq> Ranking<K> {
    /// The rank of the next entry, counting from 1.
    pub fn next(&mut self, key: K) -> u32 {
        self.position = self.position.saturating_add(1);
        if self.before.as_ref() != Some(&key) {
            self.rank = self.position;
        }
        self.before = Some(key);
        self.rank
    }
}

/// The rank of each entry of a list that is sorted by `key`, best first, counting from 1.
#[must_use]
pub fn ranks<T, K: PartialEq>(sorted: &[T], key: impl Fn(&T) -> K) -> Vec<u32> {
    let mut ranking = Ranking { position: 0, rank: 0, before: None };
    sorted.iter().map(|entry| ranking.next(key(entry))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_a_rank_and_the_next_one_is_skipped() {
        assert_eq!(ranks(&[9, 7, 7, 7, 3], |diamonds| *diamonds), [1, 2, 2, 2, 5]);
        assert_eq!(ranks(&[] as &[i64], |diamonds| *diamonds), [0; 0]);
    }
}
