//! `pasut serve`: the dashboard.

use crate::app::{App, Start};
use crate::clock::Clock;
use crate::config::{Config, Log, LogFormat, ServeArgs};
use crate::housekeeping::backups::Trouble;
use crate::housekeeping::restore::{Restored, Staged};
use crate::network::{NetworkReader, networks};
use crate::outbound::Outbound;
use anyhow::{Context as _, bail};
use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tracing::{Level, error, info, warn};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

/// A program that has our port and says nothing for this long is no Pasut.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

/// Serves until it is told to stop.
///
/// # Errors
///
/// What keeps it from starting, and what to do.
pub async fn run(flags: &ServeArgs) -> anyhow::Result<()> {
    let config = Config::read(flags)?;
    start_log(&config.log);
    for warning in &config.warnings {
        warn!("{warning}");
    }
    let Some(listener) = listen(config.listen).await? else { return Ok(()) };
    let clock = Clock::real();
    let mut told_to_stop = std::pin::pin!(until_told_to_stop());
    let mut restored = None;
    let mut is_first = true;
    loop {
        // The other one stays open, so that who comes while Pasut stops for a restore waits and is not turned
        // away.
        let listener = listener.try_clone().context("The listener cannot be shared; nothing was started")?;
        let settings = config.recorder;
        let start = Start {
            listener,
            clock: clock.clone(),
            settings,
            networks: NetworkReader(networks),
            demo: None,
            restored: restored.take(),
        };
        let mut app = App::start(&config, start).await?;
        if std::mem::take(&mut is_first) {
            ready(&app.url, config.open)?;
        }
        let staged = tokio::select! {
            told = &mut told_to_stop => {
                drop(app.stop().await);
                return told;
            }
            staged = app.restore_wanted() => staged,
        };
        let lock = app.stop().await;
        restored = Some(put_in_place(staged).await);
        drop(lock);
    }
}

/// Puts a backup where the database of the Pasut is that was stopped for it.
async fn put_in_place(staged: Staged) -> Result<Restored, Trouble> {
    let putting = tokio::task::spawn_blocking(move || staged.put_in_place(&mut |_| {}));
    let restored = putting.await.unwrap_or_else(|panic| Err(std::io::Error::from(panic).into()));
    match &restored {
        Ok(restored) => info!(sessions = restored.manifest.contents.sessions, "Restored a backup"),
        Err(error) => error!(%error, "No backup was restored: {error}"),
    }
    restored.map_err(|error| (&error).into())
}

/// Says where the dashboard is: the one line on stdout.
///
/// # Errors
///
/// If stdout cannot be written.
pub fn ready(url: &str, open: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Pasut is listening on {url}")?;
    out.flush()?;
    if open && let Err(err) = open_browser(url) {
        warn!(%err, "The browser could not be opened: {err}");
    }
    Ok(())
}

/// Takes the address. `None` if Pasut answers there already, which is said.
///
/// # Errors
///
/// If something else has the address.
pub async fn listen(address: SocketAddr) -> anyhow::Result<Option<TcpListener>> {
    match TcpListener::bind(address) {
        Ok(listener) => Ok(Some(listener)),
        Err(err) if err.kind() == ErrorKind::AddrInUse && pasut_answers(address).await => {
            println!("Pasut is listening on http://{address}");
            Ok(None)
        }
        Err(err) if err.kind() == ErrorKind::AddrInUse => bail!(
            "Port {} is taken by another program; nothing was started. Choose another one, for example \
             --listen {}:0 for any free one.",
            address.port(),
            address.ip()
        ),
        Err(err) => Err(err).with_context(|| format!("{address} cannot be listened on; nothing was started")),
    }
}

async fn pasut_answers(address: SocketAddr) -> bool {
    let Ok(outbound) = Outbound::new(None) else { return false };
    let url = format!("http://{address}/healthz");
    let Ok(answer) = tokio::time::timeout(ANSWERS_WITHIN, outbound.get(&url, &[])).await else {
        return false;
    };
    answer.is_ok_and(|answer| answer.header("server").is_some_and(|server| server.starts_with("Pasut")))
}

/// Logs to stderr from now on.
pub fn start_log(log: &Log) {
    // Libraries speak up only when something is wrong.
    let filter = Targets::new().with_default(Level::WARN).with_target("pasut", log.level);
    let colour = match log.format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Plain => false,
        LogFormat::Colour => true,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colour);
    // It fails only if a log was started before, which then goes on.
    drop(tracing_subscriber::registry().with(lines.with_filter(filter)).try_init());
}

/// Waits for Ctrl+C, or what service managers send.
///
/// # Errors
///
/// If the system does not let us listen for it.
pub async fn until_told_to_stop() -> anyhow::Result<()> {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = interrupted => interrupted?,
            _ = terminated.recv() => {}
        }
    }
    #[cfg(windows)]
    {
        let mut closed = tokio::signal::windows::ctrl_close()?;
        let mut shut_down = tokio::signal::windows::ctrl_shutdown()?;
        tokio::select! {
            interrupted = interrupted => interrupted?,
            _ = closed.recv() => {}
            _ = shut_down.recv() => {}
        }
    }
    Ok(())
}

fn open_browser(url: &str) -> std::io::Result<()> {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "windows") {
        ("cmd", &["/C", "start", ""])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    std::process::Command::new(program).args(arguments).arg(url).spawn().map(drop)
}
