//! Settings, Backups: when they are made, which are there, and getting one back.

use super::exports::sent;
use super::fragments::{html, load_anew};
use super::{Asked, Fields, go_to, last, shown, shown_as};
use crate::housekeeping::backup::seal::Passphrase;
use crate::housekeeping::backups::{MOST_DAYS, MOST_KEPT, Schedule, ScheduleError, Work};
use crate::web::address::Address;
use crate::web::error::Trouble;
use crate::web::pages::backup::{BackupPage, Chosen, Problem, View, WorkLine};
use crate::web::state::AppState;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use std::fs::File;
use std::path::PathBuf;

const HERE: &str = "/settings/backup";

/// `GET /settings/backup`
pub async fn page(asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let view = view(&asked, &state, asked.param("backup")).await?;
    shown(&BackupPage::new(&asked.visit(), &view, asked.param("saved") == "1", None))
}

/// `GET /f/job/backup`: what is done now. When it is done, the page shows more than this part.
pub async fn work(req: HttpRequest, asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    match state.backups.work().filter(Work::is_open) {
        Some(work) => Ok(html(&req, WorkLine::new(&work, &asked.look).render()?)),
        None => Ok(load_anew()),
    }
}

/// `POST /settings/backup`: when and where backups are made by themselves.
pub async fn save(asked: Asked, fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let number = |name: &str, range: std::ops::RangeInclusive<u32>| {
        let number = last(&fields, name).and_then(|text| text.trim().parse().ok());
        number.filter(|number| range.contains(number)).ok_or_else(|| {
            Trouble::invalid(
                name,
                &format!("must be a whole number from {} to {}", range.start(), range.end()),
            )
        })
    };
    let schedule = Schedule {
        folder: PathBuf::from(last(&fields, "folder").unwrap_or_default().trim()),
        every_days: number("every_days", 0..=MOST_DAYS)?,
        keep: number("keep", 1..=MOST_KEPT)?,
    };
    let problem = match state.backups.set_schedule(&schedule).await {
        Ok(()) => return Ok(go_to("/settings/backup?saved=1")),
        Err(ScheduleError::Store(err)) => return Err(err.into()),
        Err(ScheduleError::NotAbsolute) => Problem::FolderNotWhole,
        Err(ScheduleError::Unwritable(_)) => Problem::FolderUnwritable,
    };
    let mut view = view(&asked, &state, "").await?;
    view.schedule = schedule;
    refused(&asked, &view, problem)
}

/// `POST /settings/backup/make`
pub async fn make(asked: Asked, fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let Ok(passphrase) = passphrase(&fields) else {
        return refused(&asked, &view(&asked, &state, "").await?, Problem::ShortPassphrase);
    };
    state.backups.start(passphrase)?;
    Ok(go_to(HERE))
}

/// `POST /settings/backup/restore`: while somebody is LIVE only if the name was typed.
pub async fn restore(asked: Asked, fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let name = last(&fields, "backup").unwrap_or_default();
    let (_, path) = state.backups.find(name).await?.ok_or_else(no_backup)?;
    let typed = last(&fields, "typed").unwrap_or_default().trim();
    let passphrase = passphrase(&fields);
    let problem = match &passphrase {
        Err(()) => Some(Problem::ShortPassphrase),
        Ok(_) if records(&asked) && typed != name => Some(Problem::NotTyped),
        Ok(_) if !state.backups.can_restore() => Some(Problem::Demo),
        Ok(_) => None,
    };
    if let Some(problem) = problem {
        return refused(&asked, &view(&asked, &state, name).await?, problem);
    }
    state.backups.restore(path, passphrase.unwrap_or_default())?;
    Ok(go_to(HERE))
}

/// `POST /settings/backup/remove`
pub async fn remove(fields: Fields, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let name = last(&fields, "backup").unwrap_or_default();
    if state.backups.remove(name).await? { Ok(go_to(HERE)) } else { Err(no_backup()) }
}

/// `GET /settings/backup/file`
pub async fn file(asked: Asked, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let (backup, path) = state.backups.find(asked.param("backup")).await?.ok_or_else(no_backup)?;
    let file = File::open(path).map_err(|_| no_backup())?;
    sent(&backup.name, "application/zip", file).ok_or_else(no_backup)
}

async fn view(asked: &Asked, state: &AppState, chosen: &str) -> Result<View, Trouble> {
    let backups = state.backups.list().await?;
    let chosen = backups.iter().find(|backup| backup.name == chosen).cloned();
    Ok(View {
        schedule: state.backups.schedule().await?,
        chosen: chosen.map(|backup| Chosen {
            file: Address::new("/settings/backup/file").and("backup", &backup.name).finish(),
            backup,
            records: records(asked),
            can_restore: state.backups.can_restore(),
        }),
        backups,
        work: state.backups.work(),
        restored: state.backups.restored().cloned(),
    })
}

fn refused(asked: &Asked, view: &View, problem: Problem) -> Result<HttpResponse, Trouble> {
    shown_as(StatusCode::BAD_REQUEST, &BackupPage::new(&asked.visit(), view, false, Some(problem)))
}

/// The passphrase that was typed, if one was.
fn passphrase(fields: &Fields) -> Result<Option<Passphrase>, ()> {
    let typed = last(fields, "passphrase").filter(|typed| !typed.is_empty());
    typed.map(|typed| Passphrase::parse(typed).map_err(drop)).transpose()
}

/// Whether a session is being recorded.
fn records(asked: &Asked) -> bool {
    asked.watched.iter().any(|snapshot| snapshot.running().is_some())
}

fn no_backup() -> Trouble {
    Trouble::NotFound(
        "There is no such backup. It may have been removed; those that exist are at /settings/backup."
            .to_owned(),
    )
}
