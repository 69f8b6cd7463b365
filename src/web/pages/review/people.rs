//! The people of a session: who gave, commented and liked most, who was there before, and what was asked.

use super::super::leaderboard::{Leaderboard, person_address};
use super::super::metric::{Metric, MetricName};
use crate::domain::ids::SessionId;
use crate::domain::text::called;
use crate::domain::totals::{PersonActivity, RankedGifter};
use crate::reports::audience::{Active, Crowd};
use crate::store::facts::Question;
use crate::web::look::Look;
use crate::web::sight::Sight;
use crate::web::views;
use crate::words::Words;
use askama::Template;

#[derive(Template)]
#[template(path = "review/people.html")]
pub struct People<S: Sight> {
    pub w: &'static Words,
    pub figures: Vec<(String, String, String)>,
    pub leaderboard: Leaderboard<S>,
    pub all_gifters: Option<String>,
    pub commenters: Vec<ActiveRow>,
    pub likers: Vec<ActiveRow>,
    /// Those still open first.
    pub questions: Vec<QuestionRow>,
    pub more_questions: Vec<QuestionRow>,
    /// How many more, in words.
    pub more: String,
    /// How many of them are not answered, in words.
    pub open: String,
}

/// Questions that are shown without asking for more.
const QUESTIONS: usize = 10;

pub struct ActiveRow {
    pub href: String,
    pub name: String,
    pub handle: String,
    pub count: String,
}

pub struct QuestionRow {
    pub time: String,
    pub name: String,
    pub text: String,
    pub answered: bool,
    /// Where it is said to be answered, for whoever may.
    pub action: Option<String>,
    pub anchor: String,
}

impl<S: Sight> People<S> {
    /// # Errors
    ///
    /// [`askama::Error`] if a fragment cannot be rendered.
    pub fn new(
        session: SessionId,
        gifters: &[RankedGifter],
        crowd: &Crowd,
        active: &Active,
        look: &Look,
    ) -> Result<Self, askama::Error> {
        let w = look.words();
        let row = |person: &PersonActivity, count: i64| ActiveRow {
            href: person_address(session, &person.user.to_string(), look),
            name: called(&person.nickname, &person.display_id).trim().to_owned(),
            handle: person.display_id.clone(),
            count: views::count(look.lang, count),
        };
        let (answered, open): (Vec<_>, Vec<_>) =
            active.questions.iter().partition(|(question, _)| question.answered);
        let mut questions: Vec<_> =
            open.iter().chain(&answered).map(|asked| question_row(session, asked, look)).collect();
        let more_questions = questions.split_off(questions.len().min(QUESTIONS));
        Ok(Self {
            w,
            figures: figures(crowd, look)?,
            all_gifters: (!look.is_guest()).then(|| format!("/leaderboards?scope=session&session={session}")),
            leaderboard: Leaderboard::finished(gifters, look).linked(session, look),
            commenters: active.commenters.iter().map(|person| row(person, person.comments)).collect(),
            likers: active.likers.iter().map(|person| row(person, person.likes)).collect(),
            more: w.with("questions-more", [("n", more_questions.len().into())]),
            questions,
            more_questions,
            open: w.with("questions-open", [("n", open.len().into())]),
        })
    }
}

/// New and returning people, and the gifters who came back: name, value and note.
fn figures(crowd: &Crowd, look: &Look) -> Result<Vec<(String, String, String)>, askama::Error> {
    let w = look.words();
    let count = |n: i64| views::count(look.lang, n);
    let unknown = || views::NOTHING.to_owned();
    let (parts, note) = match crowd.returning {
        Some(returning) => {
            let new = (crowd.people.seen - returning).max(0);
            (format!("{} · {}", count(new), count(returning)), String::new())
        }
        None => (unknown(), w.t("nobody-before").into_owned()),
    };
    let (back, back_note) = match &crowd.before {
        Some((before, back)) if back.gifters > 0 => {
            let day = views::short_day(look, *before);
            let note = w.with(
                "gifters-of-day",
                [("part", back.back.into()), ("whole", back.gifters.into()), ("day", day.into())],
            );
            (views::percent(look.lang, back.back as f64 / back.gifters as f64), note)
        }
        _ => (unknown(), w.t("no-gifters-before").into_owned()),
    };
    Ok(vec![
        (w.t("people-seen").into_owned(), count(crowd.people.seen), String::new()),
        (Metric::new(MetricName::NewReturning, w).render()?, parts, note),
        (Metric::new(MetricName::ReturnRate, w).render()?, back, back_note),
    ])
}

fn question_row(session: SessionId, (question, name): &(Question, String), look: &Look) -> QuestionRow {
    QuestionRow {
        time: views::clock(look, question.at),
        name: name.clone(),
        text: question.text.clone(),
        answered: question.answered,
        action: look.may_note().then(|| format!("/sessions/{session}/questions/{}", question.number)),
        anchor: format!("question-{}", question.number),
    }
}
