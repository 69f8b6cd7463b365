//! Settings, Data: the page, its chores, and the files of archives.

use super::fragments::html;
use super::preferences::{self, answered, told};
use super::{Asked, Fields, exports, go_to, last, shown};
use crate::domain::ids::SessionId;
use crate::housekeeping;
use crate::housekeeping::archive;
use crate::housekeeping::retention;
use crate::housekeeping::schedule::Chore;
use crate::housekeeping::space;
use crate::web::error::Trouble;
use crate::web::pages::data::{ArchiveList, ChoreList, Data, DataPage};
use crate::web::pages::review::kept::{KeptNote, LeftNote};
use crate::web::pages::settings::Told;
use crate::web::pages::sought::SoughtPage;
use crate::web::state::AppState;
use actix_web::web::{self, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use std::fs::File;
use tracing::warn;

/// Names are no longer.
const MAX_NAME_CHARS: usize = 60;

/// `GET /settings/data`
pub async fn page(asked: Asked, state: web::Data<AppState>) -> Result<HttpResponse, Trouble> {
    let told = told(&asked, &state).await?;
    shown(&data_page(&asked, &state, told).await?)
}

/// `POST /settings/data`: how long what is recorded is kept, and in which language archives are written.
pub async fn save(asked: Asked, fields: Fields, state: web::Data<AppState>) -> Result<HttpResponse, Trouble> {
    let saved = preferences::save(&fields, &state).await?;
    let page = async |told| data_page(&asked, &state, told).await;
    answered("/settings/data", saved, &asked, &state, page).await
}

/// `POST /settings/data/run`: a chore, now.
pub async fn run(fields: Fields, state: web::Data<AppState>) -> Result<HttpResponse, Trouble> {
    let chore = last(&fields, "chore").and_then(Chore::parse);
    let chore = chore.ok_or_else(|| Trouble::invalid("chore", "must be one of those on the page"))?;
    if chore == Chore::Compact {
        let confirmed = last(&fields, "confirmed") == Some("1");
        if !state.housekeeping.ask_to_compact(confirmed) {
            return Ok(go_to("/settings/data?busy=1#compact"));
        }
    } else {
        state.housekeeping.ask(chore);
    }
    Ok(go_to("/settings/data#chores"))
}

/// `GET /f/chores`
pub async fn chores(
    req: HttpRequest,
    asked: Asked,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    Ok(html(&req, ChoreList::new(&state.housekeeping.standings(), &asked.look).render()?))
}

/// `GET /settings/data/person`: whoever is known only from archives, to be erased.
pub async fn seek(asked: Asked, state: web::Data<AppState>) -> Result<HttpResponse, Trouble> {
    let text: String = asked.param("q").trim().trim_start_matches('@').chars().take(MAX_NAME_CHARS).collect();
    if text.is_empty() {
        return Ok(go_to("/settings/data#erase"));
    }
    let before = asked.param("before").parse().ok();
    let (sought, unread) = state.housekeeping.seek(&text, before).await.map_err(unreadable)?;
    shown(&SoughtPage::new(&asked.visit(), &text, sought, unread))
}

async fn data_page(asked: &Asked, state: &AppState, told: Told) -> Result<DataPage, Trouble> {
    let (store, keeper) = (&state.store, &state.housekeeping);
    let chosen = state.preferences.chosen();
    let standings = keeper.standings();
    let next = |chore: Chore| standings[chore.place()].1.next.max(asked.now);
    let (leaves, thins) = (next(Chore::Archive), next(Chore::Thin));
    let data = Data {
        size: store.size().await?,
        growth: space::growth(store, asked.now).await?,
        free_disk: state.machine.newest().and_then(|reading| reading.sample.disk).map(|disk| disk.free_bytes),
        chosen,
        told,
        leaving: (leaves, retention::leaving_at(store, chosen.keeping, leaves).await?),
        thinning: (thins, retention::thinned_at(store, chosen.keeping, thins).await?),
        live: keeper.is_live(),
        busy: asked.param("busy") == "1",
    };
    let chores = ChoreList::new(&standings, &asked.look);
    Ok(DataPage::new(&asked.visit(), &data, &store.archives().await?, chores))
}

/// Why nobody could be looked for; the log says more.
pub(super) fn unreadable(error: housekeeping::Trouble) -> Trouble {
    match error {
        housekeeping::Trouble::Store(error) => error.into(),
        error => {
            warn!(%error, "An archive could not be looked into: {error}");
            Trouble::NotFound(
                "That archive could not be read, so nothing was changed. The log says more, and so does a check \
                 (Settings, Data)."
                    .to_owned(),
            )
        }
    }
}

/// `GET /archives/{id}/{kind}`: the workbook, or the raw archive.
pub async fn file(path: Path<(i64, String)>, state: web::Data<AppState>) -> Result<HttpResponse, Trouble> {
    let (id, kind) = path.into_inner();
    let archives = state.store.archives().await?;
    let archive = archives.into_iter().find(|archive| archive.id == id && archive.made_at.is_some());
    let archive = archive.ok_or_else(no_archive)?;
    let folder = state.housekeeping.archives();
    let (path, media_type) = match kind.as_str() {
        "workbook" => (
            archive::book_path(folder, &archive.name),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        "raw" => (archive::raw_path(folder, &archive.name), "application/gzip"),
        _ => return Err(no_archive()),
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let file = File::open(&path).map_err(|_| no_archive())?;
    exports::sent(&name, media_type, file).ok_or_else(no_archive)
}

/// What is said above a session whose raw events were removed, or in place of one whose details left.
pub(super) async fn kept<S>(
    session: SessionId,
    asked: &Asked<S>,
    state: &AppState,
) -> Result<Option<KeptNote>, Trouble> {
    use crate::store::thinned::Kept;
    Ok(match state.store.kept(session).await? {
        None | Some(Kept::Events { .. }) => None,
        Some(Kept::Thinned { at, .. }) => Some(KeptNote::Thinned(at)),
        Some(Kept::Left { at }) => {
            let archive = state.store.archive_of(session).await?;
            let archives = ArchiveList::new(archive.as_slice(), &asked.look);
            Some(KeptNote::Left(LeftNote::new(at, archives, &asked.look)))
        }
    })
}

fn no_archive() -> Trouble {
    Trouble::NotFound("There is no such archive in the folder; those that exist are at /exports.".to_owned())
}
