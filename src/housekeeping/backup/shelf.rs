//! The folder of backups: which are there, how they are called, and which go.

use super::file::{BackupFile, Manifest};
use crate::domain::time::Stamp;
use chrono::DateTime;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Backups made by themselves end like this, all others with `.zip` alone. Only these go by themselves.
const SCHEDULED: &str = "-auto.zip";

/// More files of a folder are not looked into.
const MOST_LISTED: usize = 200;

/// A backup that lies in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelved {
    pub name: String,
    pub bytes: u64,
    pub manifest: Manifest,
    /// Whether it was made by itself.
    pub scheduled: bool,
}

/// `pasut-20261123-020000.zip`, in UTC.
#[must_use]
pub fn file_name(at: Stamp, scheduled: bool) -> String {
    let time = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    format!("pasut-{}{}", time.format("%Y%m%d-%H%M%S"), if scheduled { SCHEDULED } else { ".zip" })
}

/// The backups of a folder, newest first, whoever put them there. What is none is not listed.
///
/// # Errors
///
/// If there is a folder that cannot be read.
pub fn list(folder: &Path) -> io::Result<Vec<Shelved>> {
    let mut names = zips(folder)?;
    // Names of our own sort by time, so that what is left out is old.
    names.sort_unstable_by(|one, other| other.cmp(one));
    names.truncate(MOST_LISTED);
    let mut backups: Vec<_> = names.into_iter().filter_map(|name| shelved(folder, name)).collect();
    backups.sort_by_key(|backup| std::cmp::Reverse(backup.manifest.made_at));
    Ok(backups)
}

/// The backup called `name` and where it is. Only a name that is in the folder is looked for, so it leads
/// nowhere else.
#[must_use]
pub fn find(folder: &Path, name: &str) -> Option<(Shelved, PathBuf)> {
    let name = zips(folder).ok()?.into_iter().find(|known| known == name)?;
    let path = folder.join(&name);
    Some((shelved(folder, name)?, path))
}

/// Removes the oldest of those made by themselves until `keep` are left, and what a killed backup left.
///
/// # Errors
///
/// If the folder cannot be read or a file cannot be removed.
pub fn rotate(folder: &Path, keep: usize) -> io::Result<()> {
    for backup in list(folder)?.into_iter().filter(|backup| backup.scheduled).skip(keep) {
        fs::remove_file(folder.join(backup.name))?;
    }
    for name in names(folder)?.into_iter().filter(|name| is_ours(name, ".zip.part")) {
        let path = folder.join(name);
        // Whoever writes it holds its lock.
        if File::open(&path)?.try_lock().is_ok() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn shelved(folder: &Path, name: String) -> Option<Shelved> {
    let file = File::open(folder.join(&name)).ok()?;
    let bytes = file.metadata().ok()?.len();
    let manifest = BackupFile::read(&file).ok()?.manifest;
    Some(Shelved { scheduled: is_ours(&name, SCHEDULED), name, bytes, manifest })
}

fn zips(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = names(folder)?;
    names.retain(|name| name.ends_with(".zip"));
    Ok(names)
}

/// Every name in a folder that is a text; none if there is no folder yet.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let names = entries.map(|entry| Ok(entry?.file_name().into_string().ok()));
    names.filter_map(Result::transpose).collect()
}

/// Whether we gave this name, so that nothing of anybody else's is removed.
fn is_ours(name: &str, ending: &str) -> bool {
    let time = name.strip_prefix("pasut-").and_then(|rest| rest.strip_suffix(ending));
    time.is_some_and(|time| {
        let time = time.strip_suffix("-auto").unwrap_or(time);
        time.len() == "20261123-020000".len()
            && time.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_we_gave_are_ours() {
        let at = Stamp(1_795_399_200_000);
        assert_eq!(file_name(at, true), "pasut-20261123-020000-auto.zip");
        for (name, ending, ours) in [
            (file_name(at, true), SCHEDULED, true),
            (file_name(at, false), SCHEDULED, false),
            (format!("{}.part", file_name(at, true)), ".zip.part", true),
            (format!("{}.part", file_name(at, false)), ".zip.part", true),
            ("pasut-of-my-own.zip.part".to_owned(), ".zip.part", false),
            ("pasut-of-my-own-auto.zip".to_owned(), SCHEDULED, false),
        ] {
            assert_eq!(is_ours(&name, ending), ours, "{name}");
        }
    }

    #[test]
    fn a_name_leads_nowhere_but_into_the_folder_and_what_is_no_backup_is_not_listed() {
        let above = tempfile::tempdir().expect("a folder");
        let folder = above.path().join("backups");
        assert_eq!(list(&folder).expect("none yet"), []);
        fs::create_dir(&folder).expect("a new folder");
        fs::write(above.path().join("other.zip"), "PK").expect("written");
        fs::write(folder.join("holiday.zip"), "PK").expect("written");
        assert_eq!(list(&folder).expect("readable"), []);
        for name in ["../other.zip", "holiday.zip", "missing.zip", ""] {
            assert_eq!(find(&folder, name), None, "{name}");
        }
    }

    #[test]
    fn what_a_killed_backup_left_goes_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let [left, written, theirs] =
            ["pasut-20261123-020000.zip.part", "pasut-20261123-020001-auto.zip.part", "theirs.zip.part"]
                .map(|name| folder.path().join(name));
        let writing = File::create(&written).expect("a file");
        writing.lock().expect("nobody else has it");
        for path in [&left, &theirs] {
            fs::write(path, "half").expect("written");
        }
        rotate(folder.path(), 7).expect("done");
        assert_eq!([left.exists(), written.exists(), theirs.exists()], [false, true, true]);
    }
}
