//! How Pasut reaches TikTok, as far as the operator left it open.

use crate::connector::client::TikTok;
pub use crate::connector::client::{Step, StepName};
use crate::connector::config::{Config, InvalidValue, Patience, Secret};
use crate::domain::handle::Handle;
use crate::store::{Store, StoreError};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::watch;

/// How Pasut reaches TikTok.
#[derive(Clone)]
pub struct ConnectionSettings {
    store: Store,
    /// What the operator decided, by the name under `tiktok`.
    fixed: Arc<BTreeMap<&'static str, Fixed>>,
    patience: Patience,
    tiktok: watch::Sender<Arc<TikTok>>,
}

/// A value that flags, environment or file decided.
#[derive(Clone, Debug)]
pub struct Fixed {
    pub value: Secret,
    /// `flag`, `environment` or `file`.
    pub source: &'static str,
}

/// One setting as a page may show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Empty for a secret, which can be written and never read; an address hides its password.
    pub value: String,
    pub is_set: bool,
    /// Who decided it, where that was not the user.
    pub fixed_by: Option<&'static str>,
}

/// The settings that may be changed here.
const SETTINGS: [(&str, Kept); 4] = [
    ("route", Kept::Openly),
    ("sign_api_key", Kept::Secret),
    ("proxy", Kept::MayHoldPassword),
    ("cookie", Kept::Secret),
];

/// What becomes of a value that was saved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Openly,
    /// With the secrets, and shown without its password.
    MayHoldPassword,
    /// With the secrets; it can be written and never read.
    Secret,
}

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    Invalid(Vec<InvalidValue>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ConnectionSettings {
    /// Joins what is fixed with what was saved.
    ///
    /// # Errors
    ///
    /// If the store cannot be read or the fixed values cannot be used. A saved value that cannot
    /// be used any more is left out.
    pub async fn load(
        store: Store,
        fixed: BTreeMap<&'static str, Fixed>,
        patience: Patience,
    ) -> Result<Self, SettingsError> {
        let saved = saved(&store).await?;
        let tiktok =
            made_of(&fixed, &saved, patience).or_else(|_| made_of(&fixed, &BTreeMap::new(), patience))?;
        let tiktok = watch::Sender::new(Arc::new(tiktok));
        Ok(Self { store, fixed: Arc::new(fixed), patience, tiktok })
    }

    /// The way to TikTok, now and after each change.
    #[must_use]
    pub fn tiktok(&self) -> watch::Receiver<Arc<TikTok>> {
        self.tiktok.subscribe()
    }

    /// Every setting of the connection, by name.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub async fn shown(&self) -> Result<BTreeMap<&'static str, Shown>, StoreError> {
        let saved = saved(&self.store).await?;
        let shown = |(name, kept): (&'static str, Kept)| {
            let secret = kept == Kept::Secret;
            let fixed = self.fixed.get(name);
            let value =
                fixed.map(|fixed| fixed.value.reveal()).or_else(|| saved.get(&key(name)).map(String::as_str));
            let shown = Shown {
                value: if secret { String::new() } else { value.map(without_password).unwrap_or_default() },
                is_set: value.is_some(),
                fixed_by: fixed.map(|fixed| fixed.source),
            };
            (name, shown)
        };
        Ok(SETTINGS.into_iter().map(shown).collect())
    }

    /// Changes one setting; `None` or an empty text goes back to the default. What is fixed stays.
    /// It takes effect at once.
    ///
    /// # Errors
    ///
    /// If the value cannot be used: then nothing changes.
    pub async fn change(&self, name: &str, value: Option<&str>) -> Result<(), SettingsError> {
        let known = SETTINGS.iter().find(|(known, _)| *known == name);
        let Some((name, kept)) = known.filter(|(name, _)| !self.fixed.contains_key(name)) else {
            return Ok(());
        };
        let value = value.map(str::trim).filter(|value| !value.is_empty());
        let mut saved = saved(&self.store).await?;
        let is_as_shown = |saved: &String| value == Some(without_password(saved).as_str());
        if saved.get(&key(name)).is_some_and(is_as_shown) {
            // The password it hides stays.
            return Ok(());
        }
        match value {
            Some(value) => saved.insert(key(name), value.to_owned()),
            None => saved.remove(&key(name)),
        };
        let tiktok = made_of(&self.fixed, &saved, self.patience)?;
        match kept {
            Kept::Openly => self.store.set_setting(&key(name), value).await?,
            Kept::MayHoldPassword | Kept::Secret => self.store.set_secret(&key(name), value).await?,
        }
        self.tiktok.send_replace(Arc::new(tiktok));
        Ok(())
    }

    /// Tries every step of connecting to `creator`.
    pub async fn test(&self, creator: &Handle) -> Vec<Step> {
        let tiktok = Arc::clone(&self.tiktok.borrow());
        tiktok.test(creator).await
    }
}

/// Everything that was saved, with the secrets.
async fn saved(store: &Store) -> Result<BTreeMap<String, String>, StoreError> {
    let mut saved = store.settings().await?;
    saved.extend(store.secrets().await?);
    Ok(saved)
}

/// An address with its password, if it has one, replaced by dots.
fn without_password(address: &str) -> String {
    let split = || {
        let (start, host) = address.rsplit_once('@')?;
        let (scheme, user) = start.split_once("://")?;
        let (user, _) = user.split_once(':')?;
        Some(format!("{scheme}://{user}:•••@{host}"))
    };
    split().unwrap_or_else(|| address.to_owned())
}

fn key(name: &str) -> String {
    format!("tiktok.{name}")
}

fn made_of(
    fixed: &BTreeMap<&'static str, Fixed>,
    saved: &BTreeMap<String, String>,
    patience: Patience,
) -> Result<TikTok, SettingsError> {
    let config = Config::from_values(|name| match fixed.get(name) {
        Some(fixed) => Some(fixed.value.reveal().to_owned()),
        None => saved.get(&key(name)).cloned(),
    })
    .map_err(SettingsError::Invalid)?;
    TikTok::new(Config { patience, ..config })
        .map_err(|err| SettingsError::Invalid(vec![InvalidValue { key: "proxy", reason: err.to_string() }]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::config::Route;
    use crate::store::Opening;

    fn settings_of(
        fixed: &[(&'static str, &str)],
    ) -> (tempfile::TempDir, Store, BTreeMap<&'static str, Fixed>) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
        let fixed = fixed
            .iter()
            .map(|(name, value)| (*name, Fixed { value: Secret::new((*value).to_owned()), source: "flag" }))
            .collect();
        (folder, store, fixed)
    }

    #[tokio::test]
    async fn a_change_is_saved_and_announced() {
        let (_folder, store, fixed) = settings_of(&[]);
        let settings =
            ConnectionSettings::load(store.clone(), fixed.clone(), Patience::default()).await.expect("valid");
        let mut tiktok = settings.tiktok();
        settings.change("route", Some("signed")).await.expect("valid");
        assert!(tiktok.has_changed().expect("alive"));
        assert_eq!(tiktok.borrow_and_update().config().route, Route::Signed);
        let again = ConnectionSettings::load(store, fixed, Patience::default()).await.expect("valid");
        assert_eq!(again.tiktok().borrow().config().route, Route::Signed);
    }

    #[tokio::test]
    async fn a_value_that_cannot_be_used_changes_nothing() {
        let (_folder, store, fixed) = settings_of(&[]);
        let settings = ConnectionSettings::load(store, fixed, Patience::default()).await.expect("valid");
        assert!(matches!(settings.change("proxy", Some("nonsense")).await, Err(SettingsError::Invalid(_))));
        assert_eq!(settings.shown().await.expect("readable")["proxy"], Shown::default());
    }

    #[tokio::test]
    async fn a_proxy_s_password_is_never_shown_and_stays_when_the_rest_is_saved_again() {
        let (_folder, store, fixed) = settings_of(&[]);
        let settings = ConnectionSettings::load(store, fixed, Patience::default()).await.expect("valid");
        settings.change("proxy", Some("http://me:hunter2@10.0.0.1:3128")).await.expect("valid");
        let shown = settings.shown().await.expect("readable")["proxy"].clone();
        assert_eq!(shown.value, "http://me:•••@10.0.0.1:3128");
        settings.change("proxy", Some(&shown.value)).await.expect("unchanged");
        let proxy = settings.tiktok().borrow().config().proxy.clone();
        assert_eq!(proxy.as_ref().map(Secret::reveal), Some("http://me:hunter2@10.0.0.1:3128/"));
        settings.change("proxy", None).await.expect("valid");
        assert_eq!(settings.tiktok().borrow().config().proxy, None);
    }

    #[tokio::test]
    async fn what_the_operator_fixed_stays_and_secrets_are_never_read() {
        let (_folder, store, fixed) = settings_of(&[("route", "unsigned"), ("cookie", "sessionid=1")]);
        let settings = ConnectionSettings::load(store, fixed, Patience::default()).await.expect("valid");
        settings.change("route", Some("signed")).await.expect("ignored");
        settings.change("sign_api_key", Some("key")).await.expect("valid");
        let shown = settings.shown().await.expect("readable");
        assert_eq!(shown["route"], Shown { value: "unsigned".into(), is_set: true, fixed_by: Some("flag") });
        assert_eq!(shown["cookie"], Shown { value: String::new(), is_set: true, fixed_by: Some("flag") });
        assert_eq!(shown["sign_api_key"], Shown { value: String::new(), is_set: true, fixed_by: None });
    }
}
