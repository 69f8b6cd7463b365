//! When somebody who was admitted no longer is: for sockets, which stay open after that was asked.

use super::{Identity, Visitor};
use crate::clock::Clock;
use crate::domain::time::Stamp;
use crate::store::Store;
use crate::store::web_sessions::WebSession;
use std::time::Duration;

/// What another process changes, and that a time ran out, is seen after this long at the latest.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// Returns once the token of `visitor` is revoked or expired, or they are logged out or have another role.
pub async fn left(visitor: &Visitor, store: &Store, clock: &Clock) {
    if matches!(visitor.identity(), Identity::Nobody | Identity::ThisComputer) {
        return std::future::pending().await;
    }
    let mut changes = store.access_changes();
    while is_admitted(visitor, store, clock.wall()).await {
        // What changes is looked at at once, and everything now and then.
        let _ = tokio::time::timeout(LOOK_AGAIN, changes.changed()).await;
    }
}

/// A database that does not answer now shuts nobody out.
async fn is_admitted(visitor: &Visitor, store: &Store, now: Stamp) -> bool {
    match visitor.identity() {
        Identity::Nobody | Identity::ThisComputer => true,
        Identity::Token(token) | Identity::Locked(token) => {
            let kept = store.token_with(token.hash).await;
            kept.map_or(true, |kept| kept.is_some_and(|kept| !kept.is_expired(now)))
        }
        Identity::Account { browser, .. } => {
            let browsers = store.web_sessions().await;
            let same = |known: &WebSession| {
                known.id == *browser && known.role == visitor.role() && known.ends_at > now
            };
            browsers.map_or(true, |browsers| browsers.iter().any(same))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::{AccountName, Opens, Role, SecretHash};
    use crate::store::Opening;
    use crate::store::tokens::NewToken;
    use std::pin::pin;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_token_that_is_revoked_or_runs_out_ends_what_it_opened() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
        let clock = Clock::with_speed(0.0);
        for revoked in [true, false] {
            let hash = SecretHash([u8::from(revoked); 32]);
            let new = NewToken {
                hash,
                opens: Opens::Feed { creator: None, role: Role::Moderator },
                label: "game".to_owned(),
                expires_at: Some(clock.wall() + 60_000),
                pin: None,
            };
            let id = store.add_token(new, clock.wall()).await.expect("written").expect("room");
            let token = store.token_with(hash).await.expect("readable").expect("kept");
            let visitor = Visitor::with_token(Arc::new(token));
            let mut leaving = pin!(left(&visitor, &store, &clock));
            let still = tokio::time::timeout(Duration::from_millis(50), &mut leaving).await;
            assert!(still.is_err(), "the token opens the feed");
            if revoked {
                store.revoke_token(id).await.expect("written");
            } else {
                clock.shift_wall(60_001);
                // Any change is a reason to look again.
                store.revoke_token(id + 1).await.expect("written");
            }
            tokio::time::timeout(Duration::from_secs(5), leaving).await.expect("noticed at once");
        }
    }

    #[tokio::test]
    async fn who_is_not_logged_in_any_more_is_gone_and_who_sits_here_stays() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
        let clock = Clock::with_speed(0.0);
        let name = AccountName::parse("mira").expect("valid");
        let logged_out = Visitor::logged_in(name, Role::Owner, 7);
        tokio::time::timeout(Duration::from_secs(5), left(&logged_out, &store, &clock)).await.expect("gone");
        let here = Visitor::this_computer();
        let stays = tokio::time::timeout(Duration::from_millis(50), left(&here, &store, &clock)).await;
        assert!(stays.is_err());
    }
}
