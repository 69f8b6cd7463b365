//! Settings, Data: the page, its chores, and the files of archives.

use super::fragments::html;
use super::{Asked, Fields, exports, go_to, last, shown};
use crate::domain::ids::SessionId;
use crate::housekeeping;
use crate::housekeeping::archive::{self, LANGUAGE};
use crate::housekeeping::retention::{self, Keeping, parse_days};
use crate::housekeeping::schedule::Chore;
use crate::housekeeping::space;
use crate::web::error::Trouble;
use crate::web::pages::data::{ArchiveList, ChoreList, Data, DataPage};
use crate::web::pages::review::kept::{KeptNote, LeftNote};
use crate::web::pages::sought::SoughtPage;
use crate::web::state::AppState;
use crate::words::Lang;
use actix_web::web::{self, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use std::fs::File;
use tracing::warn;

/// Names are no longer.
const MAX_NAME_CHARS: usize = 60;

/// `GET /settings/data`
pub async fn page(asked: Asked, state: web::Data<AppState>) -> Result<HttpResponse, Trouble> {
    let (store, keeper) = (&state.store, &state.housekeeping);
    let keeping = Keeping::load(store).await?;
    let standings = keeper.standings();
    let next = |chore: Chore| standings[chore.place()].1.next.max(asked.now);
    let (leaves, thins) = (next(Chore::Archive), next(Chore::Thin));
    let lang = store.setting(LANGUAGE).await?.and_then(|code| Lang::parse(&code));
    let data = Data {
        size: store.size().await?,
        growth: space::growth(store, asked.now).await?,
        free_disk: state.machine.newest().and_then(|reading| reading.sample.disk).map(|disk| disk.free_bytes),
        keeping,
        archive_lang: lang.unwrap_or(Lang::En),
        leaving: (leaves, retention::leaving_at(store, keeping, leaves).await?),
        thinning: (thins, retention::thinned_at(store, keeping, thins).await?),
        live: keeper.is_live(),
        saved: asked.param("saved") == "1",
        refused: asked.param("refused") == "1",
        busy: asked.param("busy") == "1",
    };
    let chores = ChoreList::new(&standings, &asked.look);
    shown(&DataPage::new(&asked.visit(), &data, &store.archives().await?, chores))
}

/// `POST /settings/data`: how long what is recorded is kept.
pub async fn save(fields: Fields, state: web::Data<AppState>) -> Result<HttpResponse, Trouble> {
    let days = |name| last(&fields, name).and_then(parse_days);
    let (Some(days), Some(raw_days)) = (days("days"), days("raw_days")) else {
        return Ok(go_to("/settings/data?refused=1"));
    };
    Keeping { days, raw_days }.save(&state.store).await?;
    if let Some(lang) = last(&fields, "lang").and_then(Lang::parse) {
        state.store.set_setting(LANGUAGE, Some(lang.code())).await?;
    }
    Ok(go_to("/settings/data?saved=1"))
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
pub(super) async fn kept(
    session: SessionId,
    asked: &Asked,
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
