//! The leaderboard by mouse and keyboard: what changes, and what stays where it was.

use super::{address, opened, seen};
use pasut::simulator::{Person, ROSE};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_column_sorts_and_a_panel_opens_without_losing_the_place() {
    let (studio, room, browser) = opened("/help").await;
    room.gift("ana", None, ROSE, 7, 3, true).await;
    room.gift("ben", None, ROSE, 8, 9, true).await;
    studio.until_session("mira", "twelve roses", |session| session.totals.gift_units == 12).await;
    studio.until_stored(studio.session("mira").id, |stored| stored.totals.gift_units == 12).await;
    browser.go(&format!("{}/leaderboards?scope=session", address(&studio))).await;
    browser.until("document.querySelectorAll('.gifters tbody tr').length === 2").await;
    browser.run("window.same = true").await;
    let ana = Person::named("ana").id;
    let first_is_ana = format!("document.querySelector('.gifters tbody tr').id === 'g-{ana}'");

    browser.click("#sort-diamonds").await;
    browser.until("location.search === '?scope=session&sort=diamonds'").await;
    browser.until("document.querySelector('[aria-sort=ascending] #sort-diamonds')").await;
    browser.until(&first_is_ana).await;

    // Enter on a row opens the panel, and closing it leads back to the row.
    browser.run(&format!("document.getElementById('p-{ana}').focus()")).await;
    browser.press("\u{e007}").await;
    browser.until("document.activeElement.id === 'person'").await;
    browser.until(&format!("location.search.includes('who={ana}')")).await;
    browser.run("document.querySelector('.beside .icon-btn').focus()").await;
    browser.press("\u{e007}").await;
    browser.until(&format!("document.activeElement.id === 'p-{ana}'")).await;
    browser.until("!document.querySelector('.beside')").await;

    // Typing filters, and does not fill the history.
    let entries = browser.see("history.length").await;
    browser.run("document.getElementById('b-q').focus()").await;
    browser.press("ben").await;
    browser.until("location.search.includes('q=ben')").await;
    browser.until("document.querySelectorAll('.gifters tbody tr').length === 1").await;
    browser.until("document.activeElement.id === 'b-q'").await;
    assert_eq!(browser.see("history.length").await, entries);
    assert_eq!(browser.see("window.same").await, true, "the page was not loaded anew");

    // Back leads to the panel as it was.
    browser.run("history.back()").await;
    browser
        .until(&format!("location.search.includes('who={ana}') && document.querySelector('.beside')"))
        .await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_board_of_a_running_session_grows_and_a_note_is_kept() {
    let (studio, room, browser) = opened("/help").await;
    room.gift("ana", None, ROSE, 7, 3, true).await;
    studio.until_session("mira", "three roses", |session| session.totals.gift_units == 3).await;
    studio.until_stored(studio.session("mira").id, |stored| stored.totals.gift_units == 3).await;
    let ana = Person::named("ana").id;
    browser.go(&format!("{}/leaderboards?scope=session&who={ana}", address(&studio))).await;
    browser.until("document.querySelector('#b-note')").await;
    room.gift("ana", None, ROSE, 9, 24, true).await;
    browser
        .until(&format!(
            "(document.dispatchEvent(new Event('visibilitychange')), \
             document.getElementById('g-{ana}').textContent.includes('27'))"
        ))
        .await;
    browser.run("document.getElementById('b-note').focus()").await;
    browser.press("Suka kucing").await;
    browser.run("document.getElementById('b-tags').focus()").await;
    browser.press("VIP, solo").await;
    browser.press("\u{e007}").await;
    browser.until_text(".beside [role=status]", "Saved.").await;
    assert_eq!(browser.see("document.getElementById('b-note').value").await, "Suka kucing");
    assert_eq!(browser.see("document.getElementById('b-tags').value").await, "solo, vip");
    assert!(browser.text(&format!("#p-{ana}")).await.contains("vip"));
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_somebody_comes_to_while_it_is_asked_for_stays_as_it_is() {
    let (studio, room, browser) = opened("/live").await;
    room.gift("ana", None, ROSE, 7, 3, true).await;
    browser.until_text("#leaderboard tbody tr", "ana 3").await;
    browser.run(&seen(false)).await;
    room.gift("ana", None, ROSE, 8, 15, true).await;
    studio.until_session("mira", "eighteen roses", |session| session.totals.gift_units == 18).await;
    browser
        .run(
            "const ask = window.fetch, heading = document.getElementById('lb-h');
             heading.tabIndex = -1;
             window.answered = 0;
             window.fetch = async (...request) => {
                 const answer = await ask(...request);
                 if (String(request[0]).includes('/f/leaderboard')) {
                     if (!window.answered) heading.focus();
                     window.answered += 1;
                 }
                 return answer;
             };",
        )
        .await;
    browser.run(&seen(true)).await;
    browser.until("window.answered > 0").await;
    browser.until_text("#tile-gifts .value", "18 ").await;
    // What was answered is shown in the same frame as the pulse, or is not shown.
    browser
        .run("window.pulses = 0; document.addEventListener('htmx:after:swap', () => { window.pulses += 1; })")
        .await;
    browser.until("window.pulses >= 1").await;
    browser.until_text("#leaderboard tbody tr", "ana 3").await;
    assert_eq!(browser.see("window.answered").await, 1, "it is not asked for while somebody is in it");

    browser.run("document.activeElement.blur()").await;
    browser.until_text("#leaderboard tbody tr", "ana 18").await;
    studio.close().await;
}
