//! Passwords and PINs: Argon2id, off the threads that answer, a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use std::fmt;
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// Memory in KiB, passes and lanes: what OWASP asks for at least, because a small computer streams besides.
/// They are kept with each hash, so they may grow.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// So many are worked on at a time, each with its memory.
const AT_A_TIME: usize = 2;

/// So many may wait; whoever else comes is told to come again.
const WAITING: usize = 16;

/// Shorter ones are found by trying.
const MIN_CHARS: usize = 10;

/// Longer ones only cost time.
const MAX_BYTES: usize = 256;

/// A password as somebody typed it. It never reaches a log or a page.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A password needs {MIN_CHARS} characters at least and {MAX_BYTES} bytes at most.")]
pub struct Unsuitable;

/// More passwords are being checked than this computer should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Too many log in at this moment. Try again in a few seconds.")]
pub struct Crowded;

impl Password {
    /// One that may be chosen.
    ///
    /// # Errors
    ///
    /// [`Unsuitable`].
    pub fn choose(text: &str) -> Result<Self, Unsuitable> {
        let suits = text.chars().count() >= MIN_CHARS && text.len() <= MAX_BYTES;
        if suits { Ok(Self(text.to_owned())) } else { Err(Unsuitable) }
    }

    /// One that was typed to be compared, or a PIN. Of an endless one the end does not count.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        let end = (0..=MAX_BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
        Self(text[..end.unwrap_or(0)].to_owned())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// Whoever hashes passwords; clones share how many at a time.
#[derive(Clone, Debug)]
pub struct Passwords {
    working: Arc<Semaphore>,
    room: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        let room = Arc::new(Semaphore::new(AT_A_TIME + WAITING));
        Self { working: Arc::new(Semaphore::new(AT_A_TIME)), room }
    }
}

impl Passwords {
    /// What is kept of a password.
    ///
    /// # Errors
    ///
    /// [`Crowded`].
    pub async fn hash(&self, password: &Password) -> Result<String, Crowded> {
        let password = password.clone();
        self.work(move || hash(&password)).await
    }

    /// Whether `password` is the one `kept` was made of. Without anything kept it takes as long and does not
    /// fit, so that nobody learns by waiting which accounts there are.
    ///
    /// # Errors
    ///
    /// [`Crowded`].
    pub async fn fits(&self, password: &Password, kept: Option<String>) -> Result<bool, Crowded> {
        let password = password.clone();
        self.work(move || {
            let fits = fits(&password, kept.as_deref().unwrap_or(&NOBODYS));
            fits && kept.is_some()
        })
        .await
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Crowded> {
        let _room = self.room.try_acquire().map_err(|_| Crowded)?;
        let permit = Arc::clone(&self.working).acquire_owned().await;
        let permit = permit.expect("the permits are never closed");
        let working = tokio::task::spawn_blocking(move || {
            // Whoever asked may be gone; the memory is taken until it is done.
            let _permit = permit;
            work()
        });
        Ok(working.await.expect("hashing does not panic, and the runtime waits for it"))
    }
}

/// Fits nothing that anybody can type.
static NOBODYS: LazyLock<String> = LazyLock::new(|| hash(&Password(String::new())));

fn hash(password: &Password) -> String {
    let salt: [u8; 16] = rand::random();
    let hashed: PasswordHash = argon2()
        .hash_password_with_salt(password.0.as_bytes(), &salt)
        .expect("salt and password have the lengths it asks for");
    hashed.to_string()
}

/// What cannot be read is a damaged row, and fits nothing.
fn fits(password: &Password, kept: &str) -> bool {
    PasswordHash::new(kept).is_ok_and(|kept| argon2().verify_password(password.0.as_bytes(), &kept).is_ok())
}

fn argon2() -> Argon2<'static> {
    let (memory_kib, passes, lanes) = COST;
    let params = Params::new(memory_kib, passes, lanes, None).expect("the cost is within its limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_what_was_made_of_it_and_nothing_else() {
        let passwords = Passwords::default();
        let password = Password::choose("correct horse").expect("long enough");
        let kept = passwords.hash(&password).await.expect("room");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(passwords.hash(&password).await.expect("room"), kept, "each has its salt");
        assert_eq!(passwords.fits(&password, Some(kept.clone())).await, Ok(true));
        for (typed, kept) in [
            ("correct house", Some(kept.clone())),
            ("", Some(kept)),
            ("correct horse", None),
            ("", None),
            ("correct horse", Some("damaged".to_owned())),
        ] {
            assert_eq!(passwords.fits(&Password::typed(typed), kept).await, Ok(false), "{typed}");
        }
    }

    #[test]
    fn a_password_is_neither_short_nor_endless_nor_ever_printed() {
        assert_eq!(Password::choose("ninechars"), Err(Unsuitable));
        assert_eq!(Password::choose(&"x".repeat(257)), Err(Unsuitable));
        let password = Password::choose("kata sandi saya").expect("long enough");
        assert!(!format!("{password:?}").contains("sandi"));
        assert_eq!(Password::typed(&"é".repeat(1_000)).0.len(), 256);
    }

    #[tokio::test]
    async fn whoever_comes_when_many_wait_is_told_to_come_again() {
        let passwords = Passwords::default();
        let all = passwords.room.acquire_many((AT_A_TIME + WAITING) as u32).await.expect("open");
        assert_eq!(passwords.fits(&Password::typed("x"), None).await, Err(Crowded));
        drop(all);
        assert_eq!(passwords.fits(&Password::typed("x"), None).await, Ok(false));
    }
}
