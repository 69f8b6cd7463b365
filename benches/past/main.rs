//! A large database for measurements: months of one creator's LIVEs, or of several creators'.
//! `cargo bench --bench past -- --into FOLDER` makes it; `pasut serve --data-dir FOLDER` shows it.
//!
//! Everything goes the way of a recording: TikTok's messages, the accounting, batches, the end of each
//! session and its answer. The same arguments give the same numbers.

mod crowd;
mod gifts;
mod live;

use anyhow::{Context as _, bail, ensure};
use chrono::NaiveDate;
use clap::Parser;
use crowd::Crowd;
use live::{Away, Live, Plan};
use pasut::analytics::drivers;
use pasut::analytics::drivers::observations::Observations;
use pasut::analytics::tally::Tally;
use pasut::clock::Clock;
use pasut::connector::incoming::Message;
use pasut::domain::creator::Creator;
use pasut::domain::event::Accounted;
use pasut::domain::handle::Handle;
use pasut::domain::ids::{RoomId, SessionId, UserId};
use pasut::domain::marker::MarkerKind;
use pasut::domain::record::Batch;
use pasut::domain::session::{GapCause, Origin, SessionStart};
use pasut::domain::time::Stamp;
use pasut::recorder::intake::{Intake, Taken};
use pasut::recorder::prices::Prices;
use pasut::simulator::Person;
use pasut::store::folder::DataFolder;
use pasut::store::{Opening, Store};
use std::path::{Path, PathBuf};
use std::time::Instant;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// The creators are in Jakarta, seven hours ahead.
const ZONE_MS: i64 = 7 * 60 * MINUTE_MS;
/// When a creator goes LIVE, in minutes of the local day: evenings first. The second passes midnight.
const BEGINS: [i64; 4] = [18 * 60 + 30, 23 * 60, 12 * 60, 6 * 60];
/// A LIVE is stored in pieces of this length. Nobody waits for them, and large batches cost least.
const PIECE_MS: i64 = 15 * MINUTE_MS;
const NAMES: [&str; 6] = ["mira.plays", "kopi.pagi", "rumah.nadia", "budi.gaming", "sari.sings", "dapur.ibu"];

/// Make a large database
#[derive(Parser)]
struct Arguments {
    /// The data folder, made if it is not there [default: one that is removed again]
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// LIVEs in all, of about three hours each
    #[arg(long, default_value_t = 200)]
    sessions: u64,
    /// Gifters of each LIVE; rooms are as large as that
    #[arg(long, default_value_t = 2_000)]
    gifters: usize,
    /// Over so many days
    #[arg(long, default_value_t = 90)]
    days: u64,
    #[arg(long, default_value_t = 1)]
    creators: u64,
    /// Minutes of an interval row; of several, LIVEs take turns
    #[arg(long, value_delimiter = ',', default_value = "5")]
    intervals: Vec<i64>,
    /// The day after the last one [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<NaiveDate>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Cargo says so to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let temporary = tempfile::tempdir()?;
    let folder = DataFolder::open(arguments.into.as_deref().unwrap_or(temporary.path()))?;
    let _lock = folder.lock("a benchmark that makes a large database")?;
    ensure!(
        !folder.database().exists(),
        "{} is there already; choose another folder",
        folder.database().display()
    );
    let began = Instant::now();
    make(&arguments, &folder.database()).await?;
    println!("{:.0} s", began.elapsed().as_secs_f64());
    tell_sizes(&folder.database())
}

/// Records every session, oldest first, as they would have been.
async fn make(arguments: &Arguments, database: &Path) -> anyhow::Result<()> {
    let Arguments { sessions, days, creators, .. } = *arguments;
    ensure!((1..=NAMES.len() as u64).contains(&creators), "there are names for {} creators", NAMES.len());
    let a_day = sessions.div_ceil(creators).div_ceil(days.max(1));
    ensure!(
        a_day <= BEGINS.len() as u64,
        "{a_day} LIVEs of one creator do not fit into a day; take more days"
    );
    let until = match arguments.until {
        Some(day) => {
            Stamp(day.and_hms_opt(0, 0, 0).context("a day has a midnight")?.and_utc().timestamp_millis())
        }
        None => Clock::real().wall().floor_to(DAY_MS),
    };
    let store = Store::open(database, Opening::Owner)?;
    let mut evenings: Vec<(Stamp, u64)> =
        (0..sessions).map(|live| (begin(arguments, until, live), live)).collect();
    evenings.sort_unstable();
    for creator in 0..creators {
        let person = Person::named(NAMES[creator as usize]);
        let added = Creator {
            handle: Handle::parse(&person.display_id)?,
            user: Some(UserId(person.id)),
            nickname: person.nickname,
            zone: "Asia/Jakarta".to_owned(),
            added_at: evenings[0].0,
            stopped_room: None,
        };
        store.add_creator(&added).await?;
    }
    let prices = Prices::default();
    for (number, (from, live)) in evenings.iter().enumerate() {
        let session = Recorded { store: &store, prices: &prices, arguments, from: *from, live: *live };
        session.record().await?;
        if (number + 1) % 20 == 0 {
            println!("{} of {sessions} sessions", number + 1);
        }
    }
    Ok(())
}

/// When a LIVE begins: spread evenly over the days, in turn for each creator.
fn begin(arguments: &Arguments, until: Stamp, live: u64) -> Stamp {
    let (own, creator) = (live / arguments.creators, live % arguments.creators);
    let of = arguments.sessions.div_ceil(arguments.creators);
    let day = |own: u64| own * arguments.days / of;
    let on_this_day = (0..own).rev().take_while(|before| day(*before) == day(own)).count();
    let local = (BEGINS[on_this_day] + (own * 37 + creator * 11) as i64 % 40) * MINUTE_MS;
    until - (arguments.days - day(own)) as i64 * DAY_MS + local - ZONE_MS
}

/// One session on its way into the store.
struct Recorded<'a> {
    store: &'a Store,
    prices: &'a Prices,
    arguments: &'a Arguments,
    from: Stamp,
    live: u64,
}

impl Recorded<'_> {
    async fn record(&self) -> anyhow::Result<()> {
        let (mut live, start) = self.plan()?;
        let lengths = &self.arguments.intervals;
        let interval_ms = lengths[self.live as usize % lengths.len()] * MINUTE_MS;
        let medians = self.store.interval_medians(&start.creator, interval_ms).await?.unwrap_or_default();
        let mut intake = Intake::new(Tally::new(start.host, interval_ms, medians));
        let mut observed = Observations::new(start.recorded_from, start.host);
        let past = self.store.past_slopes(&start.creator, start.recorded_from).await?;
        let session = self.store.begin_session(&start).await?;
        let (mut ready, mut to): (Option<Batch>, Stamp) = (None, self.from);
        while !live.over() {
            // While one piece is written, the next happens.
            let writing = async {
                match ready.take() {
                    Some(batch) => self.store.append(batch).await,
                    None => Ok(()),
                }
            };
            to = to + PIECE_MS;
            let next = async { self.piece(&mut live, to, session, &mut intake, &mut observed) };
            let (written, next) = tokio::join!(writing, next);
            written?;
            ready = Some(next?);
        }
        if let Some(batch) = ready {
            self.store.append(batch).await?;
        }
        let end = Stamp(live.now_ms());
        self.store.finish_session(session, end).await?;
        let answer = drivers::explain(&observed, end, &past);
        self.store.keep_answer(session, &answer).await?;
        self.annotate(session, end).await
    }

    fn plan(&self) -> anyhow::Result<(Live, SessionStart)> {
        let Arguments { gifters, days, creators, seed, .. } = *self.arguments;
        let creator = self.live % creators;
        let person = Person::named(NAMES[creator as usize]);
        let minutes = 150 + (self.live * 53 % 61) as i64;
        let local = (self.from.0 + ZONE_MS) / MINUTE_MS % (24 * 60);
        // Evenings are best, mornings are quiet, and a creator grows.
        let hour = if local >= 18 * 60 {
            1.0
        } else if local >= 12 * 60 {
            0.7
        } else {
            0.5
        };
        let own = (self.live / creators) as f64;
        let plan = Plan {
            creator: person.clone(),
            room: 7_520_000_000_000_000_000 + self.live as i64 * 10_000_000,
            from_ms: self.from.0,
            to_ms: self.from.0 + minutes * MINUTE_MS,
            usual: gifters as f64 * 0.5 * hour * (1.0 + own * 0.002),
            battles: self.live.is_multiple_of(3),
            away: self.gaps(),
            seed: seed ^ (self.live + 1) << 20,
        };
        let start = SessionStart {
            creator: Handle::parse(&person.display_id)?,
            room: RoomId(plan.room),
            host: Some(UserId(person.id)),
            title: String::new(),
            live_since: Some(self.from),
            recorded_from: self.from,
            continues: None,
            origin: Origin::Live,
        };
        let day = self.live / creators * days / self.arguments.sessions.div_ceil(creators);
        let evening = Crowd::of(creator, gifters, seed).evening(self.live, day, days);
        Ok((Live::new(plan, evening), start))
    }

    /// What happened up to `to`, counted.
    fn piece(
        &self,
        live: &mut Live,
        to: Stamp,
        session: SessionId,
        intake: &mut Intake,
        observed: &mut Observations,
    ) -> anyhow::Result<Batch> {
        let mut events: Vec<Accounted> = Vec::new();
        while !live.over() && live.now_ms() < to.0 {
            let (at_ms, messages) = live.second();
            let at = Stamp(at_ms);
            if let Some(cause) = live.away(at_ms - 1) {
                intake.tally.begin_gap(at, cause);
                continue;
            }
            intake.tally.end_gap(at);
            for message in messages.into_iter().map(Message::from) {
                match intake.take(at, &message, &self.prices.read()) {
                    Taken::Nothing => {}
                    Taken::Counted(accounted) => {
                        observed.take(&accounted);
                        events.push(accounted);
                    }
                    Taken::Spilled(spilled) => {
                        bail!("{:?} was let go, though streaks last seconds here", spilled.key)
                    }
                }
            }
        }
        let now = Stamp(live.now_ms());
        intake.tally.pass_to(now);
        if live.over() {
            intake.tally.end_at(now);
        }
        let batch = intake.tally.take_batch(session, now, events);
        self.prices.learn(batch.learned.iter().map(|value| (value.gift, value.diamonds)));
        Ok(batch)
    }

    /// When and why the connection is away: in every fourth session once for some minutes, in every
    /// thirteenth twice more.
    fn gaps(&self) -> Vec<Away> {
        let gap = |minute: i64, cause| {
            let from_ms = self.from.0 + minute * MINUTE_MS;
            Away { from_ms, to_ms: from_ms + (2 + self.live as i64 % 5) * MINUTE_MS, cause }
        };
        let mut gaps = Vec::new();
        if self.live % 4 == 1 {
            gaps.push(gap(25, GapCause::Disconnected));
        }
        if self.live % 13 == 6 {
            gaps.extend([gap(60, GapCause::Asleep), gap(95, GapCause::NotRunning)]);
        }
        gaps
    }

    /// What people added afterwards.
    async fn annotate(&self, session: SessionId, end: Stamp) -> anyhow::Result<()> {
        let third = end.ms_since(self.from) / 3;
        let kinds = [MarkerKind::AskedForLikes, MarkerKind::NewGame, MarkerKind::Giveaway];
        for (place, kind) in [(1, kinds[self.live as usize % 3]), (2, kinds[self.live as usize / 3 % 3])] {
            self.store.add_marker(session, self.from + place * third, kind, "").await?;
        }
        if self.live.is_multiple_of(5) {
            let notes = format!("LIVE {}: lampu baru, suara lebih jernih", self.live + 1);
            self.store.set_session_notes(session, &notes).await?;
        }
        Ok(())
    }
}

/// How large it is and what is in it, of a database that nobody uses any more.
fn tell_sizes(database: &Path) -> anyhow::Result<()> {
    use diesel::prelude::*;
    use diesel::sql_types::{BigInt, Text};

    #[derive(QueryableByName)]
    struct Table {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = BigInt)]
        bytes: i64,
    }
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    println!("{:.1} MB in all", std::fs::metadata(database)?.len() as f64 / 1e6);
    let mut connection = SqliteConnection::establish(&database.display().to_string())?;
    let tables: Vec<Table> = diesel::sql_query(
        "SELECT m.tbl_name AS name, sum(s.pgsize) AS bytes FROM dbstat s JOIN sqlite_master m ON m.name = s.name \
         WHERE m.tbl_name NOT LIKE '%diesel%' AND m.tbl_name NOT LIKE 'sqlite%' GROUP BY m.tbl_name ORDER BY 2 DESC",
    )
    .load(&mut connection)?;
    for Table { name, bytes } in tables {
        let Count { rows } =
            diesel::sql_query(format!("SELECT count(*) AS rows FROM {name}")).get_result(&mut connection)?;
        println!("{name:<22} {rows:>9} rows {:>9.2} MB with its indexes", bytes as f64 / 1e6);
    }
    Ok(())
}
