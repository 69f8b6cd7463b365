//! Alerts of a whole app: what is told of a LIVE, to whom, and how often.

use crate::served::{Answer, Served, ask};
use crate::studio::{Setup, Studio, handle};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pasut::alerts::watching::Watching;
use pasut::alerts::{self, Alerts};
use pasut::domain::alert::{Alert, Channels, Occasion, Rule, Somebody, What};
use pasut::domain::event::What as Happened;
use pasut::domain::goal::GoalState;
use pasut::domain::ids::UserId;
use pasut::domain::time::Stamp;
use pasut::settings::goals::Goals;
use pasut::settings::preferences::Key;
use pasut::simulator::{Fault, GALAXY, ROSE, Refusal};
use pasut::store::Store;
use pasut::store::alerts::Source;
use pasut::store::webhooks::{Access, DeliveryState, Form, Tried, WebhookPlan};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(40);

/// Somebody takes the connection and never says a word.
const SILENCE: u16 = 0;

/// Somebody who takes what a webhook is sent, and answers with one status after the other.
struct Receiver {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<Taken>>>,
    _task: JoinSet<()>,
}

#[derive(Clone)]
struct Taken {
    head: String,
    body: String,
}

impl Receiver {
    /// The last status is that of every later answer, too.
    async fn start(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let taken = Arc::new(Mutex::new(Vec::new()));
        let mut task = JoinSet::new();
        let shared = Arc::clone(&taken);
        task.spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = String::new();
                let whole = |request: &str| {
                    let (head, body) = request.split_once("\r\n\r\n")?;
                    let length: usize = value(head, "content-length")?.parse().ok()?;
                    (body.len() >= length).then(|| Taken { head: head.to_owned(), body: body.to_owned() })
                };
                let mut buffer = [0; 4096];
                let asked = loop {
                    match stream.read(&mut buffer).await {
                        Ok(length) if length > 0 => {
                            request.push_str(&String::from_utf8_lossy(&buffer[..length]));
                        }
                        _ => break None,
                    }
                    if let Some(asked) = whole(&request) {
                        break Some(asked);
                    }
                };
                let Some(asked) = asked else { continue };
                let nth = {
                    let mut taken = shared.lock().expect("whole");
                    taken.push(asked);
                    taken.len() - 1
                };
                let status = statuses[nth.min(statuses.len() - 1)];
                if status == SILENCE {
                    open.push(stream);
                    continue;
                }
                let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                // Whoever went away meanwhile needs no answer.
                drop(stream.write_all(answer.as_bytes()).await);
            }
        });
        Self { address, taken, _task: task }
    }

    fn taken(&self) -> Vec<Taken> {
        self.taken.lock().expect("whole").clone()
    }

    async fn until(&self, count: usize) -> Vec<Taken> {
        let waiting = async {
            while self.taken().len() < count {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "{} of {count}", self.taken().len());
        self.taken()
    }
}

impl Taken {
    fn header(&self, name: &str) -> &str {
        value(&self.head, name).unwrap_or_else(|| panic!("no {name} in {}", self.head))
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

fn value<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let headers = head.lines().filter_map(|line| line.split_once(": "));
    headers.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

async fn post(studio: &Studio, path: &str, body: &str) -> Answer {
    let address = studio.app().address;
    let length = body.len();
    ask(
        address,
        &format!(
            "POST {path} HTTP/1.0\r\nHost: {address}\r\nOrigin: http://{address}\r\nContent-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
    )
    .await
}

async fn get(studio: &Studio, path: &str) -> Answer {
    let address = studio.app().address;
    ask(address, &format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")).await
}

/// Adds a webhook on this computer, as the owner does. Returns its secret.
async fn add_webhook(studio: &Studio, url: &str, form: &str) -> String {
    let url = url.replace(':', "%3A").replace('/', "%2F");
    let answer = post(studio, "/settings/webhooks", &format!("url={url}&form={form}&private=yes")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let secret = answer.body.split("class=\"secret\">").nth(1).expect("told once");
    secret.split('<').next().expect("a text").to_owned()
}

async fn until_deliveries(store: &Store, what: &str, wanted: impl Fn(&[DeliveryState]) -> bool) {
    let waiting = async {
        loop {
            let deliveries = store.deliveries().await.expect("readable");
            let states: Vec<_> = deliveries.iter().map(|delivery| delivery.state).collect();
            if wanted(&states) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    assert!(waited.is_ok(), "never {what}: {:?}", store.deliveries().await);
}

/// Waits until the newest alerts of mira are as `wanted`.
async fn until_alerts(studio: &Studio, what: &str, wanted: impl Fn(&[Alert]) -> bool) -> Vec<Alert> {
    let waiting = async {
        loop {
            let alerts = studio.app().store.latest_alerts(&handle("mira"), 50).await.expect("readable");
            if wanted(&alerts) {
                return alerts;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(alerts) => alerts,
        Err(_) => {
            panic!("never {what}: {:?}", studio.app().store.latest_alerts(&handle("mira"), 50).await)
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_gift_is_told_a_webhook_once_however_often_its_streak_is_reported() {
    let (mut studio, room) = Studio::live("mira").await;
    let receiver = Receiver::start(&[204]).await;
    let secret = add_webhook(&studio, &format!("http://{}/hook", receiver.address), "").await;
    let preferences = &studio.app().preferences;
    preferences.change(&[(Key::AlertGiftDiamonds, Some("10"))]).await.expect("valid");

    room.gift("ana", None, ROSE, 7, 4, false).await;
    room.gift("ana", None, ROSE, 7, 8, false).await;
    studio.until_session("mira", "eight roses", |live| live.totals.gift_units == 8).await;
    room.drop_connections();
    room.listened_to_by(0).await;
    room.listened_to_by(1).await;
    room.gift("ana", None, ROSE, 7, 12, false).await;
    studio.until_session("mira", "twelve roses", |live| live.totals.gift_units == 12).await;
    // Pasut is started anew in the middle of it; the end adds nothing and is repeated.
    studio.stop_app().await;
    studio.start_app().await;
    room.listened_to_by(1).await;
    room.gift("ana", None, ROSE, 7, 12, true).await;
    room.gift("ana", None, ROSE, 7, 12, true).await;
    room.gift("ben", None, ROSE, 8, 9, true).await;
    receiver.until(1).await;
    room.gift("citra", None, GALAXY, 9, 1, true).await;
    let taken = receiver.until(2).await;

    let said: Vec<_> = taken.iter().map(|taken| taken.json()["data"]["user"]["display_id"].clone()).collect();
    assert_eq!(said, [json!("ana"), json!("citra")], "once each, and nothing of ben's nine");
    let data = taken[0].json()["data"].clone();
    assert_eq!((&data["rule"], &data["units"], &data["diamonds"]), (&json!("gift"), &json!(12), &json!(12)));
    assert_eq!(taken[0].json()["type"], "alert.gift");
    assert_eq!(data["text"]["id"], "ana mengirim Rose\u{a0}×\u{a0}12 (12 diamond)");
    assert_signed(&taken[0], &secret);
    assert_ne!(taken[0].header("webhook-id"), taken[1].header("webhook-id"));
    until_deliveries(&studio.app().store, "delivered", |states| {
        states == [DeliveryState::Delivered, DeliveryState::Delivered]
    })
    .await;
    studio.close().await;
}

/// What a receiver checks, by the words of docs/webhooks.md.
fn assert_signed(taken: &Taken, secret: &str) {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("its mark")).expect("base64");
    let signed =
        format!("{}.{}.{}", taken.header("webhook-id"), taken.header("webhook-timestamp"), taken.body);
    let signature = taken.header("webhook-signature").strip_prefix("v1,").expect("its form");
    let signature = STANDARD.decode(signature).expect("base64");
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key);
    ring::hmac::verify(&key, signed.as_bytes(), &signature).expect("signed with the secret that was shown");
    assert_eq!(taken.header("idempotency-key"), taken.header("webhook-id"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_webhook_refuses_is_sent_again_as_the_same_message_and_arrives_once() {
    // Twenty times as fast, so that the wait of seconds is short.
    let studio = Studio::with(Setup { speed: 20.0, ..Setup::default() }).await;
    studio.watch("mira").await;
    let receiver = Receiver::start(&[500, 302, 200]).await;
    add_webhook(&studio, &format!("http://{}/hook", receiver.address), "json").await;
    assert_eq!(post(&studio, "/settings/webhooks/1", "do=test").await.status, 303);
    let taken = receiver.until(3).await;
    until_deliveries(&studio.app().store, "delivered", |states| states == [DeliveryState::Delivered]).await;
    let ids: Vec<_> = taken.iter().map(|taken| taken.header("webhook-id")).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(taken[0].json(), taken[2].json());
    let log = studio.app().store.deliveries().await.expect("readable");
    assert_eq!((log[0].tries, log[0].status), (3, Some(200)));
    assert_eq!(receiver.taken().len(), 3, "a redirect was not followed");
    let page = get(&studio, "/settings/webhooks").await.body;
    assert!(page.contains("Delivered") && page.contains("3 tries"), "{page}");
    assert!(page.contains(r#"<span class="tag">Test</span>"#), "{page}");
    let told = get(&studio, "/settings/alerts").await.body;
    assert!(told.contains(r#"<span class="tag">Test</span>"#), "what was only tried is marked: {told}");
    assert!(!page.contains("whsec_") && !page.contains("/hook"), "secrets are told once");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_never_answers_delays_nobody_and_nothing() {
    let (mut studio, room) = Studio::live("mira").await;
    let silent = Receiver::start(&[SILENCE]).await;
    let quick = Receiver::start(&[204]).await;
    for receiver in [&silent, &quick] {
        add_webhook(&studio, &format!("http://{}/hook", receiver.address), "json").await;
    }
    room.gift("ana", None, GALAXY, 1, 1, true).await;
    silent.until(1).await;
    quick.until(1).await;
    room.gift("ben", None, GALAXY, 2, 1, true).await;
    room.comments("citra", 200).await;
    quick.until(2).await;
    let live = studio.until_session("mira", "recorded", |live| live.totals.comments == 200).await;
    studio.until_stored(live.id, |stored| stored.totals.gift_units == 2).await;
    assert_eq!(silent.taken().len(), 1, "one at a time, and the first is still on its way");
    let log = studio.app().store.deliveries().await.expect("readable");
    let waits = |state| matches!(state, DeliveryState::Waiting { .. });
    assert_eq!(log.iter().filter(|line| waits(line.state)).count(), 2);
    // It waits twenty seconds for an answer; whoever stops Pasut does not.
    let stopped = tokio::time::timeout(Duration::from_secs(10), studio.stop_app()).await;
    assert!(stopped.is_ok(), "nor does it delay the end");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alerts_that_come_late_miss_what_is_too_old_and_go_on_with_what_is_new() {
    let (studio, room) = Studio::live("mira").await;
    let app = studio.app();
    app.preferences.change(&[(Key::AlertGift, Some("off"))]).await.expect("valid");
    let mut told = app.recorder.subscribe();
    for (number, giver) in ["ana", "ben", "citra", "dewi", "eka"].into_iter().enumerate() {
        room.gift(giver, None, GALAXY, number as i64 + 1, 1, true).await;
    }
    let (news, heard) = broadcast::channel(2);
    let mut first = None;
    for _ in 0..5 {
        let gift = loop {
            let event = told.recv().await.expect("recorded");
            if matches!(event.accounted.event.what, Happened::Gift(_)) {
                break event;
            }
        };
        first.get_or_insert_with(|| Arc::clone(&gift));
        news.send(gift).expect("somebody listens, however late");
    }
    app.preferences.change(&[(Key::AlertGift, Some("both"))]).await.expect("valid");
    let late = Alerts::new(alerts::Parts {
        store: app.store.clone(),
        recorder: app.recorder.clone(),
        preferences: app.preferences.clone(),
        goals: Goals::load(app.store.clone()).await.expect("readable"),
        clock: studio.clock.clone(),
    });
    let watching = Watching::new(late.await.expect("readable"));
    let stop = CancellationToken::new();
    let who = |alerts: &[Alert]| -> Vec<_> {
        alerts.iter().filter_map(|alert| Some(alert.who.as_ref()?.display_id.clone())).collect()
    };
    let judged = async {
        until_alerts(&studio, "what was left", |alerts| who(alerts) == ["eka", "dewi"]).await;
        news.send(first.expect("five came")).expect("it goes on listening");
        until_alerts(&studio, "what came then", |alerts| who(alerts) == ["ana", "eka", "dewi"]).await;
        stop.cancel();
    };
    tokio::join!(watching.run(heard, stop.clone()), judged);
    assert_eq!(studio.session("mira").totals.gift_units, 5, "recording missed none");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_address_is_reached_only_after_its_tick_and_nobody_is_asked_before() {
    let studio = Studio::open().await;
    studio.watch("mira").await;
    let receiver = Receiver::start(&[200]).await;
    let port = receiver.address.port();
    let untold =
        post(&studio, "/settings/webhooks", &format!("url=http%3A%2F%2F127.0.0.1%3A{port}%2F")).await;
    assert!(untold.status == 400 && untold.body.contains("http://"), "{}", untold.body);
    // By number, by a name that leads here, and encrypted or not: a row as the page would have made it.
    for host in ["127.0.0.1", "localhost"] {
        let plan = WebhookPlan { host: host.into(), form: Form::Json, private: false, lang: "en".into() };
        let access = Access { url: format!("http://{host}:{port}/"), secret: "whsec_AAAA".into() };
        let id = studio.app().store.add_webhook(plan, access).await.expect("added");
        assert_eq!(post(&studio, &format!("/settings/webhooks/{id}"), "do=test").await.status, 303);
    }
    let tried = |states: &[DeliveryState]| states.len() == 2;
    until_deliveries(&studio.app().store, "two", tried).await;
    let waiting = async {
        loop {
            let log = studio.app().store.deliveries().await.expect("readable");
            if log.iter().all(|line| line.tries > 0) {
                return log;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let log = tokio::time::timeout(PATIENCE, waiting).await.expect("tried");
    assert!(log.iter().all(|line| line.problem == "unreachable" && line.status.is_none()), "{log:?}");
    assert_eq!(receiver.taken().len(), 0, "nobody came");
    let page = get(&studio, "/settings/webhooks").await.body;
    assert_eq!(page.matches("add it again with the tick").count(), 2, "what would help is said: {page}");
    add_webhook(&studio, &format!("http://localhost:{port}/"), "json").await;
    post(&studio, "/settings/webhooks/3", "do=test").await;
    receiver.until(1).await;
    let away = TcpListener::bind("127.0.0.1:0").await.expect("a free port").local_addr().expect("bound");
    add_webhook(&studio, &format!("http://{away}/"), "json").await;
    post(&studio, "/settings/webhooks/4", "do=test").await;
    let shown = async {
        while !get(&studio, "/settings/webhooks").await.body.contains("Not reached. ·") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, shown).await.expect("of one that has its tick no tick is spoken");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discord_is_told_in_its_own_form_and_nobodys_name_calls_anybody() {
    let (studio, room) = Studio::live("mira").await;
    let receiver = Receiver::start(&[204]).await;
    add_webhook(&studio, &format!("http://{}/api", receiver.address), "discord").await;
    room.gift("@everyone **ana**", None, GALAXY, 9, 1, true).await;
    let message = receiver.until(1).await[0].json();
    assert_eq!(message["allowed_mentions"], json!({ "parse": [] }));
    let said = message["embeds"][0]["description"].as_str().expect("a text");
    assert!(said.starts_with("\\@everyone \\*\\*ana\\*\\* sent Galaxy\u{a0}×\u{a0}1"), "{said}");
    assert_eq!(message["embeds"][0]["title"], r"\@mira");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_goal_is_met_once_and_a_lost_connection_told_once_also_over_a_restart() {
    let (mut studio, room) = Studio::live_with("mira", Setup { speed: 10.0, ..Setup::default() }).await;
    let plan = "creator=mira&kind=comments&target=2&title=Dua&show=yes";
    assert_eq!(post(&studio, "/settings/alerts/goals", plan).await.status, 303);
    let preferences = &studio.app().preferences;
    preferences.change(&[(Key::AlertLostAfter, Some("10"))]).await.expect("valid");
    room.comments("ana", 3).await;
    let is_goal = |alert: &Alert| matches!(&alert.what, What::GoalMet { title, .. } if title == "Dua");
    until_alerts(&studio, "met", |alerts| alerts.iter().any(is_goal)).await;
    let goal = studio.app().store.goals().await.expect("readable").remove(0);
    assert!(matches!(goal.state, GoalState::Met { .. }), "{goal:?}");
    let live = get(&studio, "/live?creator=mira").await.body;
    assert!(live.contains("✓ met"), "{live}");

    room.set_fault(Fault::Refuse(Refusal::NotFound));
    room.drop_connections();
    let lost =
        |alerts: &[Alert]| alerts.iter().filter(|alert| alert.what.rule() == Rule::ConnectionLost).count();
    until_alerts(&studio, "lost", |alerts| lost(alerts) == 1).await;
    studio.stop_app().await;
    studio.start_app().await;
    room.comments("ana", 1).await;
    let newest = studio.app().store.newest_alert().await.expect("readable");
    // It would be told within seconds of this clock again if it were told again.
    studio.until("mira", "refused again", |watch| watch.state.as_str() == "not_found").await;
    let after = studio.clock.wall() + 15_000;
    while studio.clock.wall() < after {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let alerts = studio.app().store.latest_alerts(&handle("mira"), 50).await.expect("readable");
    assert_eq!(lost(&alerts), 1, "{alerts:?}");
    assert_eq!(alerts.iter().filter(|alert| is_goal(alert)).count(), 1);
    assert_eq!(alerts.first().map(|alert| alert.id), Some(newest));
    studio.close().await;
}

/// Sends a form, as our own page does.
async fn sent(server: &Served, path: &str, form: &str) -> Answer {
    let host = server.host();
    let headers = format!("Origin: http://{host}\r\nContent-Type: application/x-www-form-urlencoded\r\n");
    server.change_with("POST", path, &headers, form).await
}

#[tokio::test]
async fn a_tab_is_told_what_came_after_what_it_knows_and_nothing_twice() {
    let server = Served::start().await;
    assert_eq!(server.get("/f/alerts?creator=mira").await.status, 200, "from now on");
    assert_eq!(server.get("/f/alerts?creator=mira&after=0").await.status, 204, "nothing is new");
    for path in ["/settings/alerts", "/settings/webhooks", "/f/deliveries"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    let refused = sent(&server, "/settings/alerts", "alerts.gift=loudly").await;
    assert!(refused.status == 400 && refused.body.contains("Choose off, page, webhooks or both."));
    let refused = sent(&server, "/settings/webhooks/9", "do=test").await;
    assert!(refused.status == 400 && refused.body.contains("gone"), "{}", refused.body);
    let goal = "creator=mira&kind=likes&target=zero&title=&show=yes";
    let refused = sent(&server, "/settings/alerts/goals", goal).await;
    assert!(refused.status == 400 && refused.body.contains("Type a target"), "{}", refused.body);
}

fn occasion(key: &str, at: i64, who: Option<i64>) -> Occasion {
    let who = who.map(|user| Somebody {
        user: UserId(user),
        display_id: "ana".to_owned(),
        nickname: "Ana".to_owned(),
    });
    Occasion { key: key.to_owned(), at: Stamp(at), who, what: What::TopFan { rank: 1 } }
}

#[tokio::test]
async fn an_occasion_is_kept_once_and_queues_are_bounded() {
    let store = Served::start().await.store;
    let plan = WebhookPlan { host: "h".into(), form: Form::Json, private: false, lang: "en".into() };
    let access = Access { url: "https://h/".into(), secret: "whsec_".into() };
    let webhook = store.add_webhook(plan, access).await.expect("added");
    let source = || Source { creator: handle("mira"), session: None };
    let add = |key: String, at, who, channels| {
        store.add_alert(source(), occasion(&key, at, who), format!("m{key}"), channels)
    };
    assert_eq!(add("a".into(), 1, Some(5), Channels::Both).await.expect("kept"), Some(1));
    assert_eq!(add("a".into(), 2, Some(5), Channels::Both).await.expect("known"), None);
    add("b".into(), 3, None, Channels::Webhooks).await.expect("kept");
    add("c".into(), 4, None, Channels::Page).await.expect("kept");
    let told = store.alerts_after(&handle("mira"), 0).await.expect("readable");
    assert_eq!(told.iter().map(|alert| alert.at.0).collect::<Vec<_>>(), [1, 4], "what pages are told");
    let (due, next) = store.due_deliveries(Stamp(2), vec![]).await.expect("readable");
    assert_eq!((due.len(), due[0].alert.id, next), (1, 1, Some(Stamp(3))), "one at a time to each");
    assert_eq!(store.due_deliveries(Stamp(9), vec![webhook]).await.expect("readable").0.len(), 0, "busy");
    let again = Tried::Again { at: Stamp(50), status: Some(500), problem: "answered".into() };
    store.note_tried(due[0].id, webhook, again, Stamp(9)).await.expect("kept");
    let (due, next) = store.due_deliveries(Stamp(9), vec![]).await.expect("readable");
    assert_eq!(
        (due[0].alert.at, due[0].webhook.failing_since, next),
        (Stamp(3), Some(Stamp(9)), Some(Stamp(50)))
    );
    for n in 0..520 {
        add(format!("d{n}"), 10, None, Channels::Webhooks).await.expect("kept");
    }
    let (due, _) = store.due_deliveries(Stamp(10), vec![]).await.expect("readable");
    assert!(due[0].alert.id > 3, "the oldest gave way: {}", due[0].alert.id);
    let gone = Tried::Failed { status: Some(410), problem: "answered".into(), webhook: true };
    store.note_tried(due[0].id, webhook, gone, Stamp(11)).await.expect("kept");
    assert_eq!(store.due_deliveries(Stamp(99), vec![]).await.expect("readable").0.len(), 0);
    let switched = store.webhooks().await.expect("readable").remove(0);
    assert_eq!((switched.enabled, switched.gave_up_at), (false, Some(Stamp(11))));
    assert!(store.secrets().await.expect("readable").contains_key("webhook.1.url"));
    assert!(store.remove_webhook(webhook).await.expect("removed"));
    assert_eq!(store.secrets().await.expect("readable").len(), 0, "its secrets go with it");
}
