//! Random numbers by name. A stream is opened with what it is for ("the 3rd comment of this person"), so the
//! same thing falls the same way in two runs of a world however much else differs between them. That is what
//! lets a counterfactual differ from the fact only by what was switched off. SplitMix64 (Steele, Lea and Flood
//! 2014) is written out here so that a seed means the same session for ever.

#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The stream of everything named by these keys, in this order.
    pub fn of(keys: &[u64]) -> Self {
        Self(
            keys.iter().fold(0x5851_f42d_4c95_7f2d, |state, key| {
                scramble(state ^ scramble(key.wrapping_add(state)))
            }),
        )
    }

    /// A key for a stream of its own, as for a new person.
    pub fn key(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scramble(self.0)
    }

    /// Between 0 and 1, never exactly either.
    pub fn unit(&mut self) -> f64 {
        ((self.key() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    pub fn within(&mut self, (low, high): (f64, f64)) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Log-uniform: as likely in every octave.
    pub fn spread(&mut self, (low, high): (f64, f64)) -> f64 {
        if low == high { low } else { self.within((low.ln(), high.ln())).exp() }
    }

    /// One of 0..n.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n - 1)
    }

    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * self.unit().ln()
    }

    pub fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    /// Heavy-tailed with mean 1, for luck that is multiplied.
    pub fn luck(&mut self, sigma: f64) -> f64 {
        self.lognormal((-sigma * sigma / 2.0).exp(), sigma)
    }

    pub fn pareto(&mut self, least: f64, alpha: f64) -> f64 {
        least * self.unit().powf(-1.0 / alpha)
    }

    /// By counting exponential gaps: exact, and its cost is that of the things counted.
    pub fn poisson(&mut self, mean: f64) -> usize {
        let mut count = 0;
        let mut sum = self.exponential(1.0);
        while sum < mean {
            count += 1;
            sum += self.exponential(1.0);
        }
        count
    }

    /// Tries until the first success, at least 1.
    pub fn geometric(&mut self, success: f64) -> u32 {
        1 + (self.unit().ln() / (1.0 - success).ln()) as u32
    }
}

fn scramble(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(draw: impl FnMut(u64) -> f64) -> f64 {
        (0..40_000).map(draw).sum::<f64>() / 40_000.0
    }

    #[test]
    fn every_distribution_has_the_mean_its_name_promises() {
        let expected_and_found = [
            (0.5, mean(|i| Dice::of(&[1, i]).unit())),
            (0.0, mean(|i| Dice::of(&[2, i]).normal())),
            (3.0, mean(|i| Dice::of(&[3, i]).exponential(3.0))),
            (7.5, mean(|i| Dice::of(&[4, i]).poisson(7.5) as f64)),
            (2.5, mean(|i| f64::from(Dice::of(&[5, i]).geometric(0.4)))),
            (1.0, mean(|i| Dice::of(&[6, i]).luck(0.8))),
            (1.5, mean(|i| Dice::of(&[7, i]).pareto(1.0, 3.0))),
        ];
        for (expected, found) in expected_and_found {
            assert!((expected - found).abs() < 0.06, "expected {expected}, found {found}");
        }
    }

    #[test]
    fn a_name_always_opens_the_same_stream_and_another_name_another() {
        assert_eq!(Dice::of(&[9, 1]).key(), Dice::of(&[9, 1]).key());
        assert_ne!(Dice::of(&[9, 1]).key(), Dice::of(&[1, 9]).key());
        assert_ne!(Dice::of(&[9]).key(), Dice::of(&[9, 0]).key());
    }
}
