//! Leaderboards inside the store, without HTTP.

use super::verdict::Verdict;
use anyhow::Context as _;
use pasut::domain::session::Session;
use pasut::domain::time::Stamp;
use pasut::reports::boards::Boards;
use pasut::reports::leaderboard::{BoardQuestion, leaderboard};
use pasut::store::boards::BoardScope;
use pasut::store::sessions::SessionFilter;
use pasut::store::{Opening, Store};
use std::path::Path;
use std::time::Instant;

const TIMES: usize = 60;
/// As many as a page shows.
const SHOWN: usize = 25;
const DAY_MS: i64 = 24 * 3600 * 1000;

pub async fn measure(database: &Path, verdict: &mut Verdict) -> anyhow::Result<()> {
    let store = Store::open(database, Opening::Owner)?;
    let sessions: Vec<Session> = store.sessions(&SessionFilter::default(), 20).await?;
    let newest = sessions.first().context("a session")?.start.recorded_from;

    // A folder that an older Pasut made has none yet.
    for session in store.sessions(&SessionFilter::default(), i64::MAX).await? {
        store.keep_board(session.id).await?;
    }

    // Each session in turn, so that its pages are not in SQLite's cache, and again, as whoever looks at it asks.
    let (mut whole, mut named) = ([Times::default(), Times::default()], [Times::default(), Times::default()]);
    for time in 0..TIMES {
        let session = sessions[time % sessions.len()].id;
        for times in &mut whole {
            let handed_ms = handed_over_ms().await?;
            let began = Instant::now();
            let board = store.session_board(session).await?;
            times.took(ms_since(began), handed_ms);
            anyhow::ensure!(board.gifters.len() >= SHOWN, "a session with {} gifters", board.gifters.len());
        }
    }
    for time in 0..TIMES {
        let session = sessions[time % sessions.len()].id;
        for times in &mut named {
            let handed_ms = handed_over_ms().await?;
            let began = Instant::now();
            let gifters = store.gifters(session, SHOWN).await?;
            times.took(ms_since(began), handed_ms);
            anyhow::ensure!(gifters.len() == SHOWN, "a session with {} gifters", gifters.len());
        }
    }
    for (what, [first, again]) in [("board of a session", whole), ("its first lines with names", named)] {
        first.judge(what, verdict);
        again.judge(&format!("{what}, asked again"), verdict);
    }

    let warm = Boards::default();
    let month = question(newest + DAY_MS, 30);
    leaderboard(&store, &warm, &month, newest).await?;
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        leaderboard(&store, &warm, &month, newest).await?;
        times.push(ms_since(began));
    }
    verdict.at_most("board of 30 days, asked before, ms", median(times), 10.0);

    for days in [30, 83, 90] {
        let (asked, mut times) = (question(newest + DAY_MS, days), Vec::new());
        for _ in 0..TIMES / 4 {
            let began = Instant::now();
            leaderboard(&store, &Boards::default(), &asked, newest).await?;
            times.push(ms_since(began));
        }
        verdict.at_most(&format!("board of {days} days, for the first time, ms"), median(times), 120.0);
    }
    Ok(())
}

/// How long a question took, in ms: until its answer was here, and of that inside the store.
#[derive(Default)]
struct Times {
    whole: Vec<f64>,
    inside: Vec<f64>,
}

impl Times {
    fn took(&mut self, whole_ms: f64, handed_ms: f64) {
        self.whole.push(whole_ms);
        self.inside.push(whole_ms - handed_ms);
    }

    fn judge(self, what: &str, verdict: &mut Verdict) {
        println!("{what}, with what waking two threads takes: {:.2} ms", median(self.whole));
        verdict.at_most(&format!("{what}, ms"), median(self.inside), 0.2);
    }
}

/// What it takes to hand nothing to a thread that may wait for a disk, and to hear from it: the operating
/// system's part of every question, 0.01 to 0.12 ms by what else the machine does.
async fn handed_over_ms() -> anyhow::Result<f64> {
    let began = Instant::now();
    tokio::task::spawn_blocking(|| ()).await?;
    Ok(ms_since(began))
}

fn ms_since(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1000.0
}

/// The first lines of a board of all creators, as its page asks for them.
fn question(to: Stamp, days: i64) -> BoardQuestion {
    BoardQuestion::first_of(BoardScope::Stretch { from: to - days * DAY_MS, to, creator: None }, SHOWN)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}
