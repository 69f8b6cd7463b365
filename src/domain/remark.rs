//! What the user keeps with a session besides what was recorded.

/// No tag is longer, in characters.
const MAX_TAG_CHARS: usize = 30;

/// A session has this many tags at most.
const MOST_TAGS: usize = 12;

/// Longest notes of a session, in characters; more is cut off.
pub const MAX_NOTES_CHARS: usize = 4_000;

/// A short label: lower case, single spaces, no commas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// Reads one tag; `None` if nothing is left of it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let readable: String =
            text.chars().map(|c| if c == ',' || c.is_control() { ' ' } else { c }).collect();
        let words: Vec<_> = readable.trim_start_matches([' ', '#']).split_whitespace().collect();
        let tag: String = words.join(" ").to_lowercase().chars().take(MAX_TAG_CHARS).collect();
        (!tag.is_empty()).then(|| Self(tag.trim_end().to_owned()))
    }

    /// Reads tags that are separated by commas: each once, in order, the first dozen.
    #[must_use]
    pub fn list(text: &str) -> Vec<Self> {
        let mut tags: Vec<_> = text.split(',').filter_map(Self::parse).collect();
        tags.sort_unstable();
        tags.dedup();
        tags.truncate(MOST_TAGS);
        tags
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Notes as they are kept: without what cannot be seen, and not endless.
#[must_use]
pub fn readable_notes(text: &str) -> String {
    let lines = text.replace("\r\n", "\n");
    let readable = lines.chars().filter(|c| *c == '\n' || !c.is_control());
    readable.take(MAX_NOTES_CHARS).collect::<String>().trim().to_owned()
}

/// What the user keeps with a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    pub notes: String,
    /// The notes before the last change of them, to be taken back.
    pub earlier_notes: Option<String>,
    /// In order.
    pub tags: Vec<Tag>,
    pub tiktok: TikTokFigures,
}

/// What TikTok itself said of a session, as the user typed it; `None` where nothing was typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TikTokFigures {
    pub diamonds: Option<i64>,
    pub likes: Option<i64>,
    /// People who ever entered.
    pub viewers_total: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_one_line_of_lower_case_words() {
        for (text, tag) in [
            ("  #Late  Night ", Some("late night")),
            ("PK\nmalam", Some("pk malam")),
            ("", None),
            (" # ", None),
            ("\u{7}", None),
        ] {
            assert_eq!(Tag::parse(text).as_ref().map(Tag::as_str), tag, "{text:?}");
        }
        assert_eq!(Tag::parse(&"x".repeat(99)).expect("a tag").as_str().len(), MAX_TAG_CHARS);
    }

    #[test]
    fn notes_keep_their_lines_and_end_somewhere() {
        assert_eq!(readable_notes(" first\r\nsecond\u{0}\t \n"), "first\nsecond");
        assert_eq!(readable_notes(&"n".repeat(9_999)).len(), MAX_NOTES_CHARS);
    }

    #[test]
    fn a_list_has_each_tag_once() {
        let tags = Tag::list("PK, pk ,, giveaway");
        assert_eq!(tags.iter().map(Tag::as_str).collect::<Vec<_>>(), ["giveaway", "pk"]);
        let many: String = (0..50).map(|n| format!("{n},")).collect();
        assert_eq!(Tag::list(&many).len(), MOST_TAGS);
    }
}
