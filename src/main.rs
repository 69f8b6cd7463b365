//! Arguments in, exit code out.

use clap::Parser;
use pasut::commands::Command;
use std::process::ExitCode;

/// What came before viewers rose or fell: a dashboard for TikTok LIVE hosts.
#[derive(Parser)]
#[command(version, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[tokio::main]
async fn main() -> ExitCode {
    match Arguments::parse().command.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("pasut: {fault:#}");
            ExitCode::FAILURE
        }
    }
}
