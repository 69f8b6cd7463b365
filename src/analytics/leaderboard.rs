//! Ranks: who gave most. People with the same diamonds share a rank.

/// The rank of each entry of a list that is sorted by `key`, best first, counting from 1.
#[must_use]
pub fn ranks<T, K: PartialEq>(sorted: &[T], key: impl Fn(&T) -> K) -> Vec<u32> {
    let (mut rank, mut before) = (0, None);
    let next = |(position, entry)| {
        let key = Some(key(entry));
        if key != before {
            (rank, before) = (position, key);
        }
        rank
    };
    (1..).zip(sorted).map(next).collect()
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
