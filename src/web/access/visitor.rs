//! Who is asking, for handlers and views.

use crate::domain::access::Role;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use std::convert::Infallible;
use std::future::{Ready, ready};

/// Somebody whose request is answered. `web::server` names one for every request it lets through.
#[derive(Clone, Debug)]
pub struct Visitor {
    role: Role,
}

impl Visitor {
    #[must_use]
    pub const fn new(role: Role) -> Self {
        Self { role }
    }

    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }
}

impl FromRequest for Visitor {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let named = req.extensions().get::<Self>().cloned();
        // Whoever was not named sees least.
        ready(Ok(named.unwrap_or_else(|| Self::new(Role::Guest))))
    }
}
