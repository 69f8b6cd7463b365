//! Settings, Data: how much space the database takes, how long what is kept stays, what left for archives,
//! and the chores that see to it.

use super::settings::{Field, Tab, Tabs, Told};
use super::shell::{Nav, Shell, Visit};
use crate::domain::time::Stamp;
use crate::housekeeping::retention::Coming;
use crate::housekeeping::schedule::{Chore, Done, Entry, Failure, Outcome, Standing, Start};
use crate::housekeeping::space::{Growth, full_at};
use crate::settings::preferences::{Key, Preferences};
use crate::store::archives::{Archive, ArchiveFile};
use crate::store::space::Size;
use crate::web::look::Look;
use crate::web::views;
use crate::words::{Lang, Words};
use askama::Template;

/// What the page is made of.
pub struct Data {
    pub size: Size,
    /// `None` while less than a day is known.
    pub growth: Option<Growth>,
    /// Free bytes of the disk, where that is known.
    pub free_disk: Option<u64>,
    pub chosen: Preferences,
    pub told: Told,
    /// When archives are made next, and of what.
    pub leaving: (Stamp, Option<Coming>),
    /// When raw events are removed next, and of what.
    pub thinning: (Stamp, Option<Coming>),
    pub live: bool,
    /// The database was not compacted because somebody is LIVE.
    pub busy: bool,
}

#[derive(Template)]
#[template(path = "pages/data.html")]
pub struct DataPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub tabs: Tabs,
    pub busy: bool,
    pub live: bool,
    /// Each figure with its name and what is to be said of it.
    pub figures: Vec<(String, String, String)>,
    /// Where the fields are sent.
    pub action: &'static str,
    pub fields: Vec<Field>,
    pub archives: ArchiveList,
    pub chores: ChoreList,
}

/// The archives made before cleanup.
#[derive(Template)]
#[template(path = "fragments/archives.html")]
pub struct ArchiveList {
    pub w: &'static Words,
    pub rows: Vec<ArchiveRow>,
}

pub struct ArchiveRow {
    pub name: String,
    pub said: String,
    /// Address, what it is, size and checksum of each file.
    pub files: [(String, String, String, String); 2],
}

/// The chores; asks for itself while one of them runs.
#[derive(Template)]
#[template(path = "fragments/chores.html")]
pub struct ChoreList {
    pub w: &'static Words,
    pub running: bool,
    pub rows: Vec<ChoreRow>,
}

pub struct ChoreRow {
    pub code: &'static str,
    pub name: String,
    pub does: String,
    pub period: String,
    /// What the last run did, and when.
    pub last: String,
    pub failed: bool,
    pub next: String,
    pub running: bool,
}

impl DataPage {
    #[must_use]
    pub fn new(visit: &Visit, data: &Data, archives: &[Archive], chores: ChoreList) -> Self {
        let look = &visit.look;
        let w = look.words();
        Self {
            shell: Shell::new(visit, Nav::Settings, format!("{} · Pasut", w.t("data"))).polling(),
            w,
            tabs: Tabs::new(Tab::Data, &visit.look),
            busy: data.busy,
            live: data.live,
            figures: figures(data, visit.now, look),
            action: "/settings/data",
            fields: fields(data, look),
            archives: ArchiveList::new(archives, look),
            chores,
        }
    }
}

fn fields(data: &Data, look: &Look) -> Vec<Field> {
    let (w, chosen, told) = (look.words(), &data.chosen, &data.told);
    let leaving = match (chosen.keeping.days, data.leaving) {
        (0, _) => w.t("data-leaves-never").into_owned(),
        (_, (at, coming)) => said_of("data-leaves", "data-leaves-none", at, coming, look),
    };
    let thinning = match (chosen.keeping.raw_days, data.thinning) {
        (0, _) => w.t("data-thins-never").into_owned(),
        (_, (at, coming)) => said_of("data-thins", "data-thins-none", at, coming, look),
    };
    let typed = |key, words| Field::typed(key, words, "", chosen, told, look);
    let langs = Lang::ALL.map(|lang| (lang.code(), lang.name().to_owned())).into();
    let lang =
        Field::choice(Key::ArchiveLanguage, ("data-lang", "data-lang-hint"), langs, chosen, told, look);
    vec![
        Field { outcome: leaving, ..typed(Key::Days, ("data-days", "data-days-hint")) },
        Field { outcome: thinning, ..typed(Key::RawDays, ("data-raw-days", "data-raw-days-hint")) },
        Field { languages: true, ..lang },
    ]
}

fn said_of(some: &str, none: &str, at: Stamp, coming: Option<Coming>, look: &Look) -> String {
    let w = look.words();
    let date = views::full_date(look, at);
    match coming {
        None => w.with(none, [("date", date.into())]),
        Some(Coming { sessions, from, to }) => w.with(
            some,
            [
                ("date", date.into()),
                ("n", sessions.into()),
                ("from", views::full_date(look, from).into()),
                ("to", views::full_date(look, to).into()),
            ],
        ),
    }
}

fn figures(data: &Data, now: Stamp, look: &Look) -> Vec<(String, String, String)> {
    let w = look.words();
    let size = |bytes: i64| views::size(look.lang, u64::try_from(bytes).unwrap_or(0));
    let free = (data.size.file_bytes - data.size.used_bytes).max(0);
    let (growth, over) = match data.growth {
        None => (views::NOTHING.to_owned(), w.t("data-growth-unknown").into_owned()),
        Some(growth) => {
            let bytes = growth.bytes_a_day.abs() as i64;
            let said = if growth.bytes_a_day < 0.0 { format!("−{}", size(bytes)) } else { size(bytes) };
            let days = (growth.over_ms + 43_200_000) / 86_400_000;
            (said, w.with("data-growth-over", [("n", days.into())]))
        }
    };
    let mut figures = vec![
        (
            w.t("data-size").into_owned(),
            size(data.size.file_bytes),
            w.with("data-free", [("size", size(free).into())]),
        ),
        (w.t("data-growth").into_owned(), growth, over),
    ];
    if let Some(free) = data.free_disk {
        let when = match data.growth.map(|growth| full_at(growth, free, now)) {
            Some(Some(at)) => w.with("data-full-at", [("date", views::full_date(look, at).into())]),
            Some(None) => w.t("data-full-never").into_owned(),
            None => String::new(),
        };
        figures.push((w.t("data-disk").into_owned(), views::size(look.lang, free), when));
    }
    figures
}

impl ArchiveList {
    #[must_use]
    pub fn new(archives: &[Archive], look: &Look) -> Self {
        let w = look.words();
        let file = |archive: &Archive, kind: &str, what: &str, file: &ArchiveFile| {
            (
                format!("/archives/{}/{kind}", archive.id),
                w.t(what).into_owned(),
                views::size(look.lang, u64::try_from(file.bytes).unwrap_or(0)),
                file.sha256.clone(),
            )
        };
        let row = |archive: &Archive| ArchiveRow {
            name: archive.name.clone(),
            said: w.with(
                "archive-said",
                [
                    ("n", i64::try_from(archive.sessions.len()).unwrap_or(i64::MAX).into()),
                    ("date", views::full_date(look, archive.made_at.unwrap_or_default()).into()),
                ],
            ),
            files: [
                file(archive, "workbook", "archive-workbook", &archive.book),
                file(archive, "raw", "archive-raw", &archive.raw),
            ],
        };
        Self { w, rows: archives.iter().filter(|archive| archive.made_at.is_some()).map(row).collect() }
    }
}

impl ChoreList {
    #[must_use]
    pub fn new(chores: &[(&Entry, Standing)], look: &Look) -> Self {
        let rows: Vec<_> = chores.iter().map(|(entry, standing)| row(entry, standing, look)).collect();
        Self { w: look.words(), running: rows.iter().any(|row| row.running), rows }
    }
}

fn row(entry: &Entry, standing: &Standing, look: &Look) -> ChoreRow {
    let w = look.words();
    let (name, does, did) = words_of(entry.chore);
    let (last, failed) = match standing.last {
        None => (w.t("chore-never").into_owned(), false),
        Some(run) => {
            let (said, failed) = match run.outcome {
                Outcome::Done(done) => (said_done(entry.chore, did, done, look), false),
                Outcome::Failed(failure) => (w.t(failed_words(failure)).into_owned(), true),
            };
            let when = views::moment(look, run.at);
            let took =
                w.with("chore-took", [("s", views::decimal(look.lang, run.took_ms as f64 / 1e3).into())]);
            (format!("{when} · {said} · {took}"), failed)
        }
    };
    ChoreRow {
        code: entry.name,
        name: w.t(name).into_owned(),
        does: w.t(does).into_owned(),
        period: period(entry, w),
        last,
        failed,
        next: match entry.start {
            Start::WhenAsked => String::new(),
            _ => w.with("chore-next", [("when", views::moment(look, standing.next).into())]),
        },
        running: standing.running,
    }
}

/// The name of a chore, what it does, and what it did.
const fn words_of(chore: Chore) -> (&'static str, &'static str, &'static str) {
    match chore {
        Chore::Erase => ("chore-erase", "chore-erase-does", "chore-erase-did"),
        Chore::LetGo => ("chore-let-go", "chore-let-go-does", "chore-done"),
        Chore::Explain => ("chore-explain", "chore-explain-does", "chore-explain-did"),
        Chore::Pack => ("chore-pack", "chore-pack-does", "chore-pack-did"),
        Chore::Boards => ("chore-boards", "chore-boards-does", "chore-done"),
        Chore::Measure => ("chore-measure", "chore-measure-does", "chore-done"),
        Chore::Thin => ("chore-thin", "chore-thin-does", "chore-thin-did"),
        Chore::Archive => ("chore-archive", "chore-archive-does", "chore-archive-did"),
        Chore::Reclaim => ("chore-reclaim", "chore-reclaim-does", "chore-reclaim-did"),
        Chore::Check => ("chore-check", "chore-check-does", "chore-check-did"),
        Chore::Backup => ("backups", "chore-backup-does", "chore-backup-did"),
        Chore::Compact => ("chore-compact", "chore-compact-does", "chore-compact-did"),
    }
}

fn said_done(chore: Chore, did: &str, done: Done, look: &Look) -> String {
    let w = look.words();
    let size = |bytes: i64| views::size(look.lang, u64::try_from(bytes).unwrap_or(0));
    let mut said = if done == Done::default() {
        w.t(if did == "chore-done" { "chore-done" } else { "chore-nothing" }).into_owned()
    } else {
        w.with(
            did,
            [
                ("n", done.done.into()),
                ("size", size(done.bytes).into()),
                ("before", size(done.bytes_before).into()),
            ],
        )
    };
    if done.left_alone > 0 {
        let key = if chore == Chore::Check { "chore-differs" } else { "chore-left-alone" };
        said = format!("{said} · {}", w.with(key, [("n", done.left_alone.into())]));
    }
    said
}

const fn failed_words(failure: Failure) -> &'static str {
    match failure {
        Failure::DiskFull => "chore-failed-disk",
        Failure::Locked => "chore-failed-locked",
        Failure::Unreadable => "chore-failed-unreadable",
        Failure::Other => "chore-failed",
    }
}

fn period(entry: &Entry, w: &'static Words) -> String {
    let seconds = entry.every_ms / 1_000;
    match (entry.start, seconds) {
        (Start::WhenAsked, _) => w.t("chore-when-asked").into_owned(),
        (_, 0..60) => w.with("chore-every-seconds", [("n", seconds.into())]),
        (_, 60..3_600) => w.with("chore-every-minutes", [("n", (seconds / 60).into())]),
        (_, 3_600..86_400) => w.with("chore-every-hours", [("n", (seconds / 3_600).into())]),
        _ => w.with("chore-every-days", [("n", (seconds / 86_400).into())]),
    }
}
