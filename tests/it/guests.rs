//! Links for guests with the whole app: what one opens, to whom, and for how long.

use crate::moneyless::{addresses, amounts, faults, get, give, walk};
use crate::served::{Answer, ask};
use crate::studio::{Studio, handle};
use pasut::domain::ids::SessionId;
use pasut::domain::marker::MarkerKind;
use pasut::simulator::RoomHandle;
use pasut::web::routes;
use serde_json::Value;
use std::collections::BTreeSet;

async fn post(studio: &Studio, path: &str, body: &str, headers: &str) -> Answer {
    let address = studio.app().address;
    let length = body.len();
    let form = "Content-Type: application/x-www-form-urlencoded";
    ask(
        address,
        &format!(
            "POST {path} HTTP/1.0\r\nHost: {address}\r\n{form}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        ),
    )
    .await
}

/// As a form of our own page sends it.
async fn send(studio: &Studio, path: &str, body: &str) -> Answer {
    let origin = format!("Origin: http://{}\r\n", studio.app().address);
    post(studio, path, body, &origin).await
}

/// The path of a new link, as People shows it once.
pub async fn link(studio: &Studio, page: &str, more: &str) -> String {
    let answer = send(studio, "/people/links", &format!("page={page}&lasts=hour{more}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let shown = answer.body.split("id=\"made-1\" value=\"").nth(1).expect("the link");
    let shown = shown.split('"').next().expect("its end");
    let path = shown.strip_prefix(&format!("http://{}", studio.app().address));
    path.unwrap_or_else(|| panic!("{shown}")).to_owned()
}

async fn see(studio: &Studio, path: &str) -> Answer {
    get(studio.app().address, path, "en", "").await
}

/// The number of the only link, for its form on People.
async fn only_link(studio: &Studio) -> i64 {
    let tokens = studio.app().store.tokens().await.expect("readable");
    assert_eq!(tokens.len(), 1, "{tokens:?}");
    tokens[0].id
}

/// A creator who is live and was given gifts, with what somebody noted, beside another creator.
async fn busy() -> (Studio, RoomHandle, SessionId) {
    let (studio, room) = Studio::live("mira").await;
    studio.simulator.scripted("budi");
    studio.watch("budi").await;
    give(&room).await;
    let live = studio.until_session("mira", "the gifts", |session| session.totals.gift_units == 8).await;
    studio.until_stored(live.id, |stored| stored.totals.gift_units == 8).await;
    let app = studio.app();
    app.recorder.mark(live.id, None, MarkerKind::Giveaway, "rahasia tim").await.expect("marked");
    app.store.set_session_notes(live.id, "rahasia tim").await.expect("kept");
    (studio, room, live.id)
}

/// Every number that the owner's JSON has under a name of money.
async fn given(studio: &Studio, session: SessionId) -> BTreeSet<i64> {
    let mut given = BTreeSet::new();
    for part in ["", "/series", "/intervals", "/leaderboard", "/events"] {
        let answer = see(studio, &format!("/api/v1/sessions/{session}{part}")).await;
        assert_eq!(answer.status, 200, "{part}: {}", answer.body);
        let json: Value = serde_json::from_str(&answer.body).expect("JSON");
        amounts(&json, false, &mut given);
    }
    assert!([7_919, 104_729].iter().all(|amount| given.contains(amount)), "{given:?}");
    given
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_finds_one_page_with_no_money_on_it_and_no_way_to_another() {
    let (studio, _room, session) = busy().await;
    let given = given(&studio, session).await;
    let live = link(&studio, "live:mira", "").await;
    let review = link(&studio, &format!("session:{session}"), "").await;
    for (page, views) in [
        (
            &live,
            vec![
                "?win=1h",
                "?win=all&on=gifts,shares",
                "?feed=gifts",
                "?creator=budi",
                "?from=00:00&to=23:59",
            ],
        ),
        (
            &review,
            vec![
                "?tab=gifts",
                "?tab=people",
                "?tab=battles",
                "?tab=quality",
                "?tab=notes",
                "?on=likes",
                "?t=1s",
            ],
        ),
    ] {
        for lang in ["en", "id"] {
            let mut known =
                vec![page.clone(), format!("{page}/f/changed?session={session}&from=00:00&to=23:59")];
            known.push(format!("{page}/api/v1/sessions/{session}/series?interval=10s"));
            known.extend(views.iter().map(|view| format!("{page}{view}")));
            if *page == live {
                let parts = ["pulse", "feed?after=0", "leaderboard", "moments"];
                known.extend(parts.map(|part| format!("{page}/f/{part}")));
            }
            let found = walk(studio.app().address, known, lang, "").await;
            assert!(found.len() >= 10, "{:?}", found.keys());
            for (path, answer) in &found {
                assert!(path.starts_with(page.as_str()), "{path}: a way to elsewhere");
                assert!(answer.status < 400, "{path} leads nowhere: {}", answer.head);
                assert_eq!(
                    faults(path, &answer.body.replace(page.as_str(), ""), &given),
                    Vec::<String>::new()
                );
                assert!(!answer.body.contains("rahasia"), "{path}: what somebody noted");
                assert!(!answer.body.contains("@budi"), "{path}: another creator");
                let leads = addresses(&answer.body);
                let away =
                    leads.iter().find(|to| !to.starts_with(page.as_str()) && !to.starts_with("/assets/"));
                assert_eq!(away, None, "{path}");
                for form in answer.body.split(" action=\"").skip(1) {
                    assert!(form.starts_with(page.as_str()), "{path}: {}", &form[..60.min(form.len())]);
                }
            }
            let shown = &found[page].body;
            assert!(shown.contains("<bdi>ana") || *page == review, "the leaderboard is there: {shown}");
            assert!(shown.contains("noindex") && !shown.contains("/f/alerts"), "{shown}");
        }
        let said = see(&studio, page).await;
        assert_eq!(said.header("x-robots-tag"), Some("noindex, nofollow"));
        assert_eq!(said.header("referrer-policy"), Some("no-referrer"));
        assert_eq!((said.header("cache-control"), said.header("set-cookie")), (Some("no-store"), None));
    }
    let people = see(&studio, &format!("{review}?tab=people")).await.body;
    assert!(people.contains("ana") && !people.contains("/leaderboards"), "{people}");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_opens_its_page_and_nothing_else() {
    let (studio, room, session) = busy().await;
    let live = link(&studio, "live:mira", "").await;
    let review = link(&studio, &format!("session:{session}"), "").await;
    room.end().await;
    studio.until("mira", "over", |watch| watch.session.as_ref().is_some_and(|s| s.ended_at.is_some())).await;
    let other = studio.until_session("budi", "live", |_| true).await.id;

    for page in [&live, &review] {
        let dead = [
            format!("{page}/f/changed?session={other}&from=00:00&to=23:59"),
            format!("{page}/f/changed"),
            format!("{page}/api/v1/sessions/{other}/series"),
            format!("{page}/api/v1/sessions/{session}/events"),
            format!("{page}/api/v1/sessions/{session}"),
            format!("{page}/avatars/7"),
            format!("{page}/live"),
            format!("{page}/sessions/{session}"),
            format!("{page}/f/alerts?creator=mira"),
            format!("{page}/f/creators"),
            format!("{page}x"),
            "/s/x".to_owned(),
            "/s/".to_owned(),
        ];
        for path in dead {
            let answer = see(&studio, &path).await;
            assert_eq!(answer.status, 404, "{path}: {}", answer.body);
            assert!(answer.body.contains("This link does not work"), "{path}: {}", answer.body);
        }
    }
    for part in ["pulse", "feed", "leaderboard", "moments"] {
        assert_eq!(see(&studio, &format!("{review}/f/{part}?creator=budi")).await.status, 404, "{part}");
        let shown = see(&studio, &format!("{live}/f/{part}?creator=budi")).await;
        assert!(shown.status < 400 && !shown.body.contains("budi"), "{part}: {}", shown.body);
    }
    let gifter = studio.session("mira").top_gifters[0].total.user;
    for page in [&live, &review] {
        assert_eq!(see(&studio, &format!("{page}/avatars/{gifter}")).await.status, 200);
    }
    // What changes something is not there, whoever asks for it.
    for path in ["/sessions/1/markers", "/logout", "/people/links"] {
        assert_eq!(send(&studio, &format!("{live}{path}"), "kind=other").await.status, 404, "{path}");
    }
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_expired_was_revoked_or_never_was_is_answered_in_the_same_words() {
    let (studio, _room, session) = busy().await;
    let revoked = link(&studio, "live:mira", "").await;
    assert_eq!(see(&studio, &revoked).await.status, 200);
    let id = only_link(&studio).await;
    let answer = send(&studio, &format!("/people/links/{id}/revoke"), "").await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/people#links")));
    let expired = link(&studio, "live:mira", "").await;
    let locked = link(&studio, &format!("session:{session}"), "&pin=4711").await;
    let unwatched = link(&studio, "live:budi", "&lasts=never").await;
    assert_eq!(see(&studio, &unwatched).await.status, 200);
    studio.app().recorder.unwatch(&handle("budi")).await.expect("removed");
    studio.clock.shift_wall(3_600_001);
    let never = format!("/s/{}", "A".repeat(43));
    let first = see(&studio, &never).await;
    let headers = |answer: &Answer| {
        let lines = answer.head.lines().filter(|line| !line.starts_with("date"));
        lines.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    for path in [&revoked, &expired, &locked, &unwatched] {
        let answer = see(&studio, path).await;
        assert_eq!((answer.status, &answer.body), (404, &first.body), "{path}");
        assert_eq!(headers(&answer), headers(&first), "{path}");
        // A page that is open asks for its parts and is loaded anew, which ends its asking.
        let address = studio.app().address;
        let part = format!("GET {path}/f/pulse HTTP/1.0\r\nHost: {address}\r\nHX-Request: true\r\n\r\n");
        let part = ask(address, &part).await;
        assert_eq!((part.status, part.header("hx-refresh")), (404, Some("true")), "{}", part.head);
    }
    let said = get(studio.app().address, &never, "id", "").await.body;
    assert!(said.contains("Tautan ini tidak berfungsi") && !said.contains("hx-get"), "{said}");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_with_a_pin_opens_to_whoever_knows_it_in_this_browser_alone() {
    let (studio, _room, session) = busy().await;
    let live = link(&studio, "live:mira", "&pin=12+34").await;
    let asks = |answer: &Answer| {
        assert!(answer.body.contains("This link has a PIN"), "{}", answer.body);
        assert!(!answer.body.contains("@mira") && !answer.body.contains("<bdi>ana"), "{}", answer.body);
    };
    for entry in
        routes::table().into_iter().filter(|entry| entry.path.starts_with("/s/") && entry.method == "GET")
    {
        let path = entry
            .path
            .replace("/s/{token}", &live)
            .replace("{id}", &session.to_string())
            .replace("{user}", "1");
        let answer = see(&studio, &path).await;
        assert_eq!(answer.status, 401, "{path}");
        asks(&answer);
    }
    asks(&see(&studio, &format!("{live}/live")).await);

    let pin = format!("{live}/pin");
    for origin in ["", "Origin: http://evil.example\r\n", "Origin: null\r\n"] {
        let answer = post(&studio, &pin, "pin=1234", origin).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (403, None), "{origin}");
    }
    let wrong = send(&studio, &pin, "pin=1235").await;
    assert_eq!((wrong.status, wrong.header("set-cookie")), (401, None));
    assert!(wrong.body.contains("not the PIN") && wrong.body.contains("aria-describedby=\"problem\""));
    let right = send(&studio, &pin, "pin=1234").await;
    assert_eq!((right.status, right.header("location")), (303, Some(live.as_str())));
    let set = right.header("set-cookie").expect("a cookie").to_owned();
    assert!(set.contains(&format!("; Path={live};")) && set.contains("; HttpOnly; SameSite=Strict"), "{set}");
    let cookie = set.split(';').next().expect("a pair");
    let address = studio.app().address;
    assert!(get(address, &live, "en", cookie).await.body.contains("ana"));
    assert_eq!(get(address, &format!("{live}/f/leaderboard"), "en", cookie).await.status, 200);
    let other = link(&studio, "live:mira", "&pin=1234").await;
    asks(&get(address, &other, "en", cookie).await);

    // Guessing is slowed down, however often somebody types the right one between.
    let slowed = async {
        for _ in 0..12 {
            let answer = send(&studio, &pin, "pin=0000").await;
            if answer.status == 429 {
                return answer.header("retry-after").is_some() && answer.body.contains("Wait");
            }
            send(&studio, &pin, "pin=1234").await;
        }
        false
    };
    assert!(slowed.await);
    assert!(get(address, &live, "en", cookie).await.body.contains("ana"), "who is in stays in");
    let log = see(&studio, "/people").await.body;
    assert!(log.contains("wrong PIN from"), "{log}");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn language_and_theme_are_the_guests_own() {
    let (studio, _room, _) = busy().await;
    let live = link(&studio, "live:mira", "").await;
    let address = studio.app().address;
    let asked = format!("GET {live} HTTP/1.0\r\nHost: {address}\r\nAccept-Language: id\r\n\r\n");
    assert!(ask(address, &asked).await.body.contains("<html lang=\"id\""), "as the browser says");
    let display = format!("{live}/settings/display");
    let chosen = send(&studio, &display, &format!("back={live}%3Fwin%3D1h&lang=id")).await;
    assert_eq!((chosen.status, chosen.header("location")), (303, Some(format!("{live}?win=1h").as_str())));
    assert!(
        chosen.header("set-cookie").is_some_and(|set| set.starts_with("pasut_lang=id")),
        "{}",
        chosen.head
    );
    assert_eq!(post(&studio, &display, "theme=dark", "").await.status, 403, "only from our own page");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_makes_sees_and_revokes_links_on_people() {
    let (studio, _room, session) = busy().await;
    for (page, form) in [
        ("/live?creator=mira", "live:mira".to_owned()),
        (&format!("/sessions/{session}"), format!("session:{session}")),
    ] {
        let shown = see(&studio, page).await.body;
        assert!(shown.contains(&format!("href=\"/people?page={form}#links\"")), "{page}: {shown}");
        let people = see(&studio, &format!("/people?page={form}")).await.body;
        assert!(people.contains(&format!("value=\"{form}\" selected")), "{people}");
    }
    for (fields, says) in [
        ("page=live:nobody&lasts=hour", "Choose a page"),
        ("page=session:99&lasts=hour", "Choose a page"),
        ("page=live:mira&lasts=hour&pin=123", "4 to 12 digits and nothing else"),
        ("page=live:mira&lasts=hour&pin=12345a", "4 to 12 digits and nothing else"),
        ("page=live:mira&lasts=century", "could not be understood"),
    ] {
        let answer = send(&studio, "/people/links", fields).await;
        assert_eq!(answer.status, 400, "{fields}");
        assert!(answer.body.contains(says), "{fields}: {}", answer.body);
    }
    assert_eq!(studio.app().store.tokens().await, Ok(Vec::new()));

    let made = send(&studio, "/people/links", "page=live:mira&lasts=day&pin=4711").await.body;
    assert!(made.contains("only this computer can open it"), "{made}");
    assert!(made.contains("data-copy=\"made-1\""), "{made}");
    let people = see(&studio, "/people").await.body;
    assert!(people.contains("Live page of @mira") && people.contains("with PIN"), "{people}");
    assert!(!people.contains("/s/"), "it is shown once");
    let kept = &studio.app().store.tokens().await.expect("readable")[0];
    assert!(kept.pin.as_ref().is_some_and(|pin| pin.starts_with("$argon2id$")), "{:?}", kept.pin);
    assert_eq!(kept.expires_at, Some(kept.created_at + 86_400_000));
    let id = kept.id;
    send(&studio, &format!("/people/links/{id}/revoke"), "").await;
    let people = see(&studio, "/people").await.body;
    assert!(
        people.contains("There are no guest links.") && people.contains("revoked link or token"),
        "{people}"
    );
    studio.close().await;
}
