//! Trials of a creator: what to remind of now, and what those that are over found.

use crate::analytics::course::Course;
use crate::analytics::trial;
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::domain::trial::{Outcome, Planned, Reminder, Slot, Trial, TrialState};
use crate::store::{Store, StoreError};

/// A trial with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialReport {
    pub trial: Trial,
    /// The slots whose reminder somebody saw, in their order.
    pub slots: Vec<Slot>,
    /// `None` before the end, of an abandoned trial, and if no pair could be judged.
    pub outcome: Option<Outcome>,
}

/// What a running trial asks for now.
#[derive(Clone, Debug, PartialEq)]
pub struct Reminded {
    pub trial: Trial,
    /// `None` while the creator is not live.
    pub reminder: Option<Reminder>,
}

/// The trials of a creator, newest first. One whose last slot is over is finished by this.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn trials(store: &Store, creator: &Handle, now: Stamp) -> Result<Vec<TrialReport>, StoreError> {
    let mut reports = Vec::new();
    for mut trial in store.trials(creator).await? {
        let slots = store.trial_slots(trial.id).await?;
        if trial.state == TrialState::Running && trial::is_over(&trial, &slots, now) {
            trial.state = TrialState::Finished { at: now };
            store.end_trial(trial.id, trial.state).await?;
        }
        let outcome = match trial.state {
            TrialState::Finished { .. } => trial::outcome(&trial, &slots, &courses(store, &slots).await?),
            TrialState::Running | TrialState::Abandoned { .. } => None,
        };
        reports.push(TrialReport { trial, slots, outcome });
    }
    Ok(reports)
}

/// What the running trial of a creator asks for at `now`, in the session that is live with its beginning.
/// Whoever is told of a slot has seen it, so this keeps that the slot took place.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn remind(
    store: &Store,
    creator: &Handle,
    live: Option<(SessionId, Stamp)>,
    now: Stamp,
) -> Result<Option<Reminded>, StoreError> {
    let Some(trial) = store.running_trial(creator).await? else { return Ok(None) };
    let Some((session, recorded_from)) = live else { return Ok(Some(Reminded { trial, reminder: None })) };
    let slots = store.trial_slots(trial.id).await?;
    let reminder = trial::reminder(&trial, &slots, session, recorded_from, now);
    match reminder {
        Reminder::Now(Planned { number, at, arm }) => {
            if slots.iter().all(|slot| slot.number != number) {
                store.see_slot(trial.id, Slot { number, session, at, arm, shown_at: now }).await?;
            }
        }
        Reminder::Over => store.end_trial(trial.id, TrialState::Finished { at: now }).await?,
        Reminder::Next(_) | Reminder::NextLive => {}
    }
    Ok(Some(Reminded { trial, reminder: Some(reminder) }))
}

async fn courses(store: &Store, slots: &[Slot]) -> Result<Vec<(SessionId, Course)>, StoreError> {
    let mut sessions: Vec<_> = slots.iter().map(|slot| slot.session).collect();
    sessions.sort_unstable();
    sessions.dedup();
    let mut courses = Vec::with_capacity(sessions.len());
    for session in sessions {
        courses.push((session, course(store, session).await?));
    }
    Ok(courses)
}

/// The course of a session as far as it is stored.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn course(store: &Store, session: SessionId) -> Result<Course, StoreError> {
    let bins = store.series(session, Stamp(i64::MIN), Stamp(i64::MAX)).await?;
    Ok(Course::new(&bins, &store.gaps(session).await?))
}
