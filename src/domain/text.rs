//! Text as TikTok sent it.

use bytes::Bytes;
use std::borrow::Cow;
use std::fmt;

/// What TikTok sends is kept up to this many characters: what people write, names, and links.
pub const MAX_TEXT_CHARS: usize = 2_000;
pub const MAX_NAME_CHARS: usize = 100;
pub const MAX_URL_CHARS: usize = 500;

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

    /// The bytes of at most `max_chars` characters, of whatever those are if it is not UTF-8.
    #[must_use]
    pub fn clipped(&self, max_chars: usize) -> &[u8] {
        if self.0.len() <= max_chars {
            return &self.0;
        }
        let is_start = |byte: &u8| byte & 0xc0 != 0x80;
        let starts = self.0.iter().enumerate().filter(|(_, byte)| is_start(byte));
        let end = starts.map(|(index, _)| index).nth(max_chars).unwrap_or(self.0.len());
        // Bytes that are not UTF-8 may have no starts at all.
        &self.0[..end.min(max_chars * char::MAX.len_utf8())]
    }

    /// Copies the text as far as it is ever kept, so that it no longer keeps its frame alive.
    pub fn detach(&mut self) {
        self.0 = Bytes::copy_from_slice(self.clipped(MAX_TEXT_CHARS));
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

/// What somebody is called: by the nickname, or by the handle where that is empty.
#[must_use]
pub fn called<'n>(nickname: &'n str, display_id: &'n str) -> &'n str {
    if nickname.trim().is_empty() { display_id } else { nickname }
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

    #[test]
    fn clipped_bytes_end_between_characters_and_are_few_whatever_they_are() {
        assert_eq!(Text::from("añb").clipped(2), "añ".as_bytes());
        assert_eq!(Text::from("añb").clipped(3), "añb".as_bytes());
        assert_eq!(Text::from("añb").clipped(9), "añb".as_bytes());
        assert_eq!(Text::from(Bytes::from(vec![0x80; 900])).clipped(100), [0x80; 400]);
        let mut long = Text::from("x".repeat(1 << 20));
        long.detach();
        assert_eq!(long.as_bytes().len(), MAX_TEXT_CHARS, "what waits takes no more than what is kept");
    }
}
