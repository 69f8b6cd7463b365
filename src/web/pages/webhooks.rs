//! Settings, Webhooks: whom to tell besides, and what became of it.

use super::alerts::Line;
use super::settings::{Tab, Tabs};
use super::shell::{Nav, Shell, Visit};
use crate::alerts::sending::{BROKEN, NO_ADDRESS, REDIRECTED, UNREACHABLE};
use crate::alerts::webhooks::{MOST, WebhookError};
use crate::store::webhooks::{Delivery, DeliveryState, Form, Webhook};
use crate::web::look::Look;
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// How often a page asks while something is being delivered, usually, in milliseconds.
const EVERY_MS: u32 = 2000;

#[derive(Template)]
#[template(path = "pages/webhooks.html")]
pub struct WebhooksPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub tabs: Tabs,
    pub rows: Vec<Row>,
    /// What was typed for another one.
    pub typed: Typed,
    pub problem: String,
    /// The secret of the one that was just added: told this once.
    pub secret: Option<String>,
    pub log: Log,
}

/// A webhook of the list.
pub struct Row {
    pub id: i64,
    pub host: String,
    pub form: &'static str,
    pub private: bool,
    pub enabled: bool,
    pub state: String,
    pub bad: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub url: String,
    pub form: String,
    pub private: bool,
}

/// The newest deliveries.
#[derive(Template)]
#[template(path = "fragments/deliveries.html")]
pub struct Log {
    pub w: &'static Words,
    pub lines: Vec<Delivered>,
    /// Whether something is still on its way.
    pub open: bool,
    pub every: String,
}

pub struct Delivered {
    pub at: String,
    pub host: String,
    pub text: String,
    /// Somebody pressed Test.
    pub test: bool,
    pub state: String,
    pub tone: &'static str,
    pub tries: String,
    pub answer: String,
}

/// What the page is made of besides the visit.
pub struct View {
    pub webhooks: Vec<Webhook>,
    pub deliveries: Vec<Delivery>,
    pub typed: Typed,
    pub problem: Option<WebhookError>,
    pub secret: Option<String>,
}

impl WebhooksPage {
    #[must_use]
    pub fn new(visit: &Visit, view: View) -> Self {
        let look = &visit.look;
        let w = look.words();
        let log = Log::new(&view.deliveries, look);
        let shell = Shell::new(visit, Nav::Settings, format!("{} · Pasut", w.t("webhooks")));
        Self {
            shell: if log.open { shell.polling() } else { shell },
            w,
            tabs: Tabs::new(Tab::Webhooks, look),
            rows: view.webhooks.iter().map(|webhook| Row::new(webhook, look)).collect(),
            typed: view.typed,
            problem: view.problem.map(|problem| told(&problem, w)).unwrap_or_default(),
            secret: view.secret,
            log,
        }
    }
}

impl Row {
    fn new(webhook: &Webhook, look: &Look) -> Self {
        let w = look.words();
        let since = |key: &str, at| w.with(key, [("time", views::moment(look, at).into())]);
        let state = match (webhook.enabled, webhook.gave_up_at, webhook.failing_since) {
            (true, _, None) => w.t("webhook-on").into_owned(),
            (true, _, Some(at)) => since("webhook-failing", at),
            (false, None, _) => w.t("webhook-off").into_owned(),
            (false, Some(at), _) => since("webhook-gave-up", at),
        };
        Self {
            id: webhook.id,
            host: webhook.plan.host.clone(),
            form: if webhook.plan.form == Form::Discord { "webhook-discord" } else { "webhook-json" },
            private: webhook.plan.private,
            enabled: webhook.enabled,
            state,
            bad: webhook.gave_up_at.is_some() || webhook.failing_since.is_some(),
        }
    }
}

impl Log {
    #[must_use]
    pub fn new(deliveries: &[Delivery], look: &Look) -> Self {
        let open = |delivery: &Delivery| matches!(delivery.state, DeliveryState::Waiting { .. });
        Self {
            w: look.words(),
            lines: deliveries.iter().map(|delivery| Delivered::new(delivery, look)).collect(),
            open: deliveries.iter().any(open),
            every: look.every(EVERY_MS),
        }
    }
}

impl Delivered {
    fn new(delivery: &Delivery, look: &Look) -> Self {
        let w = look.words();
        let line = Line::new(&delivery.alert, look);
        let (state, tone) = match delivery.state {
            DeliveryState::Delivered => (w.t("delivery-done").into_owned(), "up"),
            DeliveryState::Failed => (w.t("delivery-failed").into_owned(), "down"),
            DeliveryState::Waiting { .. } if delivery.tries == 0 => (w.t("delivery-new").into_owned(), ""),
            DeliveryState::Waiting { next_at } => {
                let at = [("time", views::clock_zone(look, next_at).into())];
                (w.with("delivery-again", at), "")
            }
        };
        let problem = match delivery.problem.as_str() {
            NO_ADDRESS => "delivery-no-address",
            REDIRECTED => "delivery-redirected",
            UNREACHABLE if delivery.private => "delivery-unreachable",
            UNREACHABLE => "delivery-unreachable-public",
            BROKEN => "delivery-broken",
            "many" => "delivery-many",
            "off" => "delivery-off",
            // The number says it.
            _ => "",
        };
        let status = delivery.status.map(|status| status.to_string());
        let problem = (!problem.is_empty()).then(|| w.t(problem).into_owned());
        let answer: Vec<_> = status.into_iter().chain(problem).collect();
        Self {
            at: line.at,
            host: delivery.host.clone(),
            text: line.text,
            test: line.test,
            state,
            tone,
            tries: w.with("delivery-tries", [("n", delivery.tries.into())]),
            answer: answer.join(" · "),
        }
    }
}

fn told(problem: &WebhookError, w: &Words) -> String {
    match problem {
        WebhookError::NoAddress => w.t("webhook-no-address").into_owned(),
        WebhookError::Open => w.t("webhook-open").into_owned(),
        WebhookError::Many => w.with("webhook-many", [("most", MOST.into())]),
        WebhookError::Gone => w.t("webhook-gone").into_owned(),
        WebhookError::Store(err) => err.to_string(),
    }
}
