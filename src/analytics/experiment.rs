//! What viewers did around moments of one kind (marks, gifts of a tier), against the same at other times.
//!
//! Nobody drew these moments, so what is found here came before or after and is no proof; a trial is.

use super::course::Course;
use super::draw::Draw;
use super::drivers::series;
use crate::domain::answer::WindowAnswer;
use crate::domain::experiment::{Afterwards, Around, Lift, Retimed};
use crate::domain::gift::{Tier, TierLimits};
use crate::domain::time::Stamp;
use crate::domain::totals::{BIN_MS, Bin};

/// Viewers are averaged over the five minutes before a moment, and over the five after it.
const SIDE_STEPS: usize = 30;

/// A rise that lasts so many minutes stayed.
const STAYED_MIN: u32 = 15;

const MINUTE_STEPS: usize = 6;

/// With fewer moments one lucky evening decides.
const ENOUGH: usize = 3;

/// Ways to move the moments that the test draws.
const DRAWS: usize = 499;

/// What viewers did around each step of a session; worked out once for all kinds of moments.
#[derive(Clone, Debug)]
pub struct Sides {
    course: Course,
    /// The connected steps of the course: a ring for moments to be moved round.
    connected: Vec<usize>,
    /// For each of them what viewers did around it, if that is known.
    around: Vec<Option<Around>>,
}

impl Sides {
    #[must_use]
    pub fn new(course: Course) -> Self {
        let connected: Vec<_> = (0..course.steps()).filter(|step| !course.is_away(*step)).collect();
        let around = connected.iter().map(|step| around(&course, *step)).collect();
        Self { course, connected, around }
    }

    #[must_use]
    pub const fn course(&self) -> &Course {
        &self.course
    }

    /// Where on the ring a moment of the session lies.
    fn place(&self, at: Stamp) -> Option<usize> {
        let step = self.course.step(at)?;
        Some(self.connected.partition_point(|connected| *connected < step))
    }

    fn around(&self, place: usize) -> Option<Around> {
        *self.around.get(place)?
    }
}

/// Moments of one kind in one session, in any order.
#[derive(Clone, Debug)]
pub struct Moments<'a> {
    pub sides: &'a Sides,
    pub at: Vec<Stamp>,
}

/// What viewers did around `moments`, tested by moving those of each session round its connected time by
/// chance, with their spacing kept (circular shifts: Politis and Romano 1992).
#[must_use]
pub fn lift(moments: &[Moments]) -> Lift {
    let rings: Vec<_> = moments.iter().map(Ring::new).collect();
    let typical = of_rings(&rings, moments.iter().map(|moments| moments.at.len()).sum());
    let enough = typical.around.filter(|_| typical.known >= ENOUGH);
    Lift { test: enough.and_then(|around| retimed(&rings, around.change)), ..typical }
}

/// What viewers did around the moments of one session, without the test.
#[must_use]
pub fn typical(moments: &Moments) -> Lift {
    of_rings(&[Ring::new(moments)], moments.at.len())
}

fn of_rings(rings: &[Ring], times: usize) -> Lift {
    let known: Vec<_> = rings.iter().flat_map(|ring| ring.moved(0)).collect();
    let of = |value: fn(&Around) -> f64| median(known.iter().map(value).collect());
    let around = of(|around| around.change).map(|change| Around {
        before: of(|around| around.before).unwrap_or(0.0),
        after: of(|around| around.after).unwrap_or(0.0),
        change,
    });
    Lift { times, known: known.len(), around, test: None }
}

/// When gifts of a tier were given. The tier is that of all diamonds given within ten seconds, because that
/// is what stays when raw events are gone; gifts within five minutes of the first are one occasion with it.
#[must_use]
pub fn occasions(bins: &[Bin], tier: Tier, limits: TierLimits) -> Vec<Stamp> {
    let mut occasions: Vec<Stamp> = Vec::new();
    for bin in bins.iter().filter(|bin| bin.counts.diamonds > 0) {
        let diamonds = u32::try_from(bin.counts.diamonds).unwrap_or(u32::MAX);
        if limits.tier(diamonds) == tier && is_fresh(&occasions, bin.from) {
            occasions.push(bin.from);
        }
    }
    occasions
}

/// Whether a moment is no longer one occasion with those before it, oldest first.
#[must_use]
pub fn is_fresh(occasions: &[Stamp], at: Stamp) -> bool {
    occasions.last().is_none_or(|last| at.ms_since(*last) >= SIDE_STEPS as i64 * BIN_MS)
}

/// How long at least half of a rise lasted. `None` if that cannot be seen.
#[must_use]
pub fn afterwards(course: &Course, rise: &WindowAnswer) -> Option<Afterwards> {
    let end = course.step(rise.to)?;
    let half = rise.viewers as f64 + rise.change as f64 / 2.0;
    for minute in 1..=STAYED_MIN {
        let from = end + (minute as usize - 1) * MINUTE_STEPS;
        if course.viewers(from, from + MINUTE_STEPS)? < half {
            return Some(Afterwards::GoneAfter { minutes: minute });
        }
    }
    Some(Afterwards::Stayed)
}

/// The moments of a session on the ring of its connected time.
struct Ring<'a> {
    sides: &'a Sides,
    places: Vec<usize>,
}

impl<'a> Ring<'a> {
    fn new(moments: &Moments<'a>) -> Self {
        let places = moments.at.iter().filter_map(|at| moments.sides.place(*at)).collect();
        Self { sides: moments.sides, places }
    }

    fn length(&self) -> usize {
        self.sides.around.len()
    }

    fn moved(&self, by: usize) -> impl Iterator<Item = Around> + '_ {
        let length = self.length().max(1);
        self.places.iter().filter_map(move |place| self.sides.around((place + by) % length))
    }
}

fn retimed(rings: &[Ring], observed: f64) -> Option<Retimed> {
    // The same numbers always give the same answer.
    let mut draw = Draw::new(0);
    let mut moved = || {
        let mut changes = Vec::new();
        for ring in rings {
            let by = draw.below(ring.length() as u64) as usize;
            changes.extend(ring.moved(by).map(|around| around.change));
        }
        median(changes)
    };
    let medians: Vec<f64> = (0..DRAWS).filter_map(|_| moved()).collect();
    let by_chance = median(medians.clone())?;
    let far = (observed - by_chance).abs() - 1e-12;
    let as_far = medians.iter().filter(|median| (**median - by_chance).abs() >= far).count();
    Some(Retimed { by_chance, p_value: (1 + as_far) as f64 / (1 + medians.len()) as f64 })
}

fn around(course: &Course, step: usize) -> Option<Around> {
    let before = course.viewers(step.checked_sub(SIDE_STEPS)?, step)?;
    let after = course.viewers(step, step + SIDE_STEPS)?;
    (before >= 1.0).then(|| Around { before, after, change: after / before - 1.0 })
}

/// The middle value; `None` of none.
fn median(mut values: Vec<f64>) -> Option<f64> {
    (!values.is_empty()).then(|| series::median(&mut values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::course::tests::{bin, gap};
    use crate::domain::totals::Counts;

    /// Two hours of 200 viewers that drift, with `lift` more in the five minutes after each moment.
    fn room(seed: u64, moments: &[i64], lift: f64) -> Vec<Bin> {
        let mut draw = Draw::new(seed);
        let mut drift = 0.0;
        (0..720)
            .map(|step| {
                drift = 0.99 * drift + draw.below(2001) as f64 / 500.0 - 2.0;
                let brought = moments.iter().any(|at| (*at..at + 30).contains(&step));
                let viewers = 200.0 + drift + if brought { lift } else { 0.0 };
                bin(step, viewers as i64, Counts::default())
            })
            .collect()
    }

    fn lift_at(course: &Course, marks: &[i64]) -> Lift {
        lift(&[Moments { sides: &Sides::new(course.clone()), at: at(marks) }])
    }

    fn at(steps: &[i64]) -> Vec<Stamp> {
        steps.iter().map(|step| Stamp(step * BIN_MS)).collect()
    }

    #[test]
    fn moments_that_viewers_rise_after_are_found_over_several_sessions() {
        let marks = [[90, 300, 550], [60, 250, 480], [150, 390, 640]];
        let sides: Vec<_> = (1..)
            .zip(&marks)
            .map(|(seed, marks)| Sides::new(Course::new(&room(seed, marks, 50.0), &[])))
            .collect();
        let moments: Vec<_> =
            sides.iter().zip(&marks).map(|(sides, marks)| Moments { sides, at: at(marks) }).collect();
        let lift = lift(&moments);
        let around = lift.around.expect("known");
        assert_eq!((lift.times, lift.known), (9, 9));
        assert!((0.2..0.3).contains(&around.change), "{around:?}");
        let test = lift.test.expect("enough");
        assert!(test.p_value < 0.01 && test.by_chance.abs() < 0.05, "{test:?}");
    }

    #[test]
    fn moments_that_nothing_follows_are_rarely_called_unlikely() {
        let marks = [100, 280, 430, 600];
        let unlikely = (0..200).filter(|seed| {
            let course = Course::new(&room(*seed, &[], 0.0), &[]);
            let test = lift_at(&course, &marks).test.expect("enough");
            test.p_value <= 0.05
        });
        let unlikely = unlikely.count();
        assert!(unlikely <= 18, "{unlikely} of 200, where 10 are expected");
    }

    #[test]
    fn under_three_known_moments_it_is_too_early_and_a_gap_makes_a_moment_unknown() {
        let marks = [90, 300, 550];
        let bins = room(3, &marks, 80.0);
        let course = Course::new(&bins, &[]);
        let two = lift_at(&course, &marks[..2]);
        assert_eq!((two.times, two.known, two.test), (2, 2, None));
        assert!(two.around.is_some(), "what was seen is still shown");
        let broken = Course::new(&bins, &[gap(310, 312)]);
        let lift = lift_at(&broken, &marks);
        assert_eq!((lift.times, lift.known, lift.test), (3, 2, None));
    }

    #[test]
    fn gifts_of_a_tier_within_five_minutes_are_one_occasion() {
        let gift = |step: i64, diamonds: i64| bin(step, 100, Counts { diamonds, ..Counts::default() });
        let bins = [
            gift(0, 1000),
            gift(1, 20),
            gift(5, 150),
            gift(29, 1200),
            gift(30, 4000),
            gift(40, 99),
            gift(41, 0),
        ];
        let of = |tier| occasions(&bins, tier, TierLimits::default());
        assert_eq!(of(Tier::Premium), at(&[0, 30]));
        assert_eq!(of(Tier::Special), at(&[5]));
        assert_eq!(of(Tier::Standard), at(&[1, 40]));
    }

    #[test]
    fn a_rise_stays_until_half_of_it_is_gone_and_a_gap_hides_what_became_of_it() {
        use crate::domain::answer::Cause;
        let rise = |to: i64| WindowAnswer {
            from: Stamp((to - 12) * BIN_MS),
            to: Stamp(to * BIN_MS),
            viewers: 100,
            change: 40,
            cause: Cause::None,
            confidence: 0.9,
            occasion: None,
        };
        let bins: Vec<_> =
            (0..240).map(|step| bin(step, if step < 78 { 139 } else { 118 }, Counts::default())).collect();
        let course = Course::new(&bins, &[]);
        assert_eq!(afterwards(&course, &rise(60)), Some(Afterwards::GoneAfter { minutes: 4 }));
        let high: Vec<_> = (0..240).map(|step| bin(step, 121, Counts::default())).collect();
        assert_eq!(afterwards(&Course::new(&high, &[]), &rise(60)), Some(Afterwards::Stayed));
        assert_eq!(afterwards(&Course::new(&high, &[]), &rise(200)), None, "the session ended before");
        assert_eq!(afterwards(&Course::new(&high, &[gap(70, 74)]), &rise(60)), None);
    }

    #[test]
    fn nothing_at_all_is_no_change() {
        assert_eq!(lift(&[]), Lift::default());
        let course = Course::new(&[], &[]);
        assert_eq!(lift_at(&course, &[4]), Lift { times: 1, ..Lift::default() });
    }
}
