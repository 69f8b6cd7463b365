//! Settings, Connection: how Pasut reaches TikTok, and a test that names each step.

use super::settings::{Tab, Tabs};
use super::shell::{Nav, Shell, Visit};
use crate::words::Words;
use askama::Template;

/// Who decided a value, so that the page can show it locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockedBy {
    Flag,
    Environment,
    File,
}

/// A value the person may change, unless the operator fixed it.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Never the value of a secret.
    pub value: String,
    pub locked: Option<LockedBy>,
    pub problem: String,
}

/// A value that can be written and never read.
#[derive(Clone, Debug, Default)]
pub struct Secret {
    pub is_set: bool,
    pub locked: Option<LockedBy>,
    pub problem: String,
}

/// What the form shows.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// `auto`, `unsigned` or `signed`.
    pub route: Field,
    pub sign_key: Secret,
    pub proxy: Field,
    pub cookie: Secret,
    pub saved: bool,
}

/// One step of a connection test.
#[derive(Clone, Debug)]
pub struct TestedStep {
    pub step: TestStep,
    pub outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestStep {
    /// TikTok's pages can be reached.
    Web,
    /// The account exists, and whether it is live.
    Room,
    /// The signing service accepts the key.
    Sign,
    /// The connection that carries the events opens.
    Socket,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Worked,
    /// With the reason in words.
    Failed {
        reason: String,
    },
    /// The creator is not live, so there is no room to connect to.
    NotTried,
}

#[derive(Template)]
#[template(path = "pages/connection.html")]
pub struct ConnectionPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub tabs: Tabs,
    pub routes: Vec<Route>,
    pub route: ShownField,
    pub sign_key: ShownField,
    pub proxy: ShownField,
    pub cookie: ShownField,
    pub saved: bool,
    pub tested: Vec<ShownStep>,
    /// Whether every step of the test worked.
    pub test_passed: bool,
    pub test_creator: String,
}

pub struct Route {
    pub value: &'static str,
    pub text: String,
    pub hint: String,
    pub checked: bool,
}

pub struct ShownField {
    pub value: String,
    pub is_set: bool,
    /// `Set by a command line flag`, or empty if the person may change it.
    pub locked: String,
    pub problem: String,
}

pub struct ShownStep {
    pub text: String,
    /// `ok`, `failed` or `skipped`.
    pub outcome: &'static str,
    pub note: String,
}

impl ConnectionPage {
    #[must_use]
    pub fn new(visit: &Visit, connection: &Connection, tested: &[TestedStep]) -> Self {
        let w = visit.look.words();
        let route = |value: &'static str, name: &str, hint: &str| Route {
            value,
            text: w.t(name).into_owned(),
            hint: w.t(hint).into_owned(),
            checked: connection.route.value == value,
        };
        let field = |field: &Field| ShownField {
            value: field.value.clone(),
            is_set: !field.value.is_empty(),
            locked: locked(field.locked, w),
            problem: field.problem.clone(),
        };
        let secret = |secret: &Secret| ShownField {
            value: String::new(),
            is_set: secret.is_set,
            locked: locked(secret.locked, w),
            problem: secret.problem.clone(),
        };
        Self {
            shell: Shell::new(visit, Nav::Settings, format!("{} · Pasut", w.t("connection"))),
            w,
            tabs: Tabs::new(Tab::Connection, &visit.look),
            routes: vec![
                route("auto", "route-auto", "route-auto-hint"),
                route("unsigned", "route-unsigned", "route-unsigned-hint"),
                route("signed", "route-signed", "route-signed-hint"),
            ],
            route: field(&connection.route),
            sign_key: secret(&connection.sign_key),
            proxy: field(&connection.proxy),
            cookie: secret(&connection.cookie),
            saved: connection.saved,
            tested: tested.iter().map(|step| shown_step(step, w)).collect(),
            test_passed: tested.iter().all(|step| !matches!(step.outcome, Outcome::Failed { .. })),
            test_creator: visit.creator.map(ToString::to_string).unwrap_or_default(),
        }
    }
}

fn locked(by: Option<LockedBy>, w: &'static Words) -> String {
    let key = match by {
        None => return String::new(),
        Some(LockedBy::Flag) => "locked-by-flag",
        Some(LockedBy::Environment) => "locked-by-environment",
        Some(LockedBy::File) => "locked-by-file",
    };
    w.t(key).into_owned()
}

fn shown_step(tested: &TestedStep, w: &'static Words) -> ShownStep {
    let key = match tested.step {
        TestStep::Web => "test-web",
        TestStep::Room => "test-room",
        TestStep::Sign => "test-sign",
        TestStep::Socket => "test-socket",
    };
    let (outcome, note) = match &tested.outcome {
        Outcome::Worked => ("ok", String::new()),
        Outcome::Failed { reason } => ("failed", reason.clone()),
        Outcome::NotTried => ("skipped", w.t("test-not-tried").into_owned()),
    };
    ShownStep { text: w.t(key).into_owned(), outcome, note }
}
