//! Listens to what is recorded, and keeps what is to be told.

use super::judge::{self, Judge};
use super::{Alerts, new_message};
use crate::domain::alert::{AlertRules, Occasion, What};
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::recorder::shared::FeedEvent;
use crate::recorder::snapshot::LiveSession;
use crate::store::StoreError;
use crate::store::alerts::Source;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// What time alone brings about is looked at this often.
const TICK: Duration = Duration::from_secs(1);

/// Top gifters are those of so long, looked up again after so long.
const FANS_OF_MS: i64 = 30 * 86_400_000;
const FANS_EVERY_MS: i64 = 10 * 60_000;

/// The task that watches.
pub struct Watching {
    alerts: Alerts,
    rooms: HashMap<SessionId, Room>,
}

struct Room {
    judge: Judge,
    fans_at: Option<Stamp>,
}

impl Watching {
    #[must_use]
    pub fn new(alerts: Alerts) -> Self {
        Self { alerts, rooms: HashMap::new() }
    }

    /// Listens to `news` and watches until Pasut stops. Whatever was said while it was busy for too long is
    /// missed, by alerts alone.
    pub async fn run(mut self, mut news: Receiver<Arc<FeedEvent>>, stop: CancellationToken) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                heard = news.recv() => match heard {
                    Ok(event) => self.hear(&event).await,
                    Err(RecvError::Lagged(missed)) => {
                        warn!(missed, "Alerts came late and missed {missed} events; recording missed none");
                    }
                    Err(RecvError::Closed) => return,
                },
                _ = tick.tick() => self.tick().await,
            }
        }
    }

    fn rules(&self) -> AlertRules {
        self.alerts.0.parts.preferences.now().alerts
    }

    async fn hear(&mut self, event: &FeedEvent) {
        let rules = self.rules();
        let room = self.rooms.entry(event.session).or_insert_with(|| Room::new(event.session));
        if room.fans_at.is_none() {
            // Whoever comes in first may be one of them.
            let at = self.alerts.0.parts.clock.wall();
            room.look_up_fans(&self.alerts, &event.creator, &rules, at).await;
        }
        let occasions = room.judge.hear(&event.accounted, &rules);
        self.tell(&event.creator, event.session, occasions).await;
    }

    async fn tick(&mut self) {
        let rules = self.rules();
        let now = self.alerts.0.parts.clock.wall();
        let watches = self.alerts.0.parts.recorder.watches();
        let runs =
            |id: &SessionId| watches.iter().filter_map(|watch| watch.running()).any(|live| live.id == *id);
        self.rooms.retain(|id, _| runs(id));
        for watch in &watches {
            if let Some(live) = watch.running() {
                self.look_at(&watch.creator, live, &rules, now).await;
            }
        }
    }

    /// Looks at a session that runs, as it stands now.
    async fn look_at(&mut self, creator: &Handle, live: &LiveSession, rules: &AlertRules, now: Stamp) {
        let id = live.id;
        let room = self.rooms.entry(id).or_insert_with(|| Room::new(id));
        if room.fans_at.is_none_or(|at| now.ms_since(at) >= FANS_EVERY_MS) {
            room.look_up_fans(&self.alerts, creator, rules, now).await;
        }
        let mut occasions = room.judge.settle(now, rules);
        if live.gaps.last().is_some_and(|gap| gap.to.is_none()) {
            room.judge.lose_sight();
        }
        occasions.extend(judge::lost(id, &live.gaps, now, rules));
        let goals = self.alerts.0.parts.goals.of(creator);
        for occasion in judge::met(&goals, id, &live.totals, now) {
            if let What::GoalMet { goal, .. } = occasion.what
                && let Err(err) = self.alerts.0.parts.goals.meet(goal, now).await
            {
                // It is met still when it is looked at again.
                warn!(%creator, %err, "That a goal was met could not be kept: {err}");
                continue;
            }
            occasions.push(occasion);
        }
        self.tell(creator, id, occasions).await;
    }

    async fn tell(&self, creator: &Handle, session: SessionId, occasions: Vec<Occasion>) {
        for occasion in occasions {
            let rule = occasion.what.rule();
            if let Err(err) = self.tell_one(creator, session, occasion).await {
                warn!(%creator, rule = rule.as_str(), %err, "An alert could not be kept: {err}");
            }
        }
    }

    async fn tell_one(
        &self,
        creator: &Handle,
        session: SessionId,
        occasion: Occasion,
    ) -> Result<(), StoreError> {
        let rule = occasion.what.rule();
        let channels = self.rules().channels(rule);
        if !channels.page() && !channels.webhooks() {
            return Ok(());
        }
        let store = &self.alerts.0.parts.store;
        if let (What::FirstGift(_), Some(who)) = (&occasion.what, &occasion.who)
            && store.gave_before(who.user, creator, occasion.at).await?
        {
            return Ok(());
        }
        let source = Source { creator: creator.clone(), session: Some(session) };
        if let Some(id) = store.add_alert(source, occasion, new_message(), channels).await? {
            self.alerts.announce(id);
            info!(%creator, rule = rule.as_str(), "Told of {}", rule.as_str());
        }
        Ok(())
    }
}

impl Room {
    fn new(session: SessionId) -> Self {
        Self { judge: Judge::new(session), fans_at: None }
    }

    async fn look_up_fans(&mut self, alerts: &Alerts, creator: &Handle, rules: &AlertRules, now: Stamp) {
        self.fans_at = Some(now);
        let store = &alerts.0.parts.store;
        match store.top_givers(creator, now - FANS_OF_MS, i64::from(rules.fan_ranks)).await {
            Ok(fans) => self.judge.set_fans(&fans),
            Err(err) => warn!(%creator, %err, "Top gifters could not be looked up: {err}"),
        }
    }
}
