//! One person through renames, and out of everything when they ask for it.

use crate::recounts::{recorded, recount_of};
use crate::served::ask;
use crate::studio::{Studio, handle};
use pasut::domain::alert::{Alert, Channels, Given, Occasion, Somebody, What as Told};
use pasut::domain::event::{Accounted, What};
use pasut::domain::ids::{GiftId, SessionId, UserId};
use pasut::domain::remark::Tag;
use pasut::domain::session::Session;
use pasut::domain::time::Stamp;
use pasut::simulator::{Person, ROSE, RoomHandle};
use pasut::store::alerts::Source;
use pasut::store::erasure::Erased;
use pasut::store::webhooks::{Access, Form, WebhookPlan};
use pasut::store::{Opening, Store, people};
use std::path::Path;
use std::time::Duration;

/// Everything that is written in a folder.
fn bytes_in(folder: &Path) -> Vec<u8> {
    let files = folder.read_dir().expect("readable").map(|file| file.expect("readable").path());
    files.filter(|file| file.is_file()).flat_map(|file| std::fs::read(file).expect("readable")).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

async fn events(store: &Store, session: SessionId) -> Vec<Accounted> {
    let mut all: Vec<Accounted> = Vec::new();
    loop {
        let after = all.last().map_or(0, |event| event.number);
        let more = store.events(session, after, &[]).await.expect("readable");
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

fn words_of(events: &[Accounted], user: UserId) -> Vec<String> {
    let by_user = events.iter().filter(|event| event.event.user.as_ref().is_some_and(|by| by.id == user));
    by_user
        .filter_map(|event| match &event.event.what {
            What::Comment { text } | What::Question { text } => Some(text.as_str().into_owned()),
            _ => None,
        })
        .filter(|text| !text.is_empty())
        .collect()
}

#[tokio::test]
async fn whoever_is_erased_leaves_no_trace_and_every_total_stays() {
    for name in ["small", "streaks"] {
        let (folder, store, session) = recorded(name).await;
        let before = store.gifters(session.id, 1000).await.expect("readable");
        let told = events(&store, session.id).await;
        let gone = before
            .iter()
            .max_by_key(|gifter| words_of(&told, gifter.total.user).len())
            .expect("somebody gave")
            .clone();
        let user = gone.total.user;
        let (id, words) = (user.to_string(), words_of(&told, user));
        store.note_person(user, "likes skins", &Tag::list("vip")).await.expect("kept");
        assert!(holds(&bytes_in(folder.path()), &id), "the search finds what is there");

        let erasure = store.request_erasure(user, UserId(-7)).await.expect("asked").expect("somebody");
        assert_eq!(store.erase(&erasure).await, Ok(Erased::Everywhere));
        assert_eq!(store.erasures().await, Ok(Vec::new()));

        let left = store.session(session.id).await.expect("readable").expect("stored");
        assert_eq!(left.totals, session.totals, "{name}");
        assert_eq!(recount_of(&store, &left).await.differences(), Vec::<String>::new(), "{name}");
        let after = store.gifters(session.id, 1000).await.expect("readable");
        let sums = |gifters: &[pasut::store::boards::Gifter]| {
            gifters.iter().map(|gifter| (gifter.total.diamonds, gifter.total.units)).collect::<Vec<_>>()
        };
        assert_eq!(sums(&after).len(), sums(&before).len());
        let anonymous = after.iter().find(|gifter| gifter.total.user == UserId(-7)).expect("in their place");
        assert_eq!(anonymous.total.diamonds, gone.total.diamonds);
        assert_eq!((anonymous.display_id.as_str(), anonymous.nickname.as_str()), ("", ""));

        let kept = events(&store, session.id).await;
        assert_eq!(kept.len(), told.len());
        assert!(words_of(&kept, UserId(-7)).is_empty());
        assert!(!format!("{kept:?}").contains(&id));
        assert!(store.people(&[user]).await.expect("readable").is_empty());
        assert_eq!(store.person_note(user).await, Ok(String::new()));
        let bytes = bytes_in(folder.path());
        for text in [&id, &gone.display_id, "likes skins"]
            .into_iter()
            .map(AsRef::as_ref)
            .chain(words.iter().map(String::as_str).filter(|text| text.len() > 12))
        {
            let text: &str = text;
            assert!(!holds(&bytes, text), "{name} still holds {text}");
        }
        assert_eq!(store.integrity_errors().await, Ok(Vec::new()));
    }
}

#[tokio::test]
async fn whoever_is_erased_is_gone_from_what_was_told_and_from_what_is_still_to_be_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
    let plan = WebhookPlan { host: "h".into(), form: Form::Json, private: false, lang: "en".into() };
    let access = Access { url: "https://h/".into(), secret: "whsec_".into() };
    store.add_webhook(plan, access).await.expect("added");
    let given =
        || Given { gift: GiftId(5), name: "Galaxy".into(), units: 1, diamonds: 1_000, estimated: false };
    let tell = |user: i64, name: &str, rule: &str, what: Told| {
        let who = Somebody { user: UserId(user), display_id: name.into(), nickname: name.to_uppercase() };
        let key = format!("{rule}:{user}");
        let occasion = Occasion { key: key.clone(), at: Stamp(1), who: Some(who), what };
        store.add_alert(Source { creator: handle("mira"), session: None }, occasion, key, Channels::Both)
    };
    let (ana, ben) = ((7_316_005, "anastasia"), (7_316_006, "benjamin"));
    for (user, name) in [ana, ben] {
        tell(user, name, "gift", Told::Gift(given())).await.expect("kept").expect("new");
        tell(user, name, "first", Told::FirstGift(given())).await.expect("kept").expect("new");
        tell(user, name, "fan", Told::TopFan { rank: 1 }).await.expect("kept").expect("new");
    }
    assert!(holds(&bytes_in(folder.path()), ana.1), "the search finds what is there");

    let person = people::Person {
        id: UserId(ana.0),
        display_id: ana.1.to_owned(),
        nickname: ana.1.to_uppercase(),
        avatar_url: String::new(),
        first_seen: Stamp(1),
        last_seen: Stamp(1),
    };
    let erasure = store.request_erasure_of(person, UserId(-7)).await.expect("asked").expect("somebody");
    let told = store.latest_alerts(&handle("mira"), 50).await.expect("readable");
    let about = |alert: &Alert| alert.who.as_ref().is_some_and(|who| who.user.0 == ben.0);
    assert!(told.len() == 3 && told.iter().all(about), "at once: {told:?}");
    let deliveries = store.deliveries().await.expect("readable");
    assert!(deliveries.len() == 3 && deliveries.iter().all(|delivery| about(&delivery.alert)));
    let late = tell(ana.0, ana.1, "late", Told::FirstGift(given())).await;
    assert_eq!(late, Ok(None), "a LIVE that runs on tells nothing of them");

    assert_eq!(store.erase(&erasure).await, Ok(Erased::Everywhere));
    let bytes = bytes_in(folder.path());
    for text in [ana.0.to_string().as_str(), ana.1, &ana.1.to_uppercase()] {
        assert!(!holds(&bytes, text), "still holds {text}");
    }
    assert!(holds(&bytes, ben.1));
}

async fn comments_as(room: &RoomHandle, person: &Person, text: &str) {
    room.tell(|pen, now_ms| pen.comment(now_ms, person, text)).await;
}

async fn until_stored(studio: &Studio, name: &str, wanted: impl Fn(&Session) -> bool) -> Session {
    let id = studio.session(name).id;
    studio.until_stored(id, wanted).await
}

fn address(studio: &Studio) -> std::net::SocketAddr {
    studio.app().address
}

async fn page(studio: &Studio, path: &str) -> String {
    let port = address(studio).port();
    let request = format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    ask(address(studio), &request).await.body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_who_takes_another_name_stays_one_person_and_is_found_by_both() {
    let (studio, room) = Studio::live("mira").await;
    room.gift("ana", None, ROSE, 7, 3, true).await;
    until_stored(&studio, "mira", |stored| stored.totals.gift_units == 3).await;
    let ana = Person::named("ana");
    let renamed =
        Person { display_id: "anastasia.new".to_owned(), nickname: "Anastasia".to_owned(), ..ana.clone() };
    comments_as(&room, &renamed, "halo lagi").await;
    until_stored(&studio, "mira", |stored| stored.totals.comments == 1).await;
    for (search, found) in [("anastasia.new", true), ("ana", true), ("%40ana", true), ("nobody", false)] {
        let page = page(&studio, &format!("/leaderboards?scope=session&q={search}")).await;
        let row = format!("id=\"g-{}\"", ana.id);
        assert_eq!(page.matches(&row).count(), usize::from(found), "{search}");
        assert_eq!(page.contains("@anastasia.new"), found, "the name is the newest");
    }
    let panel = page(&studio, &format!("/leaderboards?scope=session&who={}", ana.id)).await;
    assert!(panel.contains("Earlier names"), "{panel}");
    assert!(panel.contains(&format!("{} @ana", ana.nickname)), "the earlier name is kept");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_to_be_erased_is_hidden_at_once_and_erased_when_the_live_is_over() {
    let (studio, room) = Studio::live("mira").await;
    room.gift("ana", None, ROSE, 7, 3, true).await;
    room.gift("ben", None, ROSE, 8, 1, true).await;
    room.comment("ana", "aku tinggal di Solo").await;
    let stored = until_stored(&studio, "mira", |stored| stored.totals.comments == 1).await;
    let ana = Person::named("ana");
    let post = |typed: &str| {
        let (port, body) = (address(&studio).port(), format!("typed={typed}"));
        let head = format!(
            "POST /people/{}/erase HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            ana.id,
            body.len()
        );
        let address = address(&studio);
        async move { ask(address, &head).await }
    };
    let picture = studio.folder().join("avatars").join(ana.id.to_string());
    page(&studio, &format!("/avatars/{}", ana.id)).await;
    assert!(picture.exists(), "the picture is kept");
    assert_eq!(post("ben").await.status, 400, "the name must be theirs");
    assert_eq!(studio.app().store.erasures().await, Ok(Vec::new()));
    assert_eq!(post("%40ANA").await.status, 303);
    let live = page(&studio, "/live").await;
    assert!(!live.contains("@ana") && !live.contains("Solo"), "{live}");
    room.comment("ana", "masih di Solo").await;
    until_stored(&studio, "mira", |stored| stored.totals.comments == 2).await;
    assert!(!page(&studio, "/live").await.contains("Solo"));

    studio.app().recorder.stop_watching(&handle("mira")).await.expect("stopped");
    studio.until_stored(stored.id, |stored| stored.ended_at.is_some()).await;
    let store = &studio.app().store;
    let waited = tokio::time::timeout(Duration::from_secs(30), async {
        while !store.erasures().await.expect("readable").is_empty() {
            tokio::task::yield_now().await;
        }
        // The file is written anew last.
        while holds(&bytes_in(studio.folder()), &ana.id.to_string()) {
            tokio::task::yield_now().await;
        }
    });
    waited.await.expect("erased soon after the end");
    assert!(!picture.exists());
    let gifters = store.gifters(stored.id, 10).await.expect("readable");
    assert_eq!(gifters.iter().map(|gifter| gifter.total.units).collect::<Vec<_>>(), [3, 1]);
    assert!(gifters[0].total.user.0 < 0);
    let told = format!("{:?}", events(store, stored.id).await);
    assert!(!told.contains("Solo") && !told.contains(&ana.id.to_string()));
    studio.close().await;
}
