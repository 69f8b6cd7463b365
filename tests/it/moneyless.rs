//! A moderator walks through everything there is and finds no money: no member named for it, no sign of it, and
//! none of the amounts that were given, however they are written.

use crate::served::{Answer, ask};
use crate::studio::Studio;
use futures_util::StreamExt as _;
use pasut::domain::access::{AccountName, Role};
use pasut::simulator::{GiftKind, RoomHandle};
use pasut::store::web_sessions::NewWebSession;
use pasut::web::access::secret::Secret;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

/// Gifts whose prices are found again wherever they, or sums of them, come through.
const LION: GiftKind = GiftKind { id: 990_101, name: "Lion", diamonds: 7_919, streakable: false };
const CASTLE: GiftKind = GiftKind { id: 990_102, name: "Castle", diamonds: 104_729, streakable: false };
const CORAL: GiftKind = GiftKind { id: 990_103, name: "Coral", diamonds: 1_299, streakable: true };

/// Parts of names of members that hold money.
const MEMBERS: [&str; 10] =
    ["diamond", "coin", "price", "tier", "value", "usd", "idr", "money", "worth", "estimated"];

/// Of one page there are as many views as there are ways to sort, to choose and to look closer; so many are seen.
const MOST_VIEWS: usize = 24;

/// The cookie of a browser in which a moderator is logged in.
async fn moderator(studio: &Studio) -> String {
    let (store, now, secret) = (&studio.app().store, studio.clock.wall(), Secret::random());
    let name = |name| AccountName::parse(name).expect("a name");
    // Nobody logs in here with a password.
    for (account, role) in [("mira", Role::Owner), ("maya", Role::Moderator)] {
        store.add_account(&name(account), role, "none", now).await.expect("added");
    }
    let new = NewWebSession {
        hash: secret.hash(),
        account: name("maya"),
        now,
        ends_at: now + 86_400_000,
        address: String::new(),
        agent: String::new(),
    };
    store.begin_web_session(new).await.expect("begun");
    format!("pasut_session={}", secret.reveal())
}

/// `cookie` is empty for the owner, at the computer itself.
pub async fn get(address: SocketAddr, path: &str, lang: &str, cookie: &str) -> Answer {
    let head = format!("Host: {address}\r\nCookie: pasut_lang={lang}; {cookie}\r\n");
    ask(address, &format!("GET {path} HTTP/1.0\r\n{head}\r\n")).await
}

/// Two people give, one of them also to a guest; somebody else chats, likes and follows.
pub async fn give(room: &RoomHandle) {
    for (from, to, gift, group, count) in [
        ("ana", None, LION, 1, 1),
        ("ana", None, CASTLE, 2, 1),
        ("ben", None, CORAL, 3, 5),
        ("ben", Some("tamu"), LION, 4, 1),
    ] {
        room.gift(from, to, gift, group, count, true).await;
    }
    room.comment("cici", "halo").await;
    room.like("cici", 15).await;
    room.follow("cici").await;
}

/// Every number that the owner's JSON has under a name of money.
pub fn amounts(json: &Value, of_money: bool, found: &mut BTreeSet<i64>) {
    match json {
        Value::Object(members) => {
            for (name, value) in members {
                amounts(value, of_money || MEMBERS.iter().any(|part| name.contains(part)), found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| amounts(value, of_money, found)),
        Value::Number(number) if of_money => found.extend(number.as_i64().filter(|number| *number >= 1_000)),
        _ => {}
    }
}

fn grouped(n: i64, sign: char) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(sign);
        }
        text.push(digit);
    }
    text
}

/// How an amount may be written: whole, grouped, compact, in both languages, and for each minute of steps of ten,
/// twenty and thirty seconds.
fn written(amount: i64) -> Vec<String> {
    let mut texts = Vec::new();
    for n in [1, 2, 3, 6].map(|times| amount * times) {
        texts.extend([n.to_string(), grouped(n, ','), grouped(n, '.')]);
        let tenths = format!("{:.1}", n as f64 / 1_000.0);
        texts.extend([format!("{tenths}K"), format!("{} rb", tenths.replace('.', ","))]);
    }
    texts
}

/// Whether `text` has `number` and not merely its digits within a longer one.
fn has_number(text: &str, number: &str) -> bool {
    text.match_indices(number).any(|(at, _)| {
        let part = |c: char| c.is_ascii_digit();
        let before = text[..at].chars().next_back();
        let after = text[at + number.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// What is wrong with an answer to somebody who may see no money.
pub fn faults(path: &str, body: &str, amounts: &BTreeSet<i64>) -> Vec<String> {
    let mut faults = Vec::new();
    let lower = body.to_lowercase();
    let signs = ["◆", "diamond", "us$", "rp\u{a0}"];
    let signs = signs.into_iter().filter(|sign| lower.contains(sign));
    faults.extend(signs.map(|sign| format!("{path}: {sign}")));
    for amount in amounts {
        let came_through = written(*amount).into_iter().find(|text| has_number(body, text));
        faults.extend(came_through.map(|text| format!("{path}: {amount} as {text}")));
    }
    if let Ok(json) = serde_json::from_str::<Value>(body) {
        members(&json, path, &mut faults);
    }
    for line in body.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        members(&line, path, &mut faults);
    }
    faults
}

fn members(json: &Value, path: &str, faults: &mut Vec<String>) {
    match json {
        Value::Object(all) => {
            for (name, value) in all {
                // How sure an answer is, is no money.
                let is_chance = ["p_value", "q_value"].contains(&name.as_str());
                if !is_chance && MEMBERS.iter().any(|part| name.contains(part)) {
                    faults.push(format!("{path}: a member {name}"));
                }
                members(value, path, faults);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| members(value, path, faults)),
        _ => {}
    }
}

/// The addresses an answer leads to: links, what its parts ask for, forms that are sent as they stand, and what
/// the chart asks for.
pub fn addresses(body: &str) -> Vec<String> {
    let body = body.replace("&#38;", "&").replace("&#34;", "\"").replace("&amp;", "&");
    let after = |start: &str, end: char| -> Vec<String> {
        body.split(start).skip(1).filter_map(|rest| rest.split(end).next().map(str::to_owned)).collect()
    };
    let mut found: Vec<String> =
        ["href=\"", "hx-get=\"", "src=\"", "data-href=\"", "data-part=\"", "data-swap=\"", "\"source\":\""]
            .into_iter()
            .flat_map(|start| after(start, '"'))
            .collect();
    for form in after("<form", '\u{0}').iter().filter(|form| !form.contains("method=\"post\"")) {
        let form = form.split("</form>").next().unwrap_or_default();
        let value = |tag: &str, name: &str| {
            let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
            Some(rest.split('"').next()?.to_owned())
        };
        let fields = form.split("<input").skip(1).filter(|tag| !tag.contains("type=\"checkbox\""));
        let fields: Vec<_> = fields
            .filter_map(|tag| {
                Some(format!("{}={}", value(tag, "name")?, value(tag, "value").unwrap_or_default()))
            })
            .collect();
        found.extend(value(form, "action").map(|action| format!("{action}?{}", fields.join("&"))));
    }
    let is_ours = |path: &String| path.starts_with('/') && !path.starts_with("//") && !path.contains(' ');
    let page = |path: String| path.split('#').next().unwrap_or_default().to_owned();
    found.into_iter().filter(is_ours).map(page).collect()
}

/// Where nothing leads, because scripts and programs know it.
fn known(session: &str) -> Vec<String> {
    let of_session = [
        "",
        "/series",
        "/intervals",
        "/leaderboard",
        "/drivers",
        "/windows",
        "/events",
        "/markers",
        "/notes",
    ];
    let tabs = ["gifts", "people", "battles", "quality", "notes"];
    let mut paths: Vec<String> =
        of_session.iter().map(|part| format!("/api/v1/sessions/{session}{part}")).collect();
    paths.extend(tabs.iter().map(|tab| format!("/sessions/{session}?tab={tab}")));
    paths.extend(
        [
            "/",
            "/live?creator=mira&win=all&on=gifts",
            "/sessions?sort=-diamonds&heat=value",
            "/creators",
            "/more",
            "/help",
            "/settings/display",
            "/leaderboards?min=5000&tier=premium&sort=-biggest",
            "/leaderboards?scope=session&sort=-tiers",
            "/f/pulse?creator=mira",
            "/f/feed?creator=mira&after=0",
            "/f/leaderboard?creator=mira",
            "/f/leaderboards",
            "/f/moments?creator=mira",
            "/f/creators",
            "/api/v1/creators",
            "/api/v1/sessions",
            "/api/v1/leaderboard?sort=diamonds",
            "/api/v1/creators/mira/drivers",
        ]
        .map(str::to_owned),
    );
    paths.push(format!("/api/v1/sessions/{session}/events?format=ndjson"));
    paths.push(format!("/api/v1/sessions/{session}/series?interval=1m"));
    paths
}

/// Everything that is found from `known` on, by its address.
pub async fn walk(
    address: SocketAddr,
    known: Vec<String>,
    lang: &str,
    cookie: &str,
) -> BTreeMap<String, Answer> {
    let mut found: BTreeMap<String, Answer> = BTreeMap::new();
    let mut open = VecDeque::from(known);
    let mut views: HashMap<String, usize> = HashMap::new();
    while let Some(path) = open.pop_front() {
        // Pictures and scripts hold no numbers; OpenAPI describes what the owner gets as well.
        let skipped = ["/assets/", "/avatars/", "/api/v1/openapi.json", "/api/v1/docs"];
        if found.contains_key(&path) || skipped.iter().any(|start| path.starts_with(start)) {
            continue;
        }
        let page = path.split('?').next().unwrap_or_default().to_owned();
        let seen = views.entry(page).or_default();
        *seen += 1;
        if *seen > MOST_VIEWS {
            continue;
        }
        let answer = get(address, &path, lang, cookie).await;
        open.extend(answer.header("location").map(str::to_owned));
        open.extend(addresses(&answer.body));
        found.insert(path, answer);
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moderator_finds_no_money_anywhere() {
    let (studio, room) = Studio::live("mira").await;
    give(&room).await;
    let live = studio.until_session("mira", "the gifts", |session| session.totals.gift_units == 8).await;
    studio.until_stored(live.id, |stored| stored.totals.gift_units == 8).await;
    let session = live.id.to_string();
    let (address, cookie) = (studio.app().address, moderator(&studio).await);

    let mut given = BTreeSet::new();
    for path in known(&session).iter().filter(|path| path.starts_with("/api/")) {
        let answer = get(address, path, "en", "").await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let lines = answer.body.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let whole = serde_json::from_str::<Value>(&answer.body).ok();
        lines.chain(whole).for_each(|json| amounts(&json, false, &mut given));
    }
    for amount in [1_299, 6_495, 7_919, 104_729, 112_648, 119_143, 127_062, 14_414] {
        assert!(given.contains(&amount), "the owner sees {amount}: {given:?}");
    }

    for lang in ["en", "id"] {
        // The owner's pages show the amounts, so that their absence says something.
        let shown = get(address, "/live?creator=mira", lang, "").await.body;
        assert!(shown.contains('◆') && !faults("/live", &shown, &given).is_empty(), "{shown}");
        let found = walk(address, known(&session), lang, &cookie).await;
        let answered = found.values().filter(|answer| answer.status == 200).count();
        assert!(answered > 60, "only {answered} answers: {:?}", found.keys());
        let refused: Vec<_> =
            found.iter().filter(|(_, answer)| answer.status >= 400).map(|(path, _)| path).collect();
        assert!(refused.is_empty(), "these lead nowhere: {refused:?}");
        let faults: Vec<_> =
            found.iter().flat_map(|(path, answer)| faults(path, &answer.body, &given)).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    for (format, number) in [("pasut", 5), ("connector", 6)] {
        let asked = format!("ws://{address}/api/v1/feed?kind=gift&format={format}");
        let mut asked = asked.into_client_request().expect("an address");
        asked.headers_mut().insert("cookie", cookie.parse().expect("a header"));
        let stream = TcpStream::connect(address).await.expect("listens");
        let (mut feed, _) = client_async(asked, stream).await.expect("a WebSocket");
        room.gift("ana", None, CASTLE, number, 1, true).await;
        let told = loop {
            let message = feed.next().await.expect("open").expect("readable");
            if let Ok(text) = message.to_text()
                && text.contains("Castle")
            {
                break text.to_owned();
            }
        };
        assert!(told.contains("\"added_units\":1") || told.contains("\"repeatCount\":1"), "{told}");
        assert_eq!(faults("the feed", &told, &given), Vec::<String>::new());
    }
    studio.close().await;
}

#[test]
fn the_walk_knows_money_when_it_sees_it() {
    let amounts = BTreeSet::from([7_919, 104_729]);
    for leak in [
        "7919",
        "7,919 gifts",
        "Rp 104.729",
        "104.7K",
        "104,7 rb",
        "≈ 47,514/min",
        "12 ◆",
        r#"{"tier":"premium"}"#,
        r#"{"gift":{"diamond_count":5}}"#,
        "value US$0.12",
    ] {
        assert!(!faults("", leak, &amounts).is_empty(), "{leak}");
    }
    for clean in ["1795353920", "17919", "79190", r#"{"gifts":3,"to":null}"#, "104 gifts, 7 of 919"] {
        assert_eq!(faults("", clean, &amounts), Vec::<String>::new());
    }
}
