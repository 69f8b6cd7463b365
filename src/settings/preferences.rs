//! What the user prefers: how much Pasut may take of the computer, how sessions and gifts are counted, and how
//! long what is recorded is kept.

use crate::domain::alert::{AlertRules, Channels};
use crate::domain::gift::TierLimits;
use crate::domain::keeping::{self, Keeping, MOST_DAYS, parse_days};
use crate::domain::money::Rates;
use crate::store::{Store, StoreError};
use crate::words::Lang;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

const MINUTE_MS: i64 = 60_000;

/// However fast it is to go, a part of a page asks for news this often at most.
const FLOOR_MS: u32 = 1000;

/// Eased, interval rows are at least this long.
const EASED_INTERVAL_MS: i64 = 10 * MINUTE_MS;

/// Everything that can be preferred; what nobody set has its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Whether Pasut takes less by itself while the computer is short of something.
    pub auto: bool,
    /// Length of an interval row.
    pub interval_ms: i64,
    /// The time between two polls of a live part of a page, in per cent of the usual one.
    pub refresh_percent: u32,
    /// A chart holds this many points at most.
    pub chart_points: u32,
    /// Whether pictures of people are fetched, kept and shown.
    pub avatars: bool,
    /// A running session is explained again after this long at the earliest.
    pub explain_ms: i64,
    /// Whether a watched creator's LIVE is recorded without being asked.
    pub auto_start: bool,
    /// How long a room that is out of reach stays one session.
    pub grace_ms: i64,
    pub tiers: TierLimits,
    pub rates: Rates,
    pub keeping: Keeping,
    /// The language of the workbooks in archives.
    pub archive_lang: Lang,
    pub alerts: AlertRules,
    /// Whether the computer Pasut runs on is open without a login, once somebody owns it.
    pub this_computer: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            auto: false,
            interval_ms: 5 * MINUTE_MS,
            refresh_percent: 100,
            chart_points: 200,
            avatars: true,
            explain_ms: 5000,
            auto_start: true,
            grace_ms: 10 * MINUTE_MS,
            tiers: TierLimits::default(),
            rates: Rates::default(),
            keeping: Keeping::default(),
            archive_lang: Lang::default(),
            alerts: AlertRules::default(),
            this_computer: true,
        }
    }
}

/// One preference, by the name under which it is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    Auto,
    Interval,
    Refresh,
    ChartPoints,
    Avatars,
    Explain,
    AutoStart,
    Grace,
    Special,
    Premium,
    DiamondDollars,
    RupiahPerDollar,
    RupiahOn,
    Days,
    RawDays,
    ArchiveLanguage,
    AlertGift,
    AlertGiftDiamonds,
    AlertSpike,
    AlertSpikePercent,
    AlertDrop,
    AlertDropPercent,
    AlertWindow,
    AlertLeast,
    AlertBattles,
    AlertLost,
    AlertLostAfter,
    AlertGoal,
    AlertFan,
    AlertFanRanks,
    AlertFirst,
    Quiet,
    ThisComputer,
}

impl Key {
    pub const ALL: [Self; 33] = [
        Self::Auto,
        Self::Interval,
        Self::Refresh,
        Self::ChartPoints,
        Self::Avatars,
        Self::Explain,
        Self::AutoStart,
        Self::Grace,
        Self::Special,
        Self::Premium,
        Self::DiamondDollars,
        Self::RupiahPerDollar,
        Self::RupiahOn,
        Self::Days,
        Self::RawDays,
        Self::ArchiveLanguage,
        Self::AlertGift,
        Self::AlertGiftDiamonds,
        Self::AlertSpike,
        Self::AlertSpikePercent,
        Self::AlertDrop,
        Self::AlertDropPercent,
        Self::AlertWindow,
        Self::AlertLeast,
        Self::AlertBattles,
        Self::AlertLost,
        Self::AlertLostAfter,
        Self::AlertGoal,
        Self::AlertFan,
        Self::AlertFanRanks,
        Self::AlertFirst,
        Self::Quiet,
        Self::ThisComputer,
    ];

    /// The name in the database and in a form; where the operator may decide too, it is the name in
    /// `pasut.toml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "performance.auto",
            Self::Interval => "session.interval",
            Self::Refresh => "performance.refresh",
            Self::ChartPoints => "performance.chart_points",
            Self::Avatars => "avatars",
            Self::Explain => "performance.explain",
            Self::AutoStart => "session.auto_start",
            Self::Grace => "session.grace",
            Self::Special => "gifts.special",
            Self::Premium => "gifts.premium",
            Self::DiamondDollars => "money.diamond_usd",
            Self::RupiahPerDollar => "money.idr_per_usd",
            Self::RupiahOn => "money.idr_date",
            Self::Days => keeping::SESSIONS,
            Self::RawDays => keeping::RAW_EVENTS,
            Self::ArchiveLanguage => keeping::LANGUAGE,
            Self::AlertGift => "alerts.gift",
            Self::AlertGiftDiamonds => "alerts.gift_diamonds",
            Self::AlertSpike => "alerts.spike",
            Self::AlertSpikePercent => "alerts.spike_percent",
            Self::AlertDrop => "alerts.drop",
            Self::AlertDropPercent => "alerts.drop_percent",
            Self::AlertWindow => "alerts.window",
            Self::AlertLeast => "alerts.least_viewers",
            Self::AlertBattles => "alerts.in_battles",
            Self::AlertLost => "alerts.lost",
            Self::AlertLostAfter => "alerts.lost_after",
            Self::AlertGoal => "alerts.goal",
            Self::AlertFan => "alerts.fan",
            Self::AlertFanRanks => "alerts.fan_ranks",
            Self::AlertFirst => "alerts.first_gift",
            Self::Quiet => "alerts.quiet",
            Self::ThisComputer => "access.this_computer",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }
}

/// Why a value cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("must be on or off")]
    NotASwitch,
    #[error("must be a whole number from {from} to {to}")]
    NotWithin { from: u32, to: u32 },
    #[error("must be an amount from {} to {}", dollars(*.from), dollars(*.to))]
    NotAnAmount { from: u32, to: u32 },
    #[error("must be a date such as 2026-11-22")]
    NotADate,
    #[error("must be off, page, webhooks or both")]
    NotAChannel,
    #[error("must be en or id")]
    NotALanguage,
    #[error("a special gift must be worth less than a premium one")]
    TiersCross,
}

#[derive(Debug, thiserror::Error)]
pub enum PreferenceError {
    #[error("{} {why}. Nothing was changed.", .key.name())]
    Unusable { key: Key, why: Unusable },
    #[error("{} was decided before the start, so it cannot be changed here.", .0.name())]
    Fixed(Key),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Preferences {
    /// A preference as it is written: minutes, seconds, days, diamonds, per cent, US dollars, a date, a
    /// language, `on` or `off`; empty where there is none.
    #[must_use]
    pub fn value(&self, key: Key) -> String {
        let switch = |on: bool| if on { "on" } else { "off" }.to_owned();
        match key {
            Key::Auto => switch(self.auto),
            Key::Interval => (self.interval_ms / MINUTE_MS).to_string(),
            Key::Refresh => self.refresh_percent.to_string(),
            Key::ChartPoints => self.chart_points.to_string(),
            Key::Avatars => switch(self.avatars),
            Key::Explain => (self.explain_ms / 1000).to_string(),
            Key::AutoStart => switch(self.auto_start),
            Key::Grace => (self.grace_ms / MINUTE_MS).to_string(),
            Key::Special => self.tiers.special.to_string(),
            Key::Premium => self.tiers.premium.to_string(),
            Key::DiamondDollars => dollars(self.rates.diamond_microdollars),
            Key::RupiahPerDollar => {
                self.rates.rupiah_per_dollar.map(|rate| rate.to_string()).unwrap_or_default()
            }
            Key::RupiahOn => self.rates.rupiah_on.map(|day| day.to_string()).unwrap_or_default(),
            Key::Days => self.keeping.days.to_string(),
            Key::RawDays => self.keeping.raw_days.to_string(),
            Key::ArchiveLanguage => self.archive_lang.code().to_owned(),
            Key::AlertGift => self.alerts.gift.as_str().to_owned(),
            Key::AlertGiftDiamonds => self.alerts.gift_diamonds.to_string(),
            Key::AlertSpike => self.alerts.spike.as_str().to_owned(),
            Key::AlertSpikePercent => self.alerts.spike_percent.to_string(),
            Key::AlertDrop => self.alerts.drop.as_str().to_owned(),
            Key::AlertDropPercent => self.alerts.drop_percent.to_string(),
            Key::AlertWindow => self.alerts.window_s.to_string(),
            Key::AlertLeast => self.alerts.least_viewers.to_string(),
            Key::AlertBattles => switch(self.alerts.in_battles),
            Key::AlertLost => self.alerts.lost.as_str().to_owned(),
            Key::AlertLostAfter => self.alerts.lost_s.to_string(),
            Key::AlertGoal => self.alerts.goal.as_str().to_owned(),
            Key::AlertFan => self.alerts.fan.as_str().to_owned(),
            Key::AlertFanRanks => self.alerts.fan_ranks.to_string(),
            Key::AlertFirst => self.alerts.first.as_str().to_owned(),
            Key::Quiet => switch(self.alerts.quiet),
            Key::ThisComputer => switch(self.this_computer),
        }
    }

    /// Sets a preference as it is written.
    ///
    /// # Errors
    ///
    /// If it cannot be used: then nothing changes.
    pub fn set(&mut self, key: Key, text: &str) -> Result<(), Unusable> {
        match key {
            Key::Auto => self.auto = switch(text)?,
            Key::Interval => self.interval_ms = i64::from(whole(text, 1..=10)?) * MINUTE_MS,
            Key::Refresh => self.refresh_percent = whole(text, 25..=400)?,
            Key::ChartPoints => self.chart_points = whole(text, 50..=1000)?,
            Key::Avatars => self.avatars = switch(text)?,
            Key::Explain => self.explain_ms = i64::from(whole(text, 5..=120)?) * 1000,
            Key::AutoStart => self.auto_start = switch(text)?,
            Key::Grace => self.grace_ms = i64::from(whole(text, 1..=120)?) * MINUTE_MS,
            Key::Special => self.tiers.special = whole(text, 1..=1_000_000)?,
            Key::Premium => self.tiers.premium = whole(text, 1..=1_000_000)?,
            Key::DiamondDollars => self.rates.diamond_microdollars = microdollars(text, 100..=1_000_000)?,
            Key::RupiahPerDollar => {
                self.rates.rupiah_per_dollar = given(text, |text| whole(text, 1000..=1_000_000))?;
            }
            Key::RupiahOn => {
                self.rates.rupiah_on =
                    given(text, |text| text.parse::<NaiveDate>().map_err(|_| Unusable::NotADate))?;
            }
            Key::Days => self.keeping.days = days(text)?,
            Key::RawDays => self.keeping.raw_days = days(text)?,
            Key::ThisComputer => self.this_computer = switch(text)?,
            Key::ArchiveLanguage => {
                self.archive_lang = Lang::parse(text.trim()).ok_or(Unusable::NotALanguage)?;
            }
            Key::AlertGift => self.alerts.gift = channels(text)?,
            Key::AlertGiftDiamonds => self.alerts.gift_diamonds = whole(text, 1..=1_000_000)?,
            Key::AlertSpike => self.alerts.spike = channels(text)?,
            Key::AlertSpikePercent => self.alerts.spike_percent = whole(text, 110..=1000)?,
            Key::AlertDrop => self.alerts.drop = channels(text)?,
            Key::AlertDropPercent => self.alerts.drop_percent = whole(text, 5..=95)?,
            Key::AlertWindow => self.alerts.window_s = whole(text, 20..=300)?,
            Key::AlertLeast => self.alerts.least_viewers = whole(text, 1..=1_000_000)?,
            Key::AlertBattles => self.alerts.in_battles = switch(text)?,
            Key::AlertLost => self.alerts.lost = channels(text)?,
            Key::AlertLostAfter => self.alerts.lost_s = whole(text, 10..=3600)?,
            Key::AlertGoal => self.alerts.goal = channels(text)?,
            Key::AlertFan => self.alerts.fan = channels(text)?,
            Key::AlertFanRanks => self.alerts.fan_ranks = whole(text, 1..=100)?,
            Key::AlertFirst => self.alerts.first = channels(text)?,
            Key::Quiet => self.alerts.quiet = switch(text)?,
        }
        Ok(())
    }

    /// The time between two polls of a part that usually asks every `usual_ms`.
    #[must_use]
    pub fn every_ms(&self, usual_ms: u32) -> u32 {
        (usual_ms * self.refresh_percent / 100).max(FLOOR_MS)
    }

    /// The same with less to do: wider intervals, polls and explanations half as often. Recording is
    /// not part of it.
    #[must_use]
    pub fn eased(self) -> Self {
        Self {
            interval_ms: self.interval_ms.max(EASED_INTERVAL_MS),
            refresh_percent: self.refresh_percent * 2,
            explain_ms: self.explain_ms * 2,
            ..self
        }
    }

    fn check(&self) -> Result<(), Unusable> {
        if self.tiers.special < self.tiers.premium { Ok(()) } else { Err(Unusable::TiersCross) }
    }
}

fn switch(text: &str) -> Result<bool, Unusable> {
    match text.trim() {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(Unusable::NotASwitch),
    }
}

fn channels(text: &str) -> Result<Channels, Unusable> {
    Channels::parse(text.trim()).ok_or(Unusable::NotAChannel)
}

fn whole(text: &str, allowed: RangeInclusive<u32>) -> Result<u32, Unusable> {
    let number = text.trim().parse().ok().filter(|number| allowed.contains(number));
    number.ok_or(Unusable::NotWithin { from: *allowed.start(), to: *allowed.end() })
}

fn days(text: &str) -> Result<u32, Unusable> {
    parse_days(text).ok_or(Unusable::NotWithin { from: 0, to: MOST_DAYS })
}

/// Millionths of a US dollar, from an amount with a point or a comma.
fn microdollars(text: &str, allowed: RangeInclusive<u32>) -> Result<u32, Unusable> {
    let amount: Option<f64> = text.trim().replace(',', ".").parse().ok();
    let millionths = amount.map(|amount| (amount * 1e6).round() as u32).filter(|n| allowed.contains(n));
    millionths.ok_or(Unusable::NotAnAmount { from: *allowed.start(), to: *allowed.end() })
}

/// Millionths of a US dollar as an amount: `0.005`.
#[must_use]
pub fn dollars(millionths: u32) -> String {
    (f64::from(millionths) / 1e6).to_string()
}

fn given<T>(text: &str, read: impl FnOnce(&str) -> Result<T, Unusable>) -> Result<Option<T>, Unusable> {
    match text.trim() {
        "" => Ok(None),
        text => read(text).map(Some),
    }
}

/// The preferences of one Pasut: what was chosen, and what is in force. Clones share them.
#[derive(Clone)]
pub struct PreferenceSettings(Arc<Inner>);

struct Inner {
    store: Store,
    /// Where nobody chose: the defaults, or what the operator decided.
    usual: Preferences,
    /// What the operator decided, and where.
    fixed: BTreeMap<Key, &'static str>,
    state: Mutex<State>,
    /// One change after the other, from reading what there is to announcing what there is then.
    changing: tokio::sync::Mutex<()>,
    in_force: watch::Sender<Preferences>,
}

struct State {
    chosen: Preferences,
    eased: bool,
}

impl PreferenceSettings {
    /// Joins what was saved with `usual`, whose `fixed` members the operator decided. A saved value that
    /// cannot be used any more is left out.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub async fn load(
        store: Store,
        usual: Preferences,
        fixed: BTreeMap<Key, &'static str>,
    ) -> Result<Self, StoreError> {
        let chosen = made_of(usual, &fixed, &store.settings().await?);
        let state = Mutex::new(State { chosen, eased: false });
        let in_force = watch::Sender::new(chosen);
        let changing = tokio::sync::Mutex::default();
        Ok(Self(Arc::new(Inner { store, usual, fixed, state, changing, in_force })))
    }

    /// What is in force, now and after each change.
    #[must_use]
    pub fn in_force(&self) -> watch::Receiver<Preferences> {
        self.0.in_force.subscribe()
    }

    /// What is in force at this moment.
    #[must_use]
    pub fn now(&self) -> Preferences {
        *self.0.in_force.borrow()
    }

    /// What was chosen. While the computer is short and Auto is on, less is in force.
    #[must_use]
    pub fn chosen(&self) -> Preferences {
        self.lock().chosen
    }

    /// Who decided a preference, where that was not the user: `flag`, `environment` or `file`.
    #[must_use]
    pub fn fixed_by(&self, key: Key) -> Option<&'static str> {
        self.0.fixed.get(&key).copied()
    }

    /// Changes preferences, all of them or none; `None` goes back to the default. They are in force at once.
    ///
    /// # Errors
    ///
    /// If one of them cannot be used or is fixed, or they cannot be stored: then nothing changes.
    pub async fn change(&self, changes: &[(Key, Option<&str>)]) -> Result<(), PreferenceError> {
        let _turn = self.0.changing.lock().await;
        let mut chosen = self.chosen();
        for (key, value) in changes {
            if self.0.fixed.contains_key(key) {
                return Err(PreferenceError::Fixed(*key));
            }
            let usual = self.0.usual.value(*key);
            let value = value.unwrap_or(&usual);
            chosen.set(*key, value).map_err(|why| PreferenceError::Unusable { key: *key, why })?;
        }
        if let Some((key, _)) = changes.iter().find(|(key, _)| matches!(key, Key::Special | Key::Premium)) {
            chosen.check().map_err(|why| PreferenceError::Unusable { key: *key, why })?;
        }
        let text =
            |(key, value): &(Key, Option<&str>)| (key.name().to_owned(), value.map(|_| chosen.value(*key)));
        self.0.store.change_settings(changes.iter().map(text).collect()).await?;
        self.announce(|state| state.chosen = chosen);
        Ok(())
    }

    /// Takes the last change back; taking that back is the next step. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// If it cannot be stored.
    pub async fn undo(&self) -> Result<bool, PreferenceError> {
        let before = self.0.store.settings_before().await?;
        let known = before.iter().filter_map(|(name, value)| Some((Key::parse(name)?, value.as_deref())));
        let changes: Vec<_> = known.filter(|(key, _)| !self.0.fixed.contains_key(key)).collect();
        if changes.is_empty() {
            return Ok(false);
        }
        self.change(&changes).await?;
        Ok(true)
    }

    /// The preferences that were changed last, with what they were before.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub async fn before(&self) -> Result<Vec<(Key, String)>, StoreError> {
        let before = self.0.store.settings_before().await?;
        let known = before.into_iter().filter_map(|(name, value)| Some((Key::parse(&name)?, value)));
        Ok(known.map(|(key, value)| (key, value.unwrap_or_else(|| self.0.usual.value(key)))).collect())
    }

    /// Lets Pasut take less than was chosen, or as much again. It holds while Auto is on.
    pub fn ease(&self, eased: bool) {
        self.announce(|state| state.eased = eased);
    }

    fn announce(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        let mut now = if state.eased && state.chosen.auto { state.chosen.eased() } else { state.chosen };
        if self.0.fixed.contains_key(&Key::Interval) {
            now.interval_ms = state.chosen.interval_ms;
        }
        self.0.in_force.send_if_modified(|before| std::mem::replace(before, now) != now);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn made_of(
    usual: Preferences,
    fixed: &BTreeMap<Key, &'static str>,
    saved: &BTreeMap<String, String>,
) -> Preferences {
    let mut chosen = usual;
    for key in Key::ALL.into_iter().filter(|key| !fixed.contains_key(key)) {
        if let Some(value) = saved.get(key.name()) {
            // What an earlier version saved and this one cannot use is as if it had not been saved.
            let _ = chosen.set(key, value);
        }
    }
    if chosen.check().is_err() {
        chosen.tiers = usual.tiers;
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Opening;

    async fn settings(fixed: &[(Key, &'static str)]) -> (tempfile::TempDir, Store, PreferenceSettings) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
        let fixed = fixed.iter().copied().collect();
        let settings = PreferenceSettings::load(store.clone(), Preferences::default(), fixed).await;
        (folder, store, settings.expect("readable"))
    }

    #[tokio::test]
    async fn a_change_is_announced_and_still_there_after_a_restart() {
        let (_folder, store, settings) = settings(&[]).await;
        let mut told = settings.in_force();
        settings.change(&[(Key::Interval, Some("1")), (Key::Avatars, Some("off"))]).await.expect("usable");
        assert!(told.has_changed().expect("alive"));
        let now = *told.borrow_and_update();
        assert_eq!((now.interval_ms, now.avatars), (60_000, false));
        let again = PreferenceSettings::load(store, Preferences::default(), BTreeMap::new()).await;
        assert_eq!(again.expect("readable").now(), now);
    }

    #[tokio::test]
    async fn a_change_can_be_taken_back_whole_and_that_too() {
        let (_folder, _store, settings) = settings(&[]).await;
        assert!(!settings.undo().await.expect("nothing to do"));
        settings.change(&[(Key::Grace, Some("20"))]).await.expect("usable");
        settings.change(&[(Key::Interval, Some("1")), (Key::Grace, Some("30"))]).await.expect("usable");
        let changed = settings.now();
        let before = settings.before().await.expect("readable");
        assert_eq!(before, [(Key::Grace, "20".to_owned()), (Key::Interval, "5".to_owned())]);
        assert!(settings.undo().await.expect("stored"));
        assert_eq!((settings.now().interval_ms, settings.now().grace_ms), (300_000, 1_200_000));
        assert!(settings.undo().await.expect("stored"));
        assert_eq!(settings.now(), changed);
    }

    #[tokio::test]
    async fn of_what_cannot_be_used_nothing_is_saved() {
        let (_folder, store, settings) = settings(&[(Key::Grace, "file")]).await;
        for (changes, says) in [
            (&[(Key::Auto, Some("on")), (Key::Interval, Some("11"))][..], "from 1 to 10"),
            (&[(Key::Avatars, Some("perhaps"))], "on or off"),
            (&[(Key::Special, Some("5000"))], "less than a premium"),
            (&[(Key::Grace, Some("20"))], "decided before the start"),
        ] {
            let refused = settings.change(changes).await.expect_err("refused").to_string();
            assert!(refused.contains(says), "{refused}");
        }
        assert_eq!(settings.now(), Preferences::default());
        assert!(store.settings().await.expect("readable").is_empty());
    }

    #[tokio::test]
    async fn easing_takes_less_than_was_chosen_and_gives_it_back() {
        let (_folder, store, settings) = settings(&[]).await;
        settings.change(&[(Key::Auto, Some("on"))]).await.expect("usable");
        let chosen = settings.now();
        settings.ease(true);
        let eased = settings.now();
        assert_eq!((eased.interval_ms, eased.explain_ms), (600_000, 10_000));
        assert_eq!((eased.every_ms(2000), Preferences::default().every_ms(2000)), (4000, 2000));
        assert_eq!(settings.chosen(), chosen);
        assert_eq!(store.settings().await.expect("readable").len(), 1, "it is not what was chosen");
        settings.ease(false);
        assert_eq!(settings.now(), chosen);
        settings.ease(true);
        settings.change(&[(Key::Auto, None)]).await.expect("usable");
        assert_eq!(settings.now(), Preferences::default(), "without Auto nothing is eased");
    }

    #[tokio::test]
    async fn an_interval_the_operator_fixed_is_not_widened() {
        let (_folder, _store, settings) = settings(&[(Key::Interval, "flag")]).await;
        settings.change(&[(Key::Auto, Some("on"))]).await.expect("usable");
        settings.ease(true);
        assert_eq!((settings.now().interval_ms, settings.now().refresh_percent), (300_000, 200));
    }

    #[test]
    fn every_preference_is_read_as_it_is_written_and_has_a_name_of_its_own() {
        let (usual, mut read) =
            (Preferences::default(), Preferences { auto: true, ..Preferences::default() });
        for key in Key::ALL {
            assert_eq!(Key::parse(key.name()), Some(key));
            read.set(key, &usual.value(key)).expect("its own value");
        }
        assert_eq!(read, usual);
    }

    #[test]
    fn rates_are_typed_with_a_point_or_a_comma_and_can_be_none() {
        let mut typed = Preferences::default();
        for (key, text, value) in [
            (Key::DiamondDollars, " 0,0048 ", "0.0048"),
            (Key::DiamondDollars, "1", "1"),
            (Key::RupiahPerDollar, "16350", "16350"),
            (Key::RupiahOn, "2026-11-20", "2026-11-20"),
            (Key::RupiahPerDollar, "", ""),
            (Key::RupiahOn, "", ""),
        ] {
            typed.set(key, text).expect("usable");
            assert_eq!(typed.value(key), value);
        }
        for (key, text) in [
            (Key::DiamondDollars, ""),
            (Key::DiamondDollars, "NaN"),
            (Key::DiamondDollars, "-0.005"),
            (Key::DiamondDollars, "1e300"),
            (Key::DiamondDollars, "0.00001"),
            (Key::RupiahPerDollar, "16.350"),
            (Key::RupiahPerDollar, "999"),
            (Key::RupiahOn, "20/11/2026"),
        ] {
            assert!(typed.set(key, text).is_err(), "{text}");
        }
        let why = typed.set(Key::DiamondDollars, "0").expect_err("nothing is worth nothing");
        assert_eq!(why.to_string(), "must be an amount from 0.0001 to 1");
    }

    #[test]
    fn what_is_kept_is_a_number_of_days_or_stays_for_ever() {
        let mut typed = Preferences::default();
        for (key, text, value) in [
            (Key::Days, " 36500 ", "36500"),
            (Key::Days, "0", "0"),
            (Key::RawDays, "7", "7"),
            (Key::ArchiveLanguage, "id", "id"),
        ] {
            typed.set(key, text).expect("usable");
            assert_eq!(typed.value(key), value);
        }
        assert_eq!((typed.keeping, typed.archive_lang), (Keeping { days: 0, raw_days: 7 }, Lang::Id));
        for (key, text, says) in [
            (Key::Days, "36501", "must be a whole number from 0 to 36500"),
            (Key::RawDays, "-1", "must be a whole number from 0 to 36500"),
            (Key::ArchiveLanguage, "nl", "must be en or id"),
        ] {
            let before = typed;
            assert_eq!(typed.set(key, text).expect_err("refused").to_string(), says);
            assert_eq!(typed, before);
        }
    }

    #[tokio::test]
    async fn what_an_earlier_version_saved_of_archives_holds_and_one_change_of_it_is_taken_back_alone() {
        let (_folder, store, _) = settings(&[]).await;
        for (name, value) in [("data.retention_days", "60"), ("data.raw_days", "0"), ("data.language", "id")]
        {
            store.set_setting(name, Some(value)).await.expect("written");
        }
        let settings = PreferenceSettings::load(store.clone(), Preferences::default(), BTreeMap::new()).await;
        let settings = settings.expect("readable");
        let earlier = settings.now();
        assert_eq!((earlier.keeping, earlier.archive_lang), (Keeping { days: 60, raw_days: 0 }, Lang::Id));
        settings.change(&[(Key::RawDays, Some("14"))]).await.expect("usable");
        assert!(settings.change(&[(Key::Days, Some("soon"))]).await.is_err());
        assert_eq!(settings.before().await.expect("readable"), [(Key::RawDays, "0".to_owned())]);
        assert_eq!(settings.now().keeping, Keeping { days: 60, raw_days: 14 });
        assert!(settings.undo().await.expect("stored"));
        assert_eq!(settings.now(), earlier);
        assert_eq!(store.setting("data.raw_days").await, Ok(Some("0".to_owned())));
    }

    #[test]
    fn nothing_is_polled_more_often_than_every_second() {
        let fastest = Preferences { refresh_percent: 25, ..Preferences::default() };
        assert_eq!((fastest.every_ms(2000), fastest.every_ms(5000)), (1000, 1250));
    }
}
