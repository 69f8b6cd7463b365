//! The Pasut of the benchmark: it has an owner and a moderator, and addresses for everybody else.

use crate::driver::Browser;
use crate::pasut_process::Served;
use crate::readers::Counted;
use crate::verdict::Verdict;
use anyhow::{Context as _, ensure};
use pasut::clock::Clock;
use pasut::domain::access::{AccountName, Opens, Role, Widget};
use pasut::domain::handle::Handle;
use pasut::simulator::{RoomHandle, Truth};
use pasut::store::tokens::NewToken;
use pasut::store::{Opening, Store};
use pasut::web::access::password::{Password, Passwords};
use pasut::web::access::secret::Secret;
use reqwest::Client;
use reqwest::header::{COOKIE, HeaderMap, HeaderValue, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

pub const CREATOR: &str = "mira.plays";
const OWNER: &str = "mira";
const MODERATOR: &str = "budi";
const PASSWORD: &str = "correct horse";
/// What the busiest computer takes to write what was sent last.
const STORED_WITHIN: Duration = Duration::from_secs(30);

pub struct Neighbourhood {
    pasut: Served,
    owner: Client,
    /// Secrets in the addresses of widgets, and of the feed.
    pub overlays: Vec<String>,
    pub feeds: Vec<String>,
}

/// What was answered to somebody who kept asking.
#[derive(Default)]
pub struct Answers {
    failed: Vec<String>,
    took_ms: Vec<f64>,
}

/// What the database has of the session.
pub struct Recorded {
    pub counted: Counted,
    messages: i64,
    events: Value,
}

impl Neighbourhood {
    pub async fn start(tiktok: &str, overlays: usize, readers: usize) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner)?;
        let now = Clock::real().wall();
        let hash = Passwords::default().hash(&Password::choose(PASSWORD)?).await?;
        for (name, role) in [(OWNER, Role::Owner), (MODERATOR, Role::Moderator)] {
            store.add_account(&AccountName::parse(name)?, role, &hash, now).await?;
        }
        let creator = Handle::parse(CREATOR)?;
        let token = async |opens: Opens| -> anyhow::Result<String> {
            let secret = Secret::random();
            let new =
                NewToken { hash: secret.hash(), opens, label: String::new(), expires_at: None, pin: None };
            store.add_token(new, now).await?.context("room for a token")?;
            Ok(secret.reveal())
        };
        let (mut widgets, mut feeds) = (Vec::new(), Vec::new());
        for number in 0..overlays {
            let (creator, widget, money) = (creator.clone(), widget(number), number % 2 == 0);
            widgets.push(token(Opens::Overlay { creator, widget, money }).await?);
        }
        for number in 0..readers {
            let role = if number % 4 < 2 { Role::Owner } else { Role::Moderator };
            feeds.push(token(Opens::Feed { creator: Some(creator.clone()), role }).await?);
        }
        drop(store);
        let arguments =
            ["serve", "--log-level", "warn", "--listen", "127.0.0.1:0", "--tiktok-url", tiktok, "--data-dir"];
        let pasut = Served::start(Path::new(env!("CARGO_BIN_EXE_pasut")), &arguments, folder)?;
        let owner = client(&log_in(&pasut.address, OWNER).await?)?;
        Ok(Self { pasut, owner, overlays: widgets, feeds })
    }

    pub fn address(&self) -> &str {
        &self.pasut.address
    }

    pub fn process(&self) -> String {
        self.pasut.process()
    }

    fn base(&self) -> String {
        format!("http://{}", self.pasut.address)
    }

    /// Watches the creator, and waits until Pasut listens to the room.
    pub async fn watch(&self, room: &RoomHandle) -> anyhow::Result<()> {
        let asked = self.owner.post(format!("{}/api/v1/creators", self.base()));
        let asked = asked.header(ORIGIN, self.base()).header("content-type", "application/json");
        let body = json!({ "username": room.name() }).to_string();
        asked.body(body).send().await?.error_for_status()?;
        timeout(Duration::from_secs(60), room.listened_to_by(1)).await.context("nobody came")
    }

    /// Somebody who logged in, an owner or a moderator, and where they ask.
    pub async fn logged_in(&self, owner: bool) -> anyhow::Result<(Client, String)> {
        let name = if owner { OWNER } else { MODERATOR };
        Ok((client(&log_in(self.address(), name).await?)?, self.base()))
    }

    /// A real browser, logged in as the owner, with the live page open.
    pub async fn browser(&self) -> anyhow::Result<Browser> {
        let cookie = log_in(self.address(), OWNER).await?;
        let (name, value) = cookie.split_once('=').context("a cookie has a name")?;
        let browser = Browser::open().await;
        let cookie = json!({ "name": name, "value": value, "url": self.base() });
        browser.devtools("Network.setCookie", cookie).await;
        browser.go(&format!("{}/live?creator={CREATOR}", self.base())).await;
        browser.until("document.getElementById('pulse')").await;
        // A browser that is driven keeps every answer for whoever drives it.
        browser.devtools("Network.disable", json!({})).await;
        Ok(browser)
    }

    /// The address of a widget, by its number.
    pub fn overlay(&self, token: &str, number: usize) -> String {
        format!("{}/o/{token}/{}", self.base(), widget(number).as_str())
    }

    /// What Pasut itself says: the 95th percentile over the newest frames, in milliseconds.
    pub async fn lag_ms(&self) -> anyhow::Result<f64> {
        Ok(self.metric("pasut_event_lag_seconds").await? * 1000.0)
    }

    /// Waits until so many events are stored; longer than [`STORED_WITHIN`] it does not, and then they are missing.
    pub async fn until_stored(&self, events: usize) -> anyhow::Result<()> {
        let began = Instant::now();
        while began.elapsed() < STORED_WITHIN {
            if self.metric("pasut_events_stored_total").await? >= events as f64 {
                return Ok(());
            }
            sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    async fn metric(&self, name: &str) -> anyhow::Result<f64> {
        let metrics = self.text("/metrics").await?;
        let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(value.with_context(|| format!("/metrics says no {name}"))?.trim().parse()?)
    }

    async fn text(&self, path: &str) -> anyhow::Result<String> {
        Ok(self.owner.get(format!("{}{path}", self.base())).send().await?.error_for_status()?.text().await?)
    }

    /// The one session there is, once it is over.
    pub async fn session(&self) -> anyhow::Result<Recorded> {
        let began = Instant::now();
        let session = loop {
            let sessions: Value = serde_json::from_str(&self.text("/api/v1/sessions").await?)?;
            let session = sessions["sessions"][0].clone();
            if !session["ended_at"].is_null() {
                break session;
            }
            ensure!(began.elapsed() < STORED_WITHIN, "the session does not end: {session}");
            sleep(Duration::from_millis(100)).await;
        };
        let number = |value: &Value| value.as_i64().with_context(|| format!("{value} is no number"));
        let counted = Counted {
            comments: number(&session["comments"])?,
            likes: number(&session["likes"]["total"])?,
            gift_units: number(&session["gift_units"])?,
            follows: number(&session["follows"])?,
            shares: number(&session["shares"])?,
            joins: number(&session["joins"])?,
        };
        let messages = number(&session["messages"]["counted"])?;
        Ok(Recorded { counted, messages, events: session["events"].clone() })
    }
}

/// Every widget in turn.
fn widget(number: usize) -> Widget {
    Widget::ALL[number % Widget::ALL.len()]
}

/// The cookie of somebody who logs in, as its name and value.
async fn log_in(address: &str, name: &str) -> anyhow::Result<String> {
    let base = format!("http://{address}");
    let asked = Client::builder().redirect(Policy::none()).build()?.post(format!("{base}/login"));
    let asked = asked.header(ORIGIN, &base).header("content-type", "application/x-www-form-urlencoded");
    let answer = asked.body(format!("name={name}&password={}", PASSWORD.replace(' ', "+"))).send().await?;
    let cookie = answer.headers().get(SET_COOKIE).context("a login that works sets a cookie")?;
    Ok(cookie.to_str()?.split(';').next().unwrap_or_default().to_owned())
}

/// Somebody with this cookie, and connections of their own.
fn client(cookie: &str) -> anyhow::Result<Client> {
    let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::try_from(cookie)?)]);
    Ok(Client::builder().default_headers(headers).build()?)
}

impl Answers {
    /// What was asked for, or nothing if that failed, which is noted.
    pub async fn ask(&mut self, asked: reqwest::RequestBuilder) -> Option<(HeaderMap, String)> {
        let began = Instant::now();
        let answered = async {
            let answer = asked.send().await?.error_for_status()?;
            // It says that the page has to be loaded anew, which nobody here can want.
            let reset = answer.status() == reqwest::StatusCode::RESET_CONTENT;
            Ok::<_, reqwest::Error>((reset, answer.headers().clone(), answer.text().await?))
        };
        let answered = answered.await;
        self.took_ms.push(began.elapsed().as_secs_f64() * 1000.0);
        match answered {
            Ok((false, headers, text)) => Some((headers, text)),
            Ok((true, ..)) => {
                self.failed.push("reset".to_owned());
                None
            }
            Err(error) => {
                self.failed.push(error.without_url().to_string());
                None
            }
        }
    }

    pub fn add(&mut self, other: Self) {
        self.failed.extend(other.failed);
        self.took_ms.extend(other.took_ms);
    }

    pub fn judge(mut self, who: &str, how_many: usize, verdict: &mut Verdict) {
        self.took_ms.sort_unstable_by(f64::total_cmp);
        let at =
            |share: usize| self.took_ms.get(self.took_ms.len() * share / 100).copied().unwrap_or(f64::NAN);
        let (half, most, slow) = (at(50), at(95), at(99));
        println!(
            "{how_many} {who} asked {} times: p50 {half:.1}, p95 {most:.1}, p99 {slow:.1} ms",
            self.took_ms.len()
        );
        self.failed.iter().take(3).for_each(|failed| println!("failed: {failed}"));
        verdict.at_most(&format!("answers to {who} that failed"), self.failed.len() as f64, 0.0);
    }
}

impl Recorded {
    /// Everything that was sent is there, and nothing else.
    pub fn judge(&self, truth: &Truth, sent: usize, verdict: &mut Verdict) {
        println!("sent {sent} events and the one that ended the LIVE, recorded {}", self.messages);
        let missing = (sent as f64 + 1.0 - self.messages as f64).abs();
        verdict.at_most("events sent and not recorded, or the other way", missing, 0.0);
        let kinds = json!(truth.events);
        let likes = (truth.likes.total, truth.gift_units);
        let same = kinds == self.events && likes == (self.counted.likes, self.counted.gift_units);
        if !same {
            println!("sent {kinds}, likes and gifts {likes:?}; recorded {}, {:?}", self.events, self.counted);
        }
        verdict.at_most("kinds of events that differ", f64::from(u8::from(!same)), 0.0);
    }
}
