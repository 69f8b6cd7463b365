//! Fragments as they were rendered last, for everyone who asks for the same.
//!
//! Many browsers poll the same few fragments, and nothing in them changes but with the snapshot they
//! show and with the second. It only saves work: without it every answer would be the same.

use super::api::answer::Tagged;
use super::look::Look;
use crate::domain::handle::Handle;
use crate::domain::time::Stamp;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many different fragments are kept; they are forgotten every second anyway.
const MOST: usize = 32;

/// The fragments of this second.
#[derive(Debug, Default)]
pub struct Rendered(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    second: i64,
    fragments: HashMap<Key, Option<Tagged>>,
}

/// All that a fragment depends on, but for the second.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Path and query.
    pub address: String,
    /// Whose snapshot it shows, and which.
    pub creator: Handle,
    pub version: u64,
    /// With who looks: one role's fragment is never another's.
    pub look: Look,
}

impl Rendered {
    /// The fragment of `key`, rendered by `render` if it is not kept. `None` stands for nothing new.
    ///
    /// # Errors
    ///
    /// That of `render`.
    pub fn take<E>(
        &self,
        now: Stamp,
        key: Key,
        render: impl FnOnce() -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Option<Tagged>, E> {
        let second = now.floor_to(1000).0;
        if let Some(fragment) = self.of(second).fragments.get(&key) {
            return Ok(fragment.clone());
        }
        let fragment = render()?.map(Tagged::new);
        let mut kept = self.of(second);
        if kept.fragments.len() < MOST {
            kept.fragments.insert(key, fragment.clone());
        }
        Ok(fragment)
    }

    fn of(&self, second: i64) -> MutexGuard<'_, Kept> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.second != second {
            kept.second = second;
            kept.fragments.clear();
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Role;
    use std::convert::Infallible;

    #[test]
    fn a_fragment_is_rendered_anew_for_another_second_snapshot_address_or_look() {
        let rendered = Rendered::default();
        let key = Key {
            address: "/f/feed?after=3".to_owned(),
            creator: Handle::parse("mira").expect("a handle"),
            version: 1,
            look: Look::default(),
        };
        let renders = |now: i64, key: &Key| {
            let mut times = 0;
            let fragment = rendered.take(Stamp(now), key.clone(), || {
                times += 1;
                Ok::<_, Infallible>(Some(Vec::new()))
            });
            assert!(fragment.is_ok_and(|fragment| fragment.is_some()));
            times
        };
        assert_eq!(renders(5_000, &key), 1);
        assert_eq!(renders(5_999, &key), 0);
        assert_eq!(renders(5_000, &Key { version: 2, ..key.clone() }), 1);
        assert_eq!(renders(5_000, &Key { address: "/f/feed?after=4".to_owned(), ..key.clone() }), 1);
        for role in [Role::Moderator, Role::Guest] {
            assert_eq!(renders(5_000, &Key { look: Look { role, ..key.look }, ..key.clone() }), 1);
        }
        assert_eq!(renders(6_000, &key), 1);
    }

    #[test]
    fn no_more_than_a_few_are_kept_whatever_is_asked() {
        let rendered = Rendered::default();
        for number in 0..1_000 {
            let key = Key {
                address: format!("/f/feed?after={number}"),
                creator: Handle::parse("mira").expect("a handle"),
                version: 1,
                look: Look::default(),
            };
            let nothing = rendered.take(Stamp(5_000), key, || Ok::<_, Infallible>(None));
            assert!(nothing.is_ok_and(|nothing| nothing.is_none()));
        }
        assert_eq!(rendered.of(5_000).fragments.len(), MOST);
    }
}
