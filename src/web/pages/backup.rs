//! Settings, Backups: the schedule, the files that are there, and what one of them would bring back.

use super::settings::{Tab, Tabs};
use super::shell::{Nav, Shell, Visit};
use crate::disk::FLOOR_BYTES;
use crate::housekeeping::backup;
use crate::housekeeping::backup::shelf::Shelved;
use crate::housekeeping::backups::{Schedule, Trouble, Work};
use crate::housekeeping::restore;
use crate::web::address::Address;
use crate::web::look::Look;
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// What the page is about.
pub struct View {
    pub schedule: Schedule,
    /// Newest first.
    pub backups: Vec<Shelved>,
    pub chosen: Option<Chosen>,
    pub work: Option<Work>,
    /// How a restore ended for which Pasut was stopped.
    pub restored: Option<Work>,
}

/// The backup that is looked at.
pub struct Chosen {
    pub backup: Shelved,
    /// The address of the file itself.
    pub file: String,
    /// Whether a session is recorded, which a restore would interrupt.
    pub records: bool,
    pub can_restore: bool,
}

/// Why a form was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    FolderNotWhole,
    FolderUnwritable,
    ShortPassphrase,
    NotTyped,
    Demo,
}

#[derive(Template)]
#[template(path = "pages/backup.html")]
pub struct BackupPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub tabs: Tabs,
    pub saved: bool,
    pub problem: Option<Said>,
    /// What is done now, or how the last thing ended.
    pub work: Option<WorkLine>,
    pub works: bool,
    pub restored: Option<WorkLine>,
    pub folder: String,
    pub every_days: u32,
    pub keep: u32,
    pub backups: Vec<Row>,
    pub total: String,
    pub chosen: Option<Preview>,
}

/// A sentence, and where on the page it belongs.
pub struct Said {
    /// `folder`, `make` or `restore`.
    pub at: &'static str,
    pub text: String,
}

/// What is done, which asks for itself until it is finished.
#[derive(Template)]
#[template(path = "fragments/backup_work.html")]
pub struct WorkLine {
    pub text: String,
    /// `ok` or `error` of what is over.
    pub tone: &'static str,
    /// In per cent, of what is not.
    pub percent: Option<u32>,
}

pub struct Row {
    pub made: String,
    pub note: String,
    /// Where it is looked at.
    pub href: String,
    pub current: bool,
}

pub struct Preview {
    pub name: String,
    pub made: String,
    /// Each name with its value.
    pub facts: Vec<(&'static str, String)>,
    pub file: String,
    pub sealed: bool,
    pub records: bool,
    pub can_restore: bool,
}

impl BackupPage {
    #[must_use]
    pub fn new(visit: &Visit, view: &View, saved: bool, problem: Option<Problem>) -> Self {
        let (look, w) = (&visit.look, visit.look.words());
        let chosen = view.chosen.as_ref();
        let row = |backup: &Shelved| Row {
            made: views::moment(look, backup.manifest.made_at),
            note: note(backup, look),
            href: Address::new("/settings/backup").and("backup", &backup.name).finish(),
            current: chosen.is_some_and(|chosen| chosen.backup.name == backup.name),
        };
        let bytes = view.backups.iter().map(|backup| backup.bytes).sum();
        Self {
            shell: Shell::new(visit, Nav::Settings, format!("{} · Pasut", w.t("backups"))).polling(),
            w,
            tabs: Tabs::new(Tab::Backup, look),
            saved,
            problem: problem.map(|problem| said(problem, w)),
            work: view.work.as_ref().map(|work| WorkLine::new(work, look)),
            restored: view.restored.as_ref().map(|work| WorkLine::new(work, look)),
            works: view.work.as_ref().is_some_and(Work::is_open),
            folder: view.schedule.folder.display().to_string(),
            every_days: view.schedule.every_days,
            keep: view.schedule.keep,
            backups: view.backups.iter().map(row).collect(),
            total: views::size(look.lang, bytes),
            chosen: chosen.map(|chosen| Preview::new(chosen, look)),
        }
    }
}

impl Preview {
    fn new(chosen: &Chosen, look: &Look) -> Self {
        let w = look.words();
        let Shelved { name, bytes, manifest, .. } = &chosen.backup;
        let contents = &manifest.contents;
        let count = |number| views::count(look.lang, number);
        let mut facts = vec![
            ("backup-sessions", count(contents.sessions)),
            ("backup-creators", count(contents.creators)),
            ("backup-events", count(contents.events)),
            ("col-diamonds", count(contents.diamonds)),
        ];
        if let (Some(first), Some(last)) = (contents.first_start, contents.last_start) {
            facts.push(("backup-first", views::moment(look, first)));
            facts.push(("backup-last", views::moment(look, last)));
        }
        let there = |is: bool, yes, no| w.t(if is { yes } else { no }).into_owned();
        facts.push((
            "backup-options",
            there(manifest.settings.is_some(), "backup-options-in", "backup-options-none"),
        ));
        facts.push((
            "backup-secrets",
            there(manifest.secrets.is_some(), "backup-secrets-sealed", "backup-secrets-out"),
        ));
        facts.push(("backup-size", views::size(look.lang, *bytes)));
        facts.push(("backup-by", format!("Pasut {}", manifest.pasut)));
        Self {
            name: name.clone(),
            made: views::moment(look, manifest.made_at),
            facts,
            file: chosen.file.clone(),
            sealed: manifest.secrets.is_some(),
            records: chosen.records,
            can_restore: chosen.can_restore,
        }
    }
}

impl WorkLine {
    #[must_use]
    pub fn new(work: &Work, look: &Look) -> Self {
        let w = look.words();
        let open =
            |key, percent: f64| Self { text: w.t(key).into_owned(), tone: "", percent: Some(percent as u32) };
        let over = |text, tone| Self { text, tone, percent: None };
        let failed = |key, trouble| over(format!("{} {}", w.t(key), trouble_words(trouble, look)), "error");
        match work {
            Work::Making(progress) => match progress.step {
                backup::Step::Copying => open("backup-copying", 2.0),
                backup::Step::Packing => open("backup-packing", 10.0 + 60.0 * progress.share),
                backup::Step::ReadingBack | backup::Step::Naming => {
                    open("backup-reading-back", 70.0 + 29.0 * progress.share)
                }
            },
            Work::Made { name, bytes } => {
                let size = views::size(look.lang, *bytes).into();
                over(w.with("backup-made", [("name", name.as_str().into()), ("size", size)]), "ok")
            }
            Work::NotMade(trouble) => failed("backup-not-made", *trouble),
            Work::Staging(progress) => match progress.step {
                restore::Step::Unpacking => open("restore-unpacking", 60.0 * progress.share),
                _ => open("restore-checking", 65.0),
            },
            Work::Restarting => open("restore-restarting", 90.0),
            Work::Restored(restored) => {
                let made = views::moment(look, restored.manifest.made_at);
                let kept = restored.kept.as_ref().and_then(|kept| kept.file_name());
                let kept = kept.map(|kept| w.with("restore-kept", [("name", kept.to_string_lossy().into())]));
                let restored = w.with("restore-done", [("made", made.into())]);
                over(format!("{restored} {}", kept.unwrap_or_default()), "ok")
            }
            Work::NotRestored(trouble) => failed("restore-failed", *trouble),
        }
    }
}

fn note(backup: &Shelved, look: &Look) -> String {
    let w = look.words();
    let sessions = w.with(
        "backup-note",
        [
            ("sessions", backup.manifest.contents.sessions.into()),
            ("size", views::size(look.lang, backup.bytes).into()),
        ],
    );
    let by = w.t(if backup.scheduled { "backup-by-itself" } else { "backup-by-you" });
    format!("{sessions} · {by}")
}

fn said(problem: Problem, w: &'static Words) -> Said {
    let (at, key) = match problem {
        Problem::FolderNotWhole => ("folder", "backup-folder-not-whole"),
        Problem::FolderUnwritable => ("folder", "backup-folder-unwritable"),
        Problem::ShortPassphrase => ("make", "backup-passphrase-short"),
        Problem::NotTyped => ("restore", "restore-not-typed"),
        Problem::Demo => ("restore", "restore-not-in-demo"),
    };
    Said { at, text: w.t(key).into_owned() }
}

fn trouble_words(trouble: Trouble, look: &Look) -> String {
    let size = |bytes| views::size(look.lang, bytes).into();
    let key = match trouble {
        Trouble::NoRoom { needed_bytes, free_bytes } => {
            let sizes =
                [("needed", size(needed_bytes)), ("free", size(free_bytes)), ("floor", size(FLOOR_BYTES))];
            return look.words().with("backup-trouble-no-room", sizes);
        }
        Trouble::Disk => "backup-trouble-disk",
        Trouble::InUse => "backup-trouble-in-use",
        Trouble::Unreadable => "backup-trouble-unreadable",
        Trouble::Newer => "backup-trouble-newer",
        Trouble::WrongPassphrase => "backup-trouble-passphrase",
        Trouble::NothingSealed => "backup-trouble-not-sealed",
        Trouble::Stopped => "backup-trouble-stopped",
        Trouble::Other => "backup-trouble-other",
    };
    look.words().t(key).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::housekeeping::Progress;
    use crate::web::pages::samples;
    use crate::words::Lang;

    fn line(work: &Work, lang: Lang) -> String {
        WorkLine::new(work, &samples::look(lang)).render().expect("renders")
    }

    #[test]
    fn what_is_done_asks_for_itself_until_it_is_finished() {
        let packing = Work::Making(Progress { step: backup::Step::Packing, share: 0.5 });
        let shown = line(&packing, Lang::En);
        assert!(shown.contains("hx-get=\"/f/job/backup\"") && shown.contains("value=\"40\""), "{shown}");
        let made = Work::Made { name: "pasut-20261123-020000.zip".to_owned(), bytes: 6_000_000 };
        let shown = line(&made, Lang::Id);
        assert!(
            !shown.contains("hx-get") && shown.contains("6 MB") && shown.contains("data-tone=\"ok\""),
            "{shown}"
        );
    }

    #[test]
    fn every_trouble_says_what_to_do() {
        for trouble in [
            Trouble::NoRoom { needed_bytes: 2_000_000_000, free_bytes: 900_000_000 },
            Trouble::Disk,
            Trouble::InUse,
            Trouble::Unreadable,
            Trouble::Newer,
            Trouble::WrongPassphrase,
            Trouble::NothingSealed,
            Trouble::Stopped,
            Trouble::Other,
        ] {
            for work in [Work::NotMade(trouble), Work::NotRestored(trouble)] {
                let [english, indonesian] = [Lang::En, Lang::Id].map(|lang| line(&work, lang));
                assert!(english.contains("data-tone=\"error\"") && !english.contains("hx-get"), "{english}");
                assert_ne!(english, indonesian);
            }
        }
    }
}
