//! Trials: when to ask, drawn before the start, and what asking did, judged only at the end.
//!
//! Slots come in pairs and a coin decides which of the two is the prompt (Fisher 1935, "The design of
//! experiments"; paired as in Rosenbaum 2002, "Observational studies", chapter 2). Nothing but the coin
//! separates the two, so what differs beyond chance was brought by asking, whatever else went on.

use super::course::Course;
use super::draw::Draw;
use crate::domain::answer::Range;
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::domain::totals::BIN_MS;
use crate::domain::trial::{
    Arm, FlipTest, Judged, Outcome, Pair, Planned, Reminder, Slot, Trial, TrialPlan, TrialState,
};

/// Viewers at either end of a slot are averaged over a minute.
const END_STEPS: usize = 6;

/// Up to so many pairs every way the coins could have fallen is counted.
const EXACT_PAIRS: usize = 14;

/// For more pairs, so many ways are drawn from the trial's own seed.
const DRAWS: usize = 10_000;

/// What slot `number` asks for: of each pair one, as the coin of the pair fell.
#[must_use]
pub fn arm(plan: &TrialPlan, number: u32) -> Arm {
    let heads = pair_draw(plan, number / 2).bits() & 1 == 0;
    if heads == number.is_multiple_of(2) { Arm::Prompt } else { Arm::Control }
}

/// The slots from pair `first_pair` on, for a LIVE that can be used from `from` on.
pub fn timetable(plan: &TrialPlan, first_pair: u32, from: Stamp) -> impl Iterator<Item = Planned> + '_ {
    let mut free_at = from;
    (first_pair * 2..plan.slots()).map(move |number| {
        let at = free_at + pause_ms(plan, number);
        free_at = at + plan.window_ms;
        Planned { number, at, arm: arm(plan, number) }
    })
}

/// What to tell the creator at `now` in the running session, which was recorded from `recorded_from` on.
/// `slots` are those seen so far, in any order.
#[must_use]
pub fn reminder(
    trial: &Trial,
    slots: &[Slot],
    session: SessionId,
    recorded_from: Stamp,
    now: Stamp,
) -> Reminder {
    if is_over(trial, slots, now) {
        return Reminder::Over;
    }
    let earlier = slots.iter().filter(|slot| slot.session != session);
    let first_pair = earlier.map(|slot| slot.pair() + 1).max().unwrap_or(0);
    let from = recorded_from.max(trial.started_at);
    let slot = timetable(&trial.plan, first_pair, from).find(|slot| now < slot.at + trial.plan.window_ms);
    match slot {
        Some(slot) if slot.at <= now => Reminder::Now(slot),
        Some(slot) => Reminder::Next(slot),
        None => Reminder::NextLive,
    }
}

/// Whether nothing is left to do: somebody saw the last slot, and its window is over.
#[must_use]
pub fn is_over(trial: &Trial, slots: &[Slot], now: Stamp) -> bool {
    let last = slots.iter().find(|slot| slot.number + 1 == trial.plan.slots());
    trial.state != TrialState::Running || last.is_some_and(|slot| slot.at + trial.plan.window_ms <= now)
}

/// What a trial found. `None` before its end, when it was abandoned, and when no pair can be judged: a
/// look in between would be another chance to find something by chance.
#[must_use]
pub fn outcome(trial: &Trial, slots: &[Slot], courses: &[(SessionId, Course)]) -> Option<Outcome> {
    if !matches!(trial.state, TrialState::Finished { .. }) {
        return None;
    }
    let judged = |pair: u32, wanted: Arm| {
        let slot = slots.iter().find(|slot| slot.pair() == pair && slot.arm == wanted)?;
        let (_, course) = courses.iter().find(|(session, _)| *session == slot.session)?;
        judge(&trial.plan, slot, course).map(|judged| (slot.session, judged))
    };
    let both = |number: u32| {
        let ((with, prompt), (without, control)) =
            (judged(number, Arm::Prompt)?, judged(number, Arm::Control)?);
        (with == without).then_some(Pair { number, prompt, control })
    };
    let pairs: Vec<_> = (0..trial.plan.pairs).filter_map(both).collect();
    let difference = |of: fn(&Judged) -> f64| -> Vec<f64> {
        pairs.iter().map(|pair| of(&pair.prompt) - of(&pair.control)).collect()
    };
    Some(Outcome {
        viewers: flip_test(&difference(|judged| judged.change), trial.plan.seed)?,
        asked_for: flip_test(&difference(|judged| judged.units as f64), trial.plan.seed)?,
        left_out: trial.plan.pairs - pairs.len() as u32,
        pairs,
    })
}

/// Turns the coins of `differences` round in every way, or in 10,000 ways drawn from `seed`.
///
/// The range inverts the same test: a shift lies outside if the differences less the shift would be too
/// one-sided. Its ends are quantiles of the means of all subsets (Hartigan 1969, "Using subsample values as
/// typical values", JASA 64). `None` without any difference.
#[must_use]
pub fn flip_test(differences: &[f64], seed: i64) -> Option<FlipTest> {
    if differences.is_empty() || differences.len() > 64 {
        return None;
    }
    let sum: f64 = differences.iter().sum();
    // Sums of the same numbers in another order may differ in the last digit.
    let tie = 1e-9 * differences.iter().map(|difference| difference.abs()).sum::<f64>();
    let (mut up, mut either, mut ways) = (1.0, 1.0, 1.0);
    let mut means = Vec::new();
    for turned in ways_to_turn(differences.len(), seed) {
        let chosen = differences.iter().enumerate().filter(|(i, _)| turned >> i & 1 == 1);
        let turned_sum: f64 = chosen.map(|(_, difference)| difference).sum();
        ways += 1.0;
        up += f64::from(turned_sum <= tie);
        either += f64::from((sum - 2.0 * turned_sum).abs() >= sum.abs() - tie);
        if turned != 0 {
            means.push(turned_sum / f64::from(turned.count_ones()));
        }
    }
    let effect = sum / differences.len() as f64;
    let outside = (0.025 * ways) as usize;
    means.sort_unstable_by(f64::total_cmp);
    let range = (outside >= 1 && differences.len() >= 6).then(|| Range {
        estimate: effect,
        low: means[outside - 1],
        high: means[means.len() - outside],
    });
    Some(FlipTest { effect, range, p_up: up / ways, p_two_sided: either / ways })
}

/// Which coins are turned, a bit each; the way they really fell is left to the caller.
fn ways_to_turn(pairs: usize, seed: i64) -> Vec<u64> {
    if pairs <= EXACT_PAIRS {
        return (1..1 << pairs).collect();
    }
    // Another stream than the one that decided the slots.
    let mut draw = Draw::new(!seed as u64);
    (1..DRAWS).map(|_| draw.bits() >> (64 - pairs)).collect()
}

fn judge(plan: &TrialPlan, slot: &Slot, course: &Course) -> Option<Judged> {
    let from = course.step(slot.at)?;
    let to = from + usize::try_from(plan.window_ms / BIN_MS).ok()?;
    let before = from.checked_sub(END_STEPS)?;
    // Whether anything between the two ends is missing is asked along with the count.
    course.counted(plan.prompt, before, to)?;
    let change = course.viewers(to - END_STEPS, to)? - course.viewers(before, from)?;
    Some(Judged { change, units: course.counted(plan.prompt, from, to)? })
}

/// Time without a slot before slot `number`: between half an outcome window and one and a half, so that
/// neither the creator nor the room can set their clock by it.
fn pause_ms(plan: &TrialPlan, number: u32) -> i64 {
    let mut draw = pair_draw(plan, number / 2);
    draw.bits(); // the pair's coin
    if number % 2 == 1 {
        draw.bits(); // the pause of the pair's first slot
    }
    let steps = (plan.window_ms / BIN_MS).unsigned_abs();
    plan.window_ms / 2 + draw.below(steps + 1) as i64 * BIN_MS
}

fn pair_draw(plan: &TrialPlan, pair: u32) -> Draw {
    let mut draw = Draw::new(plan.seed as u64 ^ u64::from(pair) << 32);
    Draw::new(draw.bits())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::course::tests::{bin, gap};
    use crate::domain::driver::Driver;
    use crate::domain::handle::Handle;
    use crate::domain::session::Gap;
    use crate::domain::totals::{Bin, Counts};

    const SESSION: SessionId = SessionId(1);

    fn trial(slots: u32, seed: i64) -> Trial {
        let creator = Handle::parse("mira").expect("valid");
        let plan = TrialPlan { creator, prompt: Driver::Likes, window_ms: 300_000, pairs: slots / 2, seed };
        Trial { id: 1, plan, started_at: Stamp(0), state: TrialState::Finished { at: Stamp(i64::MAX) } }
    }

    fn seen(trial: &Trial) -> Vec<Slot> {
        let slots = timetable(&trial.plan, 0, trial.started_at);
        slots
            .map(|Planned { number, at, arm }| Slot { number, session: SESSION, at, arm, shown_at: at })
            .collect()
    }

    /// A room whose viewers drift by themselves, and rise by `lift` in the five minutes after a prompt.
    fn room(trial: &Trial, slots: &[Slot], seed: u64, lift: f64) -> Vec<Bin> {
        let mut draw = Draw::new(seed);
        let mut noise = || (0..4).map(|_| draw.below(1000) as f64 / 1000.0 - 0.5).sum::<f64>();
        let steps = slots.last().map_or(0, |slot| (slot.at + trial.plan.window_ms).0 / BIN_MS) + 1;
        let asked = |step: i64| {
            let at = Stamp(step * BIN_MS);
            slots
                .iter()
                .any(|slot| slot.arm == Arm::Prompt && at >= slot.at && at < slot.at + trial.plan.window_ms)
        };
        let (mut drift, mut brought) = (0.0, 0.0);
        (0..steps)
            .map(|step| {
                drift = 0.995 * drift + 2.0 * noise();
                brought = if asked(step) { (brought + lift / 30.0).min(lift) } else { brought * 0.9 };
                let likes = (10.0 + 3.0 * noise()) as i64 + if asked(step) { 6 } else { 0 };
                let counts = Counts { likes, ..Counts::default() };
                bin(step, (200.0 + drift + brought).max(0.0) as i64, counts)
            })
            .collect()
    }

    fn found(trial: &Trial, slots: &[Slot], bins: &[Bin], gaps: &[Gap]) -> Option<Outcome> {
        outcome(trial, slots, &[(SESSION, Course::new(bins, gaps))])
    }

    #[test]
    fn each_pair_has_one_prompt_and_the_coins_are_fair() {
        let trial = trial(2000, 11);
        let slots = seen(&trial);
        for pair in slots.chunks(2) {
            assert_ne!(pair[0].arm, pair[1].arm, "pair {}", pair[0].pair());
        }
        let first = slots.iter().filter(|slot| slot.number % 2 == 0 && slot.arm == Arm::Prompt).count();
        assert!((440..560).contains(&first), "{first} of 1000 pairs began with the prompt");
        assert_eq!(slots, seen(&trial), "the seed tells it all");
    }

    #[test]
    fn slots_never_overlap_and_pauses_are_between_half_a_window_and_one_and_a_half() {
        let trial = trial(200, 5);
        let slots = seen(&trial);
        let pauses: Vec<_> =
            slots.windows(2).map(|two| two[1].at.ms_since(two[0].at + trial.plan.window_ms)).collect();
        assert!(pauses.iter().all(|pause| (150_000..=450_000).contains(pause)), "{pauses:?}");
        let long = pauses.iter().filter(|pause| **pause > 300_000).count();
        assert!((70..130).contains(&long), "{long} of 199 are longer than usual");
    }

    #[test]
    fn a_reminder_follows_the_timetable_and_starts_again_in_the_next_live_where_somebody_looked() {
        let trial = Trial { state: TrialState::Running, ..trial(12, 3) };
        let slots = seen(&trial);
        let remind = |seen: &[Slot], session, from, now| reminder(&trial, seen, session, from, now);
        let first = Planned { number: 0, at: slots[0].at, arm: slots[0].arm };
        assert_eq!(remind(&[], SESSION, Stamp(0), Stamp(0)), Reminder::Next(first));
        assert_eq!(remind(&[], SESSION, Stamp(0), first.at), Reminder::Now(first));
        let after_five = remind(&slots[..5], SESSION, Stamp(0), slots[5].at);
        assert!(matches!(after_five, Reminder::Now(Planned { number: 5, .. })), "{after_five:?}");
        // The LIVE ended in the middle of the third pair: the next one begins with the fourth.
        let next_day = Stamp(86_400_000);
        let next = remind(&slots[..5], SessionId(2), next_day, next_day);
        assert!(matches!(next, Reminder::Next(Planned { number: 6, .. })), "{next:?}");
        let end = slots[11].at + trial.plan.window_ms;
        assert_eq!(remind(&slots[..11], SESSION, Stamp(0), end), Reminder::NextLive, "the last was not seen");
        assert_eq!(remind(&slots, SESSION, Stamp(0), end), Reminder::Over);
        assert_ne!(remind(&slots, SESSION, Stamp(0), end - 1), Reminder::Over);
    }

    #[test]
    fn in_a_room_that_does_not_care_p_values_are_uniform() {
        let mut p_values: Vec<f64> = (0..500)
            .map(|run| {
                let trial = trial(24, run);
                let slots = seen(&trial);
                let bins = room(&trial, &slots, 1_000_000 + run.unsigned_abs(), 0.0);
                found(&trial, &slots, &bins, &[]).expect("all pairs are complete").viewers.p_two_sided
            })
            .collect();
        p_values.sort_unstable_by(f64::total_cmp);
        let distance = p_values.iter().enumerate().map(|(i, p)| ((i + 1) as f64 / 500.0 - p).abs());
        let distance = distance.fold(0.0, f64::max);
        // Kolmogorov 1933: 1.36/√500 is exceeded by chance in 1 of 20.
        assert!(distance < 0.061, "{distance}");
    }

    #[test]
    fn a_prompt_that_brings_viewers_is_found_with_its_size() {
        let covered = (0..20_i64).filter(|run| {
            let trial = trial(24, *run);
            let slots = seen(&trial);
            let found = found(&trial, &slots, &room(&trial, &slots, 77 + run.unsigned_abs(), 60.0), &[]);
            let found = found.expect("complete");
            let range = found.viewers.range.expect("12 pairs");
            assert!(found.viewers.p_up < 0.01, "run {run}: {:?}", found.viewers);
            assert!(found.asked_for.p_up < 0.001 && found.asked_for.effect > 100.0, "{:?}", found.asked_for);
            // In its last minute the window holds between 50 and 60 of the 60 viewers.
            range.low < 58.0 && range.high > 52.0
        });
        assert!(covered.count() >= 17);
    }

    #[test]
    fn gaps_leave_pairs_out_and_never_create_evidence() {
        let trial = trial(24, 9);
        let slots = seen(&trial);
        let mut bins = room(&trial, &slots, 4, 0.0);
        let whole = found(&trial, &slots, &bins, &[]).expect("complete");
        // The connection is away in the middle of three slots, and viewers come back quite different.
        let away: Vec<_> = [0, 5, 9]
            .map(|slot: usize| slots[slot].at.0 / BIN_MS + 12)
            .map(|from| gap(from, from + 3))
            .into();
        let inside = |bin: &Bin| away.iter().any(|gap| bin.from >= gap.from && Some(bin.from) < gap.to);
        bins.retain(|bin| !inside(bin));
        let with_gaps = found(&trial, &slots, &bins, &away).expect("nine pairs are left");
        assert_eq!((with_gaps.pairs.len(), with_gaps.left_out), (9, 3));
        assert!(with_gaps.pairs.iter().all(|pair| whole.pairs.contains(pair)), "the others stay as they are");
        let all_away = gap(0, bins.len() as i64 * 2);
        assert_eq!(found(&trial, &slots, &bins, &[all_away]), None);
    }

    #[test]
    fn the_order_of_slots_does_not_matter() {
        let trial = trial(24, 13);
        let mut slots = seen(&trial);
        let bins = room(&trial, &slots, 21, 30.0);
        let in_order = found(&trial, &slots, &bins, &[]);
        slots.reverse();
        slots.swap(3, 17);
        assert_eq!(found(&trial, &slots, &bins, &[]), in_order);
    }

    #[test]
    fn there_is_no_verdict_before_the_end_nor_after_giving_up() {
        let finished = trial(12, 1);
        let slots = seen(&finished);
        let bins = room(&finished, &slots, 1, 100.0);
        for state in [TrialState::Running, TrialState::Abandoned { at: Stamp(i64::MAX) }] {
            assert_eq!(found(&Trial { state, ..finished.clone() }, &slots, &bins, &[]), None);
        }
        assert!(found(&finished, &slots, &bins, &[]).is_some());
    }

    #[test]
    fn small_trials_are_counted_by_hand() {
        let six = flip_test(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0).expect("six");
        assert_eq!((six.p_up, six.p_two_sided), (1.0 / 64.0, 2.0 / 64.0));
        let range = six.range.expect("six pairs");
        assert_eq!((range.low, range.estimate, range.high), (1.0, 3.5, 6.0));
        let five = flip_test(&[1.0; 5], 0).expect("five");
        assert_eq!((five.p_up, five.range), (1.0 / 32.0, None));
        let nothing = flip_test(&[0.0; 8], 0).expect("eight");
        assert_eq!((nothing.p_up, nothing.p_two_sided), (1.0, 1.0));
        assert_eq!(flip_test(&[], 0), None);
    }

    #[test]
    fn ten_thousand_ways_agree_with_all_of_them() {
        let differences: Vec<f64> = (0..14).map(|i| f64::from(i * 7 % 11) - 3.9).collect();
        let all = flip_test(&differences, 1).expect("fourteen");
        let longer: Vec<_> = differences.iter().copied().chain([0.0]).collect();
        let drawn = flip_test(&longer, 1).expect("fifteen");
        assert!((all.p_up - drawn.p_up).abs() < 0.01, "{all:?} {drawn:?}");
    }
}
