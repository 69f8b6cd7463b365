//! A live tab that stays open for a minute: what it costs the computer, and the network.

use super::driver::Browser;
use super::process::{of_browser, processor_time};
use super::verdict::Verdict;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Until what a browser does once is over: in its first half minute the pages of its own bars (`chrome://omnibox-popup`)
/// took a tenth of what was measured.
const WARM_UP: Duration = Duration::from_secs(60);
const FOR: Duration = Duration::from_secs(60);

pub async fn measure(base: &str, verdict: &mut Verdict) -> anyhow::Result<()> {
    let browser = Browser::open().await;
    browser.go(&format!("{base}/live?creator=mira.plays")).await;
    sleep(WARM_UP).await;
    browser.run("performance.clearResourceTimings(); performance.setResourceTimingBufferSize(5000)").await;
    let spent =
        |processes: &[String]| -> Duration { processes.iter().map(|process| processor_time(process)).sum() };
    let processes = of_browser(&browser.profile())?;
    let (began, before) = (Instant::now(), spent(&processes));
    sleep(FOR).await;
    let seconds = began.elapsed().as_secs_f64();
    let share = (spent(&processes) - before).as_secs_f64() / seconds * 100.0;
    let asked = browser
        .see("performance.getEntriesByType('resource').reduce((sum, e) => [sum[0] + e.transferSize, sum[1] + 1], [0, 0])")
        .await;
    let figure = |i: usize| asked[i].as_f64().unwrap_or(f64::NAN);
    println!("{} requests in {seconds:.0} s, {} processes of the browser", figure(1), processes.len());
    verdict.at_most("one live tab, every process of the browser, % of a core", share, 3.0);
    verdict.at_most("polling, kB/s", figure(0) / 1000.0 / seconds, 5.0);
    Ok(())
}
