//! What opens something to whoever knows it: 32 random bytes, of which only the hash is kept.

use crate::domain::access::SecretHash;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The secret of a cookie or a token.
///
/// It is found again by its hash, so that looking it up takes as long for a wrong one as for a right one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// A new one that nobody can guess.
    #[must_use]
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// Reads what [`Self::reveal`] gives.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        // 43 letters are 32 bytes; a longer text is none of ours and not decoded.
        if text.len() != 43 {
            return None;
        }
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        (length == bytes.len()).then_some(Self(bytes))
    }

    /// The secret as a text for a cookie, a header or an address. It is shown once and kept nowhere.
    #[must_use]
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0).into())
    }
}

/// What a browser keeps of a PIN that was typed: it cannot be made without the link's hash and what is kept of the
/// PIN, neither of which leaves the database, and it ends with either.
#[must_use]
pub fn pin_mark(link: SecretHash, pin: &str) -> String {
    let made = Sha256::new().chain_update(b"pin").chain_update(link.0).chain_update(pin).finalize();
    URL_SAFE_NO_PAD.encode(made)
}

/// Whether two texts are the same, in a time that says nothing of where they differ.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    Sha256::digest(one) == Sha256::digest(other)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_as_it_was_told_and_never_printed() {
        let secret = Secret::random();
        let told = secret.reveal();
        assert_eq!(Secret::parse(&told).map(|read| read.hash()), Some(secret.hash()));
        assert_ne!(Secret::random().hash(), secret.hash());
        assert!(told.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{told}");
        assert!(!format!("{secret:?}").contains(&told));
        for wrong in ["", "x", &told[1..], &format!("{told}A"), &"=".repeat(43), &"é".repeat(22)] {
            assert_eq!(Secret::parse(wrong), None, "{wrong}");
        }
    }
}
