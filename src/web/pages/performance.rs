//! Performance: how much Pasut takes of the computer, and everything that changes that.

use super::settings::{Field, Told, minutes as interval_choices, switch};
use super::shell::{Nav, Shell, Visit};
use crate::domain::machine::{AutoChange, Cause, Minute, Why};
use crate::domain::time::Stamp;
use crate::performance::advice::{Advice, Less};
use crate::performance::costs::{self, Unit};
use crate::performance::machine::Reading;
use crate::performance::presets::Preset;
use crate::settings::preferences::{Key, Preferences};
use crate::web::look::Look;
use crate::web::views;
use crate::words::Words;
use askama::Template;
use std::fmt::Write;

/// How often the strip of figures asks anew, usually, in milliseconds.
const EVERY_MS: u32 = 10_000;

/// From this on the computer is busy, in per cent of its processors.
const BUSY_PERCENT: f64 = 60.0;

/// Pasut has a part in it if it takes this much of what is taken.
const PART: f64 = 0.1;

const HOUR_MS: i64 = 3_600_000;

/// Box of a curve, and what is left free above it.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 240.0;
const ABOVE: f64 = 4.0;

/// The stretch that the curves show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    #[default]
    Hour,
    Day,
    Week,
}

impl Span {
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|span| span.code() == text).unwrap_or_default()
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    #[must_use]
    pub const fn ms(self) -> i64 {
        match self {
            Self::Hour => HOUR_MS,
            Self::Day => 24 * HOUR_MS,
            Self::Week => 7 * 24 * HOUR_MS,
        }
    }

    /// Steps of the curves and of the table: 60 and 12, 144 and 24, 168 and 28 of them.
    const fn steps_ms(self) -> (i64, i64) {
        match self {
            Self::Hour => (60_000, 300_000),
            Self::Day => (600_000, HOUR_MS),
            Self::Week => (HOUR_MS, 6 * HOUR_MS),
        }
    }

    fn address(self) -> String {
        if self == Self::Hour {
            "/performance".to_owned()
        } else {
            format!("/performance?span={}", self.code())
        }
    }
}

/// What the page is made of.
pub struct Measured<'a> {
    pub newest: Option<Reading>,
    /// Of the span and of the last ten minutes at least, oldest first.
    pub minutes: &'a [Minute],
    pub changes: &'a [AutoChange],
    pub advice: &'a [Advice],
    pub chosen: Preferences,
    pub in_force: Preferences,
    pub told: &'a Told,
    /// A preset or a piece of advice was just applied, and can be taken back.
    pub applied: bool,
    pub span: Span,
}

#[derive(Template)]
#[template(path = "pages/performance.html")]
pub struct PerformancePage {
    pub shell: Shell,
    pub w: &'static Words,
    pub answer: String,
    pub applied: bool,
    pub advice: Vec<ShownAdvice>,
    pub system: String,
    pub presets: Vec<ShownPreset>,
    /// While Auto has Pasut take less: what that means.
    pub eased: String,
    pub settings: Vec<Setting>,
    pub spans: Vec<(String, String, bool)>,
    pub curves: Vec<Curve>,
    pub caption: String,
    pub times: Vec<String>,
    pub rows: Vec<Row>,
    pub changes: Vec<(String, String, String)>,
}

pub struct ShownAdvice {
    /// `warn` or `error`.
    pub tone: &'static str,
    pub text: String,
    pub note: String,
    /// Setting and value that the button applies.
    pub change: Option<(&'static str, &'static str)>,
}

pub struct ShownPreset {
    pub code: &'static str,
    pub name: String,
    pub hint: String,
    pub cost: String,
    pub chosen: bool,
}

/// One setting, and what its choice costs.
pub struct Setting {
    pub field: Field,
    pub cost: String,
    /// Of the dearest choice, in hundredths.
    pub share: u32,
    pub saving: String,
}

/// Figures over time; the second line is Pasut's part, where there is one.
pub struct Curve {
    pub name: String,
    pub now: String,
    pub line: String,
    pub own: String,
    pub top: String,
    pub label: String,
}

/// A step of the table; `None` where Pasut did not run.
pub struct Row {
    pub time: String,
    pub cells: Option<Vec<String>>,
}

/// The strip of figures, which keeps itself up to date.
#[derive(Template)]
#[template(path = "fragments/system.html")]
pub struct System {
    pub every: String,
    pub figures: Vec<Figure>,
}

pub struct Figure {
    pub name: String,
    pub value: String,
    pub unit: String,
    /// `down` where it is worse than it may be.
    pub tone: &'static str,
}

impl System {
    #[must_use]
    pub fn new(newest: Option<&Reading>, look: &Look) -> Self {
        let w = look.words();
        let lang = look.lang;
        let figure = |name: &str, value: Option<String>, unit: &str, bad: bool| Figure {
            name: w.t(name).into_owned(),
            unit: if value.is_some() { unit.to_owned() } else { String::new() },
            value: value.unwrap_or_else(|| views::NOTHING.to_owned()),
            tone: if bad { "down" } else { "" },
        };
        let load = newest.map(|reading| reading.load);
        let size = |bytes: u64| views::size(lang, bytes);
        let percent = |percent: f64| views::percent(lang, percent / 100.0);
        let lag = load.map(|load| delay(i64::from(load.event_lag_ms), look));
        let disk = newest.and_then(|reading| reading.sample.disk);
        let dropped = load.map(|load| load.dropped);
        Self {
            every: look.every(EVERY_MS),
            figures: vec![
                figure(
                    "perf-events",
                    newest.map(|reading| views::decimal(lang, reading.events_per_s)),
                    &w.t("per-second"),
                    false,
                ),
                figure("perf-lag", lag, "", false),
                figure("perf-queue", load.map(|load| views::count(lang, load.queue as i64)), "", false),
                figure(
                    "perf-dropped",
                    dropped.map(|dropped| views::count(lang, dropped as i64)),
                    "",
                    dropped.is_some_and(|dropped| dropped > 0),
                ),
                figure(
                    "perf-own-cpu",
                    newest.map(|reading| percent(reading.sample.own_cpu_percent)),
                    &newest.map_or_else(String::new, |reading| {
                        w.with("perf-in-all", [("all", percent(reading.sample.cpu_percent).into())])
                    }),
                    false,
                ),
                figure(
                    "perf-own-memory",
                    newest.map(|reading| size(reading.sample.own_memory_bytes)),
                    &newest.map_or_else(String::new, |reading| {
                        w.with("perf-in-all", [("all", percent(reading.sample.memory_percent).into())])
                    }),
                    false,
                ),
                figure("perf-data", newest.map(|reading| size(reading.data_bytes)), "", false),
                figure("perf-free", disk.map(|disk| size(disk.free_bytes)), "", false),
            ],
        }
    }
}

impl PerformancePage {
    /// # Errors
    ///
    /// If the strip of figures cannot be rendered.
    pub fn new(visit: &Visit, measured: &Measured) -> Result<Self, askama::Error> {
        let look = &visit.look;
        let w = look.words();
        let title = format!("{} · Pasut", w.t("nav-performance"));
        let (step_ms, row_ms) = measured.span.steps_ms();
        let to = visit.now;
        let steps = gathered(measured.minutes, to - measured.span.ms(), to, step_ms);
        let rows = gathered(measured.minutes, to - measured.span.ms(), to, row_ms);
        let is_eased = measured.in_force != measured.chosen;
        Ok(Self {
            shell: Shell::new(visit, Nav::Performance, title).polling(),
            w,
            answer: answer(measured.newest.as_ref(), look),
            applied: measured.applied && !measured.told.before.is_empty(),
            advice: measured.advice.iter().map(|advice| shown_advice(*advice, look)).collect(),
            system: System::new(measured.newest.as_ref(), look).render()?,
            presets: presets(&measured.chosen, look),
            eased: if is_eased { eased(&measured.in_force, look) } else { String::new() },
            settings: settings(&measured.chosen, measured.told, look),
            spans: Span::ALL.map(|span| span_link(span, measured.span, look)).into(),
            curves: curves(&steps, look),
            caption: w.with("perf-caption", [("zone", views::zone_at(look.zone, to).into())]),
            times: labels(to - measured.span.ms(), to, measured.span, look),
            rows: rows
                .iter()
                .map(|(from, minute)| row(*from, minute.as_ref(), measured.span, look))
                .collect(),
            changes: measured.changes.iter().map(|change| shown_change(change, look)).collect(),
        })
    }
}

/// Whether Pasut slows the computer down, in a sentence.
fn answer(newest: Option<&Reading>, look: &Look) -> String {
    let w = look.words();
    let Some(Reading { sample, .. }) = newest else { return w.t("perf-measuring").into_owned() };
    let key = match () {
        () if sample.cpu_percent < BUSY_PERCENT => "perf-answer-calm",
        () if sample.own_cpu_percent < sample.cpu_percent * PART => "perf-answer-others",
        () => "perf-answer-part",
    };
    let percent = |percent: f64| views::percent(look.lang, percent / 100.0);
    let (all, own) = (percent(sample.cpu_percent), percent(sample.own_cpu_percent));
    w.with(key, [("all", all.into()), ("own", own.into())])
}

/// `18 ms`, from a second on `1.2 s`.
fn delay(ms: i64, look: &Look) -> String {
    if ms < 1000 {
        return format!("{} ms", views::count(look.lang, ms));
    }
    format!("{} {}", views::decimal(look.lang, ms as f64 / 1000.0), look.words().t("unit-s"))
}

fn shown_advice(advice: Advice, look: &Look) -> ShownAdvice {
    let w = look.words();
    match advice {
        Advice::Take { less, cause, least, for_ms } => {
            let (key, value) = less.change();
            let question = match less {
                Less::Auto => "advice-auto",
                Less::Explaining => "advice-explaining",
                Less::Refreshing => "advice-refreshing",
                Less::Intervals => "advice-intervals",
            };
            let note = match less {
                Less::Auto => String::new(),
                _ => cost_text(key, value, look),
            };
            ShownAdvice {
                tone: "warn",
                text: format!("{} {}", short(cause, least, for_ms, look), w.t(question)),
                note,
                change: Some((key.name(), value)),
            }
        }
        Advice::Room { free_mb } => ShownAdvice {
            tone: "warn",
            text: w.with("advice-room", [("free", views::size(look.lang, (free_mb * 1e6) as u64).into())]),
            note: String::new(),
            change: None,
        },
        Advice::Dropped { events } => ShownAdvice {
            tone: "error",
            text: w.with("advice-dropped", [("n", events.into())]),
            note: String::new(),
            change: None,
        },
    }
}

/// `CPU was above 84% for 5 min.`
fn short(cause: Cause, least: f64, for_ms: i64, look: &Look) -> String {
    let key = match cause {
        Cause::Cpu => "short-cpu",
        Cause::Lag => "short-lag",
        Cause::Memory => "short-memory",
    };
    let value = match cause {
        Cause::Lag => delay(least as i64, look),
        Cause::Cpu | Cause::Memory => views::percent(look.lang, least.floor() / 100.0),
    };
    let dur = views::duration(look.lang, for_ms);
    look.words().with(key, [("value", value.into()), ("dur", dur.into())])
}

fn presets(chosen: &Preferences, look: &Look) -> Vec<ShownPreset> {
    let w = look.words();
    let now = Preset::of(chosen);
    let shown = |preset: Preset| {
        let (name, hint) = match preset {
            Preset::Low => ("preset-low", "preset-low-hint"),
            Preset::Medium => ("preset-medium", "preset-medium-hint"),
            Preset::High => ("preset-high", "preset-high-hint"),
            Preset::Ultra => ("preset-ultra", "preset-ultra-hint"),
            Preset::Auto => ("preset-auto", "preset-auto-hint"),
        };
        let cost = views::rate(look.lang, costs::of_preset(preset));
        ShownPreset {
            code: preset.as_str(),
            name: w.t(name).into_owned(),
            hint: w.t(hint).into_owned(),
            cost: match preset {
                Preset::Auto => w.t("preset-auto-cost").into_owned(),
                _ => w.with("preset-cost", [("percent", cost.into())]),
            },
            chosen: now == Some(preset),
        }
    };
    Preset::ALL.map(shown).into()
}

/// What is in force while Auto has Pasut take less.
fn eased(now: &Preferences, look: &Look) -> String {
    let dur = |ms: i64| views::duration(look.lang, ms);
    look.words().with(
        "perf-eased",
        [
            ("interval", dur(now.interval_ms).into()),
            ("pulse", dur(i64::from(now.every_ms(2000))).into()),
            ("explain", dur(now.explain_ms).into()),
        ],
    )
}

fn settings(chosen: &Preferences, told: &Told, look: &Look) -> Vec<Setting> {
    let w = look.words();
    let seconds = |s: i64| format!("{s} {}", w.t("unit-s"));
    let count = |n: i64| views::count(look.lang, n);
    [
        (Key::Interval, ("pref-interval", "pref-interval-hint"), interval_choices(look)),
        (
            Key::Explain,
            ("pref-explain", "pref-explain-hint"),
            vec![("30", seconds(30)), ("15", seconds(15)), ("5", seconds(5))],
        ),
        (
            Key::Refresh,
            ("pref-refresh", "pref-refresh-hint"),
            vec![
                ("200", seconds(4)),
                ("100", seconds(2)),
                ("50", seconds(1)),
                ("25", w.t("refresh-all").into_owned()),
            ],
        ),
        (
            Key::ChartPoints,
            ("pref-chart-points", "pref-chart-points-hint"),
            vec![("100", count(100)), ("200", count(200)), ("400", count(400)), ("1000", count(1000))],
        ),
        (Key::Avatars, ("pref-avatars", "pref-avatars-hint"), switch(w)),
    ]
    .into_iter()
    .map(|(key, words, choices)| setting(key, words, choices, chosen, told, look))
    .collect()
}

fn setting(
    key: Key,
    words: (&str, &str),
    choices: Vec<(&'static str, String)>,
    chosen: &Preferences,
    told: &Told,
    look: &Look,
) -> Setting {
    let cost = |value: &str| costs::of(key, value).map_or(0.0, |(cost, _)| cost);
    let value = chosen.value(key);
    let dearest = choices.iter().map(|(value, _)| cost(value)).fold(cost(&value), f64::max);
    let cheapest = choices.iter().min_by(|a, b| cost(a.0).total_cmp(&cost(b.0)));
    let saving = cheapest.filter(|(cheap, _)| cost(cheap) < cost(&value)).map(|(cheap, name)| {
        let saved =
            cost_words(cost(&value) - cost(cheap), costs::of(key, &value).map(|(_, unit)| unit), look);
        look.words().with("perf-saves", [("choice", name.clone().into()), ("saving", saved.into())])
    });
    Setting {
        cost: cost_text(key, &value, look),
        share: (cost(&value) / dearest.max(f64::MIN_POSITIVE) * 100.0).round() as u32,
        saving: saving.unwrap_or_default(),
        field: Field::choice(key, words, choices, chosen, told, look),
    }
}

fn cost_text(key: Key, value: &str, look: &Look) -> String {
    match costs::of(key, value) {
        Some((cost, unit)) => cost_words(cost, Some(unit), look),
        None => String::new(),
    }
}

fn cost_words(cost: f64, unit: Option<Unit>, look: &Look) -> String {
    let w = look.words();
    let percent = || ("percent", views::rate(look.lang, cost).into());
    let size = || ("size", views::size(look.lang, cost as u64).into());
    match unit {
        None => String::new(),
        Some(Unit::ProcessorOfALive) => w.with("cost-of-a-live", [percent()]),
        Some(Unit::ProcessorOfAPage) => w.with("cost-of-a-page", [percent()]),
        Some(Unit::BytesOfAChart) => w.with("cost-of-a-chart", [size()]),
        Some(Unit::BytesAnHour) => w.with("cost-an-hour", [size()]),
        Some(Unit::BytesAtMost) => w.with("cost-at-most", [size()]),
    }
}

fn span_link(span: Span, current: Span, look: &Look) -> (String, String, bool) {
    let name = match span {
        Span::Hour => "span-hour",
        Span::Day => "span-day",
        Span::Week => "span-week",
    };
    (span.address(), look.words().t(name).into_owned(), span == current)
}

/// Minutes averaged over steps from `from` to `to`; `None` where there is none. Lag and queue are the
/// worst, sizes the newest of a step.
fn gathered(minutes: &[Minute], from: Stamp, to: Stamp, step_ms: i64) -> Vec<(Stamp, Option<Minute>)> {
    let first = from.floor_to(step_ms) + step_ms;
    let count = usize::try_from(to.ms_since(first) / step_ms + 1).unwrap_or(0);
    let mut steps: Vec<(Stamp, Vec<&Minute>)> =
        (0..count).map(|i| (first + i as i64 * step_ms, Vec::new())).collect();
    for minute in minutes.iter().filter(|minute| minute.from >= first) {
        let at = usize::try_from(minute.from.ms_since(first) / step_ms).unwrap_or(usize::MAX);
        if let Some((_, of_step)) = steps.get_mut(at) {
            of_step.push(minute);
        }
    }
    steps.into_iter().map(|(from, of_step)| (from, averaged(&of_step))).collect()
}

fn averaged(minutes: &[&Minute]) -> Option<Minute> {
    let newest = **minutes.last()?;
    let mean = |value: fn(&Minute) -> f64| {
        minutes.iter().map(|minute| value(minute)).sum::<f64>() / minutes.len() as f64
    };
    let most = |value: fn(&Minute) -> i64| minutes.iter().map(|minute| value(minute)).max().unwrap_or(0);
    Some(Minute {
        cpu_percent: mean(|minute| minute.cpu_percent),
        own_cpu_percent: mean(|minute| minute.own_cpu_percent),
        memory_percent: mean(|minute| minute.memory_percent),
        event_lag_ms: most(|minute| minute.event_lag_ms),
        queue: most(|minute| minute.queue),
        events: minutes.iter().map(|minute| minute.events).sum::<i64>() / minutes.len() as i64,
        ..newest
    })
}

fn curves(steps: &[(Stamp, Option<Minute>)], look: &Look) -> Vec<Curve> {
    let w = look.words();
    let lang = look.lang;
    let percent = |value: f64| views::percent(lang, value / 100.0);
    let lag = |ms: f64| delay(ms as i64, look);
    let count = |n: f64| views::count(lang, n as i64);
    let size = |mb: f64| views::size(lang, (mb * 1e6) as u64);
    let curve = |name: &str,
                 value: fn(&Minute) -> f64,
                 own: Option<fn(&Minute) -> f64>,
                 top: Option<f64>,
                 text: &dyn Fn(f64) -> String| {
        let values = |value: fn(&Minute) -> f64| -> Vec<Option<f64>> {
            steps.iter().map(|(_, minute)| minute.as_ref().map(value)).collect()
        };
        let all = values(value);
        let known = || all.iter().flatten().copied();
        let most = known().fold(0.0, f64::max);
        let top = top.unwrap_or_else(|| nice(most));
        let average = known().sum::<f64>() / (known().count().max(1) as f64);
        let label = match known().count() {
            0 => w.t("no-data").into_owned(),
            _ => w.with("perf-summary", [("average", text(average).into()), ("most", text(most).into())]),
        };
        Curve {
            name: w.t(name).into_owned(),
            now: all.iter().flatten().last().map_or_else(|| views::NOTHING.to_owned(), |now| text(*now)),
            line: path(&all, top),
            own: own.map(|own| path(&values(own), top)).unwrap_or_default(),
            top: text(top),
            label,
        }
    };
    vec![
        curve("perf-cpu", |m| m.cpu_percent, Some(|m| m.own_cpu_percent), Some(100.0), &percent),
        curve("perf-memory", |m| m.memory_percent, None, Some(100.0), &percent),
        curve("perf-lag", |m| m.event_lag_ms as f64, None, None, &lag),
        curve("perf-events-min", |m| m.events as f64, None, None, &count),
        curve("perf-queue", |m| m.queue as f64, None, None, &count),
        curve("perf-data", |m| m.data_mb, None, None, &size),
    ]
}

/// The end of an axis: one, two or five times a power of ten.
fn nice(most: f64) -> f64 {
    let power = 10_f64.powf(most.max(1.0).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|top| *top >= most).unwrap_or(most)
}

/// A line broken where nothing is known.
fn path(values: &[Option<f64>], top: f64) -> String {
    let x = |i: usize| i as f64 / (values.len().max(2) - 1) as f64 * WIDTH;
    let y = |value: f64| HEIGHT - (value / top).clamp(0.0, 1.0) * (HEIGHT - ABOVE);
    let (mut path, mut broken) = (String::new(), true);
    for (i, value) in values.iter().enumerate() {
        if let Some(value) = value {
            let pen = if broken { 'M' } else { 'L' };
            // A lone point would be a path without length, which nothing draws.
            let lone = broken && values.get(i + 1).copied().flatten().is_none();
            let end = if lone { "h2" } else { "" };
            write!(path, "{pen}{:.0} {:.0}{end}", x(i), y(*value)).expect("writing to a string");
        }
        broken = value.is_none();
    }
    path
}

/// Labels of equal parts of the axis.
fn labels(from: Stamp, to: Stamp, span: Span, look: &Look) -> Vec<String> {
    let parts = 4;
    (0..parts).map(|i| at(from + to.ms_since(from) * i / parts, span, look)).collect()
}

/// The clock, and over a week the day with it.
fn at(at: Stamp, span: Span, look: &Look) -> String {
    match span {
        Span::Hour | Span::Day => views::clock(look, at),
        Span::Week => format!("{} {}", views::date(look, at), views::clock(look, at)),
    }
}

fn row(from: Stamp, minute: Option<&Minute>, span: Span, look: &Look) -> Row {
    let lang = look.lang;
    let percent = |value: f64| views::percent(lang, value / 100.0);
    let cells = minute.map(|minute| {
        vec![
            percent(minute.cpu_percent),
            percent(minute.own_cpu_percent),
            percent(minute.memory_percent),
            delay(minute.event_lag_ms, look),
            views::count(lang, minute.events),
            views::count(lang, minute.queue),
            views::size(lang, (minute.data_mb * 1e6) as u64),
        ]
    });
    Row { time: at(from, span, look), cells }
}

/// When, what and why.
fn shown_change(change: &AutoChange, look: &Look) -> (String, String, String) {
    let w = look.words();
    let why = match change.why {
        Why::Short { of, least, for_ms } => short(of, least, for_ms, look),
        Why::Calm { most, for_ms } => w.with(
            "auto-calm",
            [
                ("dur", views::duration(look.lang, for_ms).into()),
                ("most", views::percent(look.lang, most.ceil() / 100.0).into()),
            ],
        ),
        Why::SwitchedOff => w.t("auto-off").into_owned(),
    };
    let what = w.t(if change.eased { "auto-eased" } else { "auto-back" }).into_owned();
    (views::moment(look, change.at), why, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::samples::{NOW, look};
    use crate::words::Lang;

    fn minute(from: Stamp, cpu_percent: f64) -> Minute {
        Minute {
            from,
            cpu_percent,
            own_cpu_percent: 2.0,
            memory_percent: 50.0,
            own_memory_mb: 80.0,
            disk_percent: None,
            disk_free_mb: None,
            interval_ms: 300_000,
            data_mb: 12.0,
            event_lag_ms: 20,
            queue: 3,
            events: 60,
            dropped: 0,
        }
    }

    #[test]
    fn time_in_which_pasut_did_not_run_is_a_hole_and_not_a_zero() {
        let from = NOW.floor_to(60_000) - HOUR_MS;
        let minutes =
            [minute(from + 60_000, 40.0), minute(from + 120_000, 60.0), minute(from + 600_000, 20.0)];
        let steps = gathered(&minutes, NOW - HOUR_MS, NOW, 60_000);
        assert_eq!(steps.len(), 60);
        assert_eq!(steps.iter().filter(|(_, minute)| minute.is_some()).count(), 3);
        let cpu = curves(&steps, &look(Lang::En)).remove(0);
        assert_eq!(cpu.line.matches('M').count(), 2, "{}", cpu.line);
        assert_eq!((cpu.now.as_str(), cpu.label.as_str()), ("20%", "40% on average, 60% at most"));
        let row = row(steps[30].0, steps[30].1.as_ref(), Span::Hour, &look(Lang::En));
        assert!(row.cells.is_none());
    }

    #[test]
    fn a_step_keeps_the_worst_delay_and_averages_the_rest() {
        let from = NOW.floor_to(300_000) - 300_000;
        let late = Minute { event_lag_ms: 900, ..minute(from + 60_000, 80.0) };
        let steps = gathered(&[minute(from, 40.0), late], NOW - HOUR_MS, NOW, 300_000);
        let step = steps.iter().find_map(|(_, minute)| *minute).expect("one step");
        assert_eq!((step.cpu_percent, step.event_lag_ms, step.events), (60.0, 900, 60));
    }

    #[test]
    fn axes_end_at_round_figures() {
        for (most, top) in [(0.0, 1.0), (1.0, 1.0), (3.0, 5.0), (73.0, 100.0), (120.0, 200.0)] {
            assert!((nice(most) - top).abs() < 1e-9, "{most}");
        }
    }
}
