//! One file per subcommand: arguments in, exit code out. They join rooms and decide nothing.

pub mod backup;
pub mod check;
pub mod decode;
pub mod demo;
pub mod explain;
pub mod export;
pub mod import;
pub mod replay;
pub mod restore;
pub mod serve;
pub mod simulate;
pub mod user;

use clap::Subcommand;

#[derive(Subcommand)]
pub enum Command {
    /// Serve the dashboard (the default)
    Serve(crate::config::ServeArgs),
    /// Try it with simulated creators, in a folder of its own that is removed at the end
    Demo(demo::Arguments),
    /// Check the database, and recount every total from its events
    Check(check::Arguments),
    /// Write everything to one file, from which it can be restored; works while Pasut runs
    Backup(backup::Arguments),
    /// Get back what a backup holds, after showing what that is
    Restore(restore::Arguments),
    /// Say who may log in, also while Pasut runs
    User(user::Arguments),
    /// Write what was recorded to a workbook, CSV or JSON
    Export(Box<export::Arguments>),
    /// Take in earlier recordings that other programs made
    Import(import::Arguments),
    /// Run a TikTok look-alike on a local port, for trying things out without TikTok
    Simulate(simulate::Simulate),
    /// Count a capture the way a live recording is counted, offline
    Replay(replay::Arguments),
    /// Explain why viewers changed, for recordings in event files
    ///
    /// Each line of an event file is one JSON object, such as
    /// {"t_ms": 31934, "kind": "gift", "count": 3, "value": 30}: milliseconds since the LIVE began; viewers,
    /// comment, like, gift, follow, share or join; how many; and for a gift its diamonds in all. A line that
    /// cannot be read is left out, and standard error says why.
    Explain(explain::Arguments),
    /// Decode recorded payloads: JSON lines on stdin, JSON lines on stdout
    Decode,
}

impl Command {
    /// Runs the command to its end.
    ///
    /// # Errors
    ///
    /// What happened, what is safe, what to do: one line.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Serve(flags) => serve::run(&flags).await,
            Self::Demo(arguments) => demo::run(arguments).await,
            Self::Check(arguments) => check::run(&arguments).await,
            Self::Backup(arguments) => backup::run(&arguments).await,
            Self::Restore(arguments) => restore::run(arguments).await,
            Self::User(arguments) => user::run(arguments).await,
            Self::Export(arguments) => export::run(&arguments).await,
            Self::Import(arguments) => import::run(&arguments).await,
            Self::Simulate(arguments) => simulate::run(arguments).await,
            Self::Replay(arguments) => replay::run(arguments).await,
            Self::Explain(arguments) => explain::run(&arguments),
            Self::Decode => Ok(decode::run(std::io::stdin().lock(), std::io::stdout().lock())?),
        }
    }
}
