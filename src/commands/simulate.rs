//! `pasut simulate`: the TikTok look-alike by itself.

use crate::clock::Clock;
use crate::lifecycle::Lifecycle;
use crate::simulator::{
    Capture, Config, Fault, Faults, Profile, Refusal, RoomSource, Simulator, SimulatorHandle, profile_named,
};
use anyhow::Context;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A TikTok look-alike on one local port, for trying things out without TikTok
#[derive(Clone, Debug, clap::Args)]
pub struct Simulate {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Plays a recorded stream as a room; repeatable. Without NAME the file's name is the room's
    #[arg(long, value_name = "[NAME=]FILE.cap")]
    capture: Vec<String>,
    /// Adds a room that lives by itself; repeatable
    #[arg(long, value_name = "NAME:SCENARIO", value_parser = generated_room)]
    room: Vec<(String, Profile)>,
    /// How fast simulated time runs; 0 is as fast as the client takes it
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// The same seed gives the same rooms
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Plays captures over and over, each time as another LIVE
    #[arg(long = "loop")]
    again: bool,
    /// Cuts every connection this long after it was opened
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    drop_after: Option<Duration>,
    /// Sends unreadable frames now and then
    #[arg(long)]
    broken_frames: bool,
    /// Says no: blocked, captcha, no-upgrade, rate-limited, device-blocked, not-found, offline or age-restricted
    #[arg(long, value_name = "HOW")]
    refuse: Option<Refusal>,
    /// Rooms are offline until this long after the start
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    live_at: Option<Duration>,
}

/// Serves until interrupted.
///
/// # Errors
///
/// If the address cannot be listened on, or a capture cannot be read.
pub async fn run(args: Simulate) -> anyhow::Result<()> {
    let lifecycle = Lifecycle::start();
    let captures =
        args.capture.iter().map(|given| read_capture(given)).collect::<anyhow::Result<Vec<_>>>()?;
    let started_ms = Clock::real().wall().0;
    let config = Config {
        listen: args.listen,
        speed: args.speed,
        seed: args.seed,
        live_at: args.live_at.unwrap_or_default(),
        faults: args.faults(),
        ..Config::calm(started_ms)
    };
    let simulator = Simulator::start(config, &lifecycle)
        .await
        .with_context(|| format!("cannot listen on {}", args.listen))?;
    add_rooms(&simulator, &args, captures);
    println!("Simulator is listening on {}", simulator.url());
    tokio::signal::ctrl_c().await.context("cannot wait for Ctrl+C")?;
    lifecycle.stop();
    lifecycle.finished().await;
    Ok(())
}

impl Simulate {
    fn faults(&self) -> Faults {
        let mut faults = Faults::default();
        self.drop_after.into_iter().for_each(|after| faults.set(Fault::DropAfter(after)));
        self.refuse.into_iter().for_each(|refusal| faults.set(Fault::Refuse(refusal)));
        if self.broken_frames {
            faults.set(Fault::BrokenFrames);
        }
        faults
    }
}

fn add_rooms(simulator: &SimulatorHandle, args: &Simulate, captures: Vec<(String, Capture)>) {
    let mut rooms = args.room.clone();
    if rooms.is_empty() && captures.is_empty() {
        rooms = ["mira.plays:lively", "senja.calm:calm"]
            .map(|room| generated_room(room).expect("these scenarios exist"))
            .to_vec();
    }
    for (name, profile) in rooms {
        let room = simulator.generated(&name, profile);
        simulator.add_room(&name, RoomSource::Generated(Box::new(room)));
    }
    for (name, capture) in captures {
        simulator.add_room(&name, RoomSource::Capture { capture: Arc::new(capture), again: args.again });
    }
}

fn read_capture(given: &str) -> anyhow::Result<(String, Capture)> {
    let (name, path) = match given.split_once('=') {
        Some((name, path)) => (Some(name), PathBuf::from(path)),
        None => (None, PathBuf::from(given)),
    };
    let name = name.map_or_else(|| file_stem(&path), ToOwned::to_owned);
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let capture = Capture::read(bytes.into()).with_context(|| format!("cannot play {}", path.display()))?;
    Ok((name, capture))
}

fn file_stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn generated_room(given: &str) -> Result<(String, Profile), String> {
    let (name, scenario) =
        given.split_once(':').ok_or_else(|| format!("`{given}` has no scenario; write NAME:SCENARIO"))?;
    Ok((name.trim_start_matches('@').to_lowercase(), profile_named(scenario)?))
}

fn seconds(given: &str) -> Result<Duration, String> {
    let number: f64 = given.parse().map_err(|_| format!("`{given}` is no number of seconds"))?;
    Duration::try_from_secs_f64(number).map_err(|_| format!("`{given}` is no length of time"))
}

fn speed(given: &str) -> Result<f64, String> {
    let speed: f64 = given.parse().map_err(|_| format!("`{given}` is no number"))?;
    if (0.0..=10_000.0).contains(&speed) {
        Ok(speed)
    } else {
        Err("a speed is between 0 and 10000".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        simulate: Simulate,
    }

    fn parsed(line: &str) -> Result<Simulate, String> {
        Line::try_parse_from(line.split(' ')).map(|line| line.simulate).map_err(|error| error.to_string())
    }

    #[test]
    fn rooms_and_faults_are_taken_from_the_command_line() {
        let args =
            parsed("simulate --room @Mira:busy --drop-after 1.5 --refuse rate-limited --speed 0 --loop")
                .expect("a fine line");
        assert_eq!((args.room[0].0.as_str(), args.room[0].1.name), ("mira", "busy"));
        let faults = args.faults();
        assert!(faults.has(Fault::DropAfter(Duration::from_millis(1500))));
        assert!(faults.has(Fault::Refuse(Refusal::RateLimited)) && !faults.has(Fault::BrokenFrames));
        assert!(parsed("simulate --broken-frames").expect("a fine line").faults().has(Fault::BrokenFrames));
    }

    #[test]
    fn what_does_not_exist_is_answered_with_what_does() {
        for (line, named) in [
            ("simulate --room mira:wild", "gift-driven"),
            ("simulate --room mira", "NAME:SCENARIO"),
            ("simulate --refuse nicely", "device-blocked"),
            ("simulate --speed=-3", "between 0 and"),
            ("simulate --drop-after soon", "seconds"),
        ] {
            let error = parsed(line).expect_err(line);
            assert!(error.contains(named), "{line}: {error}");
        }
    }

    #[test]
    fn a_capture_that_is_none_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mira.cap");
        for (bytes, why) in [(&[0; 5][..], "cut off"), (b"not a capture", "no capture")] {
            std::fs::write(&path, bytes).expect("written");
            let error = format!("{:#}", read_capture(&path.to_string_lossy()).expect_err(why));
            assert!(error.contains("mira.cap") && error.contains(why), "{error}");
        }
        std::fs::write(&path, [0; 12]).expect("written");
        assert_eq!(read_capture(&path.to_string_lossy()).expect("one empty frame").0, "mira");
        assert_eq!(read_capture(&format!("ana={}", path.display())).expect("the same").0, "ana");
    }
}
