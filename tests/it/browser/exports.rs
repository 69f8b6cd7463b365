//! Files made on the page, pictures to share, and a report that needs nobody.

use super::address;
use super::driver::Browser;
use crate::known::recorded;
use crate::studio::Studio;
use serde_json::{Value, json};

/// An hour of @mira on 21 November 2026, and a browser.
async fn studio() -> (Studio, String, Browser) {
    let mut studio = Studio::open().await;
    let session = recorded(&mut studio, "gift-driven", 3).await;
    (studio, session, Browser::open().await)
}

/// What the page gets from `path`: the first bytes as text, the whole as text, and the name it is saved as.
async fn fetched(browser: &Browser, path: &str) -> Value {
    let script = "
        const done = arguments[arguments.length - 1];
        fetch(arguments[0]).then(async (answer) => {
            const bytes = new Uint8Array(await answer.arrayBuffer());
            const start = String.fromCharCode(...bytes.slice(0, 8));
            const view = new DataView(bytes.buffer);
            done({ start, bytes: bytes.length, sides: [view.getUint32(16), view.getUint32(20)],
                text: new TextDecoder().decode(bytes), name: answer.headers.get('content-disposition') });
        }).catch((error) => done({ error: String(error) }));";
    browser.client.execute_async(script, vec![json!(path)]).await.expect("fetches")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_is_made_on_the_page_followed_to_its_end_and_removed() {
    let (studio, _, browser) = studio().await;
    browser.go(&format!("{}/exports?from=2026-11-21&to=2026-11-21", address(&studio))).await;
    browser.until_text("#estimate", "1 session").await;
    let before = browser.text("#estimate").await;
    browser.click("#wish [name=section][value=gifts]").await;
    browser.until(&format!("document.getElementById('estimate').innerText !== {}", json!(before))).await;
    browser.click("#wish [name=section][value=gifts]").await;
    browser.until_text("#estimate", &before).await;
    browser.click("#wish button.main").await;
    browser.until("location.pathname === '/exports' && location.search === ''").await;
    browser.until("document.querySelector('.job a[download]')").await;
    browser.until("!document.querySelector('.job progress, .job[hx-get]')").await;
    let row = browser.text(".job").await;
    assert!(row.starts_with("pasut-2026-11-21-to-2026-11-21.xlsx"), "{row}");

    let link = browser.see("document.querySelector('.job a[download]').getAttribute('href')").await;
    let file = fetched(&browser, link.as_str().expect("an address")).await;
    assert!(file["start"].as_str().is_some_and(|start| start.starts_with("PK\u{3}\u{4}")), "{file}");
    assert!(file["bytes"].as_u64() > Some(10_000), "{}", file["bytes"]);
    assert_eq!(file["name"], "attachment; filename=\"pasut-2026-11-21-to-2026-11-21.xlsx\"");

    browser.click(".job form button").await;
    browser.until("location.pathname === '/exports' && !document.querySelector('.job')").await;
    assert_eq!(browser.complaints().await, [""; 0]);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_form_offers_what_the_chosen_format_has_a_use_for() {
    let (studio, _, browser) = studio().await;
    browser.go(&format!("{}/exports?from=2026-11-21&to=2026-11-21", address(&studio))).await;
    let seen = "['tables', 'csv', 'each'].filter((part) => document.querySelector(`.exports .${part}`)\
                .checkVisibility()).join(' ')";
    for (format, parts) in
        [("csv", "tables csv"), ("json", "tables"), ("png", "each"), ("xlsx", "tables"), ("html", "each")]
    {
        browser.click(&format!("#wish [name=format][value={format}]")).await;
        browser.until(&format!("{seen} === {}", json!(parts))).await;
    }
    browser.until_text("#estimate", "1 session, about").await;
    browser.click("#wish button.main").await;
    browser.until("document.querySelector('.job a[download]')").await;
    let row = browser.text(".job").await;
    assert!(row.starts_with("pasut-2026-11-21-to-2026-11-21.zip") && row.contains("1 session, "), "{row}");
    assert_eq!(browser.complaints().await, [""; 0]);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cards_are_shown_on_the_review_and_are_pictures_of_the_size_that_is_asked() {
    let (studio, session, browser) = studio().await;
    browser.go(&format!("{}/sessions/{session}", address(&studio))).await;
    browser.run("document.getElementById('share').scrollIntoView()").await;
    let sides =
        "[...document.querySelectorAll('.previews img')].map((img) => [img.naturalWidth, img.naturalHeight])";
    browser.until(&format!("JSON.stringify({sides}) === '[[1080,1920],[1200,630]]'")).await;
    for (size, sides) in [("tall", [1080, 1920]), ("wide", [1200, 630])] {
        let card = fetched(&browser, &format!("/sessions/{session}/card.png?size={size}&hide=1")).await;
        assert_eq!(card["start"], "\u{89}PNG\r\n\u{1a}\n", "{size}");
        assert_eq!(card["sides"], json!(sides), "{size}");
    }
    let chart = fetched(&browser, &format!("/sessions/{session}/chart.png")).await;
    assert_eq!(chart["start"], "\u{89}PNG\r\n\u{1a}\n");
    assert_eq!(browser.complaints().await, [""; 0]);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_opens_from_disk_when_the_app_is_gone_and_asks_nobody() {
    let (mut studio, session, browser) = studio().await;
    browser.go(&format!("{}/sessions/{session}", address(&studio))).await;
    let link = browser.see("document.querySelector('#share + a').getAttribute('href')").await;
    let report = fetched(&browser, link.as_str().expect("an address")).await;
    assert!(report["bytes"].as_u64() < Some(400_000), "{}", report["bytes"]);
    studio.stop_app().await;
    let path = studio.folder().join("report.html");
    std::fs::write(&path, report["text"].as_str().expect("text")).expect("written");
    browser.requests().await;
    browser.complaints().await;
    browser.go(&format!("file://{}", path.display())).await;
    browser.until_text("header", "@mira").await;
    assert_eq!(
        browser.see("document.querySelectorAll('script, link[href], iframe, object').length").await,
        0
    );
    assert!(browser.see("document.querySelectorAll('svg path').length").await.as_u64() > Some(0));
    assert!(browser.see("document.querySelectorAll('tbody tr').length").await.as_u64() > Some(12));
    for asked in browser.requests().await {
        assert!(["file:", "data:", "about:"].iter().any(|start| asked.starts_with(start)), "{asked}");
    }
    assert_eq!(browser.complaints().await, [""; 0]);
    for width in [360, 1440] {
        browser.resize(width, 800).await;
        browser.until(&format!("window.innerWidth === {width}")).await;
        assert_eq!(browser.see(super::TOO_WIDE).await, json!([]), "at {width}");
    }
    studio.close().await;
}
