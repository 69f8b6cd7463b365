//! All periodic chores in one table, and when each is due.

use crate::domain::time::{DAY_MS, Stamp};
use serde::{Deserialize, Serialize};

/// Something that is done again and again without being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chore {
    /// Explains sessions that nobody explained when they ended.
    Explain,
    /// Packs the events of sessions whose packing was interrupted.
    Pack,
    /// Makes the leaderboards of sessions that have none.
    Boards,
    /// Lets go of sums that nobody looks at any more, and gives freed memory back to the system.
    LetGo,
    /// Erases people who asked for it.
    Erase,
    /// Removes the raw events of old sessions.
    Thin,
    /// Archives the sessions that leave, and takes their details out.
    Archive,
    /// Gives free pages of the database back to the disk.
    Reclaim,
    /// Notes how large the database is.
    Measure,
    /// Checks the database, every total and every archive.
    Check,
    /// Makes a backup if one is due.
    Backup,
    /// Writes the database file anew.
    Compact,
}

/// How a chore runs.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub chore: Chore,
    /// The name in addresses and in the database.
    pub name: &'static str,
    pub every_ms: i64,
    pub start: Start,
    pub weight: Weight,
}

/// When a chore runs first in a database that does not know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    AtOnce,
    /// So that a page can say what will happen before it does.
    AfterOnePeriod,
    /// Never by itself.
    WhenAsked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Takes a moment, or rests more than it works; it never waits for others.
    Light,
    /// One of these at a time.
    Heavy,
    /// As heavy, and waits while somebody is LIVE, a day at most.
    Patient,
}

const SECOND_MS: i64 = 1_000;
const HOUR_MS: i64 = 3_600 * SECOND_MS;

/// A patient chore runs this long after it was due even though somebody is LIVE.
const MOST_PATIENT_MS: i64 = DAY_MS;

/// Runs of a chore that comes at least this seldom are remembered also if they did nothing; to write down
/// every look of the others would keep the disk awake.
const REMEMBERED_FROM_MS: i64 = HOUR_MS;

use Start::{AfterOnePeriod, AtOnce, WhenAsked};
use Weight::{Heavy, Light, Patient};

pub const TABLE: [Entry; 12] = [
    entry(Chore::Erase, "erase", 5 * SECOND_MS, AtOnce, Light),
    entry(Chore::LetGo, "let-go", 60 * SECOND_MS, AtOnce, Light),
    entry(Chore::Explain, "explain", 15 * SECOND_MS, AtOnce, Light),
    entry(Chore::Pack, "pack", HOUR_MS, AtOnce, Heavy),
    entry(Chore::Boards, "boards", HOUR_MS, AtOnce, Heavy),
    entry(Chore::Measure, "measure", 6 * HOUR_MS, AtOnce, Light),
    entry(Chore::Thin, "thin", DAY_MS, AfterOnePeriod, Patient),
    entry(Chore::Archive, "archive", 7 * DAY_MS, AfterOnePeriod, Patient),
    entry(Chore::Reclaim, "reclaim", DAY_MS, AfterOnePeriod, Patient),
    entry(Chore::Check, "check", 7 * DAY_MS, AfterOnePeriod, Patient),
    // How many days lie between two backups is the user's to say.
    entry(Chore::Backup, "backup", HOUR_MS, AtOnce, Patient),
    entry(Chore::Compact, "compact", i64::MAX, WhenAsked, Heavy),
];

const fn entry(chore: Chore, name: &'static str, every_ms: i64, start: Start, weight: Weight) -> Entry {
    Entry { chore, name, every_ms, start, weight }
}

impl Chore {
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        TABLE.iter().find(|entry| entry.name == name).map(|entry| entry.chore)
    }

    /// Its place in [`TABLE`].
    #[must_use]
    pub fn place(self) -> usize {
        TABLE.iter().position(|entry| entry.chore == self).expect("every chore is in the table")
    }
}

/// What is known of a chore.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub last: Option<Run>,
    pub next: Stamp,
    /// Whether it runs now, or waits for another heavy one to end.
    pub running: bool,
}

/// One run of a chore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    pub at: Stamp,
    pub took_ms: i64,
    pub outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Done(Done),
    /// It is tried again; the log says more.
    Failed(Failure),
}

/// What a run did; the words of each chore say what is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    pub done: i64,
    /// Looked at and left alone, because something is not as it must be.
    pub left_alone: i64,
    /// Written, given back, or the size of what was written anew.
    pub bytes: i64,
    /// The size of what was written anew, before.
    #[serde(default)]
    pub bytes_before: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    DiskFull,
    /// Another program uses the database.
    Locked,
    /// What was written could not be read back; nothing was deleted.
    Unreadable,
    Other,
}

impl Entry {
    /// When it is to run first: `kept` is what a run before the restart left.
    #[must_use]
    pub fn first(&self, kept: Option<Stamp>, now: Stamp) -> Stamp {
        match (kept, self.start) {
            (_, WhenAsked) => self.after(now),
            // A clock that was set back must not put it off for years.
            (Some(next), _) => next.min(self.after(now)),
            (None, AtOnce) => now,
            (None, AfterOnePeriod) => self.after(now),
        }
    }

    /// When it runs again after a run that ends now; in no time to come if it is only asked for.
    #[must_use]
    pub const fn after(&self, now: Stamp) -> Stamp {
        Stamp(now.0.saturating_add(self.every_ms))
    }

    /// Whether it runs now, if somebody is LIVE or not.
    #[must_use]
    pub fn is_due(&self, next: Stamp, now: Stamp, live: bool) -> bool {
        let waits = self.weight == Patient && live && now < next + MOST_PATIENT_MS;
        now >= next && !waits
    }

    /// Whether a run is worth writing down.
    #[must_use]
    pub fn remembers(&self, outcome: Outcome) -> bool {
        self.every_ms >= REMEMBERED_FROM_MS || outcome != Outcome::Done(Done::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Stamp = Stamp(1_790_000_000_000);

    #[test]
    fn every_chore_has_a_name_of_its_own_and_is_found_by_it() {
        for (place, entry) in TABLE.iter().enumerate() {
            assert_eq!(Chore::parse(entry.name), Some(entry.chore));
            assert_eq!(entry.chore.place(), place, "{} is there twice", entry.name);
        }
        assert_eq!(Chore::parse("dishes"), None);
    }

    #[test]
    fn what_takes_something_away_is_announced_a_period_before_it_happens() {
        for entry in TABLE {
            let first = entry.first(None, NOW);
            let takes = matches!(entry.chore, Chore::Thin | Chore::Archive);
            assert!(first > NOW || !takes, "{}", entry.name);
            assert_eq!(first == NOW, entry.start == AtOnce, "{}", entry.name);
            if entry.start != WhenAsked {
                assert_eq!(entry.first(Some(NOW - 1), NOW), NOW - 1, "what was missed is made up for");
            }
            assert_eq!(entry.first(Some(Stamp(i64::MAX)), NOW), entry.after(NOW), "a clock was set back");
        }
    }

    #[test]
    fn a_patient_chore_waits_for_the_end_of_a_live_but_not_for_ever() {
        let thin = TABLE[Chore::Thin.place()];
        for (later_ms, live, due) in [
            (-1, false, false),
            (0, false, true),
            (0, true, false),
            (DAY_MS - 1, true, false),
            (DAY_MS, true, true),
        ] {
            assert_eq!(thin.is_due(NOW, NOW + later_ms, live), due, "{later_ms} {live}");
        }
        let erase = TABLE[Chore::Erase.place()];
        assert!(erase.is_due(NOW, NOW, true), "nobody waits to be erased");
    }

    #[test]
    fn a_quick_chore_that_did_nothing_is_not_written_down() {
        let erase = TABLE[Chore::Erase.place()];
        assert!(!erase.remembers(Outcome::Done(Done::default())));
        assert!(erase.remembers(Outcome::Done(Done { done: 1, ..Done::default() })));
        assert!(erase.remembers(Outcome::Failed(Failure::Other)));
        assert!(TABLE[Chore::Thin.place()].remembers(Outcome::Done(Done::default())));
    }
}
