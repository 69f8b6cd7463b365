//! Brings alerts to webhooks: signed, one at a time to each, and again until they arrive or it is too late.

use super::Alerts;
use super::payload::body;
use super::signature::sign;
use crate::domain::time::Stamp;
use crate::outbound::{OutboundError, Reach, Receipt};
use crate::store::webhooks::{Due, Tried};
use crate::words::Lang;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use std::collections::HashSet;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// The first wait after a failure; each is twice as long as the one before.
const FIRST_WAIT_MS: i64 = 5_000;
const LONGEST_WAIT_MS: i64 = 3_600_000;

/// A delivery is given up when its alert is this old, and a webhook when nothing reached it for so long.
const TOO_LATE_MS: i64 = 24 * 3_600_000;
const GAVE_UP_MS: i64 = 48 * 3_600_000;

/// When the database refuses, it is asked again after this.
const PATIENCE: Duration = Duration::from_secs(5);

/// The receiver will never want anything again.
const GONE: i64 = 410;

/// What a problem is called when it is none of the network: the page has words for each.
pub const NO_ADDRESS: &str = "no-address";
pub const REDIRECTED: &str = "redirected";
pub const ANSWERED: &str = "answered";
pub const UNREACHABLE: &str = "unreachable";
pub const BROKEN: &str = "broken";

/// The task that sends.
pub struct Sending {
    alerts: Alerts,
}

impl Sending {
    #[must_use]
    pub const fn new(alerts: Alerts) -> Self {
        Self { alerts }
    }

    /// Sends until Pasut stops; what is not sent then waits in the database.
    pub async fn run(self, stop: CancellationToken) {
        let mut sending = FuturesUnordered::new();
        let mut busy: HashSet<i64> = HashSet::new();
        loop {
            let clock = &self.alerts.0.parts.clock;
            let now = clock.wall();
            let due = self.alerts.0.parts.store.due_deliveries(now, busy.iter().copied().collect()).await;
            let wait = match due {
                Ok((due, next)) => {
                    for due in due {
                        busy.insert(due.webhook.id);
                        sending.push(self.send(due));
                    }
                    next.map(|next| clock.takes(next.ms_since(now)))
                }
                Err(err) => {
                    warn!(%err, "Webhooks wait: {err}");
                    Some(PATIENCE)
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                Some(webhook) = sending.next(), if !sending.is_empty() => {
                    busy.remove(&webhook);
                }
                () = self.alerts.0.waiting.notified() => {}
                () = tokio::time::sleep(wait.unwrap_or(Duration::MAX)) => {}
            }
        }
    }

    /// Tries a delivery once. Returns its webhook.
    async fn send(&self, due: Due) -> i64 {
        let (id, webhook) = (due.id, due.webhook.id);
        let answer = self.post(&due).await;
        let now = self.alerts.0.parts.clock.wall();
        let tried = outcome(&due, answer, now, rand::random());
        if let Tried::Failed { webhook: true, .. } = tried {
            warn!(host = due.webhook.plan.host, "A webhook was switched off: it failed for too long");
        }
        if let Err(err) = self.alerts.0.parts.store.note_tried(id, webhook, tried, now).await {
            warn!(%err, "What became of a delivery could not be kept, so it may be sent twice: {err}");
            tokio::time::sleep(PATIENCE).await;
        }
        webhook
    }

    async fn post(&self, due: &Due) -> Result<Receipt, Unsent> {
        let access = due.access.as_ref().ok_or(Unsent::NoAddress)?;
        let plan = &due.webhook.plan;
        let body = body(&due.alert, plan.form, Lang::parse(&plan.lang).unwrap_or_default());
        let message = due.alert.message.as_str();
        let seconds = self.alerts.0.parts.clock.wall().0 / 1000;
        let signature = sign(&access.secret, message, seconds, &body).ok_or(Unsent::NoAddress)?;
        let seconds = seconds.to_string();
        let headers = [
            ("content-type", "application/json"),
            ("user-agent", concat!("Pasut/", env!("CARGO_PKG_VERSION"))),
            ("webhook-id", message),
            ("webhook-timestamp", &seconds),
            ("webhook-signature", &signature),
            ("idempotency-key", message),
        ];
        let reach = if plan.private { Reach::Anywhere } else { Reach::Public };
        Ok(self.alerts.0.outbound.post(&access.url, &headers, body, reach).await?)
    }
}

/// Why nothing was answered.
#[derive(Debug)]
enum Unsent {
    /// A restored database lacks what gives access.
    NoAddress,
    Outbound(OutboundError),
}

impl From<OutboundError> for Unsent {
    fn from(err: OutboundError) -> Self {
        Self::Outbound(err)
    }
}

/// What follows from a try; `chance` is from 0 to 1.
fn outcome(due: &Due, answer: Result<Receipt, Unsent>, now: Stamp, chance: f64) -> Tried {
    let (status, problem, asked_ms) = match answer {
        Ok(receipt) if receipt.status.is_success() => {
            return Tried::Delivered { status: i64::from(receipt.status.as_u16()) };
        }
        Ok(receipt) => {
            let problem = if receipt.status.is_redirection() { REDIRECTED } else { ANSWERED };
            let asked_s =
                receipt.headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            (Some(i64::from(receipt.status.as_u16())), problem, asked_s.map(|s: i64| s.saturating_mul(1000)))
        }
        Err(Unsent::NoAddress) => (None, NO_ADDRESS, None),
        Err(Unsent::Outbound(OutboundError::Unreachable { .. })) => (None, UNREACHABLE, None),
        Err(Unsent::Outbound(_)) => (None, BROKEN, None),
    };
    let problem = problem.to_owned();
    let failing_ms = due.webhook.failing_since.map_or(0, |since| now.ms_since(since));
    if status == Some(GONE) || failing_ms >= GAVE_UP_MS {
        return Tried::Failed { status, problem, webhook: true };
    }
    let wait_ms = wait_ms(due.tries, asked_ms, chance);
    if problem == NO_ADDRESS || now.ms_since(due.alert.at) + wait_ms > TOO_LATE_MS {
        return Tried::Failed { status, problem, webhook: false };
    }
    Tried::Again { at: now + wait_ms, status, problem }
}

/// How long to wait after so many tries failed before this one: twice as long each time, a quarter more or
/// less, so that many senders do not come together. A receiver may ask for more.
fn wait_ms(failed: i64, asked_ms: Option<i64>, chance: f64) -> i64 {
    let doubled = FIRST_WAIT_MS << failed.clamp(0, 20);
    let wait_ms = doubled.min(LONGEST_WAIT_MS) as f64 * (0.75 + chance / 2.0);
    (wait_ms as i64).max(asked_ms.unwrap_or_default().min(LONGEST_WAIT_MS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::alert::{Alert, What};
    use crate::domain::handle::Handle;
    use crate::store::webhooks::{Form, Webhook, WebhookPlan};

    fn due(tries: i64, failing_since: Option<Stamp>) -> Due {
        let plan =
            WebhookPlan { host: "example.org".into(), form: Form::Json, private: false, lang: "en".into() };
        let webhook = Webhook { id: 1, plan, enabled: true, failing_since, gave_up_at: None };
        let alert = Alert {
            id: 1,
            message: "msg_1".into(),
            creator: Handle::parse("mira").expect("valid"),
            session: None,
            at: Stamp(0),
            who: None,
            what: What::Test,
        };
        Due { id: 1, webhook, access: None, alert, tries }
    }

    fn answered(status: u16, retry_after: Option<&str>) -> Result<Receipt, Unsent> {
        let mut headers = reqwest::header::HeaderMap::new();
        if let Some(seconds) = retry_after {
            headers.insert("retry-after", seconds.parse().expect("a value"));
        }
        Ok(Receipt { status: reqwest::StatusCode::from_u16(status).expect("a status"), headers })
    }

    #[test]
    fn waits_double_up_to_an_hour_and_are_never_the_same() {
        for (failed, least, most) in
            [(0, 3_750, 6_250), (1, 7_500, 12_500), (3, 30_000, 50_000), (30, 2_700_000, 4_500_000)]
        {
            assert_eq!((wait_ms(failed, None, 0.0), wait_ms(failed, None, 1.0)), (least, most), "{failed}");
        }
        assert_eq!(wait_ms(0, Some(30_000), 0.5), 30_000, "as long as the receiver asks");
        assert_eq!(wait_ms(0, Some(i64::MAX), 0.5), LONGEST_WAIT_MS, "and no longer than that");
    }

    #[test]
    fn what_follows_from_an_answer() {
        let now = Stamp(60_000);
        let hour = 3_600_000;
        let again =
            |at, status, problem: &str| Tried::Again { at: Stamp(at), status, problem: problem.into() };
        let failed =
            |status, problem: &str, webhook| Tried::Failed { status, problem: problem.into(), webhook };
        let unreachable = Err(Unsent::Outbound(OutboundError::Unreachable { host: String::new() }));
        for (due, answer, now, expected) in [
            (due(0, None), answered(204, None), now, Tried::Delivered { status: 204 }),
            (due(0, None), answered(500, None), now, again(65_000, Some(500), ANSWERED)),
            (due(1, Some(Stamp(1))), answered(404, None), now, again(70_000, Some(404), ANSWERED)),
            (due(0, None), answered(429, Some("90")), now, again(150_000, Some(429), ANSWERED)),
            (due(0, None), answered(302, None), now, again(65_000, Some(302), REDIRECTED)),
            (due(0, None), unreachable, now, again(65_000, None, UNREACHABLE)),
            (due(0, None), Err(Unsent::NoAddress), now, failed(None, NO_ADDRESS, false)),
            (due(0, None), answered(410, None), now, failed(Some(410), ANSWERED, true)),
            (due(20, None), answered(500, None), Stamp(24 * hour), failed(Some(500), ANSWERED, false)),
            (
                due(9, Some(Stamp(-47 * hour))),
                answered(500, None),
                Stamp(hour),
                failed(Some(500), ANSWERED, true),
            ),
        ] {
            assert_eq!(outcome(&due, answer, now, 0.5), expected);
        }
    }
}
