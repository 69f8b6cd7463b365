//! Presets: how much Pasut may take, chosen with one press, like the graphics settings of a game.

use crate::settings::preferences::{Key, Preferences};

/// A preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    Low,
    Medium,
    High,
    Ultra,
    /// As Medium, and less by itself while the computer is short.
    Auto,
}

/// What a preset decides.
const DECIDED: [Key; 6] =
    [Key::Auto, Key::Interval, Key::Refresh, Key::ChartPoints, Key::Avatars, Key::Explain];

/// The value of each, in that order. None of them changes what is recorded, only how finely it is cut, how
/// often it is shown and how often viewers are explained.
const TABLE: [(Preset, [&str; DECIDED.len()]); 5] = [
    (Preset::Low, ["off", "10", "200", "100", "off", "15"]),
    (Preset::Medium, ["off", "5", "100", "200", "on", "5"]),
    (Preset::High, ["off", "5", "50", "400", "on", "5"]),
    (Preset::Ultra, ["off", "1", "25", "1000", "on", "5"]),
    (Preset::Auto, ["on", "5", "100", "200", "on", "5"]),
];

impl Preset {
    pub const ALL: [Self; 5] = [Self::Low, Self::Medium, Self::High, Self::Ultra, Self::Auto];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Ultra => "ultra",
            Self::Auto => "auto",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == text)
    }

    /// What choosing it changes.
    pub fn values(self) -> impl Iterator<Item = (Key, &'static str)> {
        DECIDED.into_iter().zip(TABLE[self as usize].1)
    }

    /// The preset that is chosen: Auto while that is on, whatever else was changed; another one only while
    /// every value is its own.
    #[must_use]
    pub fn of(chosen: &Preferences) -> Option<Self> {
        if chosen.auto {
            return Some(Self::Auto);
        }
        Self::ALL.into_iter().find(|preset| preset.values().all(|(key, value)| chosen.value(key) == value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_preset_can_be_chosen_and_is_recognised_afterwards() {
        for preset in Preset::ALL {
            assert_eq!((TABLE[preset as usize].0, Preset::parse(preset.as_str())), (preset, Some(preset)));
            let mut chosen = Preferences::default();
            for (key, value) in preset.values() {
                chosen.set(key, value).expect("usable");
            }
            assert_eq!(Preset::of(&chosen), Some(preset));
        }
        assert_eq!(Preset::of(&Preferences::default()), Some(Preset::Medium));
        assert_eq!(Preset::of(&Preferences { chart_points: 123, ..Preferences::default() }), None);
    }

    #[test]
    fn low_doubles_the_time_between_polls_and_high_halves_it() {
        let every = |preset: Preset| {
            let mut chosen = Preferences::default();
            for (key, value) in preset.values() {
                chosen.set(key, value).expect("usable");
            }
            (chosen.every_ms(2000), chosen.every_ms(5000))
        };
        assert_eq!(every(Preset::Low), (4000, 10_000));
        assert_eq!(every(Preset::High), (1000, 2500));
    }
}
