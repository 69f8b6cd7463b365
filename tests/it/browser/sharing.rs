//! People and API tokens by keyboard alone.

use super::address;
use super::axe::{AXE, judged};
use super::driver::Browser;
use crate::studio::{Setup, Studio};
use pasut::network::{Network, NetworkReader};
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// An address of the loopback range stands for one of the network at home.
fn home() -> Vec<Network> {
    let network = |name: &str, last| Network {
        name: name.to_owned(),
        addresses: vec![IpAddr::V4(Ipv4Addr::new(127, 0, 0, last))],
    };
    vec![network("docker0", 7), network("home", 6)]
}

/// Whatever `selector` finds gets the focus, as if it had been reached by Tab.
async fn focus(browser: &Browser, selector: &str) {
    browser.run(&format!("document.querySelector({}).focus()", json!(selector))).await;
}

/// Types each text into a field of its own, one after the other, and sends the form.
async fn fill(browser: &Browser, texts: &[&str]) {
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            browser.press(TAB).await;
        }
        if !text.is_empty() {
            browser.press(text).await;
        }
    }
    browser.press(ENTER).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pasut_is_shared_and_people_are_added_and_removed_by_keyboard_alone() {
    let studio = Studio::with(Setup { networks: NetworkReader(home), ..Setup::default() }).await;
    let browser = Browser::open().await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": AXE })).await;
    browser.go(&format!("{}/people", address(&studio))).await;
    let ticked = "[...document.querySelectorAll('[name=network]:checked')].map((box) => box.value)";
    browser.until("document.querySelector('[name=network]')").await;
    assert_eq!(browser.see(ticked).await, json!(["home"]), "a container's network is not chosen by itself");

    focus(&browser, "#owner-name").await;
    fill(&browser, &["mira", "benar kuda baterai", "benar kuda baterei"]).await;
    browser.until_text("#sharing [role=alert]", "The two passwords differ").await;
    focus(&browser, "#owner-name").await;
    fill(&browser, &["mira", "benar kuda baterai", "benar kuda baterai"]).await;
    let way_in = format!("http://127.0.0.6:{}", studio.app().address.port());
    browser.until_text("#sharing .doors", &way_in).await;
    assert_eq!(browser.see("document.querySelectorAll('#sharing .doors svg.qr').length").await, 1);
    assert_eq!(judged(&browser).await, Vec::<String>::new());

    focus(&browser, "#accounts .fold > summary").await;
    browser.press(ENTER).await;
    focus(&browser, "#name").await;
    // The arrow keys would change the role; Tab leaves it as it is.
    fill(&browser, &["budi", "", "kuda lain sekali", "kuda lain sekali"]).await;
    browser.until_text("#accounts", "budi").await;
    browser.until_text("#accounts", "Moderator").await;

    focus(&browser, "#accounts .jobs [aria-label='Remove: budi']").await;
    browser.press(ENTER).await;
    focus(&browser, "#typed-budi").await;
    fill(&browser, &["budi"]).await;
    browser.until("!document.querySelector('#accounts .jobs').innerText.includes('budi')").await;
    browser.until_text("#log", "removed account budi").await;

    focus(&browser, "#sharing .risk").await;
    browser.press(ENTER).await;
    browser.until_text("#sharing", "Off: only this computer").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_made_shown_once_and_revoked_by_keyboard_alone() {
    let studio = Studio::open().await;
    studio.watch("mira").await;
    let browser = Browser::open().await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": AXE })).await;
    browser.go(&format!("{}/settings/tokens", address(&studio))).await;
    focus(&browser, "[value=push]").await;
    browser.press(" ").await;
    focus(&browser, "#label").await;
    fill(&browser, &["game"]).await;
    browser.until_text("form [role=alert]", "choose one").await;
    focus(&browser, "#label").await;
    fill(&browser, &["skrip <b>agensi</b>"]).await;
    browser.until("document.querySelector('#made')").await;
    assert_eq!(browser.see("document.querySelector('#made').value.length").await, 43);
    browser.until_text(".jobs", "skrip <b>agensi</b>").await;
    browser.until_text(".jobs", "API as a moderator").await;
    assert_eq!(judged(&browser).await, Vec::<String>::new());
    focus(&browser, ".jobs button").await;
    browser.press(ENTER).await;
    browser.until_text("main", "No tokens").await;
    assert_eq!(browser.see("document.querySelector('#made')").await, json!(null));
    studio.close().await;
}
