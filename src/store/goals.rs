//! Goals.

use super::schema::goals;
use super::{Store, StoreError};
use crate::domain::goal::{Goal, GoalKind, GoalPlan, GoalState};
use crate::domain::handle::Handle;
use crate::domain::time::Stamp;
use diesel::prelude::*;

impl Store {
    /// Every goal of every creator, in the order they were set.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn goals(&self) -> Result<Vec<Goal>, StoreError> {
        self.read(|connection| {
            let rows: Vec<Row> = goals::table.order(goals::goal_id).load(connection)?;
            rows.into_iter().map(goal).collect()
        })
        .await
    }

    /// Sets a goal. Returns its number.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn add_goal(&self, plan: &GoalPlan, state: GoalState) -> Result<i64, StoreError> {
        let plan = plan.clone();
        self.write(move |writing| {
            let (state, met_at) = columns(state);
            Ok(diesel::insert_into(goals::table)
                .values((
                    goals::account_username.eq(&plan.creator),
                    goals::kind.eq(plan.kind),
                    goals::target.eq(plan.target),
                    goals::title.eq(&plan.title),
                    goals::state.eq(state),
                    goals::met_at.eq(met_at),
                ))
                .returning(goals::goal_id)
                .get_result(writing.connection)?)
        })
        .await
    }

    /// Shows a goal from now on, or takes it back to a draft. Returns whether there is one.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn set_goal_state(&self, id: i64, state: GoalState) -> Result<bool, StoreError> {
        self.write(move |writing| {
            let (state, met_at) = columns(state);
            let changed = diesel::update(goals::table.find(id))
                .set((goals::state.eq(state), goals::met_at.eq(met_at)))
                .execute(writing.connection)?;
            Ok(changed > 0)
        })
        .await
    }

    /// Keeps that an active goal was met. Returns whether it was active until now.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn meet_goal(&self, id: i64, at: Stamp) -> Result<bool, StoreError> {
        self.write(move |writing| {
            let changed = diesel::update(goals::table.find(id).filter(goals::state.eq(ACTIVE)))
                .set((goals::state.eq(MET), goals::met_at.eq(at)))
                .execute(writing.connection)?;
            Ok(changed > 0)
        })
        .await
    }

    /// Removes a goal. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn remove_goal(&self, id: i64) -> Result<bool, StoreError> {
        self.write(move |writing| Ok(diesel::delete(goals::table.find(id)).execute(writing.connection)? > 0))
            .await
    }
}

const DRAFT: &str = "draft";
const ACTIVE: &str = "active";
const MET: &str = "met";

#[derive(Queryable)]
#[diesel(table_name = goals)]
struct Row {
    id: i64,
    creator: Handle,
    kind: GoalKind,
    target: i64,
    title: String,
    state: String,
    met_at: Option<Stamp>,
}

fn goal(row: Row) -> Result<Goal, StoreError> {
    let state = match (row.state.as_str(), row.met_at) {
        (DRAFT, None) => GoalState::Draft,
        (ACTIVE, None) => GoalState::Active,
        (MET, Some(at)) => GoalState::Met { at },
        (state, _) => return Err(StoreError::Corrupt(format!("{state:?} is no state of a goal"))),
    };
    let plan = GoalPlan { creator: row.creator, kind: row.kind, target: row.target, title: row.title };
    Ok(Goal { id: row.id, plan, state })
}

const fn columns(state: GoalState) -> (&'static str, Option<Stamp>) {
    match state {
        GoalState::Draft => (DRAFT, None),
        GoalState::Active => (ACTIVE, None),
        GoalState::Met { at } => (MET, Some(at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Opening;

    #[tokio::test]
    async fn a_goal_is_met_once_and_can_be_set_again() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
        let plan = GoalPlan {
            creator: Handle::parse("mira").expect("valid"),
            kind: GoalKind::Follows,
            target: 100,
            title: "Seratus!".to_owned(),
        };
        let id = store.add_goal(&plan, GoalState::Draft).await.expect("written");
        assert!(!store.meet_goal(id, Stamp(5)).await.expect("answered"), "a draft cannot be met");
        assert!(store.set_goal_state(id, GoalState::Active).await.expect("written"));
        assert!(store.meet_goal(id, Stamp(6)).await.expect("written"));
        assert!(!store.meet_goal(id, Stamp(7)).await.expect("answered"), "it is met already");
        let kept = store.goals().await.expect("read");
        assert_eq!(kept, [Goal { id, plan, state: GoalState::Met { at: Stamp(6) } }]);
        assert!(store.set_goal_state(id, GoalState::Active).await.expect("written"));
        assert_eq!(store.goals().await.expect("read")[0].state, GoalState::Active);
        assert!(store.remove_goal(id).await.expect("written"));
        assert!(!store.remove_goal(id).await.expect("answered"));
        assert!(!store.set_goal_state(id, GoalState::Draft).await.expect("answered"));
    }
}
