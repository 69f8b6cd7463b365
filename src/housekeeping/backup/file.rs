//! The file of a backup: a ZIP with `pasut.db`, `archives/`, `pasut.toml`, `secrets` and, last,
//! `manifest.json`, which says what the others are. `docs/backup.md` describes it.
//!
//! Whoever made the file is not trusted: entries are found by the names we know, none is written to a
//! place it names, and none may be longer than the manifest says.

use super::seal::Sealed;
use super::{Request, Secrets, SettingsFile, Step};
use crate::domain::time::Stamp;
use crate::housekeeping::Progress;
use crate::store::copy::{Contents, DatabaseCopy};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// What this file is; a later Pasut may make another one.
const FORMAT: u32 = 1;

const MANIFEST: &str = "manifest.json";
const DATABASE: &str = "pasut.db";
const SETTINGS: &str = "pasut.toml";
const SECRETS: &str = "secrets";
const ARCHIVES: &str = "archives/";

/// How the files of an archive end.
const ARCHIVE_ENDINGS: [&str; 2] = [".pasut-archive", ".xlsx"];

/// Everything but the database is small.
const MAX_SMALL_BYTES: u64 = 256 * 1024;

/// Events are packed already: more effort takes twice as long and saves two hundredths.
const COMPRESSION: i64 = 1;

/// Read and written at a time; progress is told as often.
const PIECE: usize = 64 * 1024;

/// What a backup is and holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// The version of the Pasut that made it.
    pub pasut: String,
    pub made_at: Stamp,
    pub contents: Contents,
    pub database: Piece,
    pub settings: Option<Piece>,
    pub secrets: Option<Piece>,
    /// What left the database before, by the names of the files.
    pub archives: Vec<Archived>,
}

/// One entry as it is when unpacked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub bytes: u64,
    /// In hexadecimal.
    pub sha256: String,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archived {
    pub name: String,
    pub file: Piece,
}

/// A backup that is open for reading.
pub struct BackupFile<'a> {
    archive: ZipArchive<BufReader<&'a File>>,
    pub manifest: Manifest,
}

/// Why a file cannot be restored.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("it is not a backup of Pasut")]
    NotABackup,
    #[error("it was made by a newer Pasut, as format {0}")]
    Newer(u32),
    #[error("it is damaged")]
    Damaged,
    #[error("it cannot be unpacked: {0}")]
    Disk(#[from] io::Error),
}

/// Writes everything into `to`, which is empty.
///
/// # Errors
///
/// If the disk takes no more.
pub fn write(
    to: &File,
    copy: &DatabaseCopy,
    request: &Request,
    secrets: Option<BTreeMap<String, String>>,
    progress: &mut dyn FnMut(Progress<Step>) -> io::Result<()>,
) -> io::Result<Manifest> {
    let mut zip = ZipWriter::new(BufWriter::with_capacity(PIECE, to));
    let mut database = File::open(copy.path())?;
    let length = database.metadata()?.len();
    zip.start_file(DATABASE, options().large_file(true))?;
    let database =
        pass(&mut database, &mut zip, length, |share| progress(Progress { step: Step::Packing, share }))?;
    let mut archives = Vec::new();
    for name in archive_names(&request.archives)? {
        let mut archive = File::open(request.archives.join(&name))?;
        let length = archive.metadata()?.len();
        // It is packed already.
        let stored = options().compression_method(CompressionMethod::Stored).compression_level(None);
        zip.start_file(format!("{ARCHIVES}{name}"), stored.large_file(true))?;
        let file =
            pass(&mut archive, &mut zip, length, |_| progress(Progress { step: Step::Packing, share: 1.0 }))?;
        archives.push(Archived { name, file });
    }
    let mut small = |name: &str, bytes: &[u8]| {
        zip.start_file(name, options())?;
        zip.write_all(bytes)?;
        Ok::<_, io::Error>(Piece { bytes: bytes.len() as u64, sha256: hex(&Sha256::digest(bytes)) })
    };
    let SettingsFile { open, secret } = request.settings.clone().unwrap_or_default();
    let settings = match &request.settings {
        Some(_) => Some(small(SETTINGS, open.as_bytes())?),
        None => None,
    };
    let secrets = match (&request.passphrase, secrets) {
        (Some(passphrase), Some(database_secrets)) => {
            let secrets = Secrets { database: database_secrets, file: secret };
            let plain = serde_json::to_vec(&secrets).expect("a map of texts has a form in JSON");
            // They belong to this database and to no other.
            let sealed = Sealed::new(&plain, passphrase, database.sha256.as_bytes());
            Some(small(SECRETS, sealed.as_bytes())?)
        }
        _ => None,
    };
    let manifest = Manifest {
        format: FORMAT,
        pasut: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: request.at,
        contents: copy.contents.clone(),
        database,
        settings,
        secrets,
        archives,
    };
    small(MANIFEST, &serde_json::to_vec_pretty(&manifest).expect("numbers and texts have a form in JSON"))?;
    zip.finish()?.flush()?;
    Ok(manifest)
}

impl<'a> BackupFile<'a> {
    /// Reads what the file says of itself.
    ///
    /// # Errors
    ///
    /// [`Unreadable`].
    pub fn read(mut file: &'a File) -> Result<Self, Unreadable> {
        file.seek(SeekFrom::Start(0))?;
        let archive = ZipArchive::new(BufReader::with_capacity(PIECE, file));
        let mut archive = archive.map_err(|error| match error {
            ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
            _ => Unreadable::NotABackup,
        })?;
        let manifest = small(&mut archive, MANIFEST).map_err(|error| match error {
            Unreadable::Damaged => Unreadable::NotABackup,
            other => other,
        })?;
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = serde_json::from_slice(&manifest).map_err(|_| Unreadable::NotABackup)?;
        if format != FORMAT {
            return Err(Unreadable::Newer(format));
        }
        let manifest: Manifest = serde_json::from_slice(&manifest).map_err(|_| Unreadable::Damaged)?;
        if !manifest.archives.iter().all(|archive| is_archive(&archive.name)) {
            return Err(Unreadable::Damaged);
        }
        Ok(Self { archive, manifest })
    }

    /// Unpacks the database and compares it with what the manifest says.
    ///
    /// # Errors
    ///
    /// [`Unreadable::Damaged`] if it is another one.
    pub fn unpack_database(
        &mut self,
        to: &mut dyn Write,
        progress: impl FnMut(f64) -> io::Result<()>,
    ) -> Result<(), Unreadable> {
        let expected = &self.manifest.database;
        let mut entry = self.archive.by_name(DATABASE).map_err(damaged)?;
        let found = pass(&mut entry, to, expected.bytes, progress).map_err(unpacking)?;
        if found == *expected { Ok(()) } else { Err(Unreadable::Damaged) }
    }

    /// Unpacks a file of an archive and compares it with what the manifest says.
    ///
    /// # Errors
    ///
    /// [`Unreadable::Damaged`] if it is another one.
    pub fn unpack_archive(&mut self, archive: &Archived, to: &mut dyn Write) -> Result<(), Unreadable> {
        let name = format!("{ARCHIVES}{}", archive.name);
        let mut entry = self.archive.by_name(&name).map_err(damaged)?;
        let found = pass(&mut entry, to, archive.file.bytes, |_| Ok(())).map_err(unpacking)?;
        if found == archive.file { Ok(()) } else { Err(Unreadable::Damaged) }
    }

    /// The settings of `pasut.toml` that anyone may read, as TOML.
    ///
    /// # Errors
    ///
    /// [`Unreadable::Damaged`] if they are not what the manifest says.
    pub fn settings(&mut self) -> Result<Option<String>, Unreadable> {
        let text = self.checked(SETTINGS, self.manifest.settings.clone())?;
        text.map(|text| String::from_utf8(text).map_err(|_| Unreadable::Damaged)).transpose()
    }

    /// What gives access, encrypted.
    ///
    /// # Errors
    ///
    /// [`Unreadable::Damaged`] if it is not what the manifest says.
    pub fn sealed(&mut self) -> Result<Option<Sealed>, Unreadable> {
        let sealed = self.checked(SECRETS, self.manifest.secrets.clone())?;
        sealed.map(|bytes| Sealed::of(bytes).ok_or(Unreadable::Damaged)).transpose()
    }

    fn checked(&mut self, name: &str, expected: Option<Piece>) -> Result<Option<Vec<u8>>, Unreadable> {
        let Some(expected) = expected else { return Ok(None) };
        let bytes = small(&mut self.archive, name)?;
        let found = Piece { bytes: bytes.len() as u64, sha256: hex(&Sha256::digest(&bytes)) };
        if found == expected { Ok(Some(bytes)) } else { Err(Unreadable::Damaged) }
    }
}

/// What a file is.
///
/// # Errors
///
/// If it cannot be read.
pub fn measured(path: &Path) -> io::Result<Piece> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    pass(&mut file, &mut io::sink(), length, |_| Ok(()))
}

/// The files of archives in a folder, by name; none if there is no folder.
fn archive_names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let names = entries.map(|entry| Ok(entry?.file_name().into_string().ok()));
    let mut names: Vec<String> = names.filter_map(Result::transpose).collect::<io::Result<_>>()?;
    names.retain(|name| is_archive(name));
    names.sort_unstable();
    Ok(names)
}

/// Whether it is a name as those of archives are, which leads nowhere else.
fn is_archive(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    ARCHIVE_ENDINGS.iter().any(|ending| name.ends_with(ending))
        && !name.starts_with('.')
        && name.len() <= 200
        && name.bytes().all(is_plain)
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(COMPRESSION))
        .unix_permissions(0o600)
}

/// An entry that is small, whatever it claims to be.
fn small(archive: &mut ZipArchive<BufReader<&File>>, name: &str) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    let mut entry = archive.by_name(name).map_err(damaged)?.take(MAX_SMALL_BYTES + 1);
    entry.read_to_end(&mut bytes).map_err(unpacking)?;
    if bytes.len() as u64 > MAX_SMALL_BYTES { Err(Unreadable::Damaged) } else { Ok(bytes) }
}

/// Hands on everything of `from`, but little more than `length`, and says what it was.
fn pass(
    from: &mut dyn Read,
    to: &mut (impl Write + ?Sized),
    length: u64,
    mut progress: impl FnMut(f64) -> io::Result<()>,
) -> io::Result<Piece> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut piece = vec![0; PIECE];
    progress(0.0)?;
    while bytes <= length {
        let read = from.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        to.write_all(&piece[..read])?;
        bytes += read as u64;
        progress((bytes as f64 / length as f64).min(1.0))?;
    }
    Ok(Piece { bytes, sha256: hex(&hash.finalize()) })
}

fn damaged(error: ZipError) -> Unreadable {
    match error {
        ZipError::Io(error) => unpacking(error),
        _ => Unreadable::Damaged,
    }
}

/// What does not unpack is damaged; a disk that cannot be read is something else.
fn unpacking(error: io::Error) -> Unreadable {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
            Unreadable::Damaged
        }
        _ => error.into(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
