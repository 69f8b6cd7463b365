//! A running web server with a database of its own, and a client that can send anything.

use pasut::alerts::{self, Alerts};
use pasut::avatars::Avatars;
use pasut::clock::Clock;
use pasut::connector::config::{Patience, Secret};
use pasut::domain::machine::RoomReader;
use pasut::domain::time::Stamp;
use pasut::housekeeping::backups::{self, Backups};
use pasut::housekeeping::restore::Place;
use pasut::housekeeping::{self, Housekeeping};
use pasut::imports::shelf::Imports;
use pasut::lifecycle::Lifecycle;
use pasut::performance::machine::{self, Machine};
use pasut::performance::sampler::{Sample, Space};
use pasut::recorder::shared::Settings;
use pasut::recorder::supervisor::{Parts, Recorder};
use pasut::reports::remembered::Remembered;
use pasut::settings::connection::{ConnectionSettings, Fixed};
use pasut::settings::goals::Goals;
use pasut::settings::preferences::{PreferenceSettings, Preferences};
use pasut::settings::sharing::SharingSettings;
use pasut::store::{Opening, Store};
use pasut::web::access::arrival::Rules;
use pasut::web::access::{Access, Entrance};
use pasut::web::api::connector_feed::ConnectorFeed;
use pasut::web::jobs::Jobs;
use pasut::web::listening::Listening;
use pasut::web::server::{Listener, serve};
use pasut::web::state::{AppState, Kept};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The moment at which the server's clock stands still: 2025-11-22T12:00:00Z.
pub const NOW: Stamp = Stamp(1_763_812_800_000);

/// What the computer under the server does all the time.
pub const COMPUTER: Sample = Sample {
    cpu_percent: 37.0,
    own_cpu_percent: 2.5,
    memory_percent: 61.0,
    own_memory_bytes: 64_000_000,
    disk: Some(Space { total_bytes: 500_000_000_000, free_bytes: 38_000_000_000 }),
};

pub struct Served {
    pub address: SocketAddr,
    pub store: Store,
    _task: JoinSet<std::io::Result<()>>,
    pub folder: TempDir,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Served {
    /// Starts a server on a free port of this computer.
    pub async fn start() -> Self {
        Self::listening_on("127.0.0.1:0").await
    }

    pub async fn listening_on(address: &str) -> Self {
        Self::with_rules(address, Rules::default()).await
    }

    pub async fn with_rules(address: &str, rules: Rules) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a new database");
        let clock = Clock::with_speed(0.0);
        clock.shift_wall(NOW.ms_since(clock.wall()));
        let lifecycle = Lifecycle::start();
        let connection =
            ConnectionSettings::load(store.clone(), nobody(), Patience::default()).await.expect("an address");
        let recorder = Recorder::start(Parts {
            store: store.clone(),
            clock: clock.clone(),
            tiktok: connection.tiktok(),
            settings: watch::channel(Settings::default()).1,
            lifecycle: lifecycle.clone(),
        });
        let recorder = recorder.await.expect("an empty database");
        let preferences =
            PreferenceSettings::load(store.clone(), Preferences::default(), BTreeMap::new()).await;
        let preferences = preferences.expect("readable");
        let machine = Machine::start(
            machine::Parts {
                sample: || Some(COMPUTER),
                load: machine::Load::default,
                every: Duration::from_millis(20),
                preferences: preferences.clone(),
                store: store.clone(),
                clock: clock.clone(),
            },
            &lifecycle,
        );
        let avatars = Avatars::new(folder.path().join("avatars"), true, connection.tiktok());
        let stop = lifecycle.stop_signal();
        let jobs = Jobs::start(folder.path().join("exports"), store.clone(), clock.clone(), &lifecycle);
        let (brought, room) = (folder.path().join("imports"), RoomReader::default());
        let imports = Imports::start(brought, store.clone(), room, clock.clone(), lifecycle.clone());
        let backups = Backups::new(backups::Parts {
            store: store.clone(),
            clock: clock.clone(),
            lifecycle: lifecycle.clone(),
            place: Place {
                database: folder.path().join("pasut.db"),
                settings: folder.path().join("pasut.toml"),
                archives: folder.path().join("archives"),
                replace_settings: false,
            },
            usual_folder: folder.path().join("backups"),
            settings: None,
            room: RoomReader::default(),
            restores: None,
            restored: None,
        });
        let (boards, remembered) = (Arc::default(), Arc::new(Remembered::new(lifecycle.clone())));
        // Nothing here is done without being asked.
        let housekeeping = Housekeeping::new(housekeeping::Parts {
            store: store.clone(),
            clock: clock.clone(),
            recorder: recorder.clone(),
            avatars: avatars.clone(),
            backups: backups.clone(),
            boards: Arc::clone(&boards),
            remembered: Arc::clone(&remembered),
            archives: folder.path().join("archives"),
            room: RoomReader::default(),
            stop: lifecycle.stop_signal(),
        });
        let connector_feed = ConnectorFeed::start(recorder.clone(), clock.clone(), &lifecycle);
        let goals = Goals::load(store.clone()).await.expect("readable");
        // Nobody listens and nothing is sent.
        let alerts = Alerts::new(alerts::Parts {
            store: store.clone(),
            recorder: recorder.clone(),
            preferences: preferences.clone(),
            goals: goals.clone(),
            clock: clock.clone(),
        });
        let listener = TcpListener::bind(address).expect("a free port");
        let address = listener.local_addr().expect("bound");
        let sharing = SharingSettings::load(store.clone()).await.expect("readable");
        let state = AppState {
            listening: Listening::new(sharing, address, false),
            store: store.clone(),
            access: Access::start(store.clone(), clock.clone(), rules, &lifecycle),
            recorder,
            connection,
            preferences,
            goals,
            alerts: alerts.await.expect("readable"),
            machine,
            clock,
            avatars,
            boards,
            remembered,
            housekeeping: housekeeping.await.expect("a new database"),
            jobs: jobs.expect("a folder"),
            imports: imports.expect("a folder"),
            backups,
            connector_feed,
            demo: None,
            stop,
            kept: Kept::nothing(),
        };
        let listener = Listener { listener, certificate: None, entrance: Entrance::Own };
        let server = serve(listener, state).expect("listens");
        let mut task = JoinSet::new();
        task.spawn(server);
        Self { address, store, _task: task, folder }
    }

    /// Our own address, as a browser on this computer says it.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.address.port())
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, "").await
    }

    /// `headers` are whole lines, each with its line break.
    pub async fn get_with(&self, path: &str, headers: &str) -> Answer {
        self.raw(&format!("GET {path} HTTP/1.0\r\nHost: {}\r\n{headers}\r\n", self.host())).await
    }

    pub async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).expect(path)
    }

    /// Waits until the answer at `path` contains `text`.
    pub async fn eventually(&self, path: &str, text: &str) {
        let shows = async {
            while !self.get(path).await.body.contains(text) {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), shows).await;
        assert!(waited.is_ok(), "{path} never showed {text}");
    }

    /// A change asked for by our own page.
    pub async fn change(&self, method: &str, path: &str, body: &str) -> Answer {
        let origin = format!("Origin: http://{}\r\n", self.host());
        self.change_with(method, path, &origin, body).await
    }

    pub async fn change_with(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let (host, length) = (self.host(), body.len());
        self.raw(&format!(
            "{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        ))
        .await
    }

    /// Sends exactly `request` and reads until the server closes.
    pub async fn raw(&self, request: &str) -> Answer {
        ask(self.address, request).await
    }
}

/// Sends exactly `request` to whoever serves at `address` and reads until they close.
pub async fn ask(address: SocketAddr, request: &str) -> Answer {
    let request = request.to_owned();
    let exchange = move || {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        std::io::Result::Ok(answer)
    };
    let answer = tokio::task::spawn_blocking(exchange).await.expect("no panic").expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let head = head.to_owned();
    let body = if head.contains("transfer-encoding: chunked") { unchunked(body) } else { body.to_owned() };
    Answer { status, head, body }
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The members of an error, checked to be the form of RFC 9457.
    pub fn problem(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.head);
        let problem: Value = serde_json::from_str(&self.body).expect("JSON");
        assert_eq!(problem["status"], self.status);
        problem
    }
}

/// A TikTok where nobody answers: port 9 of this computer.
fn nobody() -> BTreeMap<&'static str, Fixed> {
    let value = Secret::new("http://127.0.0.1:9".to_owned());
    BTreeMap::from([("url", Fixed { value, source: "flag" })])
}

/// The parts of a body, each after a line with its length.
fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).expect("a length");
        whole.push_str(&rest[..length]);
        body = &rest[length + 2..];
    }
    whole
}

/// The head of the answer to exactly `request`, whether the connection closes or not.
pub async fn head(address: SocketAddr, request: &str) -> String {
    let request = request.to_owned();
    let exchange = move || {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.write_all(request.as_bytes())?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        std::io::Result::Ok(String::from_utf8_lossy(&head).into_owned())
    };
    tokio::task::spawn_blocking(exchange).await.expect("no panic").expect("an answer")
}
