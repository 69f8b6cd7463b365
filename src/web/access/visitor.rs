//! Who is asking, for handlers and views.

use crate::domain::access::{AccountName, Opens, Role};
use crate::domain::audit::Who;
use crate::store::tokens::Token;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;

/// Somebody whose request is answered. `web::server` names one for every request it lets through.
#[derive(Clone, Debug)]
pub struct Visitor {
    role: Role,
    identity: Identity,
}

/// By what somebody is known.
#[derive(Clone, Debug)]
pub enum Identity {
    /// Nothing.
    Nobody,
    /// They sit at the computer Pasut runs on, which is open without a login.
    ThisComputer,
    /// They are logged in, in the browser of that number.
    Account { name: AccountName, browser: i64 },
    /// They hold a token.
    Token(Arc<Token>),
    /// They hold a link, and not yet its PIN.
    Locked(Arc<Token>),
}

impl Visitor {
    /// Somebody of whom only the role is known.
    #[must_use]
    pub const fn new(role: Role) -> Self {
        Self { role, identity: Identity::Nobody }
    }

    /// Who is named for a request. Whoever was not named sees least.
    #[must_use]
    pub fn of(req: &HttpRequest) -> Self {
        req.extensions().get::<Self>().cloned().unwrap_or_else(|| Self::new(Role::Guest))
    }

    #[must_use]
    pub const fn this_computer() -> Self {
        Self { role: Role::Owner, identity: Identity::ThisComputer }
    }

    #[must_use]
    pub const fn logged_in(name: AccountName, role: Role, browser: i64) -> Self {
        Self { role, identity: Identity::Account { name, browser } }
    }

    #[must_use]
    pub fn with_token(token: Arc<Token>) -> Self {
        let role = match token.opens {
            Opens::Api { role } | Opens::Feed { role, .. } => role,
            Opens::Metrics | Opens::Push { .. } | Opens::Overlay { .. } | Opens::Share { .. } => Role::Guest,
        };
        Self { role, identity: Identity::Token(token) }
    }

    /// Somebody who did not type the PIN of their link yet.
    #[must_use]
    pub const fn locked(token: Arc<Token>) -> Self {
        Self { role: Role::Guest, identity: Identity::Locked(token) }
    }

    /// What an answer may hold.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The one thing the token opens that was sent; `None` without one.
    #[must_use]
    pub fn opens(&self) -> Option<&Opens> {
        match &self.identity {
            Identity::Token(token) => Some(&token.opens),
            _ => None,
        }
    }

    /// For the audit log.
    #[must_use]
    pub fn who(&self) -> Who {
        match &self.identity {
            Identity::Nobody => Who::Nobody,
            Identity::ThisComputer => Who::ThisComputer,
            Identity::Account { name, .. } => Who::Account(name.clone()),
            Identity::Token(token) | Identity::Locked(token) => Who::Token(token.id),
        }
    }
}

impl FromRequest for Visitor {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(req)))
    }
}
