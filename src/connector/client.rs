//! TikTok, as the recorder asks it: is this creator live, and connect me to that room.

use super::config::{Config, Route};
use super::disconnect::Disconnect;
use super::identity::Identity;
use super::pictures::{self, NoPicture};
use super::room::{self, Broadcast, Found};
use super::route;
use super::socket::Connection;
use crate::domain::handle::Handle;
use crate::domain::ids::RoomId;
use crate::outbound::{Outbound, OutboundError};
use bytes::Bytes;

/// One way to reach TikTok. Made anew when the user changes how.
#[derive(Debug)]
pub struct TikTok {
    outbound: Outbound,
    config: Config,
}

/// One step of a test of the connection, and how it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub what: StepName,
    pub outcome: Result<(), Disconnect>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepName {
    /// The visitor cookie of the website.
    Website,
    /// Looking up the creator.
    Creator,
    /// The sign server.
    SignServer,
    /// The websocket of the room.
    Socket,
}

impl TikTok {
    /// # Errors
    ///
    /// If the proxy address cannot be used.
    pub fn new(config: Config) -> Result<Self, OutboundError> {
        let proxy = config.proxy.as_ref().map(super::config::Secret::reveal);
        Ok(Self { outbound: Outbound::new(proxy)?, config })
    }

    /// Whether the route may be changed after a refusal.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The route to try first: TikTok itself, unless the user asked for the signed one or set a key.
    #[must_use]
    pub const fn first_route(&self) -> Route {
        match self.config.route {
            Route::Auto if self.config.sign_api_key.is_some() => Route::Signed,
            Route::Auto => Route::Unsigned,
            route => route,
        }
    }

    /// The route to try after `route` was refused.
    #[must_use]
    pub const fn other_route(&self, route: Route) -> Route {
        match (self.config.route, route) {
            (Route::Auto, Route::Signed) => Route::Unsigned,
            (Route::Auto, _) => Route::Signed,
            (fixed, _) => fixed,
        }
    }

    /// The picture of a person at the address that TikTok told.
    ///
    /// # Errors
    ///
    /// [`NoPicture`] if the address is not TikTok's, or there is no answer.
    pub async fn picture(&self, address: &str) -> Result<Bytes, NoPicture> {
        pictures::fetch(&self.outbound, &self.config.endpoints, address).await
    }

    /// Asks whether `creator` is live, and where.
    ///
    /// # Errors
    ///
    /// The [`Disconnect`] that says why there is no answer.
    pub async fn look_up(&self, identity: &Identity, creator: &Handle) -> Result<Found, Disconnect> {
        let cookie = self.config.cookie.as_ref().map(super::config::Secret::reveal);
        room::look_up(&self.outbound, &self.config.endpoints, identity.user_agent, cookie, creator).await
    }

    /// Whether TikTok keeps the content of `room` from visitors without a login; `false` if it does
    /// not say.
    pub async fn is_restricted(&self, identity: &Identity, room: RoomId) -> bool {
        let answer = room::is_restricted(&self.outbound, &self.config.endpoints, identity.user_agent, room);
        answer.await.unwrap_or(false)
    }

    /// Connects to `room` by `route`.
    ///
    /// # Errors
    ///
    /// The [`Disconnect`] that says why it was refused.
    pub async fn connect(
        &self,
        identity: &mut Identity,
        room: RoomId,
        route: Route,
    ) -> Result<Connection, Disconnect> {
        let address = match route {
            Route::Signed => route::signed(&self.outbound, &self.config, identity, room).await?,
            Route::Unsigned | Route::Auto => {
                route::unsigned(&self.outbound, &self.config, identity, room).await?
            }
        };
        let patience = self.config.patience;
        Connection::open(&self.outbound, address, identity.user_agent, room, route, patience).await
    }

    /// Tries every step of connecting to `creator`, for a person who wants to know which one fails.
    /// Steps that cannot be tried because the creator is not live are left out.
    pub async fn test(&self, creator: &Handle) -> Vec<Step> {
        let mut identity = Identity::new();
        let website = identity.ttwid(&self.outbound, &self.config.endpoints.web).await.map(drop);
        let mut steps = vec![Step { what: StepName::Website, outcome: website }];
        let found = self.look_up(&identity, creator).await;
        steps.push(Step { what: StepName::Creator, outcome: found.clone().map(drop) });
        let Ok(Found { broadcast: Broadcast::Live(room), .. }) = found else { return steps };
        let route = self.first_route();
        match self.connect(&mut identity, room.id, route).await {
            Ok(_) => steps.push(Step { what: StepName::Socket, outcome: Ok(()) }),
            Err(cause @ Disconnect::SignRefused { .. }) => {
                steps.push(Step { what: StepName::SignServer, outcome: Err(cause) });
            }
            Err(cause) => steps.push(Step { what: StepName::Socket, outcome: Err(cause) }),
        }
        steps
    }
}
