//! The reminder of a trial on the open live page.

use super::{CATCH_UP, opened};
use crate::studio::handle;
use pasut::analytics::trial::timetable;
use pasut::domain::driver::Driver;
use pasut::domain::trial::{Arm, TrialPlan};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_started_meanwhile_reminds_on_the_open_page_slot_after_slot() {
    let (studio, room, browser) = opened("/live").await;
    browser.until("document.querySelector('#trial-now[hx-trigger^=every]')?.hidden").await;
    let plan =
        TrialPlan { creator: handle("mira"), prompt: Driver::Likes, window_ms: 180_000, pairs: 6, seed: 5 };
    let trial = studio.app().store.start_trial(&plan, studio.clock.wall()).await;
    let trial = trial.expect("written").expect("the first");
    browser.run(CATCH_UP).await;
    browser.until_text("#trial-now", "the next slot begins at").await;
    for slot in timetable(&plan, 0, trial.started_at).take(2) {
        studio.clock.shift_wall(slot.at.ms_since(studio.clock.wall()) + 1000);
        let said = match slot.arm {
            Arm::Prompt => "Now: ask for likes.",
            Arm::Control => "Carry on as usual; do not ask for anything.",
        };
        let place = format!("{said} Slot {} of 12.", slot.number + 1);
        // A clock that is set makes Pasut look whether the room is still there.
        let talk = async {
            loop {
                room.listened_to_by(1).await;
                room.viewers(104, 1_000).await;
                browser.run(CATCH_UP).await;
            }
        };
        tokio::select! {
            () = talk => {}
            () = browser.until_text("#trial-now", &place) => {}
        }
    }
    studio.close().await;
}
