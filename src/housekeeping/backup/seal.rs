//! A text that only a passphrase opens: Argon2id makes the key, XChaCha20-Poly1305 encrypts.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use std::fmt;

/// Memory in KiB, passes and lanes: the second choice of RFC 9106, section 4, with one lane, because a
/// small computer has few. They belong to the format of a backup.
const COST: (u32, u32, u32) = (64 * 1024, 3, 1);

const SALT: usize = 16;
const NONCE: usize = 24;
/// Of Poly1305, at the end.
const TAG: usize = 16;

/// Shorter ones are found by trying.
const MIN_CHARS: usize = 8;

/// What encrypts the secrets of a backup. It never reaches a log or a page.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A passphrase needs {MIN_CHARS} characters at least. Nothing was done; choose a longer one.")]
pub struct TooShort;

impl Passphrase {
    /// # Errors
    ///
    /// [`TooShort`].
    pub fn parse(text: &str) -> Result<Self, TooShort> {
        if text.chars().count() < MIN_CHARS { Err(TooShort) } else { Ok(Self(text.to_owned())) }
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// Salt, nonce and what was encrypted, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This passphrase does not open the backup. Nothing was changed; try another one, or go on without.")]
pub struct WrongPassphrase;

impl Sealed {
    /// Encrypts `plain`. It opens again only together with `belongs_to`.
    #[must_use]
    pub fn new(plain: &[u8], passphrase: &Passphrase, belongs_to: &[u8]) -> Self {
        let (salt, nonce): ([u8; SALT], [u8; NONCE]) = (rand::random(), rand::random());
        let payload = Payload { msg: plain, aad: belongs_to };
        let encrypted = cipher(passphrase, &salt)
            .encrypt(&XNonce::from(nonce), payload)
            .expect("it fails only for a text of many gigabytes");
        Self([&salt[..], &nonce, &encrypted].concat())
    }

    /// What was read from a file, if it is long enough to be one.
    #[must_use]
    pub fn of(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() >= SALT + NONCE + TAG).then_some(Self(bytes))
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// # Errors
    ///
    /// [`WrongPassphrase`] if the passphrase is another one or the text was changed.
    pub fn open(&self, passphrase: &Passphrase, belongs_to: &[u8]) -> Result<Vec<u8>, WrongPassphrase> {
        let (salt, rest) = self.0.split_at(SALT);
        let (nonce, encrypted) = rest.split_at(NONCE);
        let nonce = <[u8; NONCE]>::try_from(nonce).expect("it was split there");
        let payload = Payload { msg: encrypted, aad: belongs_to };
        cipher(passphrase, salt).decrypt(&XNonce::from(nonce), payload).map_err(|_| WrongPassphrase)
    }
}

fn cipher(passphrase: &Passphrase, salt: &[u8]) -> XChaCha20Poly1305 {
    let (memory_kib, passes, lanes) = COST;
    let params = Params::new(memory_kib, passes, lanes, None).expect("the cost is within its limits");
    let mut key = Key::default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.0.as_bytes(), salt, &mut key)
        .expect("salt and key have the lengths it asks for");
    XChaCha20Poly1305::new(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_passphrase_and_what_it_belongs_to_open_a_sealed_text() {
        let passphrase = Passphrase::parse("correct horse").expect("long enough");
        let sealed = Sealed::new(b"sessionid=1", &passphrase, b"this database");
        assert!(!sealed.as_bytes().windows(9).any(|part| part == b"sessionid"));
        assert_eq!(sealed.open(&passphrase, b"this database"), Ok(b"sessionid=1".to_vec()));
        let other = Passphrase::parse("correct house").expect("long enough");
        assert_eq!(sealed.open(&other, b"this database"), Err(WrongPassphrase));
        assert_eq!(sealed.open(&passphrase, b"another one"), Err(WrongPassphrase));
        let mut changed = sealed.as_bytes().to_vec();
        changed[SALT + NONCE] ^= 1;
        let changed = Sealed::of(changed).expect("as long as before");
        assert_eq!(changed.open(&passphrase, b"this database"), Err(WrongPassphrase));
        assert_eq!(Sealed::of(vec![0; SALT + NONCE]), None);
    }

    #[test]
    fn a_passphrase_that_is_found_by_trying_is_refused_and_none_is_ever_printed() {
        assert_eq!(Passphrase::parse("hunter2"), Err(TooShort));
        let passphrase = Passphrase::parse("hunter2hunter2").expect("long enough");
        assert!(!format!("{passphrase:?}").contains("hunter"));
    }
}
