//! What the question "why did viewers change?" needs to know of a session, kept small while it runs.

use crate::analytics::recipient;
use crate::analytics::tally::STATISTICS_STALE_MS;
use crate::domain::driver::Driver;
use crate::domain::event::{Accounted, What};
use crate::domain::ids::{GiftId, UserId};
use crate::domain::time::Stamp;

/// Width of a bin in milliseconds.
pub const BIN_MS: i64 = 5_000;

/// What viewers make of a gift grows with this power of its diamonds: the response to money is concave,
/// and its values have heavy tails.
const GIFT_POWER: f64 = 0.6;

/// Bins are kept for this long, the oldest go first: a LIVE of two days.
const MAX_BINS: usize = 2 * 24 * 3600 / 5;

/// The activity of one session in bins of [`BIN_MS`], and every viewer count as it was reported.
///
/// Taking an event is one addition.
#[derive(Clone, Debug, Default)]
pub struct Observations {
    began: Stamp,
    host: Option<UserId>,
    bins: Vec<Bin>,
    samples: Vec<Sample>,
    gifts: Vec<Given>,
}

/// What happened in five seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// Messages of any sort: a bin without one may be silence, or a connection that is gone.
    pub messages: u32,
    pub joins: u32,
    /// Likes, diamonds, comments, follows and shares, by [`Driver::index`].
    pub units: [f32; Driver::ALL.len()],
    /// The sum of diamonds^0.6 over gifts.
    pub gift_dose: f32,
    /// Like batches, gifts and so on, by [`Driver::index`].
    pub events: [u32; Driver::ALL.len()],
}

/// One viewer count, as it was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Milliseconds since the session began.
    pub ms: i64,
    pub viewers: u32,
}

/// One report of a gift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Given {
    /// Milliseconds since the session began.
    pub ms: i64,
    pub gift: GiftId,
    pub units: u32,
    pub diamonds: u32,
}

impl Observations {
    /// `host` is the creator's own account, if it is known.
    #[must_use]
    pub fn new(began: Stamp, host: Option<UserId>) -> Self {
        Self { began, host, ..Self::default() }
    }

    /// Takes an event that was counted.
    pub fn take(&mut self, accounted: &Accounted) {
        let at = accounted.at;
        match &accounted.event.what {
            What::Viewers { viewers, .. } => self.viewers(at, *viewers),
            What::Like { count, .. } => self.add(at, Driver::Likes, *count),
            What::Comment { .. } => self.add(at, Driver::Comments, 1),
            What::Follow { target } if recipient::is_creator(*target, self.host) => {
                self.add(at, Driver::Follows, 1);
            }
            What::Share => self.add(at, Driver::Shares, 1),
            What::Join { viewers, .. } => {
                self.join(at);
                if *viewers > 0 && self.count_is_stale(at) {
                    self.viewers(at, *viewers);
                }
            }
            What::Gift(report) => {
                let Some(added) = accounted.added else { return };
                let units_before =
                    if report.streakable { report.repeat_count.saturating_sub(added.units) } else { 0 };
                let before = i64::from(units_before).saturating_mul(i64::from(added.value.diamonds));
                self.gift(at, report.gift, added.units, before, added.diamonds);
            }
            _ => {
                self.message(at);
            }
        }
    }

    /// A message of any sort arrived.
    pub fn message(&mut self, at: Stamp) -> Option<&mut Bin> {
        let index = usize::try_from(at.ms_since(self.began).max(0) / BIN_MS).ok()?;
        if index >= MAX_BINS {
            return None;
        }
        if self.bins.len() <= index {
            self.bins.resize(index + 1, Bin::default());
        }
        let bin = &mut self.bins[index];
        bin.messages = bin.messages.saturating_add(1);
        Some(bin)
    }

    /// A viewer count was reported.
    pub fn viewers(&mut self, at: Stamp, viewers: i64) {
        let ms = at.ms_since(self.began).max(0);
        if self.message(at).is_some() && self.samples.last().is_none_or(|last| last.ms <= ms) {
            self.samples.push(Sample { ms, viewers: u32::try_from(viewers.max(0)).unwrap_or(u32::MAX) });
        }
    }

    /// Somebody was announced to have come in.
    pub fn join(&mut self, at: Stamp) {
        if let Some(bin) = self.message(at) {
            bin.joins += 1;
        }
    }

    /// `units` likes of one batch, or one comment, follow or share.
    pub fn add(&mut self, at: Stamp, driver: Driver, units: u32) {
        if let Some(bin) = self.message(at) {
            bin.units[driver.index()] += units as f32;
            bin.events[driver.index()] += 1;
        }
    }

    /// A gift, or one more report of its streak, which was worth `before` so far: the doses of a
    /// streak's reports add up to the dose of its whole value.
    pub fn gift(&mut self, at: Stamp, gift: GiftId, units: u32, before: i64, diamonds: i64) {
        let ms = at.ms_since(self.began).max(0);
        let Some(bin) = self.message(at) else { return };
        if diamonds <= 0 {
            return;
        }
        bin.units[Driver::Gifts.index()] += diamonds as f32;
        bin.gift_dose += (gift_dose(before.saturating_add(diamonds)) - gift_dose(before)) as f32;
        if before == 0 {
            bin.events[Driver::Gifts.index()] += 1;
        }
        let diamonds = u32::try_from(diamonds).unwrap_or(u32::MAX);
        self.gifts.push(Given { ms, gift, units, diamonds });
    }

    /// Whether the room's statistics have been silent, so that the counts that joins carry are better.
    fn count_is_stale(&self, at: Stamp) -> bool {
        self.samples.last().is_none_or(|last| at.ms_since(self.began + last.ms) > STATISTICS_STALE_MS)
    }

    #[must_use]
    pub const fn began(&self) -> Stamp {
        self.began
    }

    #[must_use]
    pub fn bins(&self) -> &[Bin] {
        &self.bins
    }

    /// Oldest first.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Oldest first.
    #[must_use]
    pub fn gifts(&self) -> &[Given] {
        &self.gifts
    }
}

fn gift_dose(diamonds: i64) -> f64 {
    (diamonds.max(0) as f64).powf(GIFT_POWER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{LiveEvent, Viewer};
    use crate::domain::gift::{GiftAdded, GiftReport, UnitValue, ValueSource};
    use proptest::collection::vec;
    use proptest::prelude::*;

    const BEGAN: Stamp = Stamp(1_790_000_000_000);
    const HOST: UserId = UserId(1);

    fn accounted(ms: i64, what: What) -> Accounted {
        let event = LiveEvent { created_at: None, user: Some(Viewer::default()), what };
        Accounted { number: 1, at: BEGAN + ms, msg_id: 0, event, added: None }
    }

    /// A report that a streak of a gift worth `diamonds` has reached `count`, which adds `units`.
    fn report(count: u32, units: u32, diamonds: u32) -> Accounted {
        let gift =
            GiftReport { gift: GiftId(5), streakable: true, repeat_count: count, ..GiftReport::default() };
        let value = UnitValue { diamonds, source: ValueSource::Event };
        let worth = i64::from(units) * i64::from(diamonds);
        let added = Some(GiftAdded { units, diamonds: worth, to_creator: true, value });
        Accounted { added, ..accounted(0, What::Gift(gift)) }
    }

    proptest! {
        #[test]
        fn the_reports_of_a_streak_add_up_to_the_dose_of_its_whole(
            steps in vec(0u32..50, 1..20),
            diamonds in 1u32..5_000,
        ) {
            let mut observed = Observations::new(BEGAN, Some(HOST));
            let mut count = 0;
            for step in &steps {
                count += step;
                observed.take(&report(count, *step, diamonds));
            }
            let whole = gift_dose(i64::from(count) * i64::from(diamonds));
            let bin = observed.bins()[0];
            prop_assert!((f64::from(bin.gift_dose) - whole).abs() <= 1e-4 * whole, "{} for {whole}", bin.gift_dose);
            prop_assert_eq!(bin.events[Driver::Gifts.index()], u32::from(count > 0), "one gift, however often reported");
            prop_assert_eq!(observed.gifts().iter().map(|given| given.units).sum::<u32>(), count);
        }
    }

    #[test]
    fn a_report_that_was_not_counted_adds_nothing() {
        let mut observed = Observations::new(BEGAN, Some(HOST));
        observed.take(&Accounted { added: None, ..report(3, 3, 10) });
        observed.take(&report(3, 0, 10));
        assert!(observed.gifts().is_empty());
        assert!(observed.bins().iter().all(|bin| bin.gift_dose == 0.0 && bin.events == [0; 5]));
    }

    #[test]
    fn follows_of_guests_do_not_count() {
        let mut observed = Observations::new(BEGAN, Some(HOST));
        for target in [None, Some(HOST), Some(UserId(2))] {
            observed.take(&accounted(0, What::Follow { target }));
        }
        let bin = observed.bins()[0];
        assert_eq!((bin.units[Driver::Follows.index()], bin.events[Driver::Follows.index()]), (2.0, 2));
    }

    #[test]
    fn each_event_is_added_to_its_bin() {
        let mut observed = Observations::new(BEGAN, Some(HOST));
        observed.take(&accounted(4_999, What::Like { count: 15, total: 99 }));
        observed.take(&accounted(5_000, What::Comment { text: "halo".into() }));
        observed.take(&accounted(5_001, What::Share));
        observed.take(&accounted(5_002, What::Join { viewers: 0, source: "".into() }));
        observed.take(&accounted(5_003, What::Viewers { viewers: 40, total_viewers: 900 }));
        observed.take(&accounted(5_004, What::Other));
        let [first, second] = observed.bins() else { panic!("{:?}", observed.bins()) };
        assert_eq!((first.messages, first.units, first.events[0]), (1, [15.0, 0.0, 0.0, 0.0, 0.0], 1));
        assert_eq!((second.messages, second.joins, second.units), (5, 1, [0.0, 0.0, 1.0, 0.0, 1.0]));
        assert_eq!(observed.samples(), [Sample { ms: 5_003, viewers: 40 }]);
    }

    #[test]
    fn times_outside_of_the_session_neither_break_nor_grow_it() {
        let mut observed = Observations::new(BEGAN, Some(HOST));
        observed.viewers(BEGAN - 60_000, -5);
        observed.add(Stamp(i64::MIN), Driver::Likes, u32::MAX);
        observed.viewers(Stamp(i64::MAX), 7);
        observed.gift(Stamp(i64::MAX), GiftId(5), 1, 0, 1);
        assert_eq!(observed.bins().len(), 1);
        assert_eq!(observed.bins()[0].units[0], u32::MAX as f32);
        assert_eq!(observed.samples(), [Sample { ms: 0, viewers: 0 }]);
        assert!(observed.gifts().is_empty());
    }

    #[test]
    fn a_count_that_is_older_than_the_last_is_not_taken() {
        let mut observed = Observations::new(BEGAN, None);
        for (ms, viewers) in [(1_000, 10), (9_000, 12), (4_000, 99), (9_000, 13)] {
            observed.viewers(BEGAN + ms, viewers);
        }
        let counts: Vec<u32> = observed.samples().iter().map(|sample| sample.viewers).collect();
        assert_eq!(counts, [10, 12, 13]);
    }

    #[test]
    fn worth_beyond_any_number_is_no_more_than_the_largest_number() {
        let mut observed = Observations::new(BEGAN, Some(HOST));
        observed.take(&report(u32::MAX, 1, u32::MAX));
        observed.gift(BEGAN, GiftId(5), 1, i64::MAX, i64::MAX);
        let bin = observed.bins()[0];
        assert!(bin.gift_dose.is_finite() && bin.units[Driver::Gifts.index()].is_finite());
    }
}
