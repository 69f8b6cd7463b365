//! `pasut replay`: a capture through the accounting of a live recording, offline.

use crate::analytics::gift_value::LearnedPrices;
use crate::analytics::tally::Tally;
use crate::connector::incoming::{Incoming, Message};
use crate::domain::event::{Accounted, Control, What};
use crate::domain::handle::Handle;
use crate::domain::ids::{GiftId, RoomId, SessionId, UserId};
use crate::domain::record::Batch;
use crate::domain::session::{Origin, SessionStart};
use crate::domain::time::Stamp;
use crate::domain::totals::{IntervalMedians, StreakKey, StreakState, StreakTotal};
use crate::recorder::intake::{Intake, Taken};
use crate::store::folder::DataFolder;
use crate::store::{Opening, Store, StoreError};
use crate::wire::capture;
use anyhow::Context as _;
use bytes::Bytes;
use chrono::DateTime;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Interval rows of a replay are as long as a recording's by default.
const INTERVAL_MS: i64 = 5 * 60 * 1000;

/// So many events are handed on at once. Nobody waits for them, and large batches cost least.
const BATCH_EVENTS: usize = 20_000;

#[derive(clap::Args)]
pub struct Arguments {
    /// The capture
    file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// The creator's user id, where the capture does not tell it
    #[arg(long, value_name = "ID")]
    host_user_id: Option<UserId>,
    /// The room id, where the capture does not tell it
    #[arg(long, value_name = "ID")]
    room_id: Option<RoomId>,
    /// Record the capture as a finished session in this data folder
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// When the capture began, as RFC 3339 [default: the first time that TikTok says]
    #[arg(long, value_name = "TIME", requires = "into")]
    started_at: Option<String>,
    /// Whose LIVE it is [default: the file's name]
    #[arg(long, value_name = "USERNAME", requires = "into")]
    creator: Option<String>,
}

/// Runs the command.
///
/// # Errors
///
/// If the file cannot be read or is no capture.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let capture = std::fs::read(&arguments.file)
        .with_context(|| format!("{} cannot be read; nothing was changed", arguments.file.display()))?;
    let capture = Bytes::from(capture);
    let given = Given { host: arguments.host_user_id, room: arguments.room_id };
    let replay = match &arguments.into {
        None => replay(&capture, given, Stamp(0), &mut Nowhere).await?,
        Some(folder) => record(&arguments, &capture, given, folder).await?,
    };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer(&mut out, &replay.to_json())?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}", replay.to_text())?;
    }
    Ok(())
}

/// Replays a capture into the database of a data folder.
async fn record(
    arguments: &Arguments,
    capture: &Bytes,
    given: Given,
    folder: &Path,
) -> anyhow::Result<Replay> {
    let folder = DataFolder::open(folder)?;
    let _lock = folder.lock("pasut replay")?;
    let store = Store::open(&folder.database(), Opening::Owner)?;
    let hash = format!("{:x}", Sha256::digest(capture));
    if let Some(known) = store.session_by_capture(&hash).await? {
        return Err(StoreError::KnownCapture(known).into());
    }
    let told = what_the_capture_tells(capture)?;
    let began = match &arguments.started_at {
        Some(time) => Stamp(
            DateTime::parse_from_rfc3339(time)
                .with_context(|| {
                    format!("{time} is no time such as 2026-11-21T19:30:00+07:00; nothing was changed")
                })?
                .timestamp_millis(),
        ),
        None => told.started_at.context("The capture does not say when it began; say --started-at TIME")?,
    };
    let stem = arguments.file.file_stem().unwrap_or_default().to_string_lossy();
    let creator = Handle::parse(arguments.creator.as_deref().unwrap_or(&stem))
        .context("The file's name is no username; say --creator USERNAME")?;
    let start = SessionStart {
        host: given.host.or(told.host),
        ..SessionStart::new(creator, given.room.or(told.room).unwrap_or_default(), began, Origin::Capture)
    };
    let session = store.begin_session(&start).await?;
    let mut into = Into { store: &store, session, until: began };
    let replayed = replay(capture, given, began, &mut into).await;
    let until = into.until;
    match replayed {
        Ok(replayed) => {
            store.finish_session(session, until).await?;
            store.set_capture(session, &hash).await?;
            Ok(replayed)
        }
        Err(fault) => {
            store.delete_session(session).await?;
            Err(fault)
        }
    }
}

/// For a replay that is recorded.
struct Into<'a> {
    store: &'a Store,
    session: SessionId,
    until: Stamp,
}

impl Sink for Into<'_> {
    async fn batch(&mut self, batch: Batch) -> anyhow::Result<()> {
        self.until = batch.counted_to;
        Ok(self.store.append(Batch { session: self.session, ..batch }).await?)
    }
}

/// What is known of a capture besides its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given {
    pub host: Option<UserId>,
    pub room: Option<RoomId>,
}

/// What a capture adds up to.
pub struct Replay {
    pub host: Option<UserId>,
    pub room: Option<RoomId>,
    /// TikTok's time at the first record; `None` if no frame says it.
    pub started_at: Option<Stamp>,
    frames: usize,
    ignored_frames: Vec<usize>,
    broken_frames: Vec<usize>,
    tally: Tally,
    /// By group id, then by sender.
    streaks: Vec<StreakTotal>,
    names: HashMap<UserId, String>,
    methods: BTreeMap<String, i64>,
    controls: BTreeMap<&'static str, i64>,
    statistics: Statistics,
}

/// The viewer counts of the room's own statistics.
#[derive(Default)]
struct Statistics {
    samples: i64,
    max: i64,
    last: i64,
    last_total: i64,
}

/// Takes every accounted batch of a replay, for whoever records it.
pub trait Sink {
    fn batch(&mut self, batch: Batch) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// For a replay that is only looked at.
struct Nowhere;

impl Sink for Nowhere {
    async fn batch(&mut self, _: Batch) -> anyhow::Result<()> {
        Ok(())
    }
}

/// Replays `capture`; `start` is the stamp of its first millisecond.
///
/// # Errors
///
/// If the capture is cut off or `sink` fails.
pub async fn replay(
    capture: &Bytes,
    given: Given,
    start: Stamp,
    sink: &mut impl Sink,
) -> anyhow::Result<Replay> {
    let told = what_the_capture_tells(capture)?;
    let mut replay = Replay {
        host: given.host.or(told.host),
        room: given.room.or(told.room),
        started_at: told.started_at,
        frames: 0,
        ignored_frames: Vec::new(),
        broken_frames: Vec::new(),
        tally: Tally::new(None, INTERVAL_MS, IntervalMedians::default()),
        streaks: Vec::new(),
        names: HashMap::new(),
        methods: BTreeMap::new(),
        controls: BTreeMap::new(),
        statistics: Statistics::default(),
    };
    let mut intake = Intake::new(Tally::new(replay.host, INTERVAL_MS, IntervalMedians::default()));
    let mut streaks: HashMap<StreakKey, StreakTotal> = HashMap::new();
    let prices = LearnedPrices::default();
    let (mut events, mut at) = (Vec::new(), start);
    for (index, record) in capture::records(capture.clone()).enumerate() {
        let record = record.context("Nothing was changed")?;
        replay.frames += 1;
        at = start + i64::try_from(record.at_ms).unwrap_or(i64::MAX);
        match Incoming::read(record.message) {
            Err(_) => {
                replay.broken_frames.push(index);
                intake.tally.count_broken_frame();
            }
            Ok(Incoming::Ignored | Incoming::Entered) => replay.ignored_frames.push(index),
            Ok(Incoming::Messages(batch)) => {
                for message in &batch.messages {
                    let accounted = match intake.take(at, message, &prices) {
                        Taken::Nothing => continue,
                        Taken::Counted(accounted) => accounted,
                        Taken::Spilled(spilled) => {
                            let streak = streaks.get(&spilled.key).copied();
                            intake.take_streak(spilled, streak, &prices)
                        }
                    };
                    replay.look_at(&accounted);
                    events.push(accounted);
                }
            }
        }
        if events.len() >= BATCH_EVENTS {
            let batch = take_batch(&mut intake, at, std::mem::take(&mut events), &mut streaks);
            replay.look_at_batch(&batch);
            sink.batch(batch).await?;
        }
    }
    let batch = take_batch(&mut intake, at, events, &mut streaks);
    replay.look_at_batch(&batch);
    sink.batch(batch).await?;
    replay.streaks = streaks.into_values().collect();
    replay.streaks.sort_by_key(|streak| (streak.key.group, streak.key));
    replay.tally = intake.tally;
    Ok(replay)
}

fn take_batch(
    intake: &mut Intake,
    at: Stamp,
    events: Vec<Accounted>,
    streaks: &mut HashMap<StreakKey, StreakTotal>,
) -> Batch {
    intake.tally.pass_to(at);
    let batch = intake.tally.take_batch(SessionId::default(), at, events);
    streaks.extend(batch.streaks.iter().map(|streak| (streak.key, *streak)));
    batch
}

/// What a capture says of itself.
#[derive(Default)]
pub struct Told {
    pub host: Option<UserId>,
    pub room: Option<RoomId>,
    /// TikTok's time at the first record.
    pub started_at: Option<Stamp>,
}

/// Reads ahead for whose LIVE it is: the creator introduces it near the connection.
///
/// # Errors
///
/// If the capture is cut off.
pub fn what_the_capture_tells(capture: &Bytes) -> anyhow::Result<Told> {
    let mut told = Told::default();
    for record in capture::records(capture.clone()) {
        let record = record.context("Nothing was changed")?;
        let Ok(Incoming::Messages(batch)) = Incoming::read(record.message) else { continue };
        let began = || Some(batch.server_now? - i64::try_from(record.at_ms).ok()?);
        told.started_at = told.started_at.or_else(began);
        for message in &batch.messages {
            told.room = told.room.or_else(|| message.room());
            if told.host.is_none() {
                told.host = introduced_host(message);
            }
        }
        if told.host.is_some() && told.room.is_some() && told.started_at.is_some() {
            break;
        }
    }
    Ok(told)
}

fn introduced_host(message: &Message) -> Option<UserId> {
    let intro = message.event().ok().filter(|event| matches!(event.what, What::Intro { .. }))?;
    intro.user.map(|creator| creator.id)
}

impl Replay {
    fn look_at(&mut self, accounted: &Accounted) {
        let event = &accounted.event;
        if let (Some(viewer), What::Gift(_)) = (&event.user, &event.what) {
            self.names.insert(viewer.id, viewer.display_id.as_str().into_owned());
        }
        match &event.what {
            What::Viewers { viewers, total_viewers } => {
                self.statistics.samples += 1;
                self.statistics.max = self.statistics.max.max(*viewers);
                self.statistics.last = *viewers;
                self.statistics.last_total = *total_viewers;
            }
            What::Control(control) => {
                let name = match control {
                    Control::Paused => "paused",
                    Control::Resumed => "unpaused",
                    Control::Ended => "ended",
                    Control::Suspended => "suspended",
                    Control::Other(_) => "other",
                };
                *self.controls.entry(name).or_default() += 1;
            }
            _ => {}
        }
    }

    fn look_at_batch(&mut self, batch: &Batch) {
        for (method, count) in &batch.methods {
            self.methods.insert(method.clone(), *count);
        }
    }

    /// One object with the members of a capture's stated truth.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let totals = self.tally.totals();
        let id = |id: Option<i64>| id.map(|id| id.to_string());
        let likes = totals.like_counter;
        json!({
            "host_user_id": id(self.host.map(|host| host.0)),
            "room_id": id(self.room.map(|room| room.0)),
            "capture": {
                "frames": self.frames,
                "ignored_frames": self.ignored_frames,
                "broken_frames": self.broken_frames,
            },
            "messages": {
                "in_frames": totals.messages.in_frames(),
                "history_skipped": totals.messages.history_skipped,
                "duplicates_dropped": totals.messages.duplicates_dropped,
                "decode_errors": totals.messages.decode_errors,
                "unknown": totals.events.of(crate::domain::event::Kind::Unknown),
                "counted": totals.messages.counted,
            },
            "events": totals.events.iter().filter(|(_, count)| *count > 0)
                .map(|(kind, count)| (kind.as_str().to_owned(), json!(count))).collect::<Map<_, _>>(),
            "by_method": self.methods,
            "diamonds": {
                "total": totals.diamonds,
                "to_host": totals.diamonds_to_creator,
                "to_others": totals.diamonds - totals.diamonds_to_creator,
                "from_unfinished_streaks": self.open_streaks().map(|streak| streak.diamonds).sum::<i64>(),
            },
            "gift_units": totals.gift_units,
            "gifts": self.gifts(),
            "streaks": {
                "total": self.streaks.len(),
                "finished": self.streaks.len() - self.open_streaks().count(),
                "unfinished": self.open_streaks().count(),
                "list": self.streaks.iter().map(|streak| self.streak(streak)).collect::<Vec<_>>(),
            },
            "leaderboard": self.leaderboard(20),
            "likes": {
                "total": totals.likes_seen,
                "max_reported_total": likes.map_or(0, |likes| likes.max),
                "last_reported_total": likes.map_or(0, |likes| likes.last),
            },
            "viewers": {
                "max": self.statistics.max,
                "final": self.statistics.last,
                "samples": self.statistics.samples,
                "final_total_user": self.statistics.last_total,
            },
            "unique_commenters": totals.unique_commenters,
            "unique_gifters": totals.unique_gifters,
            "unique_joiners": totals.unique_joiners,
            "follows": totals.follows,
            "shares": totals.shares,
            "joins": totals.joins,
            "control": self.controls,
            "likes_room_growth": totals.likes,
            "gift_value_sources": self.gift_value_sources(),
        })
    }

    /// A summary for people.
    #[must_use]
    pub fn to_text(&self) -> String {
        let totals = self.tally.totals();
        let messages = &totals.messages;
        let mut lines = vec![
            format!(
                "frames      {} ({} without messages, {} broken)",
                self.frames,
                self.ignored_frames.len(),
                self.broken_frames.len()
            ),
            format!(
                "messages    {} counted; {} of history, {} repeated, {} undecodable",
                messages.counted,
                messages.history_skipped,
                messages.duplicates_dropped,
                messages.decode_errors
            ),
            format!("viewers     {} at the end, {} at most", self.statistics.last, self.statistics.max),
            format!("comments    {} by {} people", totals.comments, totals.unique_commenters),
            format!("likes       {} by the room's counter, {} seen", totals.likes, totals.likes_seen),
            format!(
                "gifts       {} by {} people, {} diamonds: {} to the creator, {} to guests",
                totals.gift_units,
                totals.unique_gifters,
                totals.diamonds,
                totals.diamonds_to_creator,
                totals.diamonds - totals.diamonds_to_creator
            ),
            format!("follows     {}, shares {}, joins {}", totals.follows, totals.shares, totals.joins),
        ];
        for (place, gifter) in self.ranked(5).iter().enumerate() {
            lines.push(format!("{:>2}. {:>12} ◆  @{}", place + 1, gifter.diamonds, self.name(gifter.user)));
        }
        lines.join("\n")
    }

    fn open_streaks(&self) -> impl Iterator<Item = &StreakTotal> {
        self.streaks.iter().filter(|streak| streak.state == StreakState::Open)
    }

    fn gifts(&self) -> Map<String, Value> {
        let mut gifts: Vec<_> = self.tally.gifts().collect();
        gifts.sort_by_key(|gift| gift.gift);
        let gift = |gift: &crate::domain::totals::GiftTotal| {
            let value = json!({
                "name": gift.name,
                "diamond_count": gift.value.diamonds,
                "streakable": gift.streakable,
                "count": gift.units,
                "diamonds": gift.diamonds,
            });
            (gift.gift.to_string(), value)
        };
        gifts.into_iter().map(gift).collect()
    }

    /// How the unit value of each gift is known.
    fn gift_value_sources(&self) -> BTreeMap<String, &'static str> {
        self.tally.gifts().map(|gift| (gift.gift.to_string(), gift.value.source.as_str())).collect()
    }

    fn streak(&self, streak: &StreakTotal) -> Value {
        let GiftId(gift) = streak.key.gift;
        json!({
            "user_id": streak.key.user.to_string(),
            "gift_id": gift,
            "group_id": streak.key.group.to_string(),
            "to_user_id": streak.receiver.or(self.host).map(|receiver| receiver.to_string()),
            "repeat_count": streak.units,
            "ended": streak.state == StreakState::Ended,
            "diamonds": streak.diamonds,
        })
    }

    fn ranked(&self, limit: usize) -> Vec<&crate::domain::totals::GifterTotal> {
        let mut gifters: Vec<_> = self.tally.gifters().collect();
        gifters.sort_by_key(|gifter| (std::cmp::Reverse(gifter.diamonds), gifter.user));
        gifters.truncate(limit);
        gifters
    }

    fn name(&self, user: UserId) -> &str {
        self.names.get(&user).map_or("", String::as_str)
    }

    fn leaderboard(&self, limit: usize) -> Vec<Value> {
        let row = |gifter: &&crate::domain::totals::GifterTotal| {
            json!({
                "user_id": gifter.user.to_string(),
                "display_id": self.name(gifter.user),
                "diamonds": gifter.diamonds,
                "gifts": gifter.units,
            })
        };
        self.ranked(limit).iter().map(row).collect()
    }
}
