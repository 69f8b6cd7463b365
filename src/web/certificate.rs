//! The owner's own certificate, with which Pasut answers other computers over TLS.
//!
//! It is read from two files and read again when they change, so that a renewed certificate needs no restart.

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, version};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use tracing::{info, warn};

/// A certificate and its key, and where they came from. Clones share them.
#[derive(Clone, Debug)]
pub struct Certificate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    files: CertificateFiles,
    now: Mutex<Read>,
}

/// Where the chain of certificates and its key are, as PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

#[derive(Debug)]
struct Read {
    key: Arc<CertifiedKey>,
    /// When the files were changed that were tried last.
    changed: [Option<SystemTime>; 2],
}

/// Why a certificate cannot be used. None of them quotes a file.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("{} cannot be read as a chain of certificates in PEM form", .0.display())]
    Certificate(PathBuf),
    #[error("{} cannot be read as a private key in PEM form without a passphrase", .0.display())]
    Key(PathBuf),
    #[error("the key in {} does not belong to the certificate in {}", .0.key.display(), .0.certificate.display())]
    Mismatch(CertificateFiles),
}

impl Certificate {
    /// Reads a certificate. Blocks; meant for the start.
    ///
    /// # Errors
    ///
    /// If the files hold none.
    pub fn read(files: CertificateFiles) -> Result<Self, CertificateError> {
        let changed = files.changed();
        let key = read(&files)?;
        Ok(Self(Arc::new(Inner { files, now: Mutex::new(Read { key, changed }) })))
    }

    /// Reads the files again if they changed. What cannot be used is said in the log, and the one of before
    /// goes on being used. Blocks.
    pub fn renew(&self) {
        let changed = self.0.files.changed();
        {
            let mut now = self.0.now.lock().unwrap_or_else(PoisonError::into_inner);
            if now.changed == changed {
                return;
            }
            now.changed = changed;
        }
        match read(&self.0.files) {
            Ok(key) => {
                self.0.now.lock().unwrap_or_else(PoisonError::into_inner).key = key;
                info!("The certificate was renewed");
            }
            Err(error) => warn!(%error, "The certificate of before is still used, because {error}"),
        }
    }

    /// How a listener speaks with it: TLS 1.2 and 1.3.
    #[must_use]
    pub fn config(&self) -> ServerConfig {
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .expect("ring speaks both")
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&self.0) as Arc<dyn ResolvesServerCert>)
    }
}

impl ResolvesServerCert for Inner {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.now.lock().unwrap_or_else(PoisonError::into_inner).key))
    }
}

impl CertificateFiles {
    fn changed(&self) -> [Option<SystemTime>; 2] {
        let changed = |path: &Path| path.metadata().and_then(|file| file.modified()).ok();
        [changed(&self.certificate), changed(&self.key)]
    }
}

fn read(files: &CertificateFiles) -> Result<Arc<CertifiedKey>, CertificateError> {
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(&files.certificate).and_then(Iterator::collect);
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| CertificateError::Certificate(files.certificate.clone()))?;
    let unusable = || CertificateError::Key(files.key.clone());
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|_| unusable())?;
    let key = ring::sign::any_supported_type(&key).map_err(|_| unusable())?;
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        Ok(()) => Ok(Arc::new(certified)),
        Err(_) => Err(CertificateError::Mismatch(files.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a new certificate into a folder.
    fn written(folder: &Path, name: &str) -> CertificateFiles {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate");
        let files = CertificateFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
        std::fs::write(&files.certificate, made.cert.pem()).expect("written");
        std::fs::write(&files.key, made.signing_key.serialize_pem()).expect("written");
        files
    }

    fn shown(certificate: &Certificate) -> Vec<u8> {
        certificate.0.now.lock().expect("whole").key.cert[0].to_vec()
    }

    #[test]
    fn a_renewed_certificate_is_taken_and_a_broken_one_leaves_the_one_of_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = written(folder.path(), "pasut.example");
        let certificate = Certificate::read(files.clone()).expect("usable");
        let first = shown(&certificate);
        // A time of its own for each change, however coarse the clock of the disk is.
        let touched = |seconds| {
            let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            let file = std::fs::File::options().append(true).open(&files.certificate).expect("there");
            file.set_modified(at).expect("touched");
        };
        std::fs::write(&files.certificate, "-----BEGIN CERTIFICATE-----\nbroken").expect("written");
        touched(1);
        certificate.renew();
        assert_eq!(shown(&certificate), first);
        written(folder.path(), "pasut.example");
        touched(2);
        certificate.renew();
        assert_ne!(shown(&certificate), first);
    }

    #[test]
    fn what_is_wrong_with_the_files_is_said_without_quoting_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = written(folder.path(), "pasut.example");
        let other = tempfile::tempdir().expect("a folder");
        let foreign = CertificateFiles { key: written(other.path(), "x.example").key, ..files.clone() };
        let missing = CertificateFiles { certificate: folder.path().join("none.pem"), ..files.clone() };
        let swapped = CertificateFiles { certificate: files.certificate.clone(), key: files.certificate };
        for (files, says) in
            [(foreign, "does not belong"), (missing, "none.pem cannot be read"), (swapped, "private key")]
        {
            let error = Certificate::read(files).expect_err("unusable").to_string();
            assert!(error.contains(says) && !error.contains("BEGIN"), "{error}");
        }
    }
}
