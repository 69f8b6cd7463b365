//! Seeded chance that gives the same rolls on every machine and in every version.

/// `SplitMix64` (Steele, Lea, Flood 2014): tiny, portable, good enough for a crowd.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Independent dice for one purpose, so that one purpose's rolls do not shift another's.
    #[must_use]
    pub fn aside(seed: u64, purpose: u64) -> Self {
        let mut dice = Self(seed ^ purpose.wrapping_mul(0xA24B_AED4_963E_E407));
        dice.roll();
        dice
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    pub fn fraction(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.fraction() < probability
    }

    /// Uniform in `low..=high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).expect("low is not above high") + 1;
        low + i64::try_from(self.roll() % span).expect("the rest is below the span")
    }

    /// Uniform in `0..length`.
    pub fn index(&mut self, length: usize) -> usize {
        (self.roll() % length.max(1) as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.index(from.len())]
    }

    /// How many independent things happen where `mean` are expected (Knuth's product, and the
    /// normal approximation above 30).
    pub fn poisson(&mut self, mean: f64) -> usize {
        if mean > 30.0 {
            let normal = (0..12).map(|_| self.fraction()).sum::<f64>() - 6.0;
            return (mean + normal * mean.sqrt()).round().max(0.0) as usize;
        }
        let (limit, mut product, mut count) = ((-mean).exp(), self.fraction(), 0);
        while product > limit {
            product *= self.fraction();
            count += 1;
        }
        count
    }

    /// A waiting time with the given mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.fraction()).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_rolls_the_same_everywhere() {
        // The reference implementation's first output for seed 0.
        assert_eq!(Dice::new(0).roll(), 0xE220_A839_7B1D_CDAF);
    }

    #[test]
    fn counts_have_the_mean_they_were_asked_for() {
        let mut dice = Dice::new(7);
        for mean in [0.3, 4.0, 80.0] {
            let sum: usize = (0..4000).map(|_| dice.poisson(mean)).sum();
            let found = sum as f64 / 4000.0;
            assert!((found - mean).abs() < 0.05 * mean.max(1.0), "{mean}: {found}");
        }
    }
}
