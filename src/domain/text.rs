//! Text as TikTok sent it.

use bytes::Bytes;
use std::borrow::Cow;
use std::fmt;

/// Text from the wire that shares the frame's buffer and may not be valid UTF-8.
///
/// It is cheap to pass along and must not be kept: holding it keeps the whole frame alive.
/// Whoever keeps it takes an owned copy with [`Text::to_owned_text`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Text(Bytes);

impl Text {
    /// The text, with anything that is not UTF-8 replaced by U+FFFD.
    #[must_use]
    pub fn as_str(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// An owned copy of at most `max_chars` characters.
    #[must_use]
    pub fn to_owned_text(&self, max_chars: usize) -> String {
        let text = self.as_str();
        match text.char_indices().nth(max_chars) {
            Some((end, _)) => text[..end].to_owned(),
            None => text.into_owned(),
        }
    }

    /// Copies the text, so that it no longer keeps its frame alive.
    pub fn detach(&mut self) {
        self.0 = Bytes::copy_from_slice(&self.0);
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Bytes> for Text {
    fn from(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Bytes::from(text))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Bytes::copy_from_slice(text.as_bytes()))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_not_utf8_is_shown_with_replacement_characters() {
        assert_eq!(Text::from(Bytes::from_static(b"a\xffb")).as_str(), "a\u{fffd}b");
    }

    #[test]
    fn an_owned_copy_is_cut_between_characters() {
        assert_eq!(Text::from("añb").to_owned_text(2), "añ");
        assert_eq!(Text::from("añb").to_owned_text(9), "añb");
    }
}
