//! A finished session whose truth is known: the same facts wherever they are shown.

use super::{address, driver::Browser};
use crate::known::{driver, json_of, recorded};
use crate::studio::Studio;
use serde_json::{Value, json};

/// When moments began, as the JSON has them.
fn times(windows: &Value) -> Vec<&str> {
    let windows = windows["windows"].as_array().expect("a list").iter();
    windows
        .filter(|window| window["cause"] != "glitch")
        .map(|window| window["from"].as_str().expect("a time"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sentence_chart_table_and_json_say_the_same_of_a_session() {
    let mut studio = Studio::open().await;
    let id = recorded(&mut studio, "gift-driven", 3).await;
    let drivers = json_of(&studio, &format!("/api/v1/sessions/{id}/drivers")).await;
    let windows = json_of(&studio, &format!("/api/v1/sessions/{id}/windows")).await;
    let gifts = driver(&drivers, "gifts");
    let sentence = gifts["sentence"]["en"].as_str().expect("a sentence");
    let counted = format!("{} of {} times", gifts["hits"], gifts["bursts"]);

    let browser = Browser::open().await;
    browser.go(&format!("{}/sessions/{id}", address(&studio))).await;
    browser.until("document.querySelector('#chart .flags .pip')").await;
    assert_eq!(browser.text("#verdict .claim").await, sentence);
    assert!(browser.text("#verdict .evidence").await.contains(&counted));
    let flags = "[...document.querySelectorAll('#chart .flags .pip')]";
    let listed = "[...document.querySelectorAll('#moments [data-kind=moment]')]";
    let numbers = browser.see(&format!("{flags}.map((flag) => flag.textContent)")).await;
    let in_list = browser.see(&format!("{listed}.map((row) => row.dataset.number)")).await;
    assert_eq!(numbers, in_list);
    let at = browser
        .see(&format!("{listed}.map((row) => new Date(row.querySelector('time').dateTime).getTime())"))
        .await;
    let parsed =
        browser.see(&format!("{}.map((at) => new Date(at).getTime())", json!(times(&windows)))).await;
    assert_eq!(at, parsed, "{windows}");
    let marked =
        browser.see("JSON.parse(document.getElementById('moments').dataset.bursts).gifts.length").await;
    assert_eq!(marked, gifts["bursts"], "a mark on the chart for each burst");

    browser.go(&format!("{}/insights?scope=session:{id}&driver=gifts", address(&studio))).await;
    assert_eq!(browser.text("#gifts .sentence").await, sentence);
    assert!(browser.text("#gifts .evidence").await.contains(&counted));
    let dots = browser.see("document.querySelectorAll('#gifts .hits circle').length").await;
    assert_eq!(dots, gifts["bursts"]);
    let hits = browser.see("document.querySelectorAll('#gifts .hit-moment').length").await;
    assert_eq!(hits, gifts["hits"]);
    // The bar that is named is the largest of the column in the table.
    let named = browser.see("document.querySelector('#gifts svg text.ink').textContent").await;
    let largest = browser
        .see(
            "((rows) => rows.reduce((most, row) => Math.abs(row[1]) > Math.abs(most[1]) ? row : most)[0])
             ([...document.querySelectorAll('#numbers tbody tr')].slice(0, 21).map((row) =>
                 [row.cells[0].textContent, Number(row.cells[1].textContent.replace('−', '-'))]))",
        )
        .await;
    let named = named.as_str().expect("a bar that chance does not reach").trim_end_matches(" min");
    assert_eq!(json!(named), largest);
    studio.close().await;
}
