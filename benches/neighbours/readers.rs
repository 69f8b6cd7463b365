//! Programs that read the feed: what each was told, and how soon.

use crate::room::Telling;
use anyhow::{Context as _, bail};
use futures_util::StreamExt as _;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite};

/// The room is never silent for this long.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Reader {
    socket: WebSocketStream<TcpStream>,
    connector: bool,
    telling: Arc<Telling>,
}

/// What can be counted in either form, and in what was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    pub comments: i64,
    pub likes: i64,
    pub gift_units: i64,
    pub follows: i64,
    pub shares: i64,
    pub joins: i64,
}

pub struct Told {
    pub connector: bool,
    pub lines: usize,
    pub counted: Counted,
    /// What the reader was told that it missed.
    pub missed: u64,
    /// Numbers of events in the order in which they came, each once.
    numbers: Vec<usize>,
    lags_ms: Vec<f32>,
}

/// A message in either form, as far as it is looked at.
#[derive(Deserialize)]
struct Line<'a> {
    kind: Option<&'a str>,
    event: Option<&'a str>,
    event_id: Option<&'a str>,
    count: Option<i64>,
    added_units: Option<i64>,
    action: Option<&'a str>,
    #[serde(default)]
    data: Data,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    count: Option<i64>,
    like_count: Option<i64>,
    gift_type: Option<i64>,
    repeat_end: Option<bool>,
    repeat_count: Option<i64>,
}

impl Reader {
    /// Of these numbers every other reads the connector's form.
    pub async fn open(
        address: &str,
        token: &str,
        number: usize,
        telling: Arc<Telling>,
    ) -> anyhow::Result<Self> {
        let connector = number % 2 == 1;
        let format = if connector { "connector" } else { "pasut" };
        let url = format!("ws://{address}/api/v1/feed?format={format}&token={token}");
        let (socket, _) = client_async(url, TcpStream::connect(address).await?).await.context("the feed")?;
        Ok(Self { socket, connector, telling })
    }

    /// Reads until the LIVE is over.
    pub async fn read(mut self) -> anyhow::Result<Told> {
        let mut told = Told {
            connector: self.connector,
            lines: 0,
            counted: Counted::default(),
            missed: 0,
            numbers: Vec::new(),
            lags_ms: Vec::new(),
        };
        loop {
            let message = timeout(PATIENCE, self.socket.next()).await.context("the feed fell silent")?;
            let text = match message.context("the feed was closed")?? {
                tungstenite::Message::Text(text) => text,
                tungstenite::Message::Close(reason) => bail!("the feed was closed: {reason:?}"),
                _ => continue,
            };
            let now = Instant::now();
            let line: Line<'_> = serde_json::from_str(&text).with_context(|| text.to_string())?;
            if told.take(&line) {
                return Ok(told);
            }
            let number = line.event_id.and_then(|id| id.parse().ok());
            if let Some(number) = number
                && told.numbers.last() != Some(&number)
                && let Some(sent) = self.telling.at(number)
            {
                told.numbers.push(number);
                told.lags_ms.push((now - sent).as_secs_f32() * 1000.0);
            }
        }
    }
}

impl Told {
    /// Counts what a line says; true if it says that the LIVE is over.
    fn take(&mut self, line: &Line<'_>) -> bool {
        self.lines += 1;
        let counted = &mut self.counted;
        match (line.kind, line.event) {
            (Some("comment"), _) | (_, Some("chat")) => counted.comments += 1,
            (Some("follow"), _) | (_, Some("follow")) => counted.follows += 1,
            (Some("share"), _) | (_, Some("share")) => counted.shares += 1,
            (Some("join"), _) | (_, Some("member")) => counted.joins += 1,
            (Some("like"), _) => counted.likes += line.count.unwrap_or(0),
            (_, Some("like")) => counted.likes += line.data.like_count.unwrap_or(0),
            (Some("gift"), _) => counted.gift_units += line.added_units.unwrap_or(0),
            // As the library's documentation asks of its users.
            (_, Some("gift")) if line.data.gift_type != Some(1) || line.data.repeat_end == Some(true) => {
                counted.gift_units += line.data.repeat_count.unwrap_or(0);
            }
            (Some("missed"), _) => self.missed += line.count.unwrap_or(0).unsigned_abs(),
            (_, Some("pasut.missed")) => self.missed += line.data.count.unwrap_or(0).unsigned_abs(),
            (Some("control"), _) => return line.action == Some("ended"),
            (_, Some("streamEnd")) => return true,
            _ => {}
        }
        false
    }

    /// How many different events of the first `sent` came.
    pub fn events_of(&self, sent: usize) -> usize {
        let mut numbers = self.numbers.clone();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.iter().filter(|number| **number <= sent).count()
    }

    /// So many of 100 events were received within this time.
    pub fn lag_ms(&self, share: usize) -> f64 {
        let mut lags = self.lags_ms.clone();
        lags.sort_unstable_by(f32::total_cmp);
        lags.get(lags.len() * share / 100).copied().map_or(f64::NAN, f64::from)
    }
}
