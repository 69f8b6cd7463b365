//! A LIVE in which it is known what brings people in. Its assumptions are not those of the engine: people
//! come evenly over most of a minute, leave one by one, and are excited for a while when they have just come.

use super::dice::Dice;
use crate::analytics::drivers::observations::{BIN_MS, Observations};
use crate::domain::driver::Driver;
use crate::domain::ids::GiftId;
use crate::domain::time::Stamp;

pub const BEGAN: Stamp = Stamp(1_790_000_000_000);

/// The gift that is given in bursts, and the one of [`Room::huge_gift`].
pub const GIFT: GiftId = GiftId(5655);
pub const HUGE_GIFT: GiftId = GiftId(777);

/// Bins between activity and the first and last of those it brings.
const SOONEST: usize = 1;
const LATEST: usize = 8;

/// The part of the audience that leaves within a bin.
const LEAVING: f64 = 0.02;

/// The viewer count tells what was true this many bins ago.
const DELAY: usize = 2;

#[derive(Clone, Copy)]
pub struct Room {
    pub seed: u64,
    pub minutes: i64,
    /// How many usually watch.
    pub viewers: f64,
    /// Who brings people in, and how many for each unit (for gifts: for each diamond^0.6); negative, who
    /// drives them off.
    pub pull: Option<(Driver, f64)>,
    /// A gift of 3,000 diamonds, by the minute it is given in.
    pub huge_gift: Option<i64>,
}

/// One message, in milliseconds since the session began.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    pub ms: i64,
    pub what: What,
}

#[derive(Clone, Copy, Debug)]
pub enum What {
    Viewers(i64),
    Join,
    Activity(Driver, u32),
    Gift(GiftId, i64),
}

impl Room {
    /// Everything that is said in the room, in order.
    pub fn heard(&self) -> Vec<Heard> {
        let bins = usize::try_from(self.minutes * 60_000 / BIN_MS).expect("a session has a length");
        let mut dice = Dice::new(self.seed);
        let mut said = Vec::new();
        let mut here = self.viewers.round();
        let (mut counts, mut brought, mut excited) = (vec![here; DELAY], vec![0.0_f64; bins + LATEST], 0.0);
        let mut waves = [0.0; Driver::ALL.len()];
        for bin in 0..bins {
            let (more, fewer) = (brought[bin].max(0.0), (-brought[bin]).max(0.0));
            let came = dice.count(LEAVING * self.viewers + more);
            here += f64::from(came) - f64::from(dice.count(LEAVING * here + fewer)).min(here);
            excited = 0.85 * excited + f64::from(came);
            counts.push(here);
            let mut now = vec![What::Viewers(counts[bin] as i64)];
            now.extend((0..came).map(|_| What::Join));
            for driver in Driver::ALL {
                wave(&mut waves[driver.index()], &mut dice);
                let dose = self.act(driver, here, excited, waves[driver.index()], bin, &mut dice, &mut now);
                if let Some((_, pull)) = self.pull.filter(|(puller, _)| *puller == driver) {
                    for later in &mut brought[bin + SOONEST..bin + LATEST] {
                        *later += pull * dose / (LATEST - SOONEST) as f64;
                    }
                }
            }
            let step = BIN_MS / now.len() as i64;
            let at = |place: usize| bin as i64 * BIN_MS + place as i64 * step;
            said.extend(now.into_iter().enumerate().map(|(place, what)| Heard { ms: at(place), what }));
        }
        said
    }

    pub fn observed(&self) -> Observations {
        observed(&self.heard())
    }

    pub fn end(&self) -> Stamp {
        BEGAN + self.minutes * 60_000
    }

    /// What one kind does in a bin; returns its dose.
    #[expect(clippy::too_many_arguments, reason = "one bin of one room")]
    fn act(
        &self,
        driver: Driver,
        here: f64,
        excited: f64,
        wave: f64,
        bin: usize,
        dice: &mut Dice,
        now: &mut Vec<What>,
    ) -> f64 {
        let mean = match driver {
            Driver::Likes => 0.02 * here + 0.15 * excited + 20.0 * wave,
            Driver::Comments => 0.005 * here + 0.03 * excited + 4.0 * wave,
            Driver::Follows => 0.001 * here + 0.03 * excited,
            Driver::Shares => 0.1,
            Driver::Gifts => return self.gifts(here, wave, bin, dice, now),
        };
        let count = dice.count(mean);
        if driver == Driver::Likes {
            now.extend((count > 0).then_some(What::Activity(driver, count)));
        } else {
            now.extend((0..count).map(|_| What::Activity(driver, 1)));
        }
        f64::from(count)
    }

    fn gifts(&self, here: f64, wave: f64, bin: usize, dice: &mut Dice, now: &mut Vec<What>) -> f64 {
        let mut dose = 0.0;
        for _ in 0..dice.count(0.0002 * here + 0.3 * wave) {
            let diamonds = (5.0 * (1.5 * dice.normal()).exp()).ceil();
            now.push(What::Gift(GIFT, diamonds as i64));
            dose += diamonds.powf(0.6);
        }
        if self.huge_gift.is_some_and(|minute| minute * 60_000 == bin as i64 * BIN_MS) {
            now.push(What::Gift(HUGE_GIFT, 3_000));
            dose += 3_000f64.powf(0.6);
        }
        dose
    }
}

/// Waves of activity that nobody's coming explains: they begin by chance and last half a minute.
fn wave(wave: &mut f64, dice: &mut Dice) {
    *wave *= 0.8;
    if dice.part() < 1.0 / 50.0 {
        *wave = 1.0;
    }
}

/// What the analysis knows after hearing all of it.
pub fn observed(heard: &[Heard]) -> Observations {
    let mut observed = Observations::new(BEGAN, None);
    for heard in heard {
        let at = BEGAN + heard.ms;
        match heard.what {
            What::Viewers(viewers) => observed.viewers(at, viewers),
            What::Join => observed.join(at),
            What::Activity(driver, count) => observed.add(at, driver, count),
            What::Gift(gift, diamonds) => observed.gift(at, gift, 1, 0, diamonds),
        }
    }
    observed
}
