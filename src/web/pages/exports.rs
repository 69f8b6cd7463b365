//! The Exports page: what to have as a file, how large it will be, and the files that are there.

use super::data::ArchiveList;
use super::shell::{Nav, Shell, Visit};
use crate::export::Estimate;
use crate::export::request::{Format, Scope, Section, Separator};
use crate::store::archives::Archive;
use crate::web::jobs::{Job, State};
use crate::web::look::Look;
use crate::web::saves::session::Each;
use crate::web::views;
use crate::web::wishes::Wanted;
use crate::words::Words;
use askama::Template;
use std::borrow::Cow;

#[derive(Template)]
#[template(path = "pages/exports.html")]
pub struct ExportsPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub from: String,
    pub to: String,
    pub session: String,
    pub creator: String,
    pub creators: Vec<String>,
    pub zone: String,
    /// Each form of file with its name, and whether it is chosen.
    pub formats: [(&'static str, Cow<'static, str>, bool); 5],
    /// What stands between the fields of CSV, and whether it is chosen.
    pub separators: [(&'static str, Cow<'static, str>, bool); 2],
    /// Each table with its name, and whether it is chosen.
    pub sections: Vec<(&'static str, String, bool)>,
    pub hide_names: bool,
    pub money: bool,
    pub estimate: EstimateLine,
    pub jobs: Vec<JobRow>,
    pub archives: ArchiveList,
}

/// How large the file will be.
#[derive(Template)]
#[template(path = "fragments/estimate.html")]
pub struct EstimateLine {
    pub text: String,
}

/// One export, which asks for itself until it is finished.
#[derive(Template)]
#[template(path = "fragments/job.html")]
pub struct JobRow {
    pub w: &'static Words,
    pub id: String,
    pub name: String,
    pub said: String,
    pub open: bool,
    pub ready: bool,
    /// In per cent, while it is written.
    pub percent: Option<u64>,
}

impl ExportsPage {
    #[must_use]
    pub fn new(
        visit: &Visit,
        wanted: &Wanted,
        estimate: EstimateLine,
        jobs: &[Job],
        archives: &[Archive],
    ) -> Self {
        let look = &visit.look;
        let w = look.words();
        let Wanted { request, each } = wanted;
        let (from, to, session) = match request.scope {
            Scope::Days(days) => (days.first_day().to_string(), days.last_day().to_string(), String::new()),
            Scope::Session(id) => (String::new(), String::new(), id.to_string()),
        };
        let tables = |format: Format| each.is_none() && request.format == format;
        let separator = match request.format {
            Format::Csv(separator) => separator,
            _ => Separator::usual(look.lang),
        };
        Self {
            shell: Shell::new(visit, Nav::Exports, format!("{} · Pasut", w.t("nav-exports"))).polling(),
            w,
            from,
            to,
            session,
            creator: request.creator.as_ref().map(ToString::to_string).unwrap_or_default(),
            creators: visit.watched.iter().map(|watch| watch.creator.to_string()).collect(),
            zone: request.zone.name().to_owned(),
            formats: [
                ("xlsx", "XLSX".into(), tables(Format::Xlsx)),
                ("csv", "CSV".into(), tables(Format::Csv(separator))),
                ("json", "JSON".into(), tables(Format::Json)),
                ("html", w.t("export-report"), *each == Some(Each::Report)),
                ("png", w.t("export-chart"), *each == Some(Each::Chart)),
            ],
            separators: [
                ("comma", w.t("export-comma"), separator == Separator::Comma),
                ("semicolon", w.t("export-semicolon"), separator == Separator::Semicolon),
            ],
            sections: Section::ALL
                .into_iter()
                .map(|section| (section.as_str(), w.t(section.title()).into_owned(), request.wants(section)))
                .collect(),
            hide_names: request.hide_names,
            money: request.money,
            estimate,
            jobs: jobs.iter().map(|job| JobRow::new(job, look)).collect(),
            archives: ArchiveList::new(archives, look),
        }
    }
}

impl EstimateLine {
    #[must_use]
    pub fn new(estimate: &Estimate, of_each: bool, look: &Look) -> Self {
        let size = views::size(look.lang, estimate.bytes);
        let sessions = i64::try_from(estimate.sessions).unwrap_or(i64::MAX);
        let rows = i64::try_from(estimate.rows).unwrap_or(i64::MAX);
        let text = look.words().with(
            if of_each { "export-estimate-each" } else { "export-estimate" },
            [("sessions", sessions.into()), ("rows", rows.into()), ("size", size.into())],
        );
        Self { text }
    }
}

impl JobRow {
    #[must_use]
    pub fn new(job: &Job, look: &Look) -> Self {
        let w = look.words();
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let mut percent = None;
        let said = match &job.state {
            State::Waiting => w.t("export-waiting").into_owned(),
            State::Running { rows, share, .. } => {
                percent = Some((share.clamp(0.0, 1.0) * 100.0) as u64);
                let key = if job.of_each { "export-running-each" } else { "export-running" };
                w.with(key, [("rows", count(*rows).into())])
            }
            State::Done { rows, bytes, until, .. } => w.with(
                if job.of_each { "export-done-each" } else { "export-done" },
                [
                    ("rows", count(*rows).into()),
                    ("size", views::size(look.lang, *bytes).into()),
                    ("until", views::moment(look, *until).into()),
                ],
            ),
            State::Failed(_) => w.t("export-failed").into_owned(),
            State::Cancelled => w.t("export-cancelled").into_owned(),
        };
        Self {
            w,
            id: job.id.clone(),
            name: job.name.clone(),
            said,
            open: job.is_open(),
            ready: matches!(job.state, State::Done { .. }),
            percent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Stamp;
    use crate::web::pages::samples;
    use crate::words::Lang;

    fn row(state: State, lang: Lang) -> String {
        row_of(false, state, lang)
    }

    fn row_of(of_each: bool, state: State, lang: Lang) -> String {
        let job = Job {
            id: "ab12".to_owned(),
            name: "pasut-mira-2026-11-01-to-2026-11-22.xlsx".to_owned(),
            media_type: String::new(),
            asked_at: Stamp(0),
            of_each,
            state,
        };
        JobRow::new(&job, &samples::look(lang)).render().expect("renders")
    }

    #[test]
    fn a_row_asks_for_itself_until_it_is_finished_and_then_offers_the_file() {
        let running = row(State::Running { rows: 48_000, of_rows: 96_000, share: 0.5 }, Lang::En);
        assert!(running.contains("hx-get=\"/f/job/ab12\"") && running.contains("value=\"50\""), "{running}");
        assert!(running.contains("48,000 rows") && !running.contains("/exports/ab12/file"), "{running}");
        let until = Stamp(1_795_350_600_000);
        let done = row(State::Done { sessions: 3, rows: 48_000, bytes: 6_000_000, until }, Lang::Id);
        assert!(!done.contains("hx-get") && done.contains("href=\"/exports/ab12/file\""), "{done}");
        assert!(done.contains("48.000") && done.contains("6 MB") && done.contains("19.30 WIB"), "{done}");
        let each = row_of(true, State::Done { sessions: 3, rows: 3, bytes: 90_000, until }, Lang::En);
        assert!(each.contains("3 sessions, 90 kB") && !each.contains("rows"), "{each}");
        let failed = row(State::Failed("No space".to_owned()), Lang::En);
        assert!(!failed.contains("hx-get") && !failed.contains("/file"), "{failed}");
    }
}
