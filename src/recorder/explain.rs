//! Why viewers changed, for the sessions that are recorded now.
//!
//! One task goes round them, one after the other, beside the recording and every request: it takes a
//! copy of what was observed, lets `analytics` answer, and shows the answer. After each it rests, so
//! that however many rooms are live it takes a third of a core at most; then answers come seldomer.
//! What fails here is logged, and the recording goes on.

use super::recording::Recording;
use super::shared::Settings;
use super::shown::Shown;
use crate::analytics::drivers;
use crate::analytics::drivers::hold::Hold;
use crate::analytics::drivers::observations::Observations;
use crate::domain::answer::{Answer, Changed, Level, Slope, Verdict};
use crate::domain::driver::Driver;
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::domain::totals::UsualInterval;
use crate::store::Store;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

/// With more live sessions than this, each is looked at again after this many times as long.
const MANY: usize = 20;
const LONGER_OF_MANY: u32 = 3;

/// Rest after work, as a multiple of it.
const REST: u32 = 2;

/// An answer that claims nothing new is stored again after this long.
const KEEP_MS: i64 = 5 * 60_000;

/// What a running session is said to be, besides what it adds up to.
#[derive(Debug, Default)]
pub struct Explained {
    /// As a page may show it.
    pub answer: Option<Arc<Answer>>,
    pub usual: Option<UsualInterval>,
    hold: Hold,
    kept: Option<Kept>,
    /// The interval that was asked about: its beginning and length.
    usual_of: Option<(Stamp, i64)>,
    /// What the creator's earlier sessions found; `None` until looked up.
    past: Option<Arc<Vec<Vec<Slope>>>>,
    /// The analysis failed; it is not tried again before the end of the session.
    gave_up: bool,
}

/// What was stored last.
#[derive(Debug)]
struct Kept {
    at: Stamp,
    claims: [Option<(Verdict, Level)>; Driver::ALL.len()],
}

impl Explained {
    /// Takes a new answer, and shows what of it may be claimed.
    fn show(&mut self, answer: Answer) -> Arc<Answer> {
        let answer = Arc::new(self.hold.show(answer));
        self.answer = Some(Arc::clone(&answer));
        answer
    }

    /// Whether an answer is to be stored now; it counts as stored then.
    fn is_to_be_kept(&mut self, answer: &Answer) -> bool {
        let claims = answer.claims();
        let kept = self.kept.as_ref();
        let due = kept.is_none_or(|kept| kept.claims != claims || answer.at.ms_since(kept.at) >= KEEP_MS);
        if due {
            self.kept = Some(Kept { at: answer.at, claims });
        }
        due
    }
}

/// The task. `watches` are all watched creators at the moment it is called.
pub struct Explaining<W> {
    pub watches: W,
    pub store: Store,
    /// How often a session is looked at.
    pub settings: watch::Receiver<Settings>,
    pub stop: CancellationToken,
}

impl<W: Fn() -> Vec<Arc<Shown>>> Explaining<W> {
    /// Explains until Pasut stops.
    pub async fn run(mut self) {
        loop {
            let began = Instant::now();
            let mut recorded = (self.watches)();
            recorded.retain(|shown| shown.is_recording());
            let longer = if recorded.len() > MANY { LONGER_OF_MANY } else { 1 };
            for shown in recorded {
                self.look_up_usual(&shown).await;
                let worked = self.explain(&shown).await;
                if self.rest_until(Instant::now() + worked * REST).await.is_break() {
                    return;
                }
            }
            if self.rest_since(began, longer).await.is_break() {
                return;
            }
        }
    }

    /// Rests until it is time to look again, counted from `began`; a change of how often counts at once.
    async fn rest_since(&mut self, began: Instant, longer: u32) -> ControlFlow<()> {
        loop {
            let explain_ms = self.settings.borrow_and_update().explain_ms;
            let every = Duration::from_millis(explain_ms.unsigned_abs()) * longer;
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return ControlFlow::Break(()),
                () = tokio::time::sleep_until(began + every) => return ControlFlow::Continue(()),
                Ok(()) = self.settings.changed() => {}
            }
        }
    }

    async fn rest_until(&self, until: Instant) -> ControlFlow<()> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => ControlFlow::Break(()),
            () = tokio::time::sleep_until(until) => ControlFlow::Continue(()),
        }
    }

    /// Answers for one session, if anything happened in it since it was answered last. Returns how
    /// long that took.
    async fn explain(&self, shown: &Shown) -> Duration {
        let Some((session, observed, at)) = shown.with(due).flatten() else { return Duration::ZERO };
        let past = self.past(shown).await;
        let began = Instant::now();
        let answered = work_out(move || drivers::explain(&observed, at, &past)).await;
        let worked = began.elapsed();
        let keep = shown.with(|recording| {
            if recording.id != session {
                return None;
            }
            let Some(answer) = answered else {
                recording.explained.gave_up = true;
                return None;
            };
            let answer = recording.explained.show(answer);
            recording.explained.is_to_be_kept(&answer).then_some(answer)
        });
        shown.changed();
        if let Some(answer) = keep.flatten() {
            keep_answer(&self.store, session, &answer).await;
        }
        worked
    }

    /// What the creator's earlier sessions found, looked up once for each session.
    async fn past(&self, shown: &Shown) -> Arc<Vec<Vec<Slope>>> {
        let known =
            shown.with(|recording| recording.explained.past.clone().ok_or(recording.start.recorded_from));
        let before = match known {
            Some(Ok(past)) => return past,
            Some(Err(before)) => before,
            None => return Arc::default(),
        };
        let found = self.store.past_slopes(shown.creator(), before).await;
        let past = Arc::new(found.unwrap_or_else(|err| {
            warn!(creator = %shown.creator(), %err, "Earlier answers could not be read: {err}");
            Vec::new()
        }));
        shown.with(|recording| recording.explained.past = Some(Arc::clone(&past)));
        past
    }

    /// Looks up what is usual when the session has a new interval.
    async fn look_up_usual(&self, shown: &Shown) {
        let Some(asked) = shown.with(|recording| new_interval(recording)).flatten() else { return };
        let Asked { session, creator, from, length_ms, age_ms } = asked;
        match self.store.usual_interval(&creator, length_ms, age_ms).await {
            Ok(usual) => {
                shown.with(|recording| {
                    if recording.id == session {
                        recording.explained.usual = usual;
                        recording.explained.usual_of = Some((from, length_ms));
                    }
                });
                shown.changed();
            }
            Err(err) => warn!(%session, %err, "What is usual for @{creator} could not be read: {err}"),
        }
    }
}

/// Gives the last answer for a session that ends at `ended_at`: nothing of it is held back any more.
pub async fn conclude(store: &Store, shown: &Shown, ended_at: Stamp) {
    let observed = shown.with(|recording| {
        (recording.id, recording.observed().clone(), recording.explained.past.clone().unwrap_or_default())
    });
    let Some((session, observed, past)) = observed.filter(|(_, observed, _)| !observed.bins().is_empty())
    else {
        return;
    };
    let explained = work_out(move || drivers::explain(&observed, ended_at, &past)).await;
    let Some(answer) = explained else { return };
    let answer = Arc::new(answer);
    shown.with(|recording| recording.explained.answer = Some(Arc::clone(&answer)));
    keep_answer(store, session, &answer).await;
}

/// What changed between two moments of `session`; `None` if it does not run here, or was not
/// explained yet.
pub async fn what_changed(shown: &Shown, session: SessionId, from: Stamp, to: Stamp) -> Option<Changed> {
    let question = shown.with(|recording| {
        recording.explained.answer.as_ref().filter(|_| recording.id == session)?;
        Some((recording.observed().clone(), recording.explained.past.clone().unwrap_or_default()))
    });
    let (observed, past) = question.flatten()?;
    work_out(move || drivers::what_changed(&observed, &past, from, to)).await
}

/// Works something out on a thread where it keeps nobody waiting; `None` if that failed, which is
/// logged then.
async fn work_out<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.inspect_err(|panic| error!(%panic, "A session could not be explained: {panic}")).ok()
}

async fn keep_answer(store: &Store, session: SessionId, answer: &Answer) {
    if let Err(err) = store.keep_answer(session, answer).await {
        warn!(%session, %err, "The answer for session {session} could not be stored: {err}");
    }
}

/// What to explain, and up to when: only the time up to the newest event was seen.
fn due(recording: &mut Recording) -> Option<(SessionId, Observations, Stamp)> {
    let newest = recording.newest_event()?;
    let explained = &recording.explained;
    let is_new = explained.answer.as_ref().is_none_or(|answer| answer.at < newest);
    (is_new && !explained.gave_up).then(|| (recording.id, recording.observed().clone(), newest))
}

/// A question about an interval of a session.
struct Asked {
    session: SessionId,
    creator: Handle,
    from: Stamp,
    length_ms: i64,
    age_ms: i64,
}

/// The interval that runs, if nobody asked yet what is usual in it. Intervals of other sessions lie
/// differently, so the age is that of its middle.
fn new_interval(recording: &Recording) -> Option<Asked> {
    let (from, length_ms) = recording.interval()?;
    if recording.explained.usual_of == Some((from, length_ms)) {
        return None;
    }
    let start = &recording.start;
    let age_ms = (from + length_ms / 2).ms_since(start.recorded_from).max(0);
    Some(Asked { session: recording.id, creator: start.creator.clone(), from, length_ms, age_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGAN: Stamp = Stamp(1_790_000_000_000);

    /// What a session without a single event is told, but that likes have `level`.
    fn told(seconds: i64, level: Level) -> Answer {
        let mut answer = drivers::explain(&Observations::new(BEGAN, None), BEGAN + seconds * 1000, &[]);
        answer.drivers[Driver::Likes.index()].level = level;
        answer.drivers[Driver::Likes.index()].verdict = Verdict::Raises;
        answer
    }

    #[test]
    fn an_answer_is_stored_when_its_claims_change_and_every_five_minutes() {
        let mut explained = Explained::default();
        let kept: Vec<i64> = [
            (5, Level::Unclear),
            (10, Level::None),
            (15, Level::Weak),
            (20, Level::Likely),
            (25, Level::Likely),
            (319, Level::Likely),
            (320, Level::Likely),
            (325, Level::Strong),
            (330, Level::Weak),
        ]
        .into_iter()
        .filter(|(seconds, level)| explained.is_to_be_kept(&told(*seconds, *level)))
        .map(|(seconds, _)| seconds)
        .collect();
        assert_eq!(kept, [5, 20, 320, 325, 330]);
    }

    #[test]
    fn what_is_shown_is_the_newest_answer() {
        let mut explained = Explained::default();
        for seconds in [5, 10] {
            let shown = explained.show(told(seconds, Level::None));
            assert_eq!(explained.answer.as_deref(), Some(&*shown));
            assert_eq!(shown.at, BEGAN + seconds * 1000);
        }
    }
}
