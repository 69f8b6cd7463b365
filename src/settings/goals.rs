//! Goals of the watched creators: set, shown, met and set again.

use crate::domain::goal::{Goal, GoalPlan, GoalState};
use crate::domain::handle::Handle;
use crate::domain::time::Stamp;
use crate::store::{Store, StoreError};
use std::sync::Arc;
use tokio::sync::watch;

/// What a goal may be at most.
pub const MOST_TARGET: i64 = 1_000_000_000;

/// A title has this many characters at most.
pub const MAX_TITLE_CHARS: usize = 60;

/// A creator has this many goals at most.
pub const MOST_GOALS: usize = 50;

/// A creator is shown this many goals at a time, so that the live page stays an answer.
pub const MOST_ACTIVE: usize = 3;

#[derive(Debug, thiserror::Error)]
pub enum GoalError {
    #[error("A target is a whole number from 1 to {MOST_TARGET}. Nothing was changed.")]
    Target,
    #[error("@{0} has {MOST_GOALS} goals already. Remove one first; nothing was changed.")]
    Many(Handle),
    #[error("@{0} is shown {MOST_ACTIVE} goals already. Take one back first; nothing was changed.")]
    ManyActive(Handle),
    #[error("There is no such goal any more.")]
    Gone,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The goals of one Pasut. Clones share them.
#[derive(Clone)]
pub struct Goals(Arc<Inner>);

struct Inner {
    store: Store,
    /// One change after the other, from counting what there is to announcing what there is then.
    changing: tokio::sync::Mutex<()>,
    all: watch::Sender<Arc<[Goal]>>,
}

impl Goals {
    /// Reads the goals that are kept.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub async fn load(store: Store) -> Result<Self, StoreError> {
        let all = watch::Sender::new(store.goals().await?.into());
        Ok(Self(Arc::new(Inner { store, changing: tokio::sync::Mutex::default(), all })))
    }

    /// Every goal, now and after each change.
    #[must_use]
    pub fn all(&self) -> watch::Receiver<Arc<[Goal]>> {
        self.0.all.subscribe()
    }

    /// The goals of a creator, in the order they were set.
    #[must_use]
    pub fn of(&self, creator: &Handle) -> Vec<Goal> {
        self.0.all.borrow().iter().filter(|goal| goal.plan.creator == *creator).cloned().collect()
    }

    /// The goals of a creator that a page shows: what is to be met, and what was met at `since` or later.
    #[must_use]
    pub fn shown(&self, creator: &Handle, since: Stamp) -> Vec<Goal> {
        let shown = |goal: &Goal| match goal.state {
            GoalState::Draft => false,
            GoalState::Active => true,
            GoalState::Met { at } => at >= since,
        };
        self.of(creator).into_iter().filter(shown).collect()
    }

    /// Sets a goal, to be shown at once or as a draft.
    ///
    /// # Errors
    ///
    /// [`GoalError`] says what is in the way; then nothing changes.
    pub async fn add(&self, plan: GoalPlan, active: bool) -> Result<(), GoalError> {
        let _turn = self.0.changing.lock().await;
        if !(1..=MOST_TARGET).contains(&plan.target) {
            return Err(GoalError::Target);
        }
        if self.of(&plan.creator).len() >= MOST_GOALS {
            return Err(GoalError::Many(plan.creator));
        }
        if active {
            self.can_show_more(&plan.creator)?;
        }
        let words: Vec<_> = plan.title.split_whitespace().collect();
        let title = words.join(" ").chars().take(MAX_TITLE_CHARS).collect();
        let state = if active { GoalState::Active } else { GoalState::Draft };
        self.0.store.add_goal(&GoalPlan { title, ..plan }, state).await?;
        self.announce().await
    }

    /// Shows a goal from now on; one that was met is to be met again.
    ///
    /// # Errors
    ///
    /// [`GoalError`] says what is in the way; then nothing changes.
    pub async fn activate(&self, id: i64) -> Result<(), GoalError> {
        let _turn = self.0.changing.lock().await;
        let goal = self.0.all.borrow().iter().find(|goal| goal.id == id).cloned();
        let goal = goal.ok_or(GoalError::Gone)?;
        if goal.state == GoalState::Active {
            return Ok(());
        }
        self.can_show_more(&goal.plan.creator)?;
        self.set(id, GoalState::Active).await
    }

    /// Shows a goal no more.
    ///
    /// # Errors
    ///
    /// [`GoalError::Gone`], or if it cannot be stored.
    pub async fn take_back(&self, id: i64) -> Result<(), GoalError> {
        let _turn = self.0.changing.lock().await;
        self.set(id, GoalState::Draft).await
    }

    /// # Errors
    ///
    /// [`GoalError::Gone`], or if it cannot be stored.
    pub async fn remove(&self, id: i64) -> Result<(), GoalError> {
        let _turn = self.0.changing.lock().await;
        let removed = self.0.store.remove_goal(id).await?;
        self.announce().await?;
        if removed { Ok(()) } else { Err(GoalError::Gone) }
    }

    /// Keeps that an active goal was met. Returns whether it was active until now.
    ///
    /// # Errors
    ///
    /// If it cannot be stored.
    pub async fn meet(&self, id: i64, at: Stamp) -> Result<bool, GoalError> {
        let _turn = self.0.changing.lock().await;
        let met = self.0.store.meet_goal(id, at).await?;
        self.announce().await?;
        Ok(met)
    }

    fn can_show_more(&self, creator: &Handle) -> Result<(), GoalError> {
        let of = self.of(creator);
        let active = of.iter().filter(|goal| goal.state == GoalState::Active).count();
        if active < MOST_ACTIVE { Ok(()) } else { Err(GoalError::ManyActive(creator.clone())) }
    }

    async fn set(&self, id: i64, state: GoalState) -> Result<(), GoalError> {
        let found = self.0.store.set_goal_state(id, state).await?;
        self.announce().await?;
        if found { Ok(()) } else { Err(GoalError::Gone) }
    }

    async fn announce(&self) -> Result<(), GoalError> {
        let all = self.0.store.goals().await?;
        self.0.all.send_replace(all.into());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::goal::GoalKind;
    use crate::store::Opening;

    fn plan(creator: &str, target: i64) -> GoalPlan {
        let creator = Handle::parse(creator).expect("valid");
        GoalPlan { creator, kind: GoalKind::Likes, target, title: "  Like\n  dulu ".to_owned() }
    }

    async fn goals() -> (tempfile::TempDir, Store, Goals) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
        let goals = Goals::load(store.clone()).await.expect("readable");
        (folder, store, goals)
    }

    #[tokio::test]
    async fn a_goal_is_kept_announced_and_shown_until_it_is_taken_back() {
        let (_folder, store, goals) = goals().await;
        let told = goals.all();
        goals.add(plan("mira", 500), true).await.expect("set");
        assert!(told.has_changed().expect("alive"));
        let mira = Handle::parse("mira").expect("valid");
        let [goal] = &goals.shown(&mira, Stamp(0))[..] else { panic!("one goal") };
        assert_eq!((goal.plan.title.as_str(), goal.state), ("Like dulu", GoalState::Active));
        assert!(goals.meet(goal.id, Stamp(9)).await.expect("kept"));
        assert!(!goals.meet(goal.id, Stamp(10)).await.expect("answered"), "once");
        assert_eq!(goals.shown(&mira, Stamp(9)).len(), 1, "in the session it was met in");
        assert_eq!(goals.shown(&mira, Stamp(10)).len(), 0, "and not in the next");
        goals.take_back(goal.id).await.expect("kept");
        assert_eq!(goals.shown(&mira, Stamp(0)), []);
        let again = Goals::load(store).await.expect("readable");
        assert_eq!(again.of(&mira), goals.of(&mira));
        assert!(matches!(goals.activate(goal.id + 1).await, Err(GoalError::Gone)));
        goals.remove(goal.id).await.expect("removed");
        assert!(matches!(goals.remove(goal.id).await, Err(GoalError::Gone)));
    }

    #[tokio::test]
    async fn there_is_an_end_to_goals() {
        let (_folder, _store, goals) = goals().await;
        for target in [0, -1, MOST_TARGET + 1] {
            assert!(matches!(goals.add(plan("mira", target), false).await, Err(GoalError::Target)));
        }
        for _ in 0..MOST_ACTIVE {
            goals.add(plan("mira", 1), true).await.expect("room for it");
        }
        assert!(matches!(goals.add(plan("mira", 1), true).await, Err(GoalError::ManyActive(_))));
        goals.add(plan("budi", 1), true).await.expect("another creator's");
        for _ in MOST_ACTIVE..MOST_GOALS {
            goals.add(plan("mira", 1), false).await.expect("room for it");
        }
        assert!(matches!(goals.add(plan("mira", 1), false).await, Err(GoalError::Many(_))));
    }
}
