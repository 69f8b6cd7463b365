//! Who is admitted: sessions of browsers and tokens, kept in memory so that no poll asks the database.

use super::arrival::{Rules, Way};
use super::password::{Crowded, Password, Passwords};
use super::secret::{Secret, pin_mark, same};
use super::throttle::{PinThrottle, Throttle};
use super::{Refusal, Visitor};
use crate::clock::Clock;
use crate::domain::access::{AccountName, Opens, SecretHash};
use crate::domain::audit::{Deed, Who};
use crate::domain::time::Stamp;
use crate::lifecycle::Lifecycle;
use crate::store::tokens::Token;
use crate::store::web_sessions::{NewWebSession, WebSession};
use crate::store::{Store, StoreError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tracing::warn;

/// `pasut user` changes accounts beside a running server, which sees it after this long at the latest.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Who was seen is written down this often.
const TEND_MS: i64 = 60_000;

/// A browser stays logged in for so long without being used, and for so long altogether.
const IDLE_MS: i64 = 7 * 24 * 3_600_000;
const SESSION_MS: i64 = 30 * 24 * 3_600_000;

/// The cookie that says who is logged in. Under TLS the name itself binds it to this very host.
const COOKIE: &str = "pasut_session";
const SECURE_COOKIE: &str = "__Host-pasut_session";

/// Whoever decides who is admitted. Clones share it.
#[derive(Clone)]
pub struct Access(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    rules: Rules,
    passwords: Passwords,
    throttle: Mutex<Throttle>,
    pins: Mutex<PinThrottle>,
    changes: watch::Receiver<u64>,
    known: RwLock<Arc<Known>>,
    reading: tokio::sync::Mutex<()>,
    used: Mutex<Used>,
}

/// Everybody, as the database had them.
#[derive(Default)]
struct Known {
    read_at: Option<Instant>,
    /// The change that was the newest then.
    change: u64,
    has_owner: bool,
    sessions: HashMap<SecretHash, WebSession>,
    tokens: HashMap<SecretHash, Arc<Token>>,
}

/// When sessions of browsers and tokens were used, as far as it is not written down.
#[derive(Default)]
struct Used {
    sessions: HashMap<i64, Stamp>,
    tokens: HashMap<i64, Stamp>,
}

/// Why nobody was logged in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLogin {
    #[error("Name and password do not fit. Check both and try again.")]
    Wrong,
    /// Seconds.
    #[error("Too many wrong passwords. Wait {0} seconds, then try again.")]
    Wait(i64),
    #[error(transparent)]
    Crowded(#[from] Crowded),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Access {
    /// Reads who is known, and keeps writing down who was seen until Pasut stops.
    pub fn start(store: Store, clock: Clock, rules: Rules, lifecycle: &Lifecycle) -> Self {
        let changes = store.access_changes();
        let access = Self(Arc::new(Inner {
            store,
            clock,
            rules,
            passwords: Passwords::default(),
            throttle: Mutex::default(),
            pins: Mutex::default(),
            changes,
            known: RwLock::default(),
            reading: tokio::sync::Mutex::default(),
            used: Mutex::default(),
        }));
        let (tending, stop) = (access.clone(), lifecycle.stop_signal());
        lifecycle.spawn("access", async move {
            loop {
                let stopped = tokio::select! {
                    () = stop.cancelled() => true,
                    () = tokio::time::sleep(tending.0.clock.takes(TEND_MS)) => false,
                };
                if let Err(error) = tending.tend().await {
                    warn!(%error, "Who was seen last could not be written down: {error}");
                }
                if stopped {
                    return;
                }
            }
        });
        access
    }

    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.0.rules
    }

    /// Whoever hashes passwords and PINs.
    #[must_use]
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// Whether somebody owns this Pasut.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn has_owner(&self) -> Result<bool, StoreError> {
        Ok(self.known().await?.has_owner)
    }

    /// Who a program is that sent `bearer` in a header.
    ///
    /// # Errors
    ///
    /// [`Refusal::BadToken`]; as any question to the database.
    pub async fn program(&self, bearer: &str) -> Result<Result<Visitor, Refusal>, StoreError> {
        let token = self.token(bearer).await?;
        let in_header = |opens: &Opens| !matches!(opens, Opens::Overlay { .. } | Opens::Share { .. });
        Ok(token
            .filter(|token| in_header(&token.opens))
            .map(|token| self.opened(token))
            .ok_or(Refusal::BadToken))
    }

    /// Who somebody is that has `secret` in the address, and `pin` in the cookie of its PIN.
    ///
    /// # Errors
    ///
    /// [`Refusal::BadToken`]; as any question to the database.
    pub async fn by_address(
        &self,
        secret: &str,
        pin: Option<&str>,
    ) -> Result<Result<Visitor, Refusal>, StoreError> {
        let token = self.token(secret).await?;
        let in_address =
            |opens: &Opens| matches!(opens, Opens::Overlay { .. } | Opens::Share { .. } | Opens::Feed { .. });
        let Some(token) = token.filter(|token| in_address(&token.opens)) else {
            return Ok(Err(Refusal::BadToken));
        };
        let open = match &token.pin {
            Some(kept) => pin.is_some_and(|mark| same(mark, &pin_mark(token.hash, kept))),
            None => true,
        };
        Ok(Ok(if open { self.opened(token) } else { Visitor::locked(token) }))
    }

    /// Opens a link with its PIN, and says what the cookie is to hold.
    ///
    /// # Errors
    ///
    /// [`NoLogin`].
    pub async fn enter(&self, link: &Token, typed: &Password, way: &Way) -> Result<String, NoLogin> {
        let now_ms = self.0.clock.monotonic_ms();
        self.pins()
            .begin(way.address, link.id, way.is_here, now_ms)
            .map_err(|left_ms| NoLogin::Wait((left_ms + 999) / 1000))?;
        let fits = self.0.passwords.fits(typed, link.pin.clone()).await?;
        let (Some(kept), true) = (&link.pin, fits) else {
            let from = way.address.map_or_else(|| "?".to_owned(), |address| address.to_string());
            self.0.store.note(Who::Token(link.id), Deed::PinFailed, &from, self.0.clock.wall()).await?;
            return Err(NoLogin::Wrong);
        };
        self.pins().take_back(way.address, link.id);
        Ok(pin_mark(link.hash, kept))
    }

    /// Who is logged in with the secret of a cookie.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn logged_in(&self, cookie: &str) -> Result<Option<Visitor>, StoreError> {
        let Some(secret) = Secret::parse(cookie) else { return Ok(None) };
        let known = self.known().await?;
        let Some(session) = known.sessions.get(&secret.hash()) else { return Ok(None) };
        let now = self.0.clock.wall();
        let mut used = self.used();
        let seen =
            used.sessions.get(&session.id).map_or(session.last_seen, |seen| session.last_seen.max(*seen));
        if session.ends_at <= now || now.ms_since(seen) > IDLE_MS {
            return Ok(None);
        }
        used.sessions.insert(session.id, now);
        Ok(Some(Visitor::logged_in(session.account.clone(), session.role, session.id)))
    }

    /// Logs somebody in with name and password, and says the cookie to set.
    ///
    /// # Errors
    ///
    /// [`NoLogin`]. Of an account that does not exist nothing else is said, nor after another time.
    pub async fn log_in(
        &self,
        typed_name: &str,
        password: &Password,
        way: &Way,
        agent: &str,
    ) -> Result<String, NoLogin> {
        let now_ms = self.0.clock.monotonic_ms();
        self.throttle()
            .begin(way.address, typed_name, way.is_here, now_ms)
            .map_err(|left_ms| NoLogin::Wait((left_ms + 999) / 1000))?;
        let name = AccountName::parse(typed_name).ok();
        let kept = match &name {
            Some(name) => self.0.store.password_hash(name).await?,
            None => None,
        };
        let fits = self.0.passwords.fits(password, kept).await?;
        let from = way.address.map_or_else(|| "?".to_owned(), |address| address.to_string());
        let now = self.0.clock.wall();
        let Some(name) = name.filter(|_| fits) else {
            self.0.store.note(Who::Nobody, Deed::LoginFailed, &from, now).await?;
            return Err(NoLogin::Wrong);
        };
        self.throttle().succeeded(way.address, typed_name);
        let cookie = self.begin(&name, way, agent).await?.ok_or(NoLogin::Wrong)?;
        self.0.store.note(Who::Account(name), Deed::LoggedIn, &from, now).await?;
        Ok(cookie)
    }

    /// Logs a browser in of which it is certain who uses it, and says the cookie to set. Its secret is new,
    /// whatever the browser had before. `None` if the account is gone.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn begin(
        &self,
        name: &AccountName,
        way: &Way,
        agent: &str,
    ) -> Result<Option<String>, StoreError> {
        let (secret, now) = (Secret::random(), self.0.clock.wall());
        let new = NewWebSession {
            hash: secret.hash(),
            account: name.clone(),
            now,
            ends_at: now + SESSION_MS,
            address: way.address.map_or_else(String::new, |address| address.to_string()),
            agent: agent.to_owned(),
        };
        let begun = self.0.store.begin_web_session(new).await?;
        Ok(begun.map(|_| set_cookie(&secret.reveal(), SESSION_MS / 1000, way.is_secure)))
    }

    async fn token(&self, secret: &str) -> Result<Option<Arc<Token>>, StoreError> {
        let Some(secret) = Secret::parse(secret) else { return Ok(None) };
        let known = self.known().await?;
        let now = self.0.clock.wall();
        let token = known.tokens.get(&secret.hash());
        Ok(token.filter(|token| !token.is_expired(now)).cloned())
    }

    /// Whoever has used a token at this moment.
    fn opened(&self, token: Arc<Token>) -> Visitor {
        self.used().tokens.insert(token.id, self.0.clock.wall());
        Visitor::with_token(token)
    }

    /// Everybody, read again after a change of this process and, for those of others, every few seconds.
    async fn known(&self) -> Result<Arc<Known>, StoreError> {
        if let Some(known) = self.fresh() {
            return Ok(known);
        }
        let _one_at_a_time = self.0.reading.lock().await;
        if let Some(known) = self.fresh() {
            return Ok(known);
        }
        // Said before reading: what changes meanwhile is read the next time.
        let change = *self.0.changes.borrow();
        let admitted = self.0.store.admitted().await?;
        let known = Arc::new(Known {
            read_at: Some(Instant::now()),
            change,
            has_owner: admitted.has_owner,
            sessions: admitted.sessions.into_iter().map(|session| (session.hash, session)).collect(),
            tokens: admitted.tokens.into_iter().map(|token| (token.hash, Arc::new(token))).collect(),
        });
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&known);
        Ok(known)
    }

    fn fresh(&self) -> Option<Arc<Known>> {
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = known.change == *self.0.changes.borrow()
            && known.read_at.is_some_and(|read_at| read_at.elapsed() < LOOK_AGAIN);
        is_fresh.then(|| Arc::clone(&known))
    }

    async fn tend(&self) -> Result<(), StoreError> {
        let Used { sessions, tokens } = std::mem::take(&mut *self.used());
        let now = self.0.clock.wall();
        let (seen, used) = (sessions.into_iter().collect(), tokens.into_iter().collect());
        self.0.store.tend_access(seen, used, now, now - IDLE_MS).await
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        // Maps are whole at every step.
        self.0.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pins(&self) -> MutexGuard<'_, PinThrottle> {
        self.0.pins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.0.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of the cookie on this way. Over TLS one that came without does not count.
#[must_use]
pub const fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure { SECURE_COOKIE } else { COOKIE }
}

/// The name of the cookie that remembers the PIN of a link. Its path is that of the link, so the name cannot bind it
/// to this host; under TLS it is set and sent over TLS alone.
#[must_use]
pub const fn pin_cookie_name(is_secure: bool) -> &'static str {
    if is_secure { "__Secure-pasut_pin" } else { "pasut_pin" }
}

/// The header that has a browser remember the PIN of the link at `path`.
#[must_use]
pub fn pin_cookie(mark: &str, path: &str, is_secure: bool) -> String {
    let name = pin_cookie_name(is_secure);
    let (age_s, secure) = (SESSION_MS / 1000, if is_secure { "; Secure" } else { "" });
    format!("{name}={mark}; Path={path}; Max-Age={age_s}; HttpOnly; SameSite=Strict{secure}")
}

/// The header that takes the cookie back.
#[must_use]
pub fn forget_cookie(is_secure: bool) -> String {
    set_cookie("", 0, is_secure)
}

fn set_cookie(value: &str, age_s: i64, is_secure: bool) -> String {
    let name = cookie_name(is_secure);
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Strict{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Role;
    use crate::store::Opening;
    use crate::store::tokens::NewToken;
    use tempfile::TempDir;

    const WAY: Way = Way { address: None, is_here: false, is_secure: false };

    async fn access() -> (TempDir, Store, Clock, Access, AccountName) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
        let clock = Clock::with_speed(0.0);
        let access = Access::start(store.clone(), clock.clone(), Rules::default(), &Lifecycle::start());
        let mira = AccountName::parse("mira").expect("valid");
        let password = Password::choose("correct horse").expect("long enough");
        let hash = access.passwords().hash(&password).await.expect("room");
        assert!(!access.has_owner().await.expect("readable"));
        store.add_first_owner(&mira, &hash, clock.wall()).await.expect("written");
        (folder, store, clock, access, mira)
    }

    fn secret(cookie: &str) -> &str {
        cookie.split(['=', ';']).nth(1).expect("a value")
    }

    #[tokio::test]
    async fn a_login_ends_when_it_is_idle_old_or_revoked_and_at_once() {
        let (_folder, store, clock, access, mira) = access().await;
        assert!(access.has_owner().await.expect("readable"), "a change is seen at once");
        let cookie = access.begin(&mira, &WAY, "").await.expect("written").expect("known");
        let visitor = access.logged_in(secret(&cookie)).await.expect("readable").expect("logged in");
        assert_eq!((visitor.role(), visitor.who()), (Role::Owner, Who::Account(mira.clone())));
        for _ in 0..4 {
            clock.shift_wall(IDLE_MS - 1);
            assert!(access.logged_in(secret(&cookie)).await.expect("readable").is_some(), "it is used");
        }
        clock.shift_wall(SESSION_MS - 4 * (IDLE_MS - 1));
        assert!(access.logged_in(secret(&cookie)).await.expect("readable").is_none(), "it is old");

        let cookie = access.begin(&mira, &WAY, "").await.expect("written").expect("known");
        clock.shift_wall(IDLE_MS + 1);
        assert!(access.logged_in(secret(&cookie)).await.expect("readable").is_none(), "it was not used");

        let cookie = access.begin(&mira, &WAY, "").await.expect("written").expect("known");
        assert!(access.logged_in(secret(&cookie)).await.expect("readable").is_some());
        let browsers = store.web_sessions().await.expect("readable");
        store.end_web_session(browsers[0].id).await.expect("written");
        assert!(access.logged_in(secret(&cookie)).await.expect("readable").is_none(), "it was revoked");
        assert!(access.logged_in("nonsense").await.expect("readable").is_none());
    }

    #[tokio::test]
    async fn a_token_ends_when_it_expires_or_is_revoked_and_counts_only_where_it_belongs() {
        let (_folder, store, clock, access, _) = access().await;
        let expires_at = Some(clock.wall() + 1_000);
        let (secret, told) = (Secret::random(), Secret::random());
        let new = |secret: &Secret, opens, expires_at| NewToken {
            hash: secret.hash(),
            opens,
            label: String::new(),
            expires_at,
            pin: None,
        };
        let metrics = new(&secret, Opens::Metrics, expires_at);
        store.add_token(metrics, clock.wall()).await.expect("written");
        assert!(access.program(&secret.reveal()).await.expect("readable").is_ok());
        assert!(access.by_address(&secret.reveal(), None).await.expect("readable").is_err());
        clock.shift_wall(1_000);
        assert!(access.program(&secret.reveal()).await.expect("readable").is_err(), "it expired");

        let creator = crate::domain::handle::Handle::parse("mira").expect("valid");
        let page = crate::domain::access::SharedPage::Live(creator);
        let share = new(&told, Opens::Share { page }, None);
        let id = store.add_token(share, clock.wall()).await.expect("written").expect("room");
        assert!(access.by_address(&told.reveal(), None).await.expect("readable").is_ok());
        assert!(access.program(&told.reveal()).await.expect("readable").is_err());
        store.revoke_token(id).await.expect("written");
        assert!(access.by_address(&told.reveal(), None).await.expect("readable").is_err(), "it was revoked");
    }

    #[tokio::test]
    async fn who_was_seen_is_written_down_once_for_all_requests_of_a_minute() {
        let (_folder, store, clock, access, mira) = access().await;
        let cookie = access.begin(&mira, &WAY, "").await.expect("written").expect("known");
        clock.shift_wall(5_000);
        for _ in 0..20 {
            access.logged_in(secret(&cookie)).await.expect("readable").expect("logged in");
        }
        let before = store.web_sessions().await.expect("readable")[0].last_seen;
        access.tend().await.expect("written");
        let after = store.web_sessions().await.expect("readable")[0].last_seen;
        assert_eq!(after.ms_since(before), 5_000);
    }

    #[tokio::test]
    async fn a_name_nobody_has_is_refused_in_the_same_words_as_a_wrong_password() {
        let (_folder, store, _, access, _) = access().await;
        let wrong = Password::typed("incorrect horse");
        for name in ["mira", "nobody", "../etc"] {
            assert_eq!(access.log_in(name, &wrong, &WAY, "").await, Err(NoLogin::Wrong), "{name}");
        }
        assert_eq!(access.log_in("budi", &wrong, &WAY, "").await, Err(NoLogin::Wait(1)));
        let noted = store.audit(10).await.expect("readable");
        let noted: Vec<_> = noted.iter().map(|entry| (entry.what, entry.times)).collect();
        assert_eq!(noted, [(Deed::LoginFailed, 3)]);
    }

    #[test]
    fn a_cookie_is_for_the_server_alone_and_under_tls_only_under_tls() {
        assert_eq!(
            set_cookie("x", 60, true),
            "__Host-pasut_session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
        );
        assert_eq!(forget_cookie(false), "pasut_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    }
}
