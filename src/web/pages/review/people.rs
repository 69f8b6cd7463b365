//! The people of a session: who gave, commented and liked most, who was there before, and what was asked.

use super::super::leaderboard::{Leaderboard, person_address};
use super::super::metric::{Metric, MetricName};
use super::Tab;
use crate::domain::ids::SessionId;
use crate::domain::text::called;
use crate::domain::totals::{PersonActivity, RankedGifter};
use crate::reports::audience::{Active, Crowd};
use crate::store::facts::Question;
use crate::web::look::Look;
use crate::web::root::Root;
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
    /// All in the order in which they were asked, or the first of them, those still open before others.
    pub questions: Vec<QuestionRow>,
    /// Whether every question is shown.
    pub all_questions: bool,
    /// Where the rest is, and how many more there are in words.
    pub more_questions: Option<(String, String)>,
    /// How many of them are not answered, in words.
    pub open: String,
}

/// Questions that are shown without asking for all: a busy session has hundreds.
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

/// The questions of a session, the first or all of them.
#[must_use]
pub fn questions_address(session: SessionId, all: bool, root: Root) -> String {
    let page = Tab::People.address(session, root);
    if all { format!("{page}&questions=all") } else { page }
}

impl<S: Sight> People<S> {
    /// With all questions, or the first of them.
    ///
    /// # Errors
    ///
    /// [`askama::Error`] if a fragment cannot be rendered.
    pub fn new(
        session: SessionId,
        gifters: &[RankedGifter],
        crowd: &Crowd,
        active: &Active,
        all_questions: bool,
        look: &Look,
    ) -> Result<Self, askama::Error> {
        let w = look.words();
        let row = |person: &PersonActivity, count: i64| ActiveRow {
            href: person_address(session, &person.user.to_string(), look),
            name: called(&person.nickname, &person.display_id).trim().to_owned(),
            handle: person.display_id.clone(),
            count: views::count(look.lang, count),
        };
        let mut questions: Vec<_> = active.questions.iter().collect();
        let open = questions.iter().filter(|(question, _)| !question.answered).count();
        if !all_questions {
            questions.sort_by_key(|(question, _)| question.answered);
            questions.truncate(QUESTIONS);
        }
        let more = active.questions.len() - questions.len();
        let more_questions = (more > 0).then(|| {
            let href = format!("{}#questions", questions_address(session, true, look.root));
            (href, w.with("questions-more", [("n", more.into())]))
        });
        Ok(Self {
            w,
            figures: figures(crowd, look)?,
            all_gifters: (!look.is_guest()).then(|| format!("/leaderboards?scope=session&session={session}")),
            leaderboard: Leaderboard::finished(gifters, look).linked(session, look),
            commenters: active.commenters.iter().map(|person| row(person, person.comments)).collect(),
            likers: active.likers.iter().map(|person| row(person, person.likes)).collect(),
            questions: questions.into_iter().map(|asked| question_row(session, asked, look)).collect(),
            all_questions,
            more_questions,
            open: w.with("questions-open", [("n", open.into())]),
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
