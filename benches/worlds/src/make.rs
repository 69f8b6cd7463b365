//! Writes a set of sessions, several at a time.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::families::{FAMILIES, Family};
use crate::session::{write_lines, write_streamers, write_truth};
use crate::truth::session;

pub struct Order {
    pub seed: u64,
    pub out: PathBuf,
    /// Sessions of each family; every host has four of them.
    pub sessions: u64,
    /// Only these families, or all when empty.
    pub families: Vec<String>,
}

const SESSIONS_OF_A_HOST: u64 = 4;

pub fn make(order: &Order) -> io::Result<()> {
    let chosen = FAMILIES
        .iter()
        .filter(|f| order.families.is_empty() || order.families.iter().any(|name| name == f.name));
    let jobs: Vec<(&Family, u64)> =
        chosen.flat_map(|family| (0..order.sessions).map(move |n| (family, n))).collect();
    let next = AtomicUsize::new(0);
    let streamers = Mutex::new(BTreeMap::new());
    let work = || -> io::Result<()> {
        while let Some((family, n)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (lines, truth) = session(family, order.seed, n / SESSIONS_OF_A_HOST, n % SESSIONS_OF_A_HOST);
            write_lines(&order.out, &truth.name, &lines)?;
            write_truth(&order.out, &truth)?;
            streamers.lock().expect("no worker panics with the lock").insert(truth.name, truth.streamer);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> =
            (0..thread::available_parallelism().map_or(1, usize::from)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker returns its error"))
    })?;
    let streamers = streamers.into_inner().expect("all workers have ended");
    write_streamers(&order.out, streamers)
}
