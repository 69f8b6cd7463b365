//! Performance as a browser sees it: figures, presets and what is changed there.

use crate::served::{Answer, Served};
use pasut::domain::machine::{AutoChange, Cause, Why};
use std::time::Duration;

async fn post(served: &Served, body: &str) -> Answer {
    let headers = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    served.change_with("POST", "/performance", headers, body).await
}

/// Waits until the first sample was taken.
async fn measured(served: &Served) -> String {
    let figures = async {
        loop {
            let part = served.get("/f/system").await.body;
            if part.contains("64 MB") {
                return part;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), figures).await.expect("measured in time")
}

#[tokio::test]
async fn the_strip_shows_what_was_measured_and_asks_again() {
    let served = Served::start().await;
    let part = measured(&served).await;
    for figure in ["2.5%", "37% in all", "64 MB", "61% in all", "38 GB"] {
        assert!(part.contains(figure), "{figure}: {part}");
    }
    assert!(part.contains("hx-get=\"/f/system\" hx-trigger=\"every 10s, catchup\""), "{part}");
    let page = served.get("/performance").await.body;
    assert!(page.contains("No. The processors are 37% busy"), "{page}");
}

#[tokio::test]
async fn a_preset_changes_all_its_settings_at_once_and_can_be_taken_back() {
    let served = Served::start().await;
    let chosen = |page: &str, preset: &str| {
        page.contains(&format!("name=\"preset\" value=\"{preset}\" aria-pressed=\"true\""))
    };
    assert!(chosen(&served.get("/performance").await.body, "medium"));
    let answer = post(&served, "preset=low").await;
    assert_eq!(answer.header("location"), Some("/performance?applied=1"));
    let page = served.get("/performance?applied=1").await.body;
    assert!(chosen(&page, "low") && page.contains("action=\"/settings/undo\""), "{page}");
    for pressed in
        ["session.interval\" value=\"10", "performance.refresh\" value=\"200", "avatars\" value=\"off"]
    {
        assert!(page.contains(&format!("{pressed}\" aria-pressed=\"true\"")), "{pressed}");
    }
    assert!(page.contains("every 20s, catchup"), "Low doubles the time between polls");
    let headers = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    served.change_with("POST", "/settings/undo", headers, "back=%2Fperformance").await;
    assert!(chosen(&served.get("/performance").await.body, "medium"));
    for nonsense in ["preset=warp", "performance.refresh=0", "nothing=1"] {
        assert_eq!(post(&served, nonsense).await.status, 400, "{nonsense}");
    }
}

#[tokio::test]
async fn what_auto_changed_is_told_with_its_reason_in_both_languages() {
    let served = Served::start().await;
    let why = Why::Short { of: Cause::Cpu, least: 84.6, for_ms: 300_000 };
    let change = AutoChange { at: crate::served::NOW, eased: true, why };
    served.store.log_auto_change(change).await.expect("stored");
    let page = served.get("/performance").await.body;
    assert!(page.contains("CPU was above 84% for 5m.") && page.contains("Wider intervals"), "{page}");
    let page = served.get_with("/performance", "Cookie: pasut_lang=id\r\n").await.body;
    assert!(page.contains("CPU di atas 84% selama 5 mnt."), "{page}");
}
