//! What diamonds may be worth in money: an estimate, at rates that the user typed.

use chrono::NaiveDate;

/// Figures of an estimate that mean something; the rates support no more.
const FIGURES: i32 = 3;

/// At what diamonds are turned into money. Nothing of it is asked of anybody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rates {
    /// What one diamond is worth, in millionths of a US dollar.
    pub diamond_microdollars: u32,
    /// Rupiah for one US dollar; with it, estimates are in rupiah.
    pub rupiah_per_dollar: Option<u32>,
    /// The day that rate is of.
    pub rupiah_on: Option<NaiveDate>,
}

impl Default for Rates {
    /// Half a US cent for a diamond, which is what creators most often report; public sources disagree.
    fn default() -> Self {
        Self { diamond_microdollars: 5000, rupiah_per_dollar: None, rupiah_on: None }
    }
}

/// An amount in one currency, rounded to three figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Money {
    Dollars(f64),
    Rupiah(f64),
}

impl Rates {
    /// One diamond in US dollars.
    #[must_use]
    pub fn dollars_per_diamond(self) -> f64 {
        f64::from(self.diamond_microdollars) / 1e6
    }

    /// What so many diamonds may be worth.
    #[must_use]
    pub fn estimate(self, diamonds: i64) -> Money {
        let dollars = diamonds as f64 * self.dollars_per_diamond();
        match self.rupiah_per_dollar {
            Some(rate) => Money::Rupiah(rounded(dollars * f64::from(rate)).round()),
            None => Money::Dollars(rounded(dollars)),
        }
    }
}

fn rounded(amount: f64) -> f64 {
    if amount == 0.0 {
        return 0.0;
    }
    let places = FIGURES - 1 - amount.abs().log10().floor() as i32;
    // Dividing by a whole power of ten is exact where multiplying by its inverse is not.
    let power = 10_f64.powi(places.abs());
    if places < 0 { (amount / power).round() * power } else { (amount * power).round() / power }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_has_three_figures_in_either_currency() {
        let rates = Rates::default();
        for (diamonds, dollars) in
            [(0, 0.0), (1, 0.005), (12_480, 62.4), (12_489, 62.4), (246_913, 1230.0), (-123, -0.615)]
        {
            assert_eq!(rates.estimate(diamonds), Money::Dollars(dollars), "{diamonds}");
        }
        let rates = Rates { rupiah_per_dollar: Some(16_200), ..rates };
        assert_eq!(rates.estimate(12_480), Money::Rupiah(1_010_000.0));
        assert_eq!(rates.estimate(1), Money::Rupiah(81.0));
    }
}
