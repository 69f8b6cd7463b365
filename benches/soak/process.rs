//! The Pasut that is tested: a process of its own, because it is killed.
//!
//! `pasut serve` has no clock but the computer's, so the soak starts this very program a second time,
//! and that one runs the app with a clock that keeps step with the simulated world.

use anyhow::{Context as _, ensure};
use pasut::app::{App, Start};
use pasut::clock::Clock;
use pasut::commands::serve::{listen, ready, start_log, until_told_to_stop};
use pasut::config::{Config, ServeArgs};
use pasut::connector::config::Patience;
use pasut::domain::time::Stamp;
use pasut::network::NetworkReader;
use pasut::simulator::RoomHandle;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// Whoever waits longer than this for an answer waits in vain.
const ANSWERS_WITHIN: Duration = Duration::from_secs(60);

/// As the usual patience in a fast world, but for a computer that others keep busy.
const PATIENCE: Patience = Patience { no_frame: Duration::from_secs(4), no_message: Duration::from_secs(5) };

/// Simulated time: which moment it was when, and how fast it runs.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Time {
    /// A moment of the computer's clock, Unix milliseconds
    #[arg(long)]
    pub real_ms: i64,
    /// What it was then in the simulated world
    #[arg(long)]
    pub world_ms: i64,
    #[arg(long)]
    pub speed: f64,
}

/// Run the app in the simulated world
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    serve: ServeArgs,
    #[command(flatten)]
    time: Time,
}

impl Time {
    /// What it is now in the simulated world.
    fn now(self) -> Stamp {
        let passed_ms = Clock::real().wall().0 - self.real_ms;
        Stamp(self.world_ms + (passed_ms as f64 * self.speed) as i64)
    }
}

/// The program in its second role: everything `pasut serve` does, and how many tasks there are on stdout.
pub async fn run(Arguments { serve, time }: Arguments) -> anyhow::Result<()> {
    let mut config = Config::read(&serve)?;
    config.connector.patience = PATIENCE;
    start_log(&config.log);
    let listener = listen(config.listen).await?.context("nothing else has a port of its own")?;
    let clock = Clock::with_speed(time.speed);
    clock.shift_wall(time.now().ms_since(clock.wall()));
    let settings = config.recorder;
    let networks = NetworkReader(Vec::new);
    let start = Start { listener, clock, settings, networks, demo: None, restored: None };
    let app = App::start(&config, start).await?;
    ready(&app.url, false)?;
    tokio::select! {
        told = until_told_to_stop() => told?,
        never = tell_tasks() => never?,
    }
    drop(app.stop().await);
    Ok(())
}

async fn tell_tasks() -> anyhow::Result<()> {
    let mut tick = interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        writeln!(std::io::stdout(), "{tasks}")?;
    }
}

/// A running Pasut, killed where it is dropped.
pub struct Pasut {
    child: Child,
    address: String,
    tasks: Arc<AtomicU64>,
}

impl Pasut {
    /// Starts `program` and waits for the line that says where it listens.
    pub fn start(program: &Path, arguments: &[&str], folder: &Path, log: File) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .args(["--listen", "127.0.0.1:0", "--log-format", "plain", "--data-dir"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let mut said = BufReader::new(child.stdout.take().context("it was piped")?);
        let mut line = String::new();
        said.read_line(&mut line)?;
        let address = line.trim().rsplit("http://").next().unwrap_or_default().to_owned();
        ensure!(!address.is_empty(), "{} did not start; see its log", program.display());
        let tasks = Arc::new(AtomicU64::new(0));
        let told = Arc::clone(&tasks);
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                told.store(line.parse().unwrap_or(0), Ordering::Relaxed);
            }
        });
        Ok(Self { child, address, tasks })
    }

    /// The same program in its second role.
    pub fn start_in(time: Time, url: &str, folder: &Path, log: File) -> anyhow::Result<Self> {
        let (real, world) = (time.real_ms.to_string(), time.world_ms.to_string());
        let speed = time.speed.to_string();
        let arguments =
            ["record", "--real-ms", &real, "--world-ms", &world, "--speed", &speed, "--tiktok-url", url];
        Self::start(&std::env::current_exe()?, &arguments, folder, log)
    }

    /// The id of the process, as `/proc` names it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tasks of its runtime that have not ended, a second ago at most.
    pub fn tasks(&self) -> u64 {
        self.tasks.load(Ordering::Relaxed)
    }

    /// As `kill -9` does it.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// As a service manager asks for it.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let asked = Command::new("kill").arg("-TERM").arg(self.id().to_string()).status()?;
        ensure!(asked.success(), "it runs");
        ensure!(self.child.wait()?.success(), "Pasut failed to stop properly");
        Ok(())
    }

    pub fn get(&self, path: &str) -> anyhow::Result<String> {
        self.ask("GET", path, "")
    }

    /// Sends a form, as its own pages do.
    pub fn post(&self, path: &str, form: &str) -> anyhow::Result<()> {
        self.ask("POST", path, form).map(drop)
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> anyhow::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(ANSWERS_WITHIN))?;
        let (address, length) = (&self.address, body.len());
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("an answer has a head")?;
        let status = head.split(' ').nth(1).unwrap_or_default();
        ensure!(status.starts_with(['2', '3']), "{method} {path}: {status}");
        Ok(body.to_owned())
    }
}

impl Drop for Pasut {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What asks Pasut to watch a room.
pub fn watch(room: &RoomHandle) -> String {
    format!("{{\"username\": \"{}\"}}", room.name())
}

/// Runs `pasut check` on a folder that nobody uses; what it said.
pub fn check(folder: &Path) -> anyhow::Result<String> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_pasut")).args(["check", "--data-dir"]).arg(folder).output()?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`pasut check` found: {said}\n{error}");
    Ok(said)
}
