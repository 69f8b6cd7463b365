//! What is said of rises and drops.

use super::room::{BEGAN, HUGE_GIFT, Heard, Room, What, observed};
use crate::analytics::drivers::{explain, what_changed};
use crate::domain::answer::{Cause, WindowAnswer};
use crate::domain::driver::Driver;

const GIFTS: Room =
    Room { seed: 3, minutes: 90, viewers: 60.0, pull: Some((Driver::Gifts, 1.0)), huge_gift: Some(50) };

/// The window that holds a minute.
fn at(windows: &[WindowAnswer], minute: i64) -> Option<&WindowAnswer> {
    let at = BEGAN + minute * 60_000;
    windows.iter().find(|window| window.from <= at && at < window.to)
}

#[test]
fn a_rise_after_a_huge_gift_in_a_room_that_gifts_move_names_that_gift() {
    let answer = explain(&GIFTS.observed(), GIFTS.end(), &[]);
    let rise = at(&answer.windows, 50).expect("hundreds came");
    assert!(rise.change > 60 && rise.confidence >= 0.5, "{rise:?}");
    assert_eq!(rise.cause, Cause::Driver(Driver::Gifts));
    let occasion = rise.occasion.expect("a gift was given");
    assert_eq!((occasion.gift, occasion.units), (Some(HUGE_GIFT), 1));
    assert!((0..5_000).contains(&occasion.at.ms_since(BEGAN + 50 * 60_000)), "{occasion:?}");

    let (from, to) = (rise.from, rise.to);
    let changed = what_changed(&GIFTS.observed(), &[], from, to);
    let viewers = changed.viewers.expect("they were counted");
    assert_eq!((viewers.1 - viewers.0, changed.cause), (rise.change, rise.cause));
    assert_eq!(changed.shares[0].driver, Driver::Gifts, "{:?}", changed.shares);
}

#[test]
fn a_rise_that_nothing_in_the_room_explains_has_no_cause() {
    let quiet = Room { pull: None, huge_gift: None, ..GIFTS };
    let mut heard = quiet.heard();
    let pushed = |ms: i64| if ms > 50 * 60_000 { 80.0 * (-(ms as f64 - 3e6) / 6e5).exp() } else { 0.0 };
    for one in &mut heard {
        if let What::Viewers(viewers) = &mut one.what {
            *viewers += pushed(one.ms) as i64;
        }
    }
    let answer = explain(&observed(&heard), quiet.end(), &[]);
    let rise = at(&answer.windows, 50).expect("eighty came");
    assert!(rise.change > 50, "{rise:?}");
    assert_eq!((rise.cause, rise.occasion), (Cause::None, None));
}

/// The count falls from where it is to a part of it for a while, and comes back.
fn flapped(room: &Room, from_s: i64, to_s: i64) -> Vec<Heard> {
    let mut heard = room.heard();
    for one in &mut heard {
        if let What::Viewers(viewers) = &mut one.what
            && (from_s * 1000..to_s * 1000).contains(&one.ms)
        {
            *viewers = *viewers * 6 / 10;
        }
    }
    heard
}

#[test]
fn a_count_that_jumps_and_comes_back_is_a_glitch_and_never_a_driver() {
    let room = Room { huge_gift: None, ..GIFTS };
    let before = explain(&room.observed(), room.end(), &[]);
    let heard = flapped(&room, 3_000, 3_030);
    let after = explain(&observed(&heard), room.end(), &[]);
    let glitches: Vec<&WindowAnswer> =
        after.windows.iter().filter(|window| window.cause == Cause::Glitch).collect();
    assert!(!glitches.is_empty(), "{:?}", after.windows);
    for glitch in glitches {
        assert!(glitch.from <= BEGAN + 3_030_000 && glitch.to >= BEGAN + 3_000_000, "{glitch:?}");
        assert_eq!(glitch.occasion, None);
    }
    let slopes =
        |driver: Driver| [&before, &after].map(|answer| answer.driver(driver).per_unit.map(|of| of.estimate));
    for driver in Driver::ALL {
        let [without, with] = slopes(driver);
        let (without, with) = (without.expect("judged"), with.expect("judged"));
        assert!((without - with).abs() <= 0.1 * without.abs().max(0.01), "{driver:?}: {without} and {with}");
    }
}

#[test]
fn windows_are_told_oldest_first_and_do_not_overlap() {
    let answer = explain(&GIFTS.observed(), GIFTS.end(), &[]);
    assert!(answer.windows.len() >= 3, "{:?}", answer.windows);
    for pair in answer.windows.windows(2) {
        assert!(pair[0].to <= pair[1].from, "{pair:?}");
    }
    for window in &answer.windows {
        assert!((0.0..=1.0).contains(&window.confidence), "{window:?}");
        assert_eq!(window.occasion.is_some(), matches!(window.cause, Cause::Driver(_)), "{window:?}");
    }
}

#[test]
fn a_drop_is_never_put_down_to_what_brings_people_in() {
    for seed in 1..=2 {
        let answer = explain(&Room { seed, ..GIFTS }.observed(), GIFTS.end(), &[]);
        for drop in answer.windows.iter().filter(|window| window.change < 0) {
            assert_ne!(drop.cause, Cause::Driver(Driver::Gifts), "{drop:?}");
        }
    }
}
