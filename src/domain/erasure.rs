//! Making one person anonymous in what was recorded.

use super::event::{Battle, LiveEvent, What};
use super::ids::UserId;
use super::text::Text;

/// Whom to erase, and who stands in their place so that counts of people stay true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    pub user: UserId,
    /// Below zero, which no account of TikTok is.
    pub anonymous: UserId,
    /// Every handle and nickname they were known by.
    pub names: Vec<String>,
}

impl Erasure {
    /// Takes the person out of an event: their id, names, picture and words, and their handle where others
    /// wrote it. Says whether they were in it.
    #[must_use]
    pub fn apply(&self, event: &mut LiveEvent) -> bool {
        let mut found = false;
        let mut spoke = false;
        if let Some(viewer) = event.user.as_mut().filter(|viewer| viewer.id == self.user) {
            viewer.id = self.anonymous;
            viewer.display_id = Text::default();
            viewer.nickname = Text::default();
            viewer.avatar_url = Text::default();
            (found, spoke) = (true, true);
        }
        match &mut event.what {
            What::Comment { text } | What::Question { text } | What::Intro { text } => {
                if spoke {
                    *text = Text::default();
                } else if let Some(without) = self.without_mention(&text.as_str()) {
                    *text = without.as_str().into();
                    found = true;
                }
            }
            What::Gift(report) => found |= self.replace(&mut report.receiver),
            What::Follow { target } => found |= self.replace(target),
            What::Envelope { sender_id, sender_name, .. } => {
                let sent = self.replace(sender_id);
                if sent || self.is_named(&sender_name.as_str()) {
                    *sender_name = Text::default();
                    found = true;
                }
            }
            What::Battle(battle) | What::BattleScores(battle) => found |= self.leave(battle),
            _ => {}
        }
        found
    }

    /// A text without their handle, if it mentions it.
    #[must_use]
    pub fn without_mention(&self, text: &str) -> Option<String> {
        let is_mention = |word: &str| {
            word.strip_prefix('@').is_some_and(|handle| {
                let handle = handle.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_');
                self.names.iter().any(|name| name.eq_ignore_ascii_case(handle))
            })
        };
        let words = text.split(' ').map(|word| if is_mention(word) { "@…" } else { word });
        let without = words.collect::<Vec<_>>().join(" ");
        (without != text).then_some(without)
    }

    fn is_named(&self, name: &str) -> bool {
        !name.is_empty() && self.names.iter().any(|known| known == name)
    }

    fn replace(&self, user: &mut Option<UserId>) -> bool {
        if *user != Some(self.user) {
            return false;
        }
        *user = Some(self.anonymous);
        true
    }

    fn leave(&self, battle: &mut Battle) -> bool {
        let mut found = false;
        for side in battle.sides.iter_mut().filter(|side| side.host == self.user) {
            side.host = self.anonymous;
            side.display_id = Text::default();
            side.nickname = Text::default();
            found = true;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Viewer;

    fn erasure() -> Erasure {
        let names = vec!["ana_99".to_owned(), "Ana".to_owned()];
        Erasure { user: UserId(5), anonymous: UserId(-77), names }
    }

    fn said(user: i64, text: &str) -> LiveEvent {
        let user = Viewer { id: UserId(user), display_id: "ana_99".into(), ..Viewer::default() };
        LiveEvent { created_at: None, user: Some(user), what: What::Comment { text: text.into() } }
    }

    #[test]
    fn who_is_erased_keeps_neither_name_nor_words() {
        let mut event = said(5, "I live in Solo");
        assert!(erasure().apply(&mut event));
        let viewer = event.user.as_ref().expect("still somebody");
        assert_eq!((viewer.id, viewer.display_id.is_empty()), (UserId(-77), true));
        assert_eq!(event.what, What::Comment { text: Text::default() });
    }

    #[test]
    fn others_keep_their_words_but_for_the_handle() {
        for (text, left) in [
            ("halo @Ana_99, apa kabar", Some("halo @… apa kabar")),
            ("halo @ana_99", Some("halo @…")),
            ("halo @ana_990", None),
            ("Ana is a common name", None),
        ] {
            let mut event = said(6, text);
            assert_eq!(erasure().apply(&mut event), left.is_some());
            let What::Comment { text: now } = &event.what else { panic!("still a comment") };
            assert_eq!(now.as_str(), left.unwrap_or(text));
            assert_eq!(event.user.expect("the speaker").id, UserId(6));
        }
    }

    #[test]
    fn a_session_without_them_is_left_alone() {
        let mut event = said(6, "halo semua");
        let before = event.clone();
        assert!(!erasure().apply(&mut event));
        assert_eq!(event, before);
    }
}
