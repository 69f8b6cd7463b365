//! Room on the disk, looked at before something large is written, so that a copy never takes what recording
//! needs. Whoever writes backups, archives and what somebody brings asks here; what is free is read by the roof's
//! reader.

use crate::domain::machine::{Room, RoomReader};
use crate::words::{Lang, numbers};
use std::path::{Path, PathBuf};

/// Stays free whatever is written: some weeks of recording, or time to look after the disk.
pub const FLOOR_BYTES: u64 = 500_000_000;

/// There is too little room where something was to be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "About {} are needed in {}, and {} have to stay free for recording, but only {} are free. Nothing was written \
     and recording goes on; free some space, or choose another place.",
    size(*.needed_bytes), .folder.display(), size(FLOOR_BYTES), size(*.free_bytes)
)]
pub struct NoRoom {
    pub folder: PathBuf,
    pub needed_bytes: u64,
    pub free_bytes: u64,
}

/// Makes sure that so many bytes can be written into each of these folders, and that enough is free after
/// that. What goes to the same disk is added up.
///
/// # Errors
///
/// [`NoRoom`] for the first folder without. Where the system does not tell what is free, nothing is refused:
/// the disk itself does, and whoever writes cleans up.
pub fn check(reader: RoomReader, writes: &[(&Path, u64)]) -> Result<(), NoRoom> {
    let rooms: Vec<(Room, &Path, u64)> =
        writes.iter().filter_map(|(folder, bytes)| Some(((reader.0)(folder)?, *folder, *bytes))).collect();
    for (room, folder, _) in &rooms {
        let same = rooms.iter().filter(|(other, ..)| other.disk == room.disk);
        let needed_bytes = same.fold(0_u64, |sum, (.., bytes)| sum.saturating_add(*bytes));
        if room.free_bytes < needed_bytes.saturating_add(FLOOR_BYTES) {
            let (folder, free_bytes) = (folder.to_path_buf(), room.free_bytes);
            return Err(NoRoom { folder, needed_bytes, free_bytes });
        }
    }
    Ok(())
}

fn size(bytes: u64) -> String {
    numbers::size(Lang::En, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small stick, and a disk for everything else.
    fn reader() -> RoomReader {
        RoomReader(|folder| match folder.to_str()? {
            "/stick" => Some(Room { disk: "/stick".into(), free_bytes: 700_000_000 }),
            "/cloud" => None,
            _ => Some(Room { disk: "/".into(), free_bytes: 3_000_000_000 }),
        })
    }

    fn checked(writes: &[(&str, u64)]) -> Result<(), NoRoom> {
        let writes: Vec<_> = writes.iter().map(|(folder, mb)| (Path::new(*folder), mb * 1_000_000)).collect();
        check(reader(), &writes)
    }

    #[test]
    fn enough_stays_free_and_what_shares_a_disk_is_added_up() {
        assert_eq!(checked(&[("/data", 2_000), ("/stick", 200)]), Ok(()));
        assert_eq!(checked(&[("/data", 2_500)]), Ok(()));
        assert!(checked(&[("/data", 2_501)]).is_err());
        let both = checked(&[("/data", 1_300), ("/home", 1_300)]).expect_err("together too much");
        assert_eq!(both.needed_bytes, 2_600_000_000);
        let stick = checked(&[("/data", 10), ("/stick", 201)]).expect_err("too small");
        assert_eq!(
            stick.to_string(),
            "About 201 MB are needed in /stick, and 500 MB have to stay free for recording, but only 700 MB are \
             free. Nothing was written and recording goes on; free some space, or choose another place."
        );
    }

    #[test]
    fn where_the_system_does_not_tell_nothing_is_refused() {
        assert_eq!(checked(&[("/cloud", 1_000_000)]), Ok(()));
    }
}
