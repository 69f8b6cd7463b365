//! Trials and their slots.

use super::schema::{trial_slots, trials};
use super::{Store, StoreError};
use crate::domain::driver::Driver;
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::domain::trial::{Arm, Slot, Trial, TrialPlan, TrialState};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// The history shows so many trials of a creator.
const MOST: i64 = 20;

impl Store {
    /// Starts a trial. `None` if one of this creator runs already: what is fixed stays fixed.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn start_trial(&self, plan: &TrialPlan, now: Stamp) -> Result<Option<Trial>, StoreError> {
        let plan = plan.clone();
        self.write(move |writing| {
            if running(writing.connection, &plan.creator)?.is_some() {
                return Ok(None);
            }
            let id = diesel::insert_into(trials::table)
                .values((
                    trials::account_username.eq(&plan.creator),
                    trials::prompt.eq(plan.prompt),
                    trials::window_ms.eq(plan.window_ms),
                    trials::pairs.eq(i64::from(plan.pairs)),
                    trials::seed.eq(plan.seed),
                    trials::started_at.eq(now),
                    trials::state.eq(RUNNING),
                ))
                .returning(trials::trial_id)
                .get_result(writing.connection)?;
            Ok(Some(Trial { id, plan: plan.clone(), started_at: now, state: TrialState::Running }))
        })
        .await
    }

    /// Ends a running trial; one that is over stays as it is.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn end_trial(&self, id: i64, end: TrialState) -> Result<(), StoreError> {
        self.write(move |writing| {
            let (state, ended_at) = columns(end);
            diesel::update(trials::table.find(id).filter(trials::state.eq(RUNNING)))
                .set((trials::state.eq(state), trials::ended_at.eq(ended_at)))
                .execute(writing.connection)?;
            Ok(())
        })
        .await
    }

    /// Keeps that the reminder of a slot was seen; only the first time counts.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn see_slot(&self, trial: i64, slot: Slot) -> Result<(), StoreError> {
        self.write(move |writing| {
            diesel::insert_or_ignore_into(trial_slots::table)
                .values((
                    trial_slots::trial_id.eq(trial),
                    trial_slots::number.eq(i64::from(slot.number)),
                    trial_slots::session_id.eq(slot.session),
                    trial_slots::planned_at.eq(slot.at),
                    trial_slots::arm.eq(slot.arm),
                    trial_slots::shown_at.eq(slot.shown_at),
                ))
                .execute(writing.connection)?;
            Ok(())
        })
        .await
    }

    /// The trial of a creator that runs.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn running_trial(&self, creator: &Handle) -> Result<Option<Trial>, StoreError> {
        let creator = creator.clone();
        self.read(move |connection| running(connection, &creator)).await
    }

    /// The newest 20 trials of a creator, newest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn trials(&self, creator: &Handle) -> Result<Vec<Trial>, StoreError> {
        let creator = creator.clone();
        self.read(move |connection| {
            let rows: Vec<Row> = trials::table
                .filter(trials::account_username.eq(&creator))
                .order((trials::started_at.desc(), trials::trial_id.desc()))
                .limit(MOST)
                .load(connection)?;
            rows.into_iter().map(trial).collect()
        })
        .await
    }

    /// The slots of a trial that somebody saw, in their order.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn trial_slots(&self, trial: i64) -> Result<Vec<Slot>, StoreError> {
        self.read(move |connection| {
            let rows: Vec<(i64, SessionId, Stamp, Arm, Stamp)> = trial_slots::table
                .filter(trial_slots::trial_id.eq(trial))
                .order(trial_slots::number)
                .select((
                    trial_slots::number,
                    trial_slots::session_id,
                    trial_slots::planned_at,
                    trial_slots::arm,
                    trial_slots::shown_at,
                ))
                .load(connection)?;
            let slot = |(number, session, at, arm, shown_at)| {
                Ok(Slot { number: small(number)?, session, at, arm, shown_at })
            };
            rows.into_iter().map(slot).collect()
        })
        .await
    }
}

const RUNNING: &str = "running";
const FINISHED: &str = "finished";
const ABANDONED: &str = "abandoned";

#[derive(Queryable)]
#[diesel(table_name = trials)]
struct Row {
    id: i64,
    creator: Handle,
    prompt: Driver,
    window_ms: i64,
    pairs: i64,
    seed: i64,
    started_at: Stamp,
    state: String,
    ended_at: Option<Stamp>,
}

fn running(connection: &mut SqliteConnection, creator: &Handle) -> Result<Option<Trial>, StoreError> {
    let row: Option<Row> = trials::table
        .filter(trials::account_username.eq(creator))
        .filter(trials::state.eq(RUNNING))
        .first(connection)
        .optional()?;
    row.map(trial).transpose()
}

fn trial(row: Row) -> Result<Trial, StoreError> {
    let state = match (row.state.as_str(), row.ended_at) {
        (RUNNING, None) => TrialState::Running,
        (FINISHED, Some(at)) => TrialState::Finished { at },
        (ABANDONED, Some(at)) => TrialState::Abandoned { at },
        (state, _) => return Err(StoreError::Corrupt(format!("{state:?} is no state of a trial"))),
    };
    let plan = TrialPlan {
        creator: row.creator,
        prompt: row.prompt,
        window_ms: row.window_ms,
        pairs: small(row.pairs)?,
        seed: row.seed,
    };
    Ok(Trial { id: row.id, plan, started_at: row.started_at, state })
}

const fn columns(state: TrialState) -> (&'static str, Option<Stamp>) {
    match state {
        TrialState::Running => (RUNNING, None),
        TrialState::Finished { at } => (FINISHED, Some(at)),
        TrialState::Abandoned { at } => (ABANDONED, Some(at)),
    }
}

fn small(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::Corrupt(format!("{number} is no number of slots")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::RoomId;
    use crate::domain::session::{Origin, SessionStart};
    use crate::store::tests::new_store;

    fn plan(creator: &str) -> TrialPlan {
        let creator = Handle::parse(creator).expect("valid");
        TrialPlan { creator, prompt: Driver::Likes, window_ms: 300_000, pairs: 12, seed: -7_000_000_000_000 }
    }

    async fn session(store: &Store) -> SessionId {
        let start =
            SessionStart::new(Handle::parse("mira").expect("valid"), RoomId(1), Stamp(0), Origin::Live);
        store.begin_session(&start).await.expect("a session")
    }

    #[tokio::test]
    async fn a_creator_is_in_one_trial_at_a_time_and_what_was_fixed_stays() {
        let (_folder, store) = new_store();
        let trial = store.start_trial(&plan("mira"), Stamp(5)).await.expect("written").expect("the first");
        let other = TrialPlan { prompt: Driver::Gifts, seed: 1, ..plan("mira") };
        assert_eq!(store.start_trial(&other, Stamp(6)).await.expect("answered"), None);
        assert!(store.start_trial(&plan("budi"), Stamp(6)).await.expect("written").is_some());
        let mira = Handle::parse("mira").expect("valid");
        assert_eq!(store.running_trial(&mira).await.expect("read"), Some(trial.clone()));

        let abandoned = TrialState::Abandoned { at: Stamp(9) };
        store.end_trial(trial.id, abandoned).await.expect("written");
        store.end_trial(trial.id, TrialState::Finished { at: Stamp(10) }).await.expect("nothing to do");
        let second = store.start_trial(&other, Stamp(11)).await.expect("written").expect("free again");
        let kept = store.trials(&mira).await.expect("read");
        assert_eq!(
            kept,
            [second, Trial { state: abandoned, ..trial }],
            "newest first, and it says how it ended"
        );
    }

    #[tokio::test]
    async fn a_slot_is_kept_as_it_was_first_seen_and_goes_with_its_session() {
        let (_folder, store) = new_store();
        let trial = store.start_trial(&plan("mira"), Stamp(0)).await.expect("written").expect("the first").id;
        let session = session(&store).await;
        let slot = |number: u32, shown_at| Slot {
            number,
            session,
            at: Stamp(i64::from(number) * 600_000),
            arm: if number == 0 { Arm::Prompt } else { Arm::Control },
            shown_at: Stamp(shown_at),
        };
        for seen in [slot(1, 600_400), slot(0, 20), slot(0, 900)] {
            store.see_slot(trial, seen).await.expect("written");
        }
        assert_eq!(store.trial_slots(trial).await.expect("read"), [slot(0, 20), slot(1, 600_400)]);
        store.delete_session(session).await.expect("deleted");
        assert_eq!(store.trial_slots(trial).await.expect("read"), []);
    }
}
