//! Whether what was measured is what must be.

/// Collects what is missed, so that everything is measured before the benchmark fails.
#[derive(Default)]
pub struct Verdict {
    missed: Vec<String>,
}

impl Verdict {
    pub fn at_most(&mut self, what: &str, measured: f64, limit: f64) {
        self.judge(what, measured, measured <= limit, &format!("at most {limit}"));
    }

    pub fn at_least(&mut self, what: &str, measured: f64, limit: f64) {
        self.judge(what, measured, measured >= limit, &format!("at least {limit}"));
    }

    fn judge(&mut self, what: &str, measured: f64, holds: bool, asked: &str) {
        println!("{} {what}: {measured:.2}, must be {asked}", if holds { "  ok  " } else { "MISSED" });
        if !holds {
            self.missed.push(what.to_owned());
        }
    }

    /// # Errors
    ///
    /// If anything was missed.
    pub fn result(self) -> anyhow::Result<()> {
        anyhow::ensure!(self.missed.is_empty(), "missed: {}", self.missed.join(", "));
        Ok(())
    }
}
