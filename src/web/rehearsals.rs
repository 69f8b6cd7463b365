//! Which widgets show an example right now, because their owner wants to see one on stream.
//!
//! Kept here and nowhere else, so that every page of the widget shows it, also one that is loaded again, and
//! nothing of it is ever recorded or counted.

use crate::domain::access::Widget;
use crate::domain::handle::Handle;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Long enough to look up from the dashboard to the stream.
pub const LASTS: Duration = Duration::from_secs(10);

/// The rehearsals that go on, and when each began.
#[derive(Debug, Default)]
pub struct Rehearsals(Mutex<HashMap<(Handle, Widget), Instant>>);

impl Rehearsals {
    /// An example is shown from `now` on. `creator` is one that is watched, so there are few.
    pub fn begin(&self, creator: Handle, widget: Widget, now: Instant) {
        self.going_on(now).insert((creator, widget), now);
    }

    /// Whether `widget` shows an example.
    #[must_use]
    pub fn is_on(&self, creator: &Handle, widget: Widget, now: Instant) -> bool {
        self.going_on(now).contains_key(&(creator.clone(), widget))
    }

    fn going_on(&self, now: Instant) -> MutexGuard<'_, HashMap<(Handle, Widget), Instant>> {
        let mut began = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        began.retain(|_, began| now.saturating_duration_since(*began) < LASTS);
        began
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_shown_on_its_widget_alone_and_goes_by_itself() {
        let (rehearsals, began) = (Rehearsals::default(), Instant::now());
        let (mira, raka) = ("mira", "raka");
        let handle = |name| Handle::parse(name).expect("valid");
        rehearsals.begin(handle(mira), Widget::Goal, began);
        assert!(rehearsals.is_on(&handle(mira), Widget::Goal, began));
        assert!(!rehearsals.is_on(&handle(mira), Widget::Gifters, began));
        assert!(!rehearsals.is_on(&handle(raka), Widget::Goal, began));
        assert!(rehearsals.is_on(&handle(mira), Widget::Goal, began + LASTS / 2));
        assert!(!rehearsals.is_on(&handle(mira), Widget::Goal, began + LASTS));
        assert!(rehearsals.going_on(began + LASTS).is_empty());
    }
}
