//! What gifts are worth, said to everybody who watches the stream.

use crate::web::look::Look;
use crate::web::pages::leaderboard::approximate;
use std::fmt::{self, Display, Formatter};

/// That the owner ticked to show what gifts are worth on stream. A number of diamonds cannot be put on a
/// widget without it.
#[derive(Clone, Copy, Debug)]
pub struct Ticked(());

/// A number of diamonds on a widget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diamonds(String);

impl Ticked {
    #[must_use]
    pub fn new(ticked: bool) -> Option<Self> {
        ticked.then_some(Self(()))
    }

    /// With `≈` in front if any part is not exact.
    #[must_use]
    pub fn diamonds(self, n: i64, estimated: bool, look: &Look) -> Diamonds {
        Diamonds(approximate(look, n, estimated))
    }
}

impl Display for Diamonds {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{} ◆", self.0)
    }
}
