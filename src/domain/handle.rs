//! A creator's @username.

use std::fmt;

/// A creator's TikTok handle: lower case, without the leading `@`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(String);

/// Why a text is not a handle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHandle {
    #[error("Type a TikTok username, for example @mira.plays.")]
    Empty,
    #[error("A TikTok username has 2 to 24 letters, digits, dots or underscores; {0:?} does not.")]
    Malformed(String),
}

impl Handle {
    /// Reads `name`, `@name` or a link such as `https://www.tiktok.com/@name/live?lang=en`.
    ///
    /// Handles are lower-cased: a capital letter makes TikTok answer "user does not exist".
    ///
    /// # Errors
    ///
    /// [`InvalidHandle`] if nothing that could be a username is left.
    pub fn parse(input: &str) -> Result<Self, InvalidHandle> {
        let input = input.trim();
        let name = match input.split_once("tiktok.com/") {
            Some((_, path)) => path,
            None => input,
        };
        let name = name.trim_start_matches('@');
        let name = name.split(['/', '?', '#', ' ']).next().unwrap_or_default().to_lowercase();
        if name.is_empty() {
            return Err(InvalidHandle::Empty);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let named = name.chars().any(|c| c != '.');
        if !(2..=24).contains(&name.len()) || !named || !name.chars().all(allowed) {
            return Err(InvalidHandle::Malformed(name.chars().take(40).collect()));
        }
        Ok(Self(name))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_username_is_one_handle() {
        for spelling in [
            "mira.plays",
            "@mira.plays",
            " @Mira.Plays ",
            "https://www.tiktok.com/@mira.plays",
            "https://www.tiktok.com/@mira.plays/live?lang=id",
            "www.tiktok.com/@MIRA.plays/",
            "@mira.plays/live",
        ] {
            assert_eq!(Handle::parse(spelling).expect(spelling).as_str(), "mira.plays");
        }
    }

    #[test]
    fn what_is_no_username_is_refused() {
        assert_eq!(Handle::parse("  @ "), Err(InvalidHandle::Empty));
        for bad in ["a", "name!", "../etc", "<script>", &"x".repeat(25), "名前"] {
            assert!(matches!(Handle::parse(bad), Err(InvalidHandle::Malformed(_))), "{bad}");
        }
    }
}
