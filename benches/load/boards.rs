//! Leaderboards inside the store, without HTTP.

use super::verdict::Verdict;
use anyhow::Context as _;
use pasut::domain::session::Session;
use pasut::store::gifts::GifterSort;
use pasut::store::sessions::SessionFilter;
use pasut::store::{Opening, Store};
use std::path::Path;
use std::time::Instant;

const TIMES: usize = 60;
const SHOWN: i64 = 50;
const DAY_MS: i64 = 24 * 3600 * 1000;

pub async fn measure(database: &Path, verdict: &mut Verdict) -> anyhow::Result<()> {
    let store = Store::open(database, Opening::Owner)?;
    let sessions: Vec<Session> = store.sessions(&SessionFilter::default(), 20).await?;
    let newest = sessions.first().context("a session")?.start.recorded_from;

    let mut times = Vec::new();
    for time in 0..TIMES {
        let session = sessions[time % sessions.len()].id;
        let began = Instant::now();
        let gifters = store.gifters(session, GifterSort::Diamonds, SHOWN).await?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        anyhow::ensure!(gifters.len() as i64 == SHOWN, "a session with {} gifters", gifters.len());
    }
    verdict.at_most("board of a session, ms", median(times), 0.2);

    for (what, days, limit) in [("board of 30 days", 30, 10.0), ("board of 83 days", 83, 120.0)] {
        let (to, mut times) = (newest + DAY_MS, Vec::new());
        for _ in 0..TIMES / 4 {
            let began = Instant::now();
            store.leaderboard(to - days * DAY_MS, to, None, SHOWN).await?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        verdict.at_most(&format!("{what}, ms"), median(times), limit);
    }
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}
