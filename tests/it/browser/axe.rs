//! Every page as axe-core judges it: WCAG 2.0 to 2.2, A and AA, and what is good practice beyond.

use super::driver::Browser;
use super::{address, pages};
use crate::known::recorded;
use crate::studio::Studio;
use pasut::simulator::ROSE;
use pasut::web::routes;
use serde_json::json;

pub(super) const AXE: &str = include_str!("../../vendor/axe-core-4.14.1.min.js");

/// What axe finds: a line for each rule that is broken, with the first parts that break it.
const JUDGE: &str = "
    const done = arguments[arguments.length - 1];
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const told = (rule) => `${rule.id}: ${rule.help}: `
        + rule.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 120)} (${node.any.concat(node.all, node.none)
            .map((check) => check.message).join('; ').slice(0, 160)})`).join(' | ');
    axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
        .then((found) => done(found.violations.map(told)), (error) => done([String(error)]));";

/// Addresses of these kinds are not pages, or pages that need a link of their own (`guests.rs`).
const NO_PAGES: [&str; 11] = [
    "/f/",
    "/o/",
    "/s/",
    "/overlay/",
    "/avatars/",
    "/archives/",
    "/api/v1/",
    "/assets/",
    "/healthz",
    "/readyz",
    "/metrics",
];

/// The routes of pages: every one that answers GET and is no part of a page, no file and nothing for programs.
fn routes_of_pages() -> Vec<&'static str> {
    let paths = routes::table().into_iter().filter(|entry| entry.method == "GET").map(|entry| entry.path);
    paths
        .filter(|path| !NO_PAGES.iter().any(|start| path.starts_with(start)))
        .filter(|path| !path.contains('.') && !path.ends_with("/file"))
        .collect()
}

/// Whether the route, which may have `{names}` in it, leads to `path`.
fn leads_to(route: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<_> = route.split('/').zip(path.split('/')).collect();
    route.split('/').count() == path.split('/').count()
        && parts.iter().all(|(pattern, part)| pattern.starts_with('{') || pattern == part)
}

#[test]
fn every_page_is_tried_in_a_browser() {
    let tried = pages("1");
    let routes = routes_of_pages();
    assert!(routes.len() > 8, "{routes:?}");
    // These lead on to another page.
    for route in routes.into_iter().filter(|route| !["/", "/settings"].contains(route)) {
        assert!(tried.iter().any(|path| leads_to(route, path)), "{route} is missing in the list of pages");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_to_complain_about_on_any_page() {
    let mut studio = Studio::open().await;
    let recorded = recorded(&mut studio, "gift-driven", 3).await;
    let room = studio.simulator.scripted("mira");
    studio.watch("mira").await;
    room.listened_to_by(1).await;
    room.viewers(100, 1_000).await;
    room.gift("ana", None, ROSE, 7, 4, true).await;
    room.comment("ben", "halo semua").await;
    studio.until_session("mira", "a gifter and a comment", |session| session.feed.len() > 1).await;
    let browser = Browser::open().await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": AXE })).await;
    let mut complaints = Vec::new();
    for (width, height) in [(1440, 900), (390, 844)] {
        browser.resize(width, height).await;
        for theme in ["light", "dark"] {
            let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
            browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
            let more = ["/nothing-here".to_owned(), "/live?on=likes,comments,gifts".to_owned()];
            for path in pages(&recorded).into_iter().chain(more) {
                browser.go(&format!("{}{path}", address(&studio))).await;
                for found in judged(&browser).await {
                    complaints.push(format!("{path} at {width}, {theme}: {found}"));
                }
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    studio.close().await;
}

pub(super) async fn judged(browser: &Browser) -> Vec<String> {
    let found = browser.client.execute_async(JUDGE, Vec::new()).await.expect("axe runs");
    let found = found.as_array().unwrap_or_else(|| panic!("no list: {found}"));
    found.iter().map(|line| line.as_str().unwrap_or_default().to_owned()).collect::<Vec<String>>()
}
