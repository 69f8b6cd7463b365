//! Overlays with the whole app: what an address opens, and for how long.

use crate::served::{Answer, ask};
use crate::studio::{Setup, Studio};
use pasut::domain::access::Widget;
use pasut::network::{Network, NetworkReader};
use pasut::simulator::ROSE;
use std::net::IpAddr;
use std::time::Duration;

async fn get(studio: &Studio, path: &str) -> Answer {
    let address = studio.app().address;
    ask(address, &format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")).await
}

async fn post(studio: &Studio, path: &str, body: &str) -> Answer {
    let address = studio.app().address;
    let length = body.len();
    let form = "Content-Type: application/x-www-form-urlencoded";
    ask(
        address,
        &format!(
            "POST {path} HTTP/1.0\r\nHost: {address}\r\nOrigin: http://{address}\r\n{form}\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        ),
    )
    .await
}

/// The path of a new address of a widget of mira, as the gallery shows it once.
pub async fn made(studio: &Studio, widget: &str, choice: &str) -> String {
    let answer = post(studio, &format!("/overlay/{widget}/url"), &format!("creator=mira{choice}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let shown = answer.body.split("id=\"made\" value=\"").nth(1).expect("the address");
    let shown = shown.split('"').next().expect("its end").replace("&#38;", "&").replace("&amp;", "&");
    let path = shown.strip_prefix(&format!("http://{}", studio.app().address));
    path.unwrap_or_else(|| panic!("{shown}")).to_owned()
}

/// Lets a widget of mira show its example.
pub async fn begin_test(studio: &Studio, widget: &str) {
    let answer = post(studio, &format!("/overlay/{widget}/test"), "creator=mira&theme=dark").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(answer.header("location").is_some_and(|to| to.contains("theme=dark") && to.ends_with(widget)));
}

/// The part of a page that it asks for again, with what the page is made of.
async fn part(studio: &Studio, address: &str) -> Answer {
    let page = get(studio, address).await;
    let make = page.body.split("data-make=\"").nth(1).and_then(|rest| rest.split('"').next());
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    get(studio, &format!("{path}/f?{query}&make={}", make.unwrap_or_default())).await
}

/// Waits until the widget shows `text`.
async fn until(studio: &Studio, address: &str, text: &str) -> String {
    let shows = async {
        loop {
            let shown = part(studio, address).await.body;
            if shown.contains(text) {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), shows).await.unwrap_or_else(|_| panic!("never {text}"))
}

#[tokio::test]
async fn an_address_opens_its_widget_and_nothing_else() {
    let (studio, room) = Studio::live("mira").await;
    studio.watch("budi").await;
    room.gift("ana", None, ROSE, 7, 4, true).await;
    let address = made(&studio, "gifters", "&lang=en").await;
    let page = get(&studio, &address).await;
    assert_eq!(page.status, 200);
    until(&studio, &address, "ana").await;

    let (secret, _) = address[3..].split_once('/').expect("a secret and a widget");
    for widget in Widget::ALL.into_iter().map(Widget::as_str).filter(|widget| *widget != "gifters") {
        assert_eq!(get(&studio, &format!("/o/{secret}/{widget}")).await.status, 404, "{widget}");
        assert_eq!(get(&studio, &format!("/o/{secret}/{widget}/f")).await.status, 404, "{widget}");
    }
    let other = part(&studio, &format!("/o/{secret}/gifters?creator=budi")).await.body;
    assert!(other.contains("ana"), "whose widget it is says the token alone: {other}");
    for path in [
        format!("/o/{secret}/gifters/avatars/1"),
        format!("/o/{secret}/gifters/live"),
        format!("/o/{secret}x/gifters"),
        "/o/x/gifters".to_owned(),
    ] {
        assert!(get(&studio, &path).await.status >= 400, "{path}");
    }

    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'self';"), "{policy}");
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let preview = get(&studio, "/overlay/gifters?creator=mira").await;
    assert!(
        preview
            .header("content-security-policy")
            .is_some_and(|policy| policy.ends_with("frame-ancestors 'self'"))
    );
    assert_eq!(preview.header("x-frame-options"), Some("SAMEORIGIN"));
    let gallery = get(&studio, "/overlay").await;
    assert_eq!(gallery.header("x-frame-options"), Some("DENY"), "the gallery itself is in no frame");
    assert!(!gallery.body.contains(secret), "an address is shown once");
    studio.close().await;
}

#[tokio::test]
async fn an_address_begins_as_was_chosen_and_ends_with_what_was_filled_in() {
    fn home() -> Vec<Network> {
        vec![Network { name: "home".to_owned(), addresses: vec![IpAddr::from([127, 0, 0, 2])] }]
    }
    let studio = Studio::with(Setup { networks: NetworkReader(home), ..Setup::default() }).await;
    studio.watch("mira").await;
    studio.app().listening.share(&["home"]).await.expect("saved");
    let way_in = format!("http://{}", studio.app().listening.reach().open[0].address);
    let filled = "of=gifters&title=Top+kita&count=3&scale=100&w=640&at=bottom&hide-counts=1";
    let shown = async |from: &str| {
        let from = from.replace(':', "%3A").replace('/', "%2F");
        let body = format!("creator=mira&lang=id&from={from}&{filled}");
        post(&studio, "/overlay/gifters/url", &body).await.body.replace("&#38;", "&")
    };
    let page = shown(&way_in).await;
    assert!(page.contains(&format!("value=\"{way_in}/o/")), "{page}");
    assert!(page.contains("/gifters?lang=id&title=Top+kita&count=3&at=bottom&hide=counts\""), "{page}");
    let own = format!("http://{}", studio.app().address);
    for from in ["", "http://evil.example"] {
        let page = shown(from).await;
        assert!(page.contains(&format!("value=\"{own}/o/")), "only what is offered counts: {page}");
    }
    let page = get(&studio, &format!("/overlay?creator=mira&lang=id&{filled}")).await.body;
    assert!(page.contains(r#"name="count" type="number" min="1" max="10" value="3""#), "{page}");
    assert!(page.contains(r#"name="hide-counts" value="1" checked"#), "{page}");
    let page = page.replace("&#38;", "&");
    assert!(page.contains("&title=Top+kita&count=3&at=bottom&hide=counts\""), "the preview shows it: {page}");
    assert!(
        page.contains("src=\"/overlay/goal?creator=mira&lang=id\""),
        "it is of that widget alone: {page}"
    );
    studio.close().await;
}

#[tokio::test]
async fn a_revoked_or_replaced_address_shows_a_word_and_nothing_else() {
    let (studio, _room) = Studio::live("mira").await;
    let (first, other) = (made(&studio, "viewers", "").await, made(&studio, "battle", "").await);
    let second = made(&studio, "viewers", "&theme=dark").await;
    for path in [first.as_str(), &first.replace("/viewers", "/viewers/f")] {
        let gone = get(&studio, path).await;
        assert_eq!(gone.status, 401, "{path}");
        assert!(gone.body.contains("no longer valid") && gone.body.contains("overlay-"), "{}", gone.body);
        assert!(!gone.body.contains("class=\"big\""), "{}", gone.body);
    }
    assert_eq!(get(&studio, &second).await.status, 200);
    let answer = post(&studio, "/overlay/viewers/revoke", "creator=mira").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(get(&studio, &second).await.status, 401);
    assert_eq!(get(&studio, &other).await.status, 200, "of another widget");
    studio.close().await;
}

#[tokio::test]
async fn a_page_that_is_loaded_again_shows_what_it_showed_also_after_a_restart() {
    let (mut studio, room) = Studio::live("mira").await;
    room.gift("ana", None, ROSE, 7, 12, true).await;
    room.comments("ben", 120).await;
    let address = made(&studio, "last-gift", "").await;
    until(&studio, &address, "×12").await;
    let session = studio.session("mira").id;
    studio
        .until_stored(session, |stored| stored.totals.gift_units == 12 && stored.totals.comments == 120)
        .await;
    let page = get(&studio, &address).await.body;
    assert!(page.contains("ana") && page.contains("×12"), "the page itself has it: {page}");

    studio.stop_app().await;
    studio.start_app().await;
    room.listened_to_by(1).await;
    let again = until(&studio, &address, "×12").await;
    assert!(again.contains("ana"), "{again}");
    studio.close().await;
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again_and_another_pasut_loads_the_page_anew() {
    let (studio, room) = Studio::live("mira").await;
    room.gift("ana", None, ROSE, 7, 4, true).await;
    let address = made(&studio, "gifters", "").await;
    until(&studio, &address, "ana").await;
    let first = part(&studio, &address).await;
    let tag = first.header("etag").expect("a tag").to_owned();
    let make = get(&studio, &address).await.body;
    let make = make.split("data-make=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a make");
    let host = studio.app().address;
    let (path, _) = address.split_once('?').unwrap_or((&address, ""));
    let again =
        format!("GET {path}/f?make={make}&lang=en HTTP/1.0\r\nHost: {host}\r\nIf-None-Match: {tag}\r\n\r\n");
    assert_eq!(ask(host, &again).await.status, 304);
    assert_eq!(get(&studio, &format!("{path}/f?make=older")).await.status, 205);
    studio.close().await;
}

#[tokio::test]
async fn only_an_address_made_with_the_tick_says_what_gifts_are_worth() {
    let (studio, room) = Studio::live("mira").await;
    room.gift("ana", None, ROSE, 7, 77, true).await;
    for widget in ["gifters", "last-gift"] {
        let plain = made(&studio, widget, "&lang=en").await;
        let shown = until(&studio, &plain, "77").await;
        assert!(!shown.contains('◆'), "{shown}");
        let (path, _) = plain.split_once('?').expect("a query");
        assert!(
            !part(&studio, &format!("{path}?money=1")).await.body.contains('◆'),
            "the address cannot ask for it"
        );
        let ticked = made(&studio, widget, "&lang=en&money=1").await;
        assert!(until(&studio, &ticked, "77").await.contains("77 ◆"));
    }
    let hidden = made(&studio, "gifters", "&lang=en&names=1").await;
    let shown = until(&studio, &hidden, "Fan #1").await;
    assert!(!shown.contains("ana") && !shown.contains("<img"), "{shown}");
    studio.close().await;
}

#[tokio::test]
async fn a_test_is_seen_on_its_widget_alone_and_nothing_of_it_is_counted() {
    let (studio, _room) = Studio::live("mira").await;
    let (gifters, viewers) = (made(&studio, "gifters", "").await, made(&studio, "viewers", "").await);
    begin_test(&studio, "gifters").await;
    assert!(part(&studio, &gifters).await.body.contains(">TEST<"));
    assert!(get(&studio, &gifters).await.body.contains(">TEST<"), "also on a page that is loaded again");
    assert!(!part(&studio, &viewers).await.body.contains(">TEST<"));
    let session = studio.session("mira");
    assert_eq!((session.totals.gift_units, session.top_gifters.len()), (0, 0));
    assert_eq!(post(&studio, "/overlay/gifters/test", "creator=nobody").await.status, 404);
    studio.close().await;
}
