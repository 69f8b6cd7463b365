//! Ranks: who gave most. People with the same diamonds share a rank.

/// The rank of each entry of a list that is sorted by `key`, best first, counting from 1.
#[must_use]
pub fn ranks<T, K: PartialEq>(sorted: &[T], key: impl Fn(&T) -> K) -> Vec<u32> {
    let mut ranks: Vec<u32> = Vec::with_capacity(sorted.len());
    for (index, entry) in sorted.iter().enumerate() {
        let tied = index > 0 && key(&sorted[index - 1]) == key(entry);
        let position = u32::try_from(index + 1).unwrap_or(u32::MAX);
        ranks.push(if tied { ranks[index - 1] } else { position });
    }
    ranks
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
