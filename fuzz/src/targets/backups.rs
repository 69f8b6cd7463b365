//! A file that claims to be a backup, looked at and restored beside a database that is there.

use super::patched::patched;
use super::world;
use pasut::housekeeping::backup::seal::Passphrase;
use pasut::housekeeping::backup::{Request, SettingsFile, make};
use pasut::housekeeping::restore::{Place, preview, stage};
use pasut::store::{Opening, Store};
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::sync::LazyLock;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const PASSPHRASE: &str = "correct horse";

/// A sound backup.
static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = world::folder();
    let to = folder.path().join("backup.zip");
    world::wait(async {
        let (store, _) = world::database(&folder.path().join("pasut.db")).await;
        let request = Request {
            to: to.clone(),
            settings: Some(SettingsFile {
                open: "listen = \"127.0.0.1:1\"\n".to_owned(),
                ..Default::default()
            }),
            passphrase: Some(passphrase()),
            ..Request::default()
        };
        make(&store, request, |_| {}).await.expect("a backup");
    });
    std::fs::read(to).expect("it was written")
});

/// Its entries, unpacked.
static ENTRIES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut zip = ZipArchive::new(Cursor::new(&WHOLE[..])).expect("a ZIP");
    let names: Vec<String> = zip.file_names().map(|name| name.expect("Unicode").into_owned()).collect();
    let mut entry = |name: String| {
        let mut bytes = Vec::new();
        zip.by_name(&name).expect("it is there").read_to_end(&mut bytes).expect("sound");
        (name, bytes)
    };
    names.into_iter().map(&mut entry).collect()
});

fn passphrase() -> Passphrase {
    Passphrase::parse(PASSPHRASE).expect("long enough")
}

/// The first byte: a file as it is, a sound backup with changes, one whose database is changed and described
/// as it is, or one whose manifest, settings or secrets are these bytes.
pub fn check(bytes: &[u8]) {
    let Some((way, rest)) = bytes.split_first() else { return };
    match way % 32 {
        0..8 => restore(rest, false),
        8..16 => restore(&patched(&WHOLE, rest), false),
        16..24 => restore(&with("pasut.db", &patched(entry("pasut.db"), rest)), false),
        24..28 => restore(&with("manifest.json", rest), false),
        28..31 => restore(&with("pasut.toml", rest), false),
        // Seldom: trying a passphrase takes long, as it should.
        _ => restore(&with("secrets", rest), true),
    }
}

fn entry(name: &str) -> &'static [u8] {
    let found = ENTRIES.iter().find(|(known, _)| known == name);
    &found.expect("a backup has it").1
}

/// A backup in which the entry `name` is `bytes`, and the manifest says so.
fn with(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (known, whole) in ENTRIES.iter() {
        zip.start_file(known.as_str(), stored).expect("memory");
        let as_it_is = if known == name { bytes } else { whole };
        if known == "manifest.json" && name != known {
            zip.write_all(&manifest_of(name, bytes)).expect("memory");
        } else {
            zip.write_all(as_it_is).expect("memory");
        }
    }
    zip.finish().expect("memory").into_inner()
}

fn manifest_of(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut manifest: serde_json::Value = serde_json::from_slice(entry("manifest.json")).expect("JSON");
    let piece = match name {
        "pasut.db" => "database",
        "pasut.toml" => "settings",
        _ => "secrets",
    };
    let folder = world::folder();
    let file = folder.path().join("piece");
    std::fs::write(&file, bytes).expect("a place on disk");
    let measured = pasut::housekeeping::backup::file::measured(&file).expect("readable");
    manifest[piece] = serde_json::to_value(measured).expect("JSON");
    serde_json::to_vec(&manifest).expect("JSON")
}

fn restore(backup: &[u8], opened: bool) {
    let folder = world::folder();
    let path = folder.path().join("backup.zip");
    std::fs::write(&path, backup).expect("a place on disk");
    let _ = preview(&path);
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("a place on disk");
    let place = Place {
        database: data.join("pasut.db"),
        settings: data.join("pasut.toml"),
        archives: data.join("archives"),
        replace_settings: true,
    };
    let passphrase = passphrase();
    match stage(&path, place, opened.then_some(&passphrase), &mut |_| {}) {
        Ok(staged) => {
            if staged.put_in_place(&mut |_| {}).is_ok() {
                let store =
                    Store::open(&data.join("pasut.db"), Opening::Owner).expect("it was restored and opened");
                world::wait(world::ask_everything(&store));
            }
        }
        Err(_) => assert_is_empty(&data),
    }
}

/// What cannot be restored leaves nothing.
fn assert_is_empty(data: &Path) {
    let left: Vec<_> = std::fs::read_dir(data).expect("it is there").collect();
    assert!(left.is_empty(), "{left:?}");
}
