//! Closed from the first route. Each test fails without the defence it names.

use crate::served::{Answer, Served};
use pasut::domain::access::{AccountName, Opens, Role, SharedPage, Widget};
use pasut::domain::handle::Handle;
use pasut::domain::ids::SessionId;
use pasut::store::tokens::NewToken;
use pasut::web::access::arrival::Rules;
use pasut::web::access::may::May;
use pasut::web::access::password::{Password, Passwords};
use pasut::web::access::secret::Secret;
use pasut::web::routes;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const PASSWORD: &str = "correct horse";

/// A server that somebody owns, with a moderator, and open to this computer only by login.
async fn owned() -> Served {
    let served = Served::with_rules("127.0.0.1:0", rules()).await;
    let hash = Passwords::default().hash(&Password::choose(PASSWORD).expect("long enough")).await;
    let hash = hash.expect("room");
    for (name, role) in [("mira", Role::Owner), ("budi", Role::Moderator)] {
        let name = AccountName::parse(name).expect("valid");
        served.store.add_account(&name, role, &hash, crate::served::NOW).await.expect("written");
    }
    served
}

fn rules() -> Rules {
    Rules {
        hosts: vec!["pasut.example".to_owned()],
        trusted_proxies: vec!["127.0.0.7".parse().expect("one")],
    }
}

/// As another computer is: not this one's by the name it asks for.
fn from_elsewhere(method: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.0\r\nHost: pasut.example\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}

const ORIGIN: &str = "Origin: http://pasut.example\r\n";
const FORM: &str = "Origin: http://pasut.example\r\nContent-Type: application/x-www-form-urlencoded\r\n";

async fn log_in(served: &Served, name: &str, headers: &str) -> Answer {
    let body = format!("name={name}&password=correct+horse&next=%2Fmore");
    served.raw(&from_elsewhere("POST", "/login", &format!("{FORM}{headers}"), &body)).await
}

/// The header with which somebody goes on being logged in.
async fn cookie(served: &Served, name: &str) -> String {
    let answer = log_in(served, name, "").await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/more")), "{}", answer.head);
    let cookie = answer.header("set-cookie").expect("a cookie").split(';').next().expect("a pair");
    format!("Cookie: {cookie}\r\n")
}

async fn token(served: &Served, opens: Opens) -> (i64, String) {
    let secret = Secret::random();
    let new = NewToken { hash: secret.hash(), opens, label: String::new(), expires_at: None, pin: None };
    let id = served.store.add_token(new, crate::served::NOW).await.expect("written").expect("room");
    (id, secret.reveal())
}

async fn get(served: &Served, path: &str, headers: &str) -> Answer {
    served.raw(&from_elsewhere("GET", path, headers, "")).await
}

#[tokio::test]
async fn every_route_is_open_to_whom_the_table_says_and_to_nobody_else() {
    let served = owned().await;
    let mira = || Handle::parse("mira").expect("valid");
    let bearer = |secret: &str| format!("Authorization: Bearer {secret}\r\n{ORIGIN}");
    let mut visitors: Vec<(&str, String, Vec<May>)> = vec![
        ("anonymous", ORIGIN.to_owned(), vec![May::Anyone]),
        (
            "moderator",
            format!("{}{ORIGIN}", cookie(&served, "budi").await),
            vec![May::Anyone, May::Moderator, May::Feed],
        ),
        (
            "owner",
            format!("{}{ORIGIN}", cookie(&served, "mira").await),
            vec![May::Anyone, May::Moderator, May::Owner, May::Feed, May::Metrics, May::Push],
        ),
    ];
    for (who, opens, may) in [
        ("a token of a moderator", Opens::Api { role: Role::Moderator }, vec![May::Moderator, May::Feed]),
        (
            "a token of the owner",
            Opens::Api { role: Role::Owner },
            vec![May::Moderator, May::Owner, May::Feed, May::Metrics, May::Push],
        ),
        ("a token for metrics", Opens::Metrics, vec![May::Metrics]),
        ("a token to push", Opens::Push { creator: mira() }, vec![May::Push]),
        ("a token for the feed", Opens::Feed { creator: None, role: Role::Owner }, vec![May::Feed]),
    ] {
        let may = [vec![May::Anyone], may].concat();
        visitors.push((who, bearer(&token(&served, opens).await.1), may));
    }
    for entry in routes::table() {
        for (who, headers, may) in &visitors {
            let in_api = entry.path.starts_with("/api/") || entry.may == May::Anyone;
            let open = may.contains(&entry.may) && (!who.starts_with("a token of") || in_api);
            // What is open is not done, only what is closed is seen to be; reading is both.
            if open && entry.method != "GET" {
                continue;
            }
            let path = path_of(&entry);
            let answer = served.raw(&from_elsewhere(entry.method, &path, headers, "")).await;
            let closed = match answer.status {
                401 => !answer.body.contains("opens nothing"),
                _ => is_closed(&answer),
            };
            assert_eq!(closed, !open, "{who}, {} {path}: {}", entry.method, answer.head);
        }
    }
}

/// An address of a route, with something in each place that is left open.
fn path_of(entry: &routes::Entry) -> String {
    let path = entry.path.replace("{id}", "7").replace("{username}", "mira").replace("{file}", "x");
    path.replace("{widget}", "goal").replace(['{', '}'], "")
}

/// Whether somebody was told that this is not for them.
fn is_closed(answer: &Answer) -> bool {
    match answer.status {
        401 => true,
        403 => answer.body.contains("owner"),
        303 => answer.header("location").is_some_and(|to| to.starts_with("/login")),
        404 => answer.body.contains("This link does not work"),
        _ => false,
    }
}

#[tokio::test]
async fn a_token_of_an_overlay_or_a_shared_page_opens_no_route_but_its_own() {
    let served = owned().await;
    let creator = Handle::parse("mira").expect("valid");
    let overlay = Opens::Overlay { creator, widget: Widget::Goal, money: true };
    let share = Opens::Share { page: SharedPage::Session(SessionId(7)) };
    for (own, opens) in [(May::Overlay, overlay), (May::Share, share)] {
        let (_, secret) = token(&served, opens).await;
        let bearer = format!("Authorization: Bearer {secret}\r\n{ORIGIN}");
        for entry in routes::table() {
            let path = path_of(&entry);
            let what = format!("{own:?}, {} {path}", entry.method);
            let ask = async |path: &str, headers: &str| {
                served.raw(&from_elsewhere(entry.method, path, headers, "")).await
            };
            if path != "/healthz" {
                // Under a link everything that leads nowhere is answered in the same words.
                let status = if path.starts_with("/s/") { 404 } else { 401 };
                assert_eq!(ask(&path, &bearer).await.status, status, "{what}: it is not for a header");
            }
            if entry.may != May::Anyone {
                let answer = ask(&format!("{path}?token={secret}"), ORIGIN).await;
                assert!(is_closed(&answer), "{what}: beside the path: {}", answer.head);
            }
            // What a link for guests opens is seen in `guests.rs`: here is no page for it.
            let opened = entry.may == own && own == May::Share;
            if entry.method == "GET" && entry.path.contains("{token}") && !opened {
                let answer = ask(&path.replace("token", &secret), "").await;
                assert_eq!(is_closed(&answer), entry.may != own, "{what}: in its place: {}", answer.head);
            }
        }
    }
}

#[tokio::test]
async fn no_page_is_shown_in_a_frame_of_another_site() {
    let served = Served::start().await;
    let watched = served.change("POST", "/api/v1/creators", r#"{"username": "mira"}"#).await;
    assert_eq!(watched.status, 201, "{}", watched.body);
    for entry in routes::table().iter().filter(|entry| entry.method == "GET") {
        let answer = served.get(&path_of(entry)).await;
        // The gallery shows widgets in frames of its own.
        let own = entry.path == "/overlay/{widget}";
        let (framed, ancestors) =
            if own { ("SAMEORIGIN", "frame-ancestors 'self'") } else { ("DENY", "frame-ancestors 'none'") };
        assert_eq!(answer.header("x-frame-options"), Some(framed), "{}: {}", entry.path, answer.head);
        let policy = answer.header("content-security-policy").expect("one for all");
        assert!(policy.contains(ancestors), "{}: {policy}", entry.path);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{}", entry.path);
    }
}

#[tokio::test]
async fn the_start_leads_a_moderator_to_a_page_that_is_open_to_them() {
    let served = owned().await;
    let cookie = cookie(&served, "budi").await;
    for (username, start) in [("", "/creators"), ("mira", "/live"), ("raka", "/creators")] {
        if !username.is_empty() {
            let body = format!(r#"{{"username": "{username}"}}"#);
            let watched = served.change("POST", "/api/v1/creators", &body).await;
            assert_eq!(watched.status, 201, "{}", watched.body);
        }
        let led = get(&served, "/", &cookie).await;
        assert_eq!((led.status, led.header("location")), (303, Some(start)), "after {username}");
        assert_eq!(get(&served, start, &cookie).await.status, 200, "{start}");
    }
}

#[tokio::test]
async fn a_token_in_an_address_opens_nothing_but_what_it_was_made_for() {
    let served = owned().await;
    let mira = || Handle::parse("mira").expect("valid");
    let overlay = Opens::Overlay { creator: mira(), widget: Widget::Goal, money: true };
    let share = Opens::Share { page: SharedPage::Session(SessionId(7)) };
    for opens in [overlay, share, Opens::Api { role: Role::Owner }, Opens::Metrics] {
        let (_, secret) = token(&served, opens.clone()).await;
        for path in ["/live", "/api/v1/sessions", "/metrics", "/"] {
            let by_address = get(&served, &format!("{path}?token={secret}"), "").await;
            assert!([303, 401].contains(&by_address.status), "{opens:?} {path}: {}", by_address.head);
            let (Opens::Overlay { .. } | Opens::Share { .. }) = opens else { continue };
            let headers = format!("Authorization: Bearer {secret}\r\n");
            assert_eq!(get(&served, path, &headers).await.status, 401, "{opens:?} {path}");
        }
    }
    let page = get(&served, "/s/nonsense", "").await;
    assert_eq!((page.status, page.header("referrer-policy")), (404, Some("no-referrer")));
}

#[tokio::test]
async fn whoever_is_not_logged_in_is_asked_to_and_comes_back_to_where_they_were() {
    let served = owned().await;
    let answer = get(&served, "/sessions?creator=mira", "").await;
    let to = "/login?next=%2Fsessions%3Fcreator%3Dmira";
    assert_eq!((answer.status, answer.header("location")), (303, Some(to)));
    let answer = get(&served, "/api/v1/sessions", "").await;
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")));
    assert!(answer.problem()["detail"].as_str().expect("text").contains("/login"));
    let part = "HX-Request: true\r\nReferer: http://pasut.example/live?creator=mira\r\n";
    let answer = get(&served, "/f/pulse", part).await;
    assert_eq!(
        (answer.status, answer.header("hx-redirect")),
        (401, Some("/login?next=%2Flive%3Fcreator%3Dmira"))
    );
    let page = get(&served, "/login?next=%2Fsessions", "Accept-Language: id\r\n").await;
    assert!(page.body.contains("autocomplete=\"current-password\"") && page.body.contains("Kata sandi"));
    assert!(page.body.contains("name=\"next\" value=\"/sessions\""), "{}", page.body);
    assert_eq!(get(&served, "/nothing-here", "").await.status, 303, "nor do they learn what there is");
}

#[tokio::test]
async fn a_login_leads_to_our_own_pages_only() {
    let served = owned().await;
    for next in [
        "https://evil.example",
        "//evil.example",
        "/%5Cevil.example",
        "/a%0d%0aSet-Cookie:+x=y",
        "%2F%09%2Fevil",
    ] {
        let body = format!("name=mira&password=correct+horse&next={next}");
        let answer = served.raw(&from_elsewhere("POST", "/login", FORM, &body)).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{next}");
        assert!(!answer.head.contains("x=y"), "{}", answer.head);
    }
}

#[tokio::test]
async fn a_login_makes_a_new_secret_and_ends_what_the_browser_was_before() {
    let served = owned().await;
    let planted = format!("Cookie: pasut_session={}\r\n", Secret::random().reveal());
    let answer = log_in(&served, "mira", &planted).await;
    let set = answer.header("set-cookie").expect("a cookie");
    assert!(set.contains("; HttpOnly; SameSite=Strict") && !set.contains("Secure"), "{set}");
    assert_eq!(get(&served, "/more", &planted).await.status, 303, "the planted secret is worth nothing");

    let first = cookie(&served, "budi").await;
    assert_eq!(get(&served, "/more", &first).await.status, 200);
    log_in(&served, "mira", &first).await;
    assert_eq!(get(&served, "/more", &first).await.status, 303, "the old one ended");

    let second = cookie(&served, "mira").await;
    let more = get(&served, "/more", &second).await.body;
    assert!(more.contains("action=\"/logout\"") && more.contains("mira"), "{more}");
    let out = served.raw(&from_elsewhere("POST", "/logout", &format!("{second}{FORM}"), "")).await;
    assert!(out.header("set-cookie").is_some_and(|set| set.contains("Max-Age=0")), "{}", out.head);
    assert_eq!(get(&served, "/more", &second).await.status, 303);
}

#[tokio::test]
async fn a_cookie_counts_neither_across_sites_nor_for_their_changes() {
    let served = owned().await;
    let cookie = cookie(&served, "mira").await;
    let crossed = get(&served, "/exports", &format!("{cookie}Sec-Fetch-Site: cross-site\r\n")).await;
    assert_eq!(crossed.status, 303);
    for origin in ["", "Origin: http://evil.example\r\n", "Origin: https://pasut.example\r\n"] {
        let headers = format!("{cookie}{origin}Content-Type: application/json\r\n");
        let body = r#"{"username": "mira"}"#;
        let answer = served.raw(&from_elsewhere("POST", "/api/v1/creators", &headers, body)).await;
        assert_eq!(answer.status, 403, "{origin}");
    }
    assert_eq!(served.json("/api/v1/creators").await["creators"], serde_json::json!([]));
}

#[tokio::test]
async fn a_program_with_a_token_needs_no_origin() {
    let served = owned().await;
    let (id, secret) = token(&served, Opens::Api { role: Role::Owner }).await;
    let headers = format!("Authorization: Bearer {secret}\r\nContent-Type: application/json\r\n");
    let body = r#"{"username": "mira"}"#;
    let answer = served.raw(&from_elsewhere("POST", "/api/v1/creators", &headers, body)).await;
    assert!((200..300).contains(&answer.status), "{}", answer.body);
    assert_eq!(get(&served, "/more", &headers).await.status, 403, "it is for the API");
    served.store.revoke_token(id).await.expect("written");
    let answer = get(&served, "/api/v1/creators", &headers).await;
    assert_eq!(answer.status, 401, "revoked, it opens nothing at once");
    let here = served.get_with("/api/v1/creators", &headers).await;
    assert_eq!(here.status, 401, "nor on this computer, which is open without one");
}

#[tokio::test]
async fn passwords_are_not_found_by_trying() {
    let served = owned().await;
    let tried = |name: &str| from_elsewhere("POST", "/login", FORM, &format!("name={name}&password=wrong"));
    let mut bodies = Vec::new();
    for name in ["mira", "nobody", "mira"] {
        let answer = served.raw(&tried(name)).await;
        assert_eq!(answer.status, 401, "{}", answer.head);
        bodies.push(answer.body.replace(&format!("value=\"{name}\""), ""));
    }
    assert!(bodies[0] == bodies[1], "nobody learns who has an account: {}", bodies[1]);
    let answer = served.raw(&tried("mira")).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("1")), "{}", answer.head);
    let right = log_in(&served, "budi", "").await;
    assert_eq!(right.status, 429, "not even the right one is looked at");
}

#[tokio::test]
async fn this_computer_stays_open_to_its_owner_and_no_proxy_passes_for_it() {
    let served = owned().await;
    assert_eq!(served.get("/exports").await.status, 200);
    for header in ["X-Forwarded-For: 10.0.0.9", "Forwarded: for=127.0.0.1", "X-Real-IP: 127.0.0.1"] {
        let answer = served.get_with("/exports", &format!("{header}\r\n")).await;
        assert_eq!(answer.status, 303, "{header}: it came through a proxy");
    }
}

#[tokio::test]
async fn this_computer_asks_for_a_login_when_its_owner_says_so_and_not_before_there_is_one() {
    let served = Served::with_rules("127.0.0.1:0", rules()).await;
    let form = |cookie: &str| {
        format!(
            "Origin: http://{}\r\nContent-Type: application/x-www-form-urlencoded\r\n{cookie}",
            served.host()
        )
    };
    let decide = async |open: &str, cookie: &str| {
        served.change_with("POST", "/people/this-computer", &form(cookie), &format!("open={open}")).await
    };
    let refused = decide("off", "").await;
    assert!(refused.status == 400 && refused.body.contains("nobody could come in then"), "{}", refused.head);
    let owner = AccountName::parse("mira").expect("valid");
    let hash = Passwords::default().hash(&Password::choose(PASSWORD).expect("long enough")).await;
    served.store.add_first_owner(&owner, &hash.expect("room"), crate::served::NOW).await.expect("written");
    for page in ["session", "alerts", "data"] {
        let path = format!("/settings/{page}");
        let aside = served.change_with("POST", &path, &form(""), "access.this_computer=off").await;
        assert_eq!(aside.status, 400, "{page}: it is decided on People alone");
    }
    assert_eq!(served.get("/exports").await.status, 200, "it is still open");

    assert_eq!(decide("off", "").await.status, 303);
    let closed = served.get("/exports").await;
    assert_eq!((closed.status, closed.header("location")), (303, Some("/login?next=%2Fexports")));
    assert_eq!(served.get("/api/v1/sessions").await.status, 401);
    assert_eq!(decide("on", "").await.status, 303, "it is not for whoever is not logged in");
    assert_eq!(served.get("/exports").await.status, 303);

    let cookie = cookie(&served, "mira").await;
    assert!(served.get_with("/people", &cookie).await.body.contains("Closed: this computer asks"));
    assert_eq!(decide("maybe", &cookie).await.status, 400);
    assert_eq!(decide("on", &cookie).await.status, 303);
    assert_eq!(served.get("/exports").await.status, 200);
}

#[tokio::test]
async fn only_names_that_are_ours_are_answered_to() {
    let served = owned().await;
    for (host, status) in
        [("pasut.example", 200), ("PASUT.example:443", 200), ("evil.example", 403), ("192.168.1.4", 403)]
    {
        let answer = served.raw(&format!("GET /login HTTP/1.0\r\nHost: {host}\r\n\r\n")).await;
        assert_eq!(answer.status, status, "{host}");
    }
}

#[tokio::test]
async fn paths_lead_to_no_files_and_headers_end_where_they_end() {
    let served = Served::start().await;
    for path in
        ["/assets/../pasut.toml", "/assets/..%2f..%2fpasut.db", "/avatars/..%2fx", "/exports/..%2f/file"]
    {
        let answer = served.get(path).await;
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.head);
    }
    let answer = served.get("/live?creator=a%0d%0aSet-Cookie:%20x=y").await;
    assert!(!answer.head.contains("x=y"), "{}", answer.head);
}

#[tokio::test]
async fn a_client_that_never_finishes_its_request_is_let_go() {
    let served = Served::start().await;
    let address = served.address;
    let waited = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).expect("listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time");
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ").expect("taken");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map(|_| String::from_utf8_lossy(&answer).into_owned())
    });
    let answer = waited.await.expect("no panic").expect("closed by the server");
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn a_page_that_renamed_itself_to_our_address_is_refused() {
    let served = Served::start().await;
    for request in [
        "GET /api/v1/creators HTTP/1.1\r\nHost: evil.example:8787\r\nConnection: close\r\n\r\n",
        "GET /api/v1/creators HTTP/1.0\r\n\r\n",
        "GET http://evil.example/api/v1/creators HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    ] {
        let answer = served.raw(request).await;
        assert_eq!(answer.status, 403, "{request}");
        assert!(answer.problem()["detail"].as_str().expect("text").contains("http://127.0.0.1"));
    }
    assert_eq!(served.get("/api/v1/creators").await.status, 200);
}

#[tokio::test]
async fn a_request_through_a_proxy_is_refused() {
    let served = Served::start().await;
    for header in ["X-Forwarded-For: 10.0.0.9", "Forwarded: for=10.0.0.9", "X-Real-IP: 10.0.0.9"] {
        let answer = served.get_with("/api/v1/creators", &format!("{header}\r\n")).await;
        assert_eq!(answer.status, 403, "{header}");
        assert!(answer.body.contains("proxy"), "{}", answer.body);
    }
}

#[tokio::test]
async fn whether_the_process_lives_is_answered_to_everyone() {
    let served = Served::start().await;
    let answer = served.raw("GET /healthz HTTP/1.0\r\nHost: monitor.example\r\nVia: x\r\n\r\n").await;
    assert_eq!((answer.status, answer.body.trim()), (200, "ok"));
}

#[tokio::test]
async fn a_change_that_another_site_asks_for_is_refused_and_changes_nothing() {
    let served = Served::start().await;
    let ours = format!("Origin: http://{}\r\n", served.host());
    for (headers, says) in [
        (String::new(), "Origin"),
        ("Origin: http://evil.example\r\n".to_owned(), "another site"),
        ("Origin: null\r\n".to_owned(), "another site"),
        ("Sec-Fetch-Site: cross-site\r\n".to_owned(), "another site"),
        (format!("{ours}Sec-Fetch-Site: cross-site\r\n"), "another site"),
        (format!("Origin: http://localhost:{}\r\n", served.address.port()), "another site"),
    ] {
        let body = r#"{"username": "mira"}"#;
        let answer = served.change_with("POST", "/api/v1/creators", &headers, body).await;
        assert_eq!(answer.status, 403, "{headers}");
        assert!(answer.body.contains(says), "{headers}: {}", answer.body);
    }
    assert_eq!(served.json("/api/v1/creators").await["creators"], serde_json::json!([]));

    for headers in [ours, "Sec-Fetch-Site: same-origin\r\n".to_owned()] {
        let body = r#"{"username": "mira"}"#;
        let answer = served.change_with("POST", "/api/v1/creators", &headers, body).await;
        assert!((200..300).contains(&answer.status), "{headers}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_socket_that_another_site_opens_is_refused() {
    let served = Served::start().await;
    let handshake = |origin: &str| {
        let host = served.host();
        format!(
            "GET /api/v1/feed HTTP/1.1\r\nHost: {host}\r\n{origin}Connection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n"
        )
    };
    // The refused connection stays open for another request, so only its head is awaited.
    let refused = crate::served::head(served.address, &handshake("Origin: http://evil.example\r\n")).await;
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    for origin in ["".to_owned(), format!("Origin: http://{}\r\n", served.host())] {
        let opened = crate::served::head(served.address, &handshake(&origin)).await;
        assert!(opened.starts_with("HTTP/1.1 101"), "{opened}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_other_sites_out() {
    let served = Served::start().await;
    for path in ["/healthz", "/api/v1/creators", "/api/v1/docs", "/nothing-here", "/api/v1/sessions/7"] {
        let answer = served.get_with(path, "Origin: http://evil.example\r\n").await;
        let policy = answer.header("content-security-policy").expect(path);
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("server", "Pasut"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert!(answer.header("permissions-policy").is_some(), "{path}");
        assert!(answer.header("cache-control").is_some(), "{path}");
        assert!(!answer.head.contains("access-control-allow"), "{path}: {}", answer.head);
    }
}

#[tokio::test]
async fn a_preflight_of_another_site_gets_no_permission() {
    let served = Served::start().await;
    let headers = "Origin: http://evil.example\r\nAccess-Control-Request-Method: DELETE\r\n";
    let answer = served.change_with("OPTIONS", "/api/v1/creators/mira", headers, "").await;
    assert_eq!(answer.status, 405);
    assert!(!answer.head.contains("access-control"), "{}", answer.head);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_taken() {
    let served = Served::start().await;
    let body = format!(r#"{{"username": "{}"}}"#, "x".repeat(100_000));
    let answer = served.change("POST", "/api/v1/creators", &body).await;
    assert_eq!(answer.status, 413);
    assert!(!answer.problem()["detail"].as_str().expect("text").is_empty());
}
