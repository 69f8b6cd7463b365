//! The people of a session: how many, how many of them were there before, and who did most.

use super::sessions::SessionSummary;
use crate::domain::text::called;
use crate::domain::time::Stamp;
use crate::domain::totals::PersonActivity;
use crate::store::audience::{Audience, GiftersBack, MostBy};
use crate::store::facts::Question;
use crate::store::sessions::SessionFilter;
use crate::store::{Store, StoreError};
use std::collections::HashMap;

/// Somebody seen in a session that began within this time before is returning.
const RETURNING_MS: i64 = 30 * 86_400_000;

/// People in a list of the most active.
const MOST: i64 = 10;

/// How many people a session had, and where they came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crowd {
    pub people: Audience,
    /// Those also seen in a session that began within the 30 days before; `None` if there was none.
    pub returning: Option<i64>,
    /// When the creator's session before began, and its gifters.
    pub before: Option<(Stamp, GiftersBack)>,
}

/// Who did most in a session, and what was asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Active {
    pub commenters: Vec<PersonActivity>,
    pub likers: Vec<PersonActivity>,
    /// Oldest first, each with the name of who asked, empty if nobody knows.
    pub questions: Vec<(Question, String)>,
}

/// How many people a session had. What came before counts from the beginning of its first part.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn crowd(store: &Store, summary: &SessionSummary) -> Result<Crowd, StoreError> {
    let creator = &summary.start.creator;
    let began = summary.earlier.first().unwrap_or(summary).start.recorded_from;
    let filter =
        SessionFilter { creator: Some(creator.clone()), to: Some(began), ..SessionFilter::default() };
    let before = match store.sessions(&filter, 1).await?.pop() {
        Some(before) => {
            let back = store.gifters_back(summary.id, before.id).await?;
            Some((before.start.recorded_from, back))
        }
        None => None,
    };
    Ok(Crowd {
        people: store.audience(summary.id).await?,
        returning: store.returning(summary.id, creator, began - RETURNING_MS, began).await?,
        before,
    })
}

/// Who did most in a session.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn active(store: &Store, summary: &SessionSummary) -> Result<Active, StoreError> {
    let questions = store.questions(summary.id).await?;
    let asked: Vec<_> = questions.iter().filter_map(|question| question.user).collect();
    let names: HashMap<_, _> = store
        .people(&asked)
        .await?
        .into_iter()
        .map(|person| (person.id, called(&person.nickname, &person.display_id).to_owned()))
        .collect();
    let named = |question: Question| {
        let name = question.user.and_then(|user| names.get(&user).cloned()).unwrap_or_default();
        (question, name)
    };
    Ok(Active {
        commenters: store.most_active(summary.id, MostBy::Comments, MOST).await?,
        likers: store.most_active(summary.id, MostBy::Likes, MOST).await?,
        questions: questions.into_iter().map(named).collect(),
    })
}
