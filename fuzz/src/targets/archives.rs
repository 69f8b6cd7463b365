//! A file that claims to be an archive.

use super::frames::packed;
use super::patched::patched;
use super::world;
use pasut::housekeeping::archive;
use std::sync::LazyLock;

/// A sound archive, not packed.
static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = world::folder();
    let plain = folder.path().join("archive.db");
    world::wait(async {
        let (store, session) = world::database(&folder.path().join("pasut.db")).await;
        store.copy_sessions(&[session], &plain).await.expect("a copy");
    });
    std::fs::read(plain).expect("it was written")
});

/// The first byte: a file as it is, something that is packed as an archive is, or a sound archive with changes.
pub fn check(bytes: &[u8]) {
    let Some((way, rest)) = bytes.split_first() else { return };
    let file = match way % 3 {
        0 => rest.to_vec(),
        1 => packed(rest),
        _ => packed(&patched(&WHOLE, rest)),
    };
    let folder = world::folder();
    let path = folder.path().join("some.pasut-archive");
    std::fs::write(&path, file).expect("a place on disk");
    world::wait(async {
        if let Ok(opened) = archive::read(&path).await {
            world::ask_everything(&opened.store).await;
        }
    });
    let left = std::fs::read_dir(folder.path()).expect("it is there").count();
    assert_eq!(left, 1, "nothing stays beside the archive");
}
