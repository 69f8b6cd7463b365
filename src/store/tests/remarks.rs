//! What the user keeps with a session.

use super::*;
use crate::domain::remark::{Remarks, TikTokFigures};

async fn kept(store: &Store, session: SessionId) -> Remarks {
    store.remarks(session).await.expect("readable").expect("a session")
}

#[tokio::test]
async fn the_last_change_of_notes_can_be_taken_back_and_made_again() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    store.undo_session_notes(session).await.expect("nothing to take back");
    assert_eq!(kept(&store, session).await, Remarks::default());
    for notes in ["tried a new game", "", ""] {
        assert_eq!(store.set_session_notes(session, notes).await, Ok(true));
    }
    let emptied = kept(&store, session).await;
    assert_eq!((emptied.notes.as_str(), emptied.earlier_notes.as_deref()), ("", Some("tried a new game")));
    store.undo_session_notes(session).await.expect("taken back");
    assert_eq!(kept(&store, session).await.notes, "tried a new game");
    store.undo_session_notes(session).await.expect("made again");
    assert_eq!(kept(&store, session).await.notes, "");
    assert_eq!(store.set_session_notes(SessionId(99), "no").await, Ok(false));
}

#[tokio::test]
async fn tags_are_replaced_and_counted_over_sessions() {
    let (_folder, store) = new_store();
    let (one, two) = (
        store.begin_session(&start(1)).await.expect("a session"),
        store.begin_session(&start(2)).await.expect("a session"),
    );
    store.set_session_tags(one, &Tag::list("pk, late")).await.expect("written");
    store.set_session_tags(one, &Tag::list("pk")).await.expect("written");
    store.set_session_tags(two, &Tag::list("pk, giveaway")).await.expect("written");
    assert_eq!(kept(&store, one).await.tags, Tag::list("pk"));
    let all = store.session_tags().await.expect("readable");
    let all: Vec<_> = all.iter().map(|(tag, sessions)| (tag.as_str(), *sessions)).collect();
    assert_eq!(all, [("pk", 2), ("giveaway", 1)]);
    assert_eq!(store.set_session_tags(SessionId(99), &[]).await, Ok(false));
}

#[tokio::test]
async fn what_tiktok_said_is_kept_and_a_question_can_be_ticked_off() {
    let (_folder, store) = new_store();
    let session = store.begin_session(&start(1)).await.expect("a session");
    let figures = TikTokFigures { diamonds: Some(4_200), likes: None, viewers_total: Some(0) };
    store.set_tiktok_figures(session, figures).await.expect("written");
    assert_eq!(kept(&store, session).await.tiktok, figures);

    let mut asked = comment(1);
    asked.event.what = What::Question { text: "kapan PK?".into() };
    store.append(Batch { session, events: vec![asked], ..Batch::default() }).await.expect("written");
    assert_eq!(store.set_answered(session, 1, true).await, Ok(true));
    assert!(store.questions(session).await.expect("readable")[0].answered);
    assert_eq!(store.set_answered(session, 1, false).await, Ok(true));
    assert!(!store.questions(session).await.expect("readable")[0].answered);
    assert_eq!(store.set_answered(session, 2, true).await, Ok(false));
}
