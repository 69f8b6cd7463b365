//! How a chore that takes something away works: step by step, with a rest after each, and ready to be
//! stopped or killed after any of them.

use super::Trouble;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// After each step others may work for this long.
const REST: Duration = Duration::from_millis(15);

/// What may have been done last when a chore is stopped or killed. Whatever it is, the next run takes up
/// from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A recount of a session agreed, and nothing was changed.
    Recounted,
    /// A session counts as thinned, and its raw events are still there.
    Thinned,
    /// Some raw events of a thinned session are removed.
    EventsRemoved,
    /// It is written down which sessions an archive is to hold.
    Chosen,
    /// The raw archive has its name.
    RawWritten,
    /// The workbook has its name.
    BookWritten,
    /// Both files were read back and found right, and that is written down.
    Verified,
    /// A session counts as left, and its details are still there.
    Left,
    /// Some rows of a session that left are removed.
    RowsRemoved,
    /// Some people whom no session knows are removed.
    PeopleRemoved,
    /// Some free pages were given back.
    Reclaimed,
}

/// When to go on.
pub struct Pace {
    go_on: Box<dyn Fn(Step) -> bool + Send + Sync>,
    rest: Duration,
}

impl Pace {
    /// Goes on until `stop`.
    #[must_use]
    pub fn until(stop: CancellationToken) -> Self {
        Self { go_on: Box::new(move |_| !stop.is_cancelled()), rest: REST }
    }

    /// Asks `go_on` after each step, and does not rest.
    #[must_use]
    pub fn while_told(go_on: impl Fn(Step) -> bool + Send + Sync + 'static) -> Self {
        Self { go_on: Box::new(go_on), rest: Duration::ZERO }
    }

    /// Says that a step is done, and rests.
    ///
    /// # Errors
    ///
    /// [`Trouble::Stopped`].
    pub async fn done(&self, step: Step) -> Result<(), Trouble> {
        if !(self.go_on)(step) {
            return Err(Trouble::Stopped);
        }
        tokio::time::sleep(self.rest).await;
        Ok(())
    }
}
