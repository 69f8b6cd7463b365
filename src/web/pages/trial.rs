//! Trials: the reminder on the live page, and the card that proposes, follows and judges them.

use super::plots::percent;
use crate::domain::driver::Driver;
use crate::domain::handle::Handle;
use crate::domain::time::Stamp;
use crate::domain::trial::{Arm, FlipTest, Outcome, Pair, Planned, Reminder, Trial, TrialPlan, TrialState};
use crate::reports::trials::{Reminded, TrialReport};
use crate::web::look::Look;
use crate::web::sentences::{viewers, within};
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// How often the live page asks what a trial asks for; usually, in milliseconds.
const EVERY_MS: u32 = 5000;

/// While there is none. One that is begun elsewhere waits longer than this for its first slot.
const NONE_EVERY_MS: u32 = 15_000;

/// Differences that chance reaches more often than this are not told as differences.
const BEYOND_CHANCE: f64 = 0.05;

/// What a running trial asks of the creator now; hidden while there is none.
#[derive(Template)]
#[template(path = "fragments/trial.html")]
pub struct TrialReminder {
    pub w: &'static Words,
    pub creator: String,
    pub every: String,
    /// `ok` for a prompt, so that it is seen among calm banners.
    pub tone: &'static str,
    /// What to do, and how far the trial is; empty while there is nothing to say.
    pub say: String,
    pub progress: String,
    pub href: String,
}

impl TrialReminder {
    #[must_use]
    pub fn new(creator: &Handle, reminded: Option<&Reminded>, look: &Look) -> Self {
        let w = look.words();
        let say = reminded.and_then(|reminded| {
            let plan = &reminded.trial.plan;
            let slot = |planned: Planned| slot_of(planned.number + 1, plan, w);
            let name = || ("driver", w.t(within(plan.prompt)).into_owned().into());
            Some(match reminded.reminder? {
                Reminder::Now(planned) if planned.arm == Arm::Prompt => {
                    ("ok", w.with("trial-ask", [name()]), slot(planned))
                }
                Reminder::Now(planned) => ("", w.t("trial-carry-on").into_owned(), slot(planned)),
                Reminder::Next(planned) => {
                    let at = ("time", views::clock_zone(look, planned.at).into());
                    ("", w.with("trial-wait", [name(), at]), slot(planned))
                }
                Reminder::NextLive => ("", w.t("trial-next-live").into_owned(), String::new()),
                Reminder::Over => ("", w.t("trial-over").into_owned(), String::new()),
            })
        });
        let (tone, say, progress) = say.unwrap_or_default();
        Self {
            w,
            every: look.every(if say.is_empty() { NONE_EVERY_MS } else { EVERY_MS }),
            tone,
            say,
            progress,
            href: format!("/insights?creator={creator}#trial"),
            creator: creator.to_string(),
        }
    }
}

/// The card "Try it properly".
pub struct TrialCard {
    pub running: Option<Running>,
    /// What can be asked for, with its name; what the page is about first.
    pub prompts: Vec<(&'static str, String)>,
    pub windows: Vec<(i64, String, bool)>,
    pub slots: Vec<(u32, String, bool)>,
    /// Newest first.
    pub past: Vec<Past>,
}

/// A trial that runs.
pub struct Running {
    pub say: String,
    pub progress: String,
    /// Slots that somebody saw, of how many.
    pub seen: usize,
    pub of: u32,
}

/// A trial that is over.
pub struct Past {
    pub heading: String,
    pub driver: &'static str,
    pub say: String,
    pub evidence: Vec<String>,
    pub pairs: Vec<PairRow>,
}

pub struct PairRow {
    pub number: String,
    pub with_prompt: String,
    pub without: String,
    pub units_with: String,
    pub units_without: String,
}

impl TrialCard {
    #[must_use]
    pub fn new(trials: &[TrialReport], look: &Look) -> Self {
        let w = look.words();
        let windows =
            TrialPlan::WINDOWS_MIN.map(|n| (n, w.with("trial-window-min", [("n", n.into())]), n == 5));
        let slots = TrialPlan::SLOTS.map(|n| (n, w.with("trial-slots-n", [("n", n.into())]), n == 24));
        Self {
            running: trials.iter().find(|report| report.trial.state == TrialState::Running).map(|report| {
                let plan = &report.trial.plan;
                Running {
                    say: describe(plan, w),
                    progress: w.with(
                        "trial-seen",
                        [
                            ("seen", report.slots.len().into()),
                            ("of", plan.slots().into()),
                            ("day", views::moment(look, report.trial.started_at).into()),
                        ],
                    ),
                    seen: report.slots.len(),
                    of: plan.slots(),
                }
            }),
            prompts: Driver::ALL.map(|driver| (driver.as_str(), w.t(within(driver)).into_owned())).into(),
            windows: windows.into(),
            slots: slots.into(),
            past: trials.iter().filter_map(|report| past(report, look)).collect(),
        }
    }
}

/// `Asking for likes: 24 slots of 5 minutes`.
fn describe(plan: &TrialPlan, w: &Words) -> String {
    w.with(
        "trial-described",
        [
            ("driver", w.t(within(plan.prompt)).into_owned().into()),
            ("slots", plan.slots().into()),
            ("min", (plan.window_ms / 60_000).into()),
        ],
    )
}

fn slot_of(number: u32, plan: &TrialPlan, w: &Words) -> String {
    w.with("trial-slot", [("n", number.into()), ("of", plan.slots().into())])
}

fn past(report: &TrialReport, look: &Look) -> Option<Past> {
    let w = look.words();
    let Trial { plan, state, .. } = &report.trial;
    let ended = |at: Stamp| format!("{}, {}", describe(plan, w), views::day(look, at));
    let plain = |at: Stamp, say: String| Past {
        heading: ended(at),
        driver: plan.prompt.as_str(),
        say,
        evidence: Vec::new(),
        pairs: Vec::new(),
    };
    Some(match (state, &report.outcome) {
        (TrialState::Running, _) => return None,
        (TrialState::Abandoned { at }, _) => {
            let seen = [("seen", report.slots.len().into()), ("of", plan.slots().into())];
            plain(*at, w.with("trial-abandoned", seen))
        }
        (TrialState::Finished { at }, None) => plain(*at, w.t("trial-nothing").into_owned()),
        (TrialState::Finished { at }, Some(outcome)) => Past {
            evidence: evidence(plan, outcome, w),
            pairs: outcome.pairs.iter().map(|pair| pair_row(pair, w)).collect(),
            ..plain(*at, verdict(plan, &outcome.viewers, w))
        },
    })
}

fn verdict(plan: &TrialPlan, test: &FlipTest, w: &Words) -> String {
    let key = match test.p_two_sided <= BEYOND_CHANCE {
        true if test.effect > 0.0 => "trial-up",
        true => "trial-down",
        false => "trial-none",
    };
    let driver = w.t(within(plan.prompt)).into_owned();
    w.with(key, [("driver", driver.into()), ("effect", viewers(test.effect, w).into())])
}

/// What the verdict rests on, a sentence each.
fn evidence(plan: &TrialPlan, outcome: &Outcome, w: &Words) -> Vec<String> {
    let test = &outcome.viewers;
    let driver = || ("driver", w.t(within(plan.prompt)).into_owned().into());
    let p = |p: f64| ("p", views::percent(w.lang(), p.max(0.001)).into());
    let range = match test.range {
        Some(range) => w.with(
            "trial-range",
            [("low", viewers(range.low, w).into()), ("high", viewers(range.high, w).into())],
        ),
        None => w.t("trial-no-range").into_owned(),
    };
    let asked = match outcome.asked_for.p_up <= BEYOND_CHANCE {
        true => {
            let sum = |of: fn(&Pair) -> i64| outcome.pairs.iter().map(of).sum::<i64>() as f64;
            let (with, without) = (sum(|pair| pair.prompt.units), sum(|pair| pair.control.units));
            let more = if without > 0.0 {
                percent(w.lang(), with / without - 1.0)
            } else {
                views::NOTHING.to_owned()
            };
            w.with("trial-asked-more", [driver(), ("more", more.into()), p(outcome.asked_for.p_up)])
        }
        false => w.with("trial-asked-same", [driver()]),
    };
    let pairs = w.with("trial-pairs", [("n", outcome.pairs.len().into()), ("out", outcome.left_out.into())]);
    let chance = w.with("trial-chance", [p(test.p_two_sided)]);
    let seed = w.with("trial-seed", [("seed", plan.seed.to_string().into())]);
    vec![range, chance, asked, pairs, seed]
}

fn pair_row(pair: &Pair, w: &Words) -> PairRow {
    PairRow {
        number: (pair.number + 1).to_string(),
        with_prompt: viewers(pair.prompt.change, w),
        without: viewers(pair.control.change, w),
        units_with: views::count(w.lang(), pair.prompt.units),
        units_without: views::count(w.lang(), pair.control.units),
    }
}
