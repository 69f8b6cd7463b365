//! Every case in both languages, word by word.

use super::*;
use crate::domain::answer::{Basis, Range};
use crate::domain::ids::GiftId;
use crate::words::Lang;

const AT: Stamp = Stamp(1_795_350_600_000);

fn judged(driver: Driver, level: Level) -> DriverAnswer {
    DriverAnswer {
        driver,
        verdict: if level.is_claim() { Verdict::Raises } else { Verdict::NoEvidence },
        level,
        shortage: None,
        p_value: Some(0.01),
        q_value: Some(0.02),
        per_unit: None,
        per_burst: Some(Range { estimate: 12.2, low: 5.4, high: 19.0 }),
        lag_s: Some(62.0),
        bursts: 11,
        hits: 9,
        hits_by_chance: 3.2,
        moments: Vec::new(),
        evidence: None,
    }
}

fn short(driver: Driver, shortage: Shortage) -> DriverAnswer {
    DriverAnswer {
        shortage: Some(shortage),
        per_burst: None,
        lag_s: None,
        bursts: 0,
        hits: 0,
        ..judged(driver, Level::Unclear)
    }
}

fn lowers() -> DriverAnswer {
    DriverAnswer {
        verdict: Verdict::Lowers,
        per_burst: Some(Range { estimate: -9.0, low: -15.0, high: -3.0 }),
        lag_s: Some(150.0),
        bursts: 1,
        hits: 1,
        hits_by_chance: 0.4,
        ..judged(Driver::Comments, Level::Likely)
    }
}

fn answer(drivers: [DriverAnswer; 5], windows: Vec<WindowAnswer>) -> Answer {
    Answer { at: AT, basis: Basis::default(), drivers, windows, slopes: Vec::new() }
}

fn all(level: Level) -> [DriverAnswer; 5] {
    Driver::ALL.map(|driver| judged(driver, level))
}

fn window(change: i64, cause: Cause, occasion: Option<Occasion>) -> WindowAnswer {
    let (from, to) = (AT - 300_000, AT - 180_000);
    WindowAnswer { from, to, viewers: 400, change, cause, confidence: 0.724, occasion }
}

/// A sentence as `text | evidence`.
fn said(sentence: &Sentence) -> String {
    let evidence = sentence.evidence.as_deref().map(|evidence| format!(" | {evidence}"));
    format!("{}{}", sentence.text, evidence.unwrap_or_default())
}

fn check(say: impl Fn(&Words) -> Sentence, en: &str, id: &str) {
    assert_eq!(said(&say(Words::of(Lang::En))), en);
    assert_eq!(said(&say(Words::of(Lang::Id))), id);
}

#[test]
fn a_driver_is_told_by_its_level() {
    use Driver::{Comments, Follows, Gifts, Likes, Shares};
    let weak = DriverAnswer {
        per_burst: Some(Range { estimate: 4.0, low: -1.25, high: 9.0 }),
        ..judged(Follows, Level::Weak)
    };
    let tiny = |level| DriverAnswer {
        per_burst: Some(Range { estimate: 0.02, low: -0.01, high: 0.04 }),
        ..judged(Shares, level)
    };
    let unseen = DriverAnswer { bursts: 0, per_burst: None, ..judged(Shares, Level::None) };
    let sizeless = DriverAnswer { lag_s: None, bursts: 0, per_burst: None, ..judged(Gifts, Level::Strong) };
    let table = [
        (
            judged(Likes, Level::Strong),
            "When likes jump, viewers usually rise by about +12 within 62 s. \
             | 9 of 11 times (by chance: about 3), likely range +5.4 to +19",
            "Saat like melonjak, penonton biasanya naik sekitar +12 dalam 62 dtk. \
             | 9 dari 11 kali (kalau kebetulan: sekitar 3), rentang wajar +5,4 sampai +19",
        ),
        (
            judged(Follows, Level::Likely),
            "Follows often come before a rise: about +12 per burst, likely a real lift. \
             | 9 of 11 times (by chance: about 3), after about 62 s, likely range +5.4 to +19",
            "Follow baru sering mendahului kenaikan: sekitar +12 per lonjakan, kemungkinan kenaikan sungguhan. \
             | 9 dari 11 kali (kalau kebetulan: sekitar 3), setelah sekitar 62 dtk, rentang wajar +5,4 sampai +19",
        ),
        (
            lowers(),
            "After waves of comments more viewers left than usual: about −9 within 2.5 min. \
             | 1 of 1 time (by chance: about 0.4), likely range −15 to −3",
            "Setelah gelombang komentar, lebih banyak penonton pergi dari biasanya: sekitar −9 dalam 2,5 menit. \
             | 1 dari 1 kali (kalau kebetulan: sekitar 0,4), rentang wajar −15 sampai −3",
        ),
        (
            weak,
            "A faint link with follows. Do not plan on it yet. \
             | 9 of 11 times (by chance: about 3), after about 62 s, likely range −1.3 to +9",
            "Ada kaitan tipis dengan follow. Jangan dijadikan patokan dulu. \
             | 9 dari 11 kali (kalau kebetulan: sekitar 3), setelah sekitar 62 dtk, rentang wajar −1,3 sampai +9",
        ),
        (
            judged(Likes, Level::None),
            "No sign that likes bring viewers in. Anything above +19 per burst is unlikely. \
             | 9 of 11 times (by chance: about 3)",
            "Tidak ada tanda bahwa like mendatangkan penonton. Kecil kemungkinannya lebih dari +19 per lonjakan. \
             | 9 dari 11 kali (kalau kebetulan: sekitar 3)",
        ),
        (
            tiny(Level::None),
            "No sign that shares bring viewers in. Anything above +0.1 per burst is unlikely. \
             | 9 of 11 times (by chance: about 3)",
            "Tidak ada tanda bahwa share mendatangkan penonton. Kecil kemungkinannya lebih dari +0,1 per lonjakan. \
             | 9 dari 11 kali (kalau kebetulan: sekitar 3)",
        ),
        (
            tiny(Level::Likely),
            "Shares often come before a rise; likely a real lift. \
             | 9 of 11 times (by chance: about 3), after about 62 s, likely range 0 to 0",
            "Share sering mendahului kenaikan; kemungkinan kenaikan sungguhan. \
             | 9 dari 11 kali (kalau kebetulan: sekitar 3), setelah sekitar 62 dtk, rentang wajar 0 sampai 0",
        ),
        (
            unseen,
            "No sign that shares bring viewers in. How small an effect would have been seen is not known.",
            "Tidak ada tanda bahwa share mendatangkan penonton. \
             Pengaruh sekecil apa yang masih akan terlihat belum diketahui.",
        ),
        (
            sizeless,
            "Gifts often come before a rise; likely a real lift.",
            "Gift sering mendahului kenaikan; kemungkinan kenaikan sungguhan.",
        ),
        (
            DriverAnswer { per_burst: None, bursts: 0, ..lowers() },
            "After waves of comments more viewers left than usual. | after about 2.5 min",
            "Setelah gelombang komentar, lebih banyak penonton pergi dari biasanya. | setelah sekitar 2,5 menit",
        ),
        (
            short(Gifts, Shortage::Occasions { have: 3, need: 8 }),
            "Too early to say: 3 of 8 gifts so far.",
            "Terlalu dini: baru 3 dari 8 gift.",
        ),
        (
            short(Comments, Shortage::Minutes { have: 9, need: 15 }),
            "Too early to say: 9 of 15 minutes so far.",
            "Terlalu dini: baru 9 dari 15 menit.",
        ),
        (
            short(Likes, Shortage::Viewers { have: 1, need: 5 }),
            "Too early to say: 1 viewer on average, 5 are needed.",
            "Terlalu dini: rata-rata 1 penonton, perlu 5.",
        ),
    ];
    for (answer, en, id) in table {
        check(|w| driver_sentence(&answer, w), en, id);
    }
}

#[test]
fn a_window_is_told_by_its_cause() {
    let galaxy = |at| Some(Occasion { at, units: 1, gift: Some(GiftId(11046)) });
    let likes = |at| Some(Occasion { at, units: 1412, gift: None });
    let from = AT - 300_000;
    let gifts = Cause::Driver(Driver::Gifts);
    let table = [
        (
            window(38, gifts, galaxy(from - 40_000)),
            Some("Galaxy"),
            "+38 in 2 min; most likely gifts: Galaxy\u{a0}×1, 40 s before. | 72% likely to be right",
            "+38 dalam 2 menit; kemungkinan besar gift: Galaxy\u{a0}×1, 40 dtk sebelumnya. | 72% kemungkinan benar",
        ),
        (
            window(38, gifts, galaxy(from + 5_000)),
            None,
            "+38 in 2 min; most likely gifts: Gift 11046\u{a0}×1, meanwhile. | 72% likely to be right",
            "+38 dalam 2 menit; kemungkinan besar gift: Gift 11046\u{a0}×1, di tengahnya. | 72% kemungkinan benar",
        ),
        (
            window(-1038, Cause::Driver(Driver::Likes), likes(from - 150_000)),
            None,
            "−1,038 in 2 min; most likely likes: 1,412 in 10 s, 2.5 min before. | 72% likely to be right",
            "−1.038 dalam 2 menit; kemungkinan besar like: 1.412 dalam 10 dtk, 2,5 menit sebelumnya. \
             | 72% kemungkinan benar",
        ),
        (
            window(12, Cause::Driver(Driver::Follows), None),
            None,
            "+12 in 2 min; most likely follows. | 72% likely to be right",
            "+12 dalam 2 menit; kemungkinan besar follow. | 72% kemungkinan benar",
        ),
        (
            window(-20, Cause::None, None),
            None,
            "−20 in 2 min; nothing in the room explains it. \
             | Most likely the platform, a raid, a break or chance.",
            "−20 dalam 2 menit; tidak ada yang menjelaskannya di room. \
             | Kemungkinan besar dari platform, raid, jeda, atau kebetulan.",
        ),
        (
            WindowAnswer { to: from + 42_000, ..window(-28, Cause::Glitch, None) },
            None,
            "TikTok's viewer count jumped and came back within 42 s. Not a real change.",
            "Angka penonton TikTok melompat lalu kembali dalam 42 dtk. Bukan perubahan sungguhan.",
        ),
    ];
    for (window, gift, en, id) in table {
        check(|w| window_sentence(&window, gift, w), en, id);
    }
}

#[test]
fn the_band_says_the_first_thing_that_holds() {
    let one = |driver: DriverAnswer, others: Level| {
        let mut drivers = all(others);
        let index = driver.driver.index();
        drivers[index] = driver;
        drivers
    };
    let early = Driver::ALL.map(|driver| short(driver, Shortage::Occasions { have: 0, need: 30 }));
    let mut nearest = early.clone();
    nearest[1] = short(Driver::Gifts, Shortage::Occasions { have: 7, need: 8 });
    let mut timeless = nearest.clone();
    timeless[4] = short(Driver::Shares, Shortage::Minutes { have: 1, need: 15 });
    let claim = one(judged(Driver::Gifts, Level::Likely), Level::None);
    let hint = one(judged(Driver::Shares, Level::Weak), Level::None);
    let nothing = || all(Level::None);
    let rise = || vec![window(38, Cause::None, None)];
    let moving = RoomNow { viewers: Some((400, 500)), ..RoomNow::default() };
    let steady = RoomNow { viewers: Some((400, 419)), ..RoomNow::default() };
    let stale = RoomNow { viewers_age_ms: Some(65_000), ..steady };
    let away = RoomNow { away_ms: Some(184_000), ..stale };
    let drop = vec![window(-38, Cause::None, None)];
    let explained = vec![rise()[0], window(38, Cause::Driver(Driver::Likes), None)];
    let old = vec![WindowAnswer { to: AT - 601_000, ..rise()[0] }];
    let no_sign = "No sign so far that anything in the room brings viewers in.";
    let table = [
        ("away", claim.clone(), rise(), away, "The connection was down for 3m; that part is left out."),
        ("stale", claim.clone(), rise(), stale, "Viewer count has not updated for 1m. The verdict waits."),
        ("early", nearest, rise(), steady, "Too early to say: 7 of 8 gifts so far."),
        (
            "claim",
            claim,
            rise(),
            steady,
            "Gifts often come before a rise: about +12 per burst, likely a real lift.",
        ),
        ("steady", hint.clone(), rise(), steady, "Viewers are steady (±5%). Nothing to explain."),
        (
            "outside",
            hint.clone(),
            rise(),
            moving,
            "Viewers rose +38 with nothing unusual in the room before it. \
             Perhaps the For You page, a share, or a battle.",
        ),
        ("hint", hint.clone(), explained, moving, "A faint link with shares. Do not plan on it yet."),
        ("hint after a drop", hint.clone(), drop, moving, "A faint link with shares. Do not plan on it yet."),
        ("hint after an old rise", hint, old, moving, "A faint link with shares. Do not plan on it yet."),
        ("none", nothing(), Vec::new(), moving, no_sign),
        ("over", nothing(), Vec::new(), RoomNow::default(), no_sign),
        (
            "time is lacking before anything else",
            timeless,
            Vec::new(),
            moving,
            "Too early to say: 1 of 15 minutes so far.",
        ),
    ];
    for (case, drivers, windows, room, text) in table {
        let answer = answer(drivers, windows);
        assert_eq!(verdict(&answer, &room, Words::of(Lang::En)).sentence.text, text, "{case}");
        let indonesian = verdict(&answer, &room, Words::of(Lang::Id)).sentence.text;
        assert!(!indonesian.contains("the ") && indonesian != text, "{case}: {indonesian}");
    }
}

#[test]
fn the_band_says_how_small_an_effect_it_would_have_seen() {
    let mut drivers = all(Level::None);
    drivers[3] = short(Driver::Follows, Shortage::Occasions { have: 0, need: 15 });
    drivers[4].per_burst = None;
    let answer = answer(drivers, Vec::new());
    check(
        |w| verdict(&answer, &RoomNow::default(), w).sentence,
        "No sign so far that anything in the room brings viewers in. \
         | Anything above this per burst is unlikely: likes\u{a0}+19, gifts\u{a0}+19, comments\u{a0}+19",
        "Sejauh ini tidak ada tanda bahwa yang terjadi di room mendatangkan penonton. \
         | Kecil kemungkinannya lebih dari ini per lonjakan: like\u{a0}+19, gift\u{a0}+19, komentar\u{a0}+19",
    );
}

#[test]
fn the_band_admits_when_it_does_not_know_what_it_would_have_seen() {
    let drivers = all(Level::None).map(|driver| DriverAnswer { per_burst: None, ..driver });
    let answer = answer(drivers, Vec::new());
    check(
        |w| verdict(&answer, &RoomNow::default(), w).sentence,
        "No sign so far that anything in the room brings viewers in. \
         | How small an effect would have been seen is not known.",
        "Sejauh ini tidak ada tanda bahwa yang terjadi di room mendatangkan penonton. \
         | Pengaruh sekecil apa yang masih akan terlihat belum diketahui.",
    );
}

#[test]
fn a_claim_names_its_driver_and_a_waiting_band_no_claim() {
    let mut drivers = all(Level::None);
    drivers[2] = lowers();
    let answer = answer(drivers, Vec::new());
    let w = Words::of(Lang::En);
    let band = verdict(&answer, &RoomNow::default(), w);
    assert_eq!(band.driver.map(|driver| driver.driver), Some(Driver::Comments));
    assert_eq!(band.sentence.around_word().1, "comments");
    let waiting = verdict(&answer, &RoomNow { away_ms: Some(1), ..RoomNow::default() }, w);
    assert!(waiting.waits && waiting.driver.is_none());
    assert_eq!((band.level, waiting.level), (Some(Level::Likely), None));
}

#[test]
fn no_sentence_claims_a_cause() {
    let windows = [
        window(38, Cause::Driver(Driver::Gifts), None),
        window(38, Cause::None, None),
        window(38, Cause::Glitch, None),
    ];
    for w in Lang::ALL.map(Words::of) {
        let levels = [Level::Unclear, Level::None, Level::Weak, Level::Likely, Level::Strong];
        let drivers = levels.map(|level| driver_sentence(&judged(Driver::Likes, level), w));
        let windows = windows.each_ref().map(|window| window_sentence(window, None, w));
        for sentence in drivers.iter().chain(&windows) {
            let text = said(sentence).to_lowercase();
            assert!(
                ["caus", "because", "menyebabkan", "karena"].iter().all(|word| !text.contains(word)),
                "{text}"
            );
        }
    }
}
