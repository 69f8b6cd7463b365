//! Settings, Alerts: goals, rules and what was told; and what an open tab is told.

use super::goals::GoalList;
use super::settings::{Field, Tab, Tabs, Told, switch};
use super::shell::{Nav, Shell, Visit};
use crate::alerts::sentence::sentence;
use crate::domain::alert::{Alert, Channels, What};
use crate::domain::handle::Handle;
use crate::settings::preferences::{Key, Preferences};
use crate::web::look::Look;
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// How often a tab that asked for alerts asks for news, usually, in milliseconds.
const EVERY_MS: u32 = 2000;

/// So many sounds at most are played one after the other.
const MOST_RINGS: usize = 3;

#[derive(Template)]
#[template(path = "pages/alerts.html")]
pub struct AlertsPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub tabs: Tabs,
    /// `None` while nobody is watched.
    pub goals: Option<GoalList>,
    pub fields: Vec<Field>,
    /// Where the fields are sent.
    pub action: &'static str,
    /// What was told of the creator, newest first.
    pub told: Vec<Line>,
}

/// Something that was told.
pub struct Line {
    pub at: String,
    pub text: String,
    /// It happened in no LIVE: somebody tried a webhook.
    pub test: bool,
}

impl Line {
    #[must_use]
    pub fn new(alert: &Alert, look: &Look) -> Self {
        let test = alert.what == What::Test;
        // Whether the webhook was reached is said by its delivery, and not by what it was sent.
        let text = if test { look.words().t("alerts-tested").into_owned() } else { said(alert, look) };
        Self { at: views::moment(look, alert.at), text, test }
    }
}

impl AlertsPage {
    #[must_use]
    pub fn new(
        visit: &Visit,
        goals: Option<GoalList>,
        preferences: &Preferences,
        told: &Told,
        alerts: &[Alert],
    ) -> Self {
        let look = &visit.look;
        let w = look.words();
        Self {
            shell: Shell::new(visit, Nav::Settings, format!("{} · Pasut", w.t("alerts"))),
            w,
            tabs: Tabs::new(Tab::Alerts, look),
            goals,
            fields: fields(preferences, told, look),
            action: "/settings/alerts",
            told: alerts.iter().map(|alert| Line::new(alert, look)).collect(),
        }
    }
}

/// Each rule with its threshold below it.
fn fields(preferences: &Preferences, told: &Told, look: &Look) -> Vec<Field> {
    let w = look.words();
    let channels = |key, label, hint| {
        let name = |channels: Channels| match channels {
            Channels::Off => "off",
            Channels::Page => "alert-to-page",
            Channels::Webhooks => "alert-to-webhooks",
            Channels::Both => "alert-to-both",
        };
        let choices = Channels::ALL.map(|channels| (channels.as_str(), w.t(name(channels)).into_owned()));
        Field::choice(key, (label, hint), choices.into(), preferences, told, look)
    };
    let typed = |key, label, hint, unit| Field::typed(key, (label, hint), unit, preferences, told, look);
    let onoff = |key, label, hint| Field::choice(key, (label, hint), switch(w), preferences, told, look);
    vec![
        onoff(Key::Quiet, "pref-quiet", "pref-quiet-hint"),
        channels(Key::AlertGift, "rule-gift", "rule-gift-hint"),
        typed(Key::AlertGiftDiamonds, "rule-gift-from", "rule-gift-from-hint", "diamonds"),
        channels(Key::AlertSpike, "rule-spike", "rule-spike-hint"),
        typed(Key::AlertSpikePercent, "rule-spike-from", "rule-spike-from-hint", "unit-percent"),
        onoff(Key::AlertBattles, "rule-battles", "rule-battles-hint"),
        channels(Key::AlertDrop, "rule-drop", "rule-drop-hint"),
        typed(Key::AlertDropPercent, "rule-drop-from", "rule-drop-from-hint", "unit-percent"),
        typed(Key::AlertWindow, "rule-window", "rule-window-hint", "unit-s"),
        typed(Key::AlertLeast, "rule-least", "rule-least-hint", "unit-viewers"),
        channels(Key::AlertLost, "rule-lost", "rule-lost-hint"),
        typed(Key::AlertLostAfter, "rule-lost-after", "rule-lost-after-hint", "unit-s"),
        channels(Key::AlertGoal, "rule-goal", "rule-goal-hint"),
        channels(Key::AlertFan, "rule-fan", "rule-fan-hint"),
        typed(Key::AlertFanRanks, "rule-fan-ranks", "rule-fan-ranks-hint", ""),
        channels(Key::AlertFirst, "rule-first", "rule-first-hint"),
    ]
}

/// What a tab that asked for alerts is told.
#[derive(Template)]
#[template(path = "fragments/toasts.html")]
pub struct Toasts {
    pub w: &'static Words,
    pub href: String,
    pub every: String,
    pub rows: Vec<Toast>,
    /// The sounds to play, `up` or `down` each; empty while sounds are off for everybody.
    pub rings: String,
}

pub struct Toast {
    pub id: i64,
    pub tone: &'static str,
    pub text: String,
}

impl Toasts {
    /// `newest` is the last alert that the tab needs no telling of any more.
    #[must_use]
    pub fn new(creator: &Handle, alerts: &[Alert], newest: i64, quiet: bool, look: &Look) -> Self {
        let seen: Vec<_> =
            alerts.iter().filter(|alert| look.role.sees_money() || !alert.what.is_money()).collect();
        let mut rings: Vec<(String, &str)> = Vec::new();
        for alert in &seen {
            let ring = (streak(alert), tone(&alert.what));
            if !rings.contains(&ring) {
                rings.push(ring);
            }
        }
        let rings: Vec<_> = rings.iter().take(MOST_RINGS).map(|(_, tone)| *tone).collect();
        let row = |alert: &&Alert| Toast { id: alert.id, tone: tone(&alert.what), text: said(alert, look) };
        Self {
            w: look.words(),
            href: format!("/f/alerts?creator={creator}&after={newest}"),
            every: look.every(EVERY_MS),
            rows: seen.iter().map(row).collect(),
            rings: if quiet { String::new() } else { rings.join(" ") },
        }
    }
}

/// What an alert is about, so that one streak makes one sound although it may be two alerts.
fn streak(alert: &Alert) -> String {
    match (&alert.what, &alert.who) {
        (What::Gift(given) | What::FirstGift(given), Some(who)) => {
            format!("{}:{}:{}", who.user, given.gift, given.units)
        }
        _ => alert.message.clone(),
    }
}

const fn tone(what: &What) -> &'static str {
    match what {
        What::ViewerDrop(_) | What::ConnectionLost { .. } => "down",
        _ => "up",
    }
}

fn said(alert: &Alert, look: &Look) -> String {
    sentence(&alert.what, alert.who.as_ref(), look.words(), look.role.sees_money(), &|text| text.to_owned())
}
