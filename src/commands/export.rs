//! `pasut export`: what was recorded, as a file.

use crate::clock::Clock;
use crate::commands::serve::until_told_to_stop;
use crate::config::{Config, Faults, ServeArgs};
use crate::domain::days::{Days, local_day};
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::money::Rates;
use crate::domain::time::Stamp;
use crate::export::request::{Format, Request, Scope, Section, Separator};
use crate::export::{ExportError, Written};
use crate::settings::preferences::{PreferenceSettings, Preferences};
use crate::store::{Opening, Store, StoreError};
use crate::web::saves::session::Each;
use crate::web::wishes::Wanted;
use crate::web::zones;
use crate::words::{Lang, numbers};
use anyhow::{Context as _, bail};
use chrono::NaiveDate;
use chrono_tz::Tz;
use clap::ValueEnum;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// Instead of a path: standard output.
const STDOUT: &str = "-";

#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    serve: ServeArgs,
    /// First day, such as 2026-11-01: sessions that began on it or later
    #[arg(long, value_name = "DATE", required_unless_present = "session")]
    from: Option<NaiveDate>,
    /// Last day, included [default: today]
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<NaiveDate>,
    /// One session instead of days
    #[arg(long, value_name = "ID", conflicts_with_all = ["from", "to", "creator"])]
    session: Option<SessionId>,
    /// Only this creator's sessions [default: everybody's]
    #[arg(long, value_name = "USERNAME", value_parser = Handle::parse)]
    creator: Option<Handle>,
    /// The form of the file [default: as the name of --output ends, else xlsx]
    #[arg(long, value_enum)]
    format: Option<FileFormat>,
    /// Where to write it; - is standard output
    #[arg(long, value_name = "PATH")]
    output: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    replace: bool,
    /// What to write, several times for several [default: all but minutes]
    #[arg(long, value_name = "NAME", value_parser = section)]
    section: Vec<Section>,
    /// Zone of days and times, such as Asia/Makassar [default: the creators' own]
    #[arg(long, value_name = "IANA", value_parser = zone)]
    zone: Option<Tz>,
    /// Language of headings: en or id
    #[arg(long, value_name = "LANG", default_value = "en", value_parser = lang)]
    lang: Lang,
    /// Between the fields of CSV [default: comma in English, semicolon (with decimal commas) in Indonesian]
    #[arg(long, value_enum)]
    separator: Option<FieldSeparator>,
    /// Write Fan #1, Fan #2 and so on instead of viewers' names, and no ids
    #[arg(long)]
    hide_names: bool,
    /// Leave out diamonds and everything computed from them
    #[arg(long)]
    no_money: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FileFormat {
    Xlsx,
    /// Several sections are several files in a ZIP archive
    Csv,
    Json,
    /// A report of each session; several are in a ZIP archive
    Html,
    /// The chart of each session; several are in a ZIP archive
    Png,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FieldSeparator {
    Comma,
    Semicolon,
}

/// Writes the file. It works beside a running server.
///
/// # Errors
///
/// If the database cannot be read or the file cannot be written; then there is no file.
pub async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.serve)?;
    let store = Store::open(&config.database, Opening::Beside)?;
    let wanted = arguments.wanted(&store, Clock::real().wall()).await?;
    if arguments.output.as_os_str() == STDOUT {
        let folder = tempfile::tempdir().context("There is no room for the file before it is printed")?;
        let file = folder.path().join("export");
        write(&store, &wanted, &file).await?;
        std::io::copy(&mut std::fs::File::open(&file)?, &mut std::io::stdout().lock())
            .context("Standard output was closed before everything was written")?;
        return Ok(std::io::stdout().flush()?);
    }
    let path = &arguments.output;
    if path.exists() && !arguments.replace {
        bail!(
            "{} is there already. Nothing was changed; say --replace, or choose another name.",
            path.display()
        );
    }
    let written = write(&store, &wanted, path).await?;
    let count = |number: u64| numbers::full(Lang::En, i64::try_from(number).unwrap_or(i64::MAX));
    let what = match wanted.each {
        None => format!("{} rows", count(written.rows)),
        Some(Each::Report) => "Reports".to_owned(),
        Some(Each::Chart) => "Charts".to_owned(),
    };
    eprintln!(
        "{what} of {} sessions are in {} ({}).",
        count(written.sessions),
        path.display(),
        numbers::size(Lang::En, written.bytes)
    );
    Ok(())
}

/// Writes until it is done, or until the person at the terminal has enough.
async fn write(store: &Store, wanted: &Wanted, path: &Path) -> Result<Written, ExportError> {
    let cancel = CancellationToken::new();
    let mut writing = std::pin::pin!(wanted.write(store, path, |_| {}, &cancel));
    tokio::select! {
        written = &mut writing => return written,
        // If the system does not tell of Ctrl+C, it ends the program by itself.
        Ok(()) = until_told_to_stop() => cancel.cancel(),
    }
    writing.await
}

impl Arguments {
    async fn wanted(&self, store: &Store, at: Stamp) -> anyhow::Result<Wanted> {
        let zone = match self.zone {
            Some(zone) => zone,
            None => self.own_zone(store).await?,
        };
        let sections = if self.section.is_empty() { Section::usual() } else { self.section.clone() };
        let (format, each) = self.file_format();
        let request = Request {
            scope: self.scope(zone, at)?,
            creator: self.creator.clone(),
            zone,
            lang: self.lang,
            format,
            sections,
            hide_names: self.hide_names,
            money: !self.no_money,
            rates: Some(rates(store).await?),
            at,
        };
        Ok(Wanted { request, each })
    }

    fn scope(&self, zone: Tz, at: Stamp) -> Result<Scope, Faults> {
        if let Some(session) = self.session {
            return Ok(Scope::Session(session));
        }
        let last = self.to.unwrap_or_else(|| local_day(at, zone));
        let days = Days::new(self.from.unwrap_or(last), last);
        let fault =
            || Faults(vec!["--from: this day lies after the last one; exchange --from and --to".to_owned()]);
        days.map(Scope::Days).ok_or_else(fault)
    }

    fn file_format(&self) -> (Format, Option<Each>) {
        let ending = self.output.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let by_name = match ending.as_str() {
            "csv" | "zip" => FileFormat::Csv,
            "json" => FileFormat::Json,
            "html" => FileFormat::Html,
            "png" => FileFormat::Png,
            _ => FileFormat::Xlsx,
        };
        match self.format.unwrap_or(by_name) {
            FileFormat::Xlsx => (Format::Xlsx, None),
            FileFormat::Json => (Format::Json, None),
            FileFormat::Html => (Format::Xlsx, Some(Each::Report)),
            FileFormat::Png => (Format::Xlsx, Some(Each::Chart)),
            FileFormat::Csv => {
                let separator = match self.separator {
                    Some(FieldSeparator::Comma) => Separator::Comma,
                    Some(FieldSeparator::Semicolon) => Separator::Semicolon,
                    None => Separator::usual(self.lang),
                };
                (Format::Csv(separator), None)
            }
        }
    }

    /// The zone of the creator that is asked about; of all, if they have the same.
    async fn own_zone(&self, store: &Store) -> anyhow::Result<Tz> {
        let session = match self.session {
            Some(session) => store.session(session).await?,
            None => None,
        };
        let creator = self.creator.clone().or_else(|| session.map(|session| session.start.creator));
        let known = store.creators().await?;
        let asked =
            known.iter().filter(|known| creator.as_ref().is_none_or(|creator| known.handle == *creator));
        let mut zones: Vec<Tz> = asked.filter_map(|known| known.zone.parse().ok()).collect();
        zones.dedup();
        Ok(if let [zone] = zones[..] { zone } else { zones::DEFAULT })
    }
}

/// The rates that were set on the page.
async fn rates(store: &Store) -> Result<Rates, StoreError> {
    let saved = PreferenceSettings::load(store.clone(), Preferences::default(), BTreeMap::new()).await?;
    Ok(saved.now().rates)
}

fn section(name: &str) -> Result<Section, String> {
    let names = || Section::ALL.map(Section::as_str).join(", ");
    Section::parse(name).ok_or_else(|| format!("choose from {}", names()))
}

fn zone(name: &str) -> Result<Tz, String> {
    name.parse().map_err(|_| "name a zone such as Asia/Jakarta".to_owned())
}

fn lang(code: &str) -> Result<Lang, String> {
    Lang::parse(code).ok_or_else(|| "choose en or id".to_owned())
}
