//! Arguments in, exit code out.

use clap::Parser;
use pasut::commands::Command;
use pasut::config::{Faults, ServeArgs};
use pasut::memory;
use std::process::ExitCode;

/// What is said on the command line, in the environment or in the file cannot be meant.
const WRONG_USAGE: u8 = 2;

/// What came before viewers rose or fell: a dashboard for TikTok LIVE hosts.
#[derive(Parser)]
#[command(version, disable_help_subcommand = true, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Without a command: those of `serve`
    #[command(flatten)]
    serve: ServeArgs,
}

fn main() -> ExitCode {
    memory::give_back();
    run()
}

#[tokio::main]
async fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.command.unwrap_or(Command::Serve(arguments.serve)).run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("pasut: {fault:#}");
            if fault.is::<Faults>() { ExitCode::from(WRONG_USAGE) } else { ExitCode::FAILURE }
        }
    }
}
