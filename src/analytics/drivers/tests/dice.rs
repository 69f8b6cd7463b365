//! Chance that is the same in every run.

use crate::analytics::draw::Draw;

/// Draws of more than coins.
pub struct Dice(Draw);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Draw::new(seed.wrapping_mul(0x5851_F42D_4C95_7F2D)))
    }

    /// From 0 up to, not including, 1.
    pub fn part(&mut self) -> f64 {
        (self.0.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Standard normal (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.part(), self.part());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    /// Poisson, for means up to some hundreds.
    pub fn count(&mut self, mean: f64) -> u32 {
        let (mut left, limit, mut count) = (self.part(), (-mean).exp(), 0);
        while left > limit {
            left *= self.part();
            count += 1;
        }
        count
    }

    pub fn normals(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.normal()).collect()
    }

    pub fn counts(&mut self, mean: f64, n: usize) -> Vec<f64> {
        (0..n).map(|_| f64::from(self.count(mean))).collect()
    }
}
