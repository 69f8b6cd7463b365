//! The leaderboard and its panel.

use super::data;
use super::fragments::html;
use super::saves::named_file;
use super::{Asked, Fields, go_to, last, shown};
use crate::domain::days::Days;
use crate::domain::gift::Known;
use crate::domain::handle::Handle;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::remark::Tag;
use crate::domain::session::Session;
use crate::export;
use crate::export::request::{Format, Request, Section, Separator};
use crate::reports::leaderboard::{BoardQuestion, Leaderboard, leaderboard, session_before};
use crate::reports::past;
use crate::reports::person::person;
use crate::store::boards::BoardScope;
use crate::store::people::Person;
use crate::store::sessions::SessionFilter;
use crate::web::api::answer::tagged;
use crate::web::error::Trouble;
use crate::web::jobs::State;
use crate::web::look::Look;
use crate::web::pages::board::panel::{Panel, asked_name};
use crate::web::pages::board::view::{PAGE, Scope, View};
use crate::web::pages::board::{Board, BoardPage, Shown, called};
use crate::web::sight::Sight;
use crate::web::state::AppState;
use crate::web::views;
use crate::web::wishes::Wanted;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rand::RngExt as _;

/// Sessions that the view of a session offers.
const OFFERED: i64 = 30;

/// A session's board compares people over so many days before it.
const PAST_MS: i64 = 90 * 24 * 3_600_000;

/// More lines than this are not put into a file.
const MOST_LINES: usize = 100_000;

const MAX_NOTE_CHARS: usize = 1_000;

/// What a view comes down to.
struct Found {
    view: View,
    board: Leaderboard,
    session: Option<Session>,
    running: bool,
}

/// `GET /leaderboards`
pub async fn page<S: Sight>(mut asked: Asked<S>, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let told = asked.param("told").to_owned();
    let found = find(&mut asked, &state, PAGE).await?;
    let address = found.view.address();
    if told.is_empty() && address != asked.here {
        // What fell back is dropped from the address as well.
        return Ok(go_to(&address));
    }
    let offered = match found.view.scope {
        Scope::Session(_) => {
            let filter = SessionFilter { creator: found.view.creator.clone(), ..SessionFilter::default() };
            state.store.sessions(&filter, OFFERED).await?
        }
        Scope::Days(_) | Scope::Range(_) => Vec::new(),
    };
    let panel = match found.view.who {
        Some(who) => panel(&found, who, told == "saved", &asked, &state).await?,
        None => None,
    };
    let erased = told == "erased" && asked.look.may_manage();
    let copies = if erased { copies(&state, &asked.look).await? } else { Vec::new() };
    shown(&BoardPage::new(
        &asked.visit(),
        Shown {
            view: &found.view,
            board: &found.board,
            days: found.view.days(asked.now, asked.look.zone),
            session: found.session.as_ref(),
            sessions: &offered,
            running: found.running,
            panel,
            known: known(&found, &asked, &state).await?,
            erased,
            copies,
        },
    ))
}

/// How the values of a board's diamonds are known; nothing if all of them are exact.
async fn known<S: Sight>(found: &Found, asked: &Asked<S>, state: &AppState) -> Result<Known, Trouble> {
    if !found.board.estimated {
        return Ok(Known::default());
    }
    Ok(match (&found.session, found.view.days(asked.now, asked.look.zone)) {
        (Some(session), _) => session.totals.known(),
        (None, Some(days)) => {
            past::known(&state.store, found.view.creator.as_ref(), days.stretch(asked.look.zone)).await?
        }
        (None, None) => Known::default(),
    })
}

/// What still holds a name that was erased: copies of the database, backups, and exports until they expire.
async fn copies(state: &AppState, look: &Look) -> Result<Vec<String>, Trouble> {
    let mut copies = state.store.copies_beside();
    let backups = state.backups.list().await?;
    copies.extend(
        backups.into_iter().map(|backup| look.words().with("erase-backup", [("name", backup.name.into())])),
    );
    copies.extend(state.jobs.list().into_iter().filter_map(|job| match job.state {
        State::Done { until, .. } => {
            let until = views::moment(look, until);
            Some(look.words().with("erase-export", [("name", job.name.into()), ("until", until.into())]))
        }
        State::Running { .. } => Some(job.name),
        State::Waiting | State::Failed(_) | State::Cancelled => None,
    }));
    Ok(copies)
}

/// `GET /f/leaderboards`
pub async fn lines<S: Sight>(
    mut asked: Asked<S>,
    req: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let found = find(&mut asked, &state, PAGE).await?;
    Ok(html(&req, Board::<S>::new(&found.view, &found.board, found.running, &asked.look).render()?))
}

/// `GET /leaderboards.csv`: the lines of the page with that address, from its first to its last page.
pub async fn csv(mut asked: Asked, req: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let found = find(&mut asked, &state, MOST_LINES).await?;
    let look = &asked.look;
    let hide = found.view.hide;
    let request = Request {
        scope: match (&found.session, found.view.days(asked.now, look.zone)) {
            (Some(session), _) => export::request::Scope::Session(session.id),
            (None, days) => {
                export::request::Scope::Days(days.unwrap_or_else(|| Days::last(1, asked.now, look.zone)))
            }
        },
        creator: found.view.creator.clone(),
        zone: look.zone,
        lang: look.lang,
        format: Format::Csv(Separator::usual(look.lang)),
        sections: vec![Section::Leaderboard],
        hide_names: hide,
        money: true,
        rates: None,
        at: asked.now,
    };
    let lines = found.board.entries.iter().map(|entry| {
        let user = entry.standing.user;
        (entry, called(user, &entry.nickname, &entry.display_id, entry.place, hide, look).name)
    });
    let csv = export::board_csv(lines, &request).map_err(super::exports::trouble)?;
    let wanted = Wanted { request, each: None };
    Ok(named_file(tagged(&req, wanted.media_type(), csv), &wanted.name()))
}

/// `POST /people/{id}/note`
pub async fn note(
    user: Path<String>,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let user = somebody(&user)?;
    if state.store.people(&[user]).await?.is_empty() {
        return Err(nobody());
    }
    let note: String =
        last(&fields, "note").unwrap_or_default().trim().chars().take(MAX_NOTE_CHARS).collect();
    let tags = Tag::list(last(&fields, "tags").unwrap_or_default());
    state.store.note_person(user, note.trim_end(), &tags).await?;
    let back = super::forms::back(&fields).filter(|back| back.starts_with("/leaderboards?"));
    let back = back.map_or_else(|| format!("/leaderboards?who={user}"), str::to_owned);
    Ok(go_to(&format!("{back}&told=saved#person")))
}

/// `POST /people/{id}/erase`
pub async fn erase(
    user: Path<String>,
    fields: Fields,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let user = somebody(&user)?;
    let person = match state.store.people(&[user]).await?.pop() {
        Some(person) => person,
        None => archived(&fields, user, &state).await?.ok_or_else(nobody)?,
    };
    let typed = last(&fields, "typed").unwrap_or_default().trim().trim_start_matches('@').to_owned();
    if typed.is_empty() || !typed.eq_ignore_ascii_case(&asked_name(&person)) {
        return Err(Trouble::invalid("typed", "must be the name of the person who is to be erased"));
    }
    if state.store.creators().await?.iter().any(|creator| creator.user == Some(user)) {
        return Err(Trouble::invalid("typed", "names a creator who is watched; stop watching them first"));
    }
    // Below zero: no account of TikTok.
    let anonymous = UserId(-rand::rng().random_range(1..i64::MAX));
    if let Some(erasure) = state.store.request_erasure_of(person, anonymous).await? {
        state.recorder.erase(&erasure);
    }
    Ok(go_to("/leaderboards?told=erased"))
}

/// Who is known only from the archive that a form names.
async fn archived(fields: &Fields, user: UserId, state: &AppState) -> Result<Option<Person>, Trouble> {
    let Some(archive) = last(fields, "archive").and_then(|id| id.parse().ok()) else { return Ok(None) };
    state.housekeeping.archived_person(archive, user).await.map_err(data::unreadable)
}

fn somebody(id: &str) -> Result<UserId, Trouble> {
    id.parse().map_err(|_| nobody())
}

fn nobody() -> Trouble {
    Trouble::NotFound("There is no such person. Those who gave are at /leaderboards.".to_owned())
}

/// Asks what the address asks, in the zone of the creator it is about.
async fn find<S: Sight>(asked: &mut Asked<S>, state: &AppState, lines: usize) -> Result<Found, Trouble> {
    let mut view = View::parse(|name| asked.param(name), S::MONEY);
    let session = match view.scope {
        Scope::Session(named) => chosen_session(named, view.creator.as_ref(), state).await?,
        Scope::Days(_) | Scope::Range(_) => None,
    };
    if let (Scope::Session(Some(named)), found) = (view.scope, &session)
        && found.as_ref().is_none_or(|found| found.id != named)
    {
        view.scope = Scope::Session(None);
    }
    let about = session.as_ref().map(|session| &session.start.creator).or(view.creator.as_ref());
    if let Some(creator) = about {
        asked.turn_to(creator, state).await?;
    }
    let stretch = |(from, to)| BoardScope::Stretch { from, to, creator: view.creator.clone() };
    let (scope, before) = match (view.days(asked.now, asked.look.zone), &session) {
        (Some(days), _) => {
            let zone = asked.look.zone;
            (Some(stretch(days.stretch(zone))), Some(stretch(days.before().stretch(zone))))
        }
        (None, Some(session)) => {
            (Some(BoardScope::Session(session.id)), session_before(&state.store, session.id).await?)
        }
        (None, None) => (None, None),
    };
    let mut board = Leaderboard::default();
    if let Some(scope) = scope {
        let mut question = question(&view, scope, before, lines, state);
        board = leaderboard(&state.store, &state.boards, &question, asked.now).await?;
        let pages = board.found.div_ceil(lines).max(1);
        if view.page > pages {
            view.page = pages;
            question.offset = (pages - 1) * lines;
            board = leaderboard(&state.store, &state.boards, &question, asked.now).await?;
        }
    }
    let running = session.as_ref().is_some_and(|session| {
        let live = state.recorder.session(session.id);
        session.ended_at.is_none() && live.is_some_and(|live| live.ended_at.is_none())
    });
    Ok(Found { view, board, session, running })
}

fn question(
    view: &View,
    scope: BoardScope,
    before: Option<BoardScope>,
    lines: usize,
    state: &AppState,
) -> BoardQuestion {
    let mut question = BoardQuestion {
        before,
        tiers: state.recorder.tiers(),
        sort: view.column,
        ascending: view.ascending,
        tier: view.tier,
        search: view.search.clone(),
        offset: (view.page - 1) * lines,
        who: view.who,
        ..BoardQuestion::first_of(scope, lines)
    };
    if view.at_least > 0 {
        question.at_least = view.at_least;
    }
    question
}

/// The session that is named, or the newest.
async fn chosen_session(
    named: Option<SessionId>,
    creator: Option<&Handle>,
    state: &AppState,
) -> Result<Option<Session>, Trouble> {
    if let Some(named) = named
        && let Some(found) = state.store.session(named).await?
    {
        return Ok(Some(found));
    }
    let filter = SessionFilter { creator: creator.cloned(), ..SessionFilter::default() };
    Ok(state.store.sessions(&filter, 1).await?.pop())
}

async fn panel<S: Sight>(
    found: &Found,
    who: UserId,
    saved: bool,
    asked: &Asked<S>,
    state: &AppState,
) -> Result<Option<Panel<S>>, Trouble> {
    let (stretch, creator) = match (&found.session, found.view.days(asked.now, asked.look.zone)) {
        (Some(session), _) => {
            let from = session.start.recorded_from;
            ((from - PAST_MS, from + 1), Some(&session.start.creator))
        }
        (None, Some(days)) => (days.stretch(asked.look.zone), found.view.creator.as_ref()),
        (None, None) => return Ok(None),
    };
    let Some(report) = person(&state.store, who, stretch, creator).await? else { return Ok(None) };
    // Somebody who gave nothing comes after everyone who did.
    let last = u32::try_from(found.board.gifters + 1).unwrap_or(u32::MAX);
    let place = found.board.chosen.as_ref().map_or(last, |entry| entry.place);
    Ok(Some(Panel::new(&report, place, &found.view, saved, &asked.look)))
}
