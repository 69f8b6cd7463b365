//! The five kinds of activity and a value for each.

use std::ops::{Index, IndexMut};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Likes,
    Gifts,
    Comments,
    Follows,
    Shares,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Likes, Self::Gifts, Self::Comments, Self::Follows, Self::Shares];

    /// The word of truths and answers.
    pub fn plural(self) -> &'static str {
        ["likes", "gifts", "comments", "follows", "shares"][self as usize]
    }

    /// The word of event lines.
    pub fn singular(self) -> &'static str {
        ["like", "gift", "comment", "follow", "share"][self as usize]
    }

    pub fn parse(plural: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.plural() == plural)
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PerKind<T>(pub [T; 5]);

impl<T> PerKind<T> {
    pub fn map<U>(self, with: impl FnMut(T) -> U) -> PerKind<U> {
        PerKind(self.0.map(with))
    }
}

impl<T> Index<Kind> for PerKind<T> {
    type Output = T;
    fn index(&self, kind: Kind) -> &T {
        &self.0[kind as usize]
    }
}

impl<T> IndexMut<Kind> for PerKind<T> {
    fn index_mut(&mut self, kind: Kind) -> &mut T {
        &mut self.0[kind as usize]
    }
}
