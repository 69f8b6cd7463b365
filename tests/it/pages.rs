//! Pages as a browser asks for them.

use crate::api::recorded;
use crate::served::Served;
use pasut::domain::ids::RoomId;
use pasut::domain::session::SessionStart;
use std::collections::BTreeSet;

/// What follows `name="` in a page, up to the next quote.
fn attributes<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let start = format!(" {name}=\"");
    page.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

async fn watch(served: &Served, username: &str) {
    let answer = served.change("POST", "/api/v1/creators", &format!(r#"{{"username": "{username}"}}"#)).await;
    assert!((200..300).contains(&answer.status), "{}", answer.body);
}

#[tokio::test]
async fn everything_that_a_page_links_to_is_there() {
    let served = Served::start().await;
    let id = recorded(&served.store).await;
    watch(&served, "mira").await;
    watch(&served, "budi").await;
    let mut seen = BTreeSet::new();
    let mut next = vec!["/live".to_owned(), "/welcome?step=2".to_owned(), format!("/sessions/{id}")];
    while let Some(path) = next.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answer = served.get(&path).await;
        assert!(matches!(answer.status, 200 | 204 | 303), "{path}: {} {}", answer.status, answer.body);
        let is_file = answer.header("content-disposition").is_some();
        if is_file || !answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            continue;
        }
        for name in ["href", "src", "hx-get"] {
            let links = attributes(&answer.body, name)
                .into_iter()
                .map(|link| link.replace("&amp;", "&").replace("&#38;", "&"));
            next.extend(
                links
                    .filter_map(|link| Some(link.split('#').next()?.to_owned()))
                    .filter(|link| link.starts_with('/')),
            );
        }
        for action in attributes(&answer.body, "action") {
            // Asked without a reason to change anything, a form's address answers 403 and not 404.
            let answer = served.change_with("POST", action, "", "").await;
            assert_eq!(answer.status, 403, "{action} on {path}");
            let answer = served.change_with("GET", action, "", "").await;
            assert!(matches!(answer.status, 200 | 405), "{action} on {path}: {}", answer.status);
        }
        for forbidden in ["<style", " style=", " onclick=", "<script>", "=\"https://"] {
            assert!(!answer.body.contains(forbidden), "{forbidden} on {path}");
        }
    }
    assert!(seen.len() > 25, "{seen:?}");
}

#[tokio::test]
async fn the_first_run_leads_from_the_language_to_the_live_page() {
    let served = Served::start().await;
    assert_eq!(served.get("/").await.header("location"), Some("/welcome"));
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let chosen = served.change_with("POST", "/welcome/language", form, "lang=id&zone=Asia%2FMakassar").await;
    assert_eq!((chosen.status, chosen.header("location")), (303, Some("/welcome?step=2")));
    let cookies: Vec<_> = chosen.head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")).collect();
    assert!(cookies.iter().any(|cookie| cookie.starts_with("pasut_lang=id;")), "{cookies:?}");
    assert!(cookies.iter().any(|cookie| cookie.starts_with("pasut_zone=Asia/Makassar;")), "{cookies:?}");

    let as_chosen = format!("{form}Cookie: pasut_lang=id; pasut_zone=Asia/Makassar\r\n");
    let mistyped = served.change_with("POST", "/welcome/creator", &as_chosen, "username=%3Cb%3E").await;
    assert_eq!(mistyped.status, 400);
    assert!(
        mistyped.body.contains("lang=\"id\"") && mistyped.body.contains("&#60;b&#62;"),
        "{}",
        mistyped.body
    );
    let watched = served.change_with("POST", "/welcome/creator", &as_chosen, "username=%40Mira").await;
    assert_eq!((watched.status, watched.header("location")), (303, Some("/welcome?creator=mira")));
    assert_eq!(served.get("/").await.header("location"), Some("/live"));
    let live = served.get("/live").await;
    assert!(
        live.body.contains("data-zone=\"Asia/Makassar\""),
        "the creator's zone is the one chosen: {}",
        live.body
    );
}

#[tokio::test]
async fn what_is_chosen_for_the_look_is_kept_and_the_reader_stays_on_the_page() {
    let served = Served::start().await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    for (body, back, cookie) in [
        ("theme=dark&back=%2Fsessions%3Fpage%3D2", "/sessions?page=2", Some("pasut_theme=dark;")),
        ("lang=id&back=%2F%2Fevil.example", "/", Some("pasut_lang=id;")),
        ("lang=xx&back=https%3A%2F%2Fevil.example", "/", None),
        ("zone=Nowhere%0D%0ASet-Cookie%3A+a%3Db&back=%2F%5Cevil.example", "/", None),
    ] {
        let answer = served.change_with("POST", "/settings/display", form, body).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some(back)), "{body}");
        assert_eq!(
            answer.header("set-cookie").map(|kept| kept.split_inclusive(';').next().expect("a pair")),
            cookie,
            "{body}"
        );
    }
    let dark = served.get_with("/welcome", "Cookie: pasut_theme=dark; pasut_lang=id\r\n").await;
    assert!(dark.body.contains("<html lang=\"id\" data-theme=\"dark\""), "{}", dark.body);
}

#[tokio::test]
async fn moments_are_marked_and_unmarked_with_plain_forms() {
    let served = Served::start().await;
    let past = recorded(&served.store).await;
    let start = served.store.session(past).await.expect("readable").expect("stored").start;
    let start = SessionStart { room: RoomId(8), ..start };
    let id = served.store.begin_session(&start).await.expect("begun");
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let path = format!("/sessions/{id}/markers");
    for (path, body, status) in [
        (path.clone(), "kind=party", 400),
        (path.clone(), "note=x", 400),
        (format!("/sessions/{past}/markers"), "kind=pk", 400),
        ("/sessions/77/markers".to_owned(), "kind=pk", 404),
        (format!("{path}/x/remove"), "", 404),
    ] {
        let refused = served.change_with("POST", &path, form, body).await;
        assert_eq!(refused.status, status, "{path} {body}: {}", refused.body);
    }
    let marked = served.change_with("POST", &path, form, "kind=new_game&note=%3Cb%3E&ago=4000").await;
    assert_eq!((marked.status, marked.header("location")), (303, Some("/live?creator=mira")));
    let marker = served.store.markers(id).await.expect("readable").pop().expect("marked");
    let page = served.get(&format!("/sessions/{id}")).await.body;
    assert!(page.contains("New game") && page.contains("&#60;b&#62;"), "{page}");

    let remove = format!("{path}/{}/remove", marker.id);
    assert!(page.contains(&format!("action=\"{remove}\"")), "{page}");
    let back = format!("back=%2Fsessions%2F{id}");
    let removed = served.change_with("POST", &remove, form, &back).await;
    assert_eq!(removed.header("location"), Some(format!("/sessions/{id}").as_str()));
    assert!(!served.get(&format!("/sessions/{id}")).await.body.contains("data-kind=\"marker\""));
}

#[tokio::test]
async fn a_question_about_times_that_are_not_in_the_session_says_so() {
    let served = Served::start().await;
    let id = recorded(&served.store).await;
    for times in ["from=18:02&to=18:02", "from=03:00&to=04:00", "from=%3Cb%3E&to=", ""] {
        let answer = served.get(&format!("/f/changed?session={id}&{times}")).await;
        assert_eq!(answer.status, 200, "{times}: {}", answer.body);
        assert!(answer.body.contains("Type two different times of this session"), "{times}: {}", answer.body);
    }
    assert_eq!(served.get("/f/changed?session=77&from=18:00&to=18:02").await.status, 404);
    let page = served.get(&format!("/sessions/{id}?from=18%3A02&to=18%3A02%22%3E")).await;
    assert!(page.body.contains("value=\"18:02&#34;&#62;\""), "what was typed stands there: {}", page.body);
}

#[tokio::test]
async fn a_page_that_is_not_there_says_so_in_the_reader_s_language() {
    let served = Served::start().await;
    for (language, path, status) in
        [("id", "/nothing", 404), ("en", "/sessions/99", 404), ("id", "/assets/x.js", 404)]
    {
        let answer = served.get_with(path, &format!("Accept-Language: {language}\r\n")).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.body.contains(&format!("lang=\"{language}\"")), "{path}: {}", answer.body);
    }
    let refused = served.raw("GET /live HTTP/1.0\r\nHost: evil.example\r\n\r\n").await;
    assert_eq!((refused.status, refused.header("content-type")), (403, Some("text/html; charset=utf-8")));
}

#[tokio::test]
async fn an_unchanged_fragment_is_not_sent_again() {
    let served = Served::start().await;
    watch(&served, "mira").await;
    // Nobody answers Pasut here, and once it knows, nothing changes any more.
    served.eventually("/api/v1/creators", "no_internet").await;
    let first = served.get("/f/feed?creator=mira").await;
    assert_eq!(first.header("hx-refresh"), Some("true"), "there is no session to show");
    let list = served.get("/f/creators").await;
    let again = served
        .get_with("/f/creators", &format!("If-None-Match: {}\r\n", list.header("etag").expect("a tag")))
        .await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    let another_session = served.get("/f/pulse?creator=mira&session=77").await;
    assert_eq!(
        another_session.header("hx-refresh"),
        Some("true"),
        "the page shows a session that is no more"
    );
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_sent_compressed() {
    let served = Served::start().await;
    let page = served.get("/welcome").await;
    let sheet = attributes(&page.body, "href")
        .into_iter()
        .find(|link| link.contains(".css"))
        .expect("a sheet")
        .to_owned();
    let plain = served.get(&sheet).await;
    assert_eq!(plain.header("content-type"), Some("text/css; charset=utf-8"));
    assert!(plain.header("cache-control").is_some_and(|value| value.contains("immutable")));
    let gzip = served.get_with(&sheet, "Accept-Encoding: gzip\r\n").await;
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert!(gzip.body.len() < plain.body.len());
}

#[tokio::test]
async fn the_connection_is_changed_where_it_can_be_and_secrets_do_not_come_back() {
    let served = Served::start().await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let save = "/settings/connection";
    let body = "route=signed&sign_key=k-hunter2&proxy=&cookie=sessionid%3Dhunter2";
    let saved = served.change_with("POST", save, form, body).await;
    assert_eq!((saved.status, saved.header("location")), (303, Some("/settings/connection?saved=1")));
    let page = served.get(save).await;
    assert!(
        page.body.contains("value=\"signed\" checked") && !page.body.contains("hunter2"),
        "{}",
        page.body
    );

    let faulty = served.change_with("POST", save, form, "route=auto&proxy=nonsense&sign_key_remove=1").await;
    assert_eq!(faulty.status, 400);
    assert!(faulty.body.contains("not a proxy address"), "{}", faulty.body);
    assert!(faulty.body.contains("value=\"auto\" checked"), "what can be used is saved");
    assert!(
        !faulty.body.contains("sign_key_remove") && faulty.body.contains("cookie_remove"),
        "one secret is left"
    );

    let tested = served.change_with("POST", "/settings/connection/test", form, "username=mira").await;
    assert_eq!(tested.status, 200);
    assert!(tested.body.contains("data-outcome=\"failed\""), "nobody answers here: {}", tested.body);
}

#[tokio::test]
async fn a_person_without_a_picture_has_one_that_shows_nothing() {
    let served = Served::start().await;
    let picture = served.get("/avatars/7").await;
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/svg+xml")));
    assert!(picture.body.starts_with("<svg ") && picture.body.ends_with("/>"), "{}", picture.body);
    assert_eq!(picture.header("cache-control"), Some("private, max-age=300"), "one may come soon");
}
