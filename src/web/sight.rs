//! What of money somebody is shown: all of it, or none of it.
//!
//! Money is for the owner alone. For everybody else it is not left empty and not hidden by a template, it is
//! not there: what a page or an answer holds of money has the type [`Sight::Money`], and for [`Moneyless`] that
//! is a type that holds nothing. So a view is written once, generic over whose eyes it is for, and what is money
//! in it is made by [`Sight::money`] and in no other way.

use super::access::Visitor;
use crate::domain::access::Role;
use crate::domain::totals::{Counts, IntervalMedians};
use actix_web::dev::Payload;
use actix_web::{FromRequest, Handler, HttpRequest};
use futures_util::future::{Either, FutureExt as _, LocalBoxFuture};
use serde::{Serialize, Serializer};
use std::marker::PhantomData;

/// Whose eyes a view is for. It can be written because serde asks that of all a view is generic over.
pub trait Sight: Serialize + 'static {
    /// Whether there is money in what they see.
    const MONEY: bool;

    /// A `T` that is money, in a view for these eyes.
    type Money<T>: Held<Of = T>;

    /// Makes what is money; never called for eyes that see none.
    fn money<T>(make: impl FnOnce() -> T) -> Self::Money<T>;

    /// What a series of gifts counts: their diamonds, or how many there were.
    fn gifts(counts: &Counts) -> i64;

    /// What an interval usually has of that.
    fn usual_gifts(medians: &IntervalMedians) -> f64;
}

/// The owner's.
#[derive(Debug, Serialize)]
pub struct WithMoney;

/// Everybody's: what holds no money is the same for all.
#[derive(Debug, Serialize)]
pub struct Moneyless;

/// What a view may hold of money, to be asked for by a template.
pub trait Held {
    type Of;

    fn shown(&self) -> Option<&Self::Of>;

    fn into_shown(self) -> Option<Self::Of>;
}

/// Money that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present<T>(T);

/// Money that is not: there is no value of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent<T>(PhantomData<T>);

impl Sight for WithMoney {
    const MONEY: bool = true;

    type Money<T> = Present<T>;

    fn money<T>(make: impl FnOnce() -> T) -> Present<T> {
        Present(make())
    }

    fn gifts(counts: &Counts) -> i64 {
        counts.diamonds
    }

    fn usual_gifts(medians: &IntervalMedians) -> f64 {
        medians.diamonds
    }
}

impl Sight for Moneyless {
    const MONEY: bool = false;

    type Money<T> = Absent<T>;

    fn money<T>(_: impl FnOnce() -> T) -> Absent<T> {
        Absent(PhantomData)
    }

    fn gifts(counts: &Counts) -> i64 {
        counts.gift_units
    }

    fn usual_gifts(medians: &IntervalMedians) -> f64 {
        medians.gift_units
    }
}

impl<T> Held for Present<T> {
    type Of = T;

    fn shown(&self) -> Option<&T> {
        Some(&self.0)
    }

    fn into_shown(self) -> Option<T> {
        Some(self.0)
    }
}

impl<T> Held for Absent<T> {
    type Of = T;

    fn shown(&self) -> Option<&T> {
        None
    }

    fn into_shown(self) -> Option<T> {
        None
    }
}

/// Writes what is held, for serde's `flatten`: its members stand among those of whatever holds it, or nowhere.
///
/// # Errors
///
/// Those of the serializer.
pub fn flat<M, S>(held: &M, serializer: S) -> Result<S::Ok, S::Error>
where
    M: Held<Of: Serialize>,
    S: Serializer,
{
    held.shown().serialize(serializer)
}

/// A handler in two forms: the first answers the owner, the second everybody else. Made by `seen!`.
#[derive(Clone)]
pub struct Seen<F, G>(pub F, pub G);

/// The form of a generic handler for whoever asks.
macro_rules! seen {
    ($($part:ident)::+) => {
        $crate::web::sight::Seen(
            $($part)::+::<$crate::web::sight::WithMoney>,
            $($part)::+::<$crate::web::sight::Moneyless>,
        )
    };
}
pub(super) use seen;

/// What one of two handlers takes.
pub enum Taken<A, B> {
    Owner(A),
    Other(B),
}

impl<A: FromRequest + 'static, B: FromRequest + 'static> FromRequest for Taken<A, B> {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if Visitor::of(req).role().sees_money() {
            A::from_request(req, payload)
                .map(|taken| taken.map(Self::Owner).map_err(Into::into))
                .boxed_local()
        } else {
            B::from_request(req, payload)
                .map(|taken| taken.map(Self::Other).map_err(Into::into))
                .boxed_local()
        }
    }
}

impl<F, G, A, B> Handler<Taken<A, B>> for Seen<F, G>
where
    F: Handler<A>,
    G: Handler<B, Output = F::Output>,
{
    type Output = F::Output;
    type Future = Either<F::Future, G::Future>;

    fn call(&self, taken: Taken<A, B>) -> Self::Future {
        match taken {
            Taken::Owner(taken) => Either::Left(self.0.call(taken)),
            Taken::Other(taken) => Either::Right(self.1.call(taken)),
        }
    }
}

/// Whether `role` may be shown what `S` sees. What holds no money may be shown to everybody.
#[must_use]
pub const fn may_see<S: Sight>(role: Role) -> bool {
    role.sees_money() || !S::MONEY
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::HttpMessage as _;
    use actix_web::test::TestRequest;
    use serde_json::json;

    #[derive(Serialize)]
    struct Line<S: Sight> {
        rank: u32,
        #[serde(flatten, serialize_with = "flat")]
        money: S::Money<Worth>,
        gifts: u32,
    }

    #[derive(Serialize)]
    struct Worth {
        diamonds: i64,
    }

    fn line<S: Sight>() -> Line<S> {
        Line { rank: 1, money: S::money(|| Worth { diamonds: 7_919 }), gifts: 2 }
    }

    #[test]
    fn money_is_a_member_for_the_owner_and_no_member_for_anybody_else() {
        let written = |line: Result<String, _>| line.expect("writes");
        assert_eq!(
            written(serde_json::to_string(&line::<WithMoney>())),
            r#"{"rank":1,"diamonds":7919,"gifts":2}"#
        );
        assert_eq!(written(serde_json::to_string(&line::<Moneyless>())), r#"{"rank":1,"gifts":2}"#);
        assert_eq!(json!(line::<Moneyless>()), json!({"rank": 1, "gifts": 2}));
        assert_eq!(size_of::<<Moneyless as Sight>::Money<Worth>>(), 0);
    }

    #[test]
    fn a_series_of_gifts_counts_diamonds_for_the_owner_alone() {
        let counts = Counts { diamonds: 7_919, gift_units: 3, ..Counts::default() };
        assert_eq!((WithMoney::gifts(&counts), Moneyless::gifts(&counts)), (7_919, 3));
        let medians = IntervalMedians { diamonds: 99.5, gift_units: 2.0, ..IntervalMedians::default() };
        assert_eq!((WithMoney::usual_gifts(&medians), Moneyless::usual_gifts(&medians)), (99.5, 2.0));
    }

    #[tokio::test]
    async fn only_the_owner_is_answered_with_money() {
        async fn handler<S: Sight>(_: HttpRequest) -> &'static str {
            if S::MONEY { "money" } else { "none" }
        }
        async fn answered<A: FromRequest + 'static>(
            handler: impl Handler<A, Output = &'static str>,
            role: Option<Role>,
        ) -> &'static str {
            let req = TestRequest::default().to_http_request();
            if let Some(role) = role {
                req.extensions_mut().insert(Visitor::new(role));
            }
            let taken = A::from_request(&req, &mut Payload::None).await;
            handler.call(taken.unwrap_or_else(|_| panic!("a request is always there"))).await
        }
        for (role, said) in [
            (Some(Role::Owner), "money"),
            (Some(Role::Moderator), "none"),
            (Some(Role::Guest), "none"),
            (None, "none"),
        ] {
            assert_eq!(answered(seen!(handler), role).await, said, "{role:?}");
        }
        assert!(may_see::<WithMoney>(Role::Owner) && may_see::<Moneyless>(Role::Owner));
        assert!(!may_see::<WithMoney>(Role::Moderator) && may_see::<Moneyless>(Role::Guest));
    }
}
