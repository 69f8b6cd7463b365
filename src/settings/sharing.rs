//! In which networks Pasut is shared with other computers and phones; in none, until the owner says so.

use crate::store::{Store, StoreError};
use tokio::sync::watch;

/// The names of interfaces, one a line. Without it nothing is shared.
const NETWORKS: &str = "sharing.networks";

/// As many as can be chosen, and how long a name may be.
const MOST: usize = 16;
const LONGEST: usize = 256;

/// The switch that opens Pasut to the networks of this computer. Clones share it.
#[derive(Clone)]
pub struct SharingSettings {
    store: Store,
    networks: watch::Sender<Shared>,
}

/// The networks in which Pasut is shared, by their names. A network that is not there now is kept: it may
/// come back. `None` while sharing is switched off.
pub type Shared = Option<Vec<String>>;

#[derive(Debug, thiserror::Error)]
pub enum SharingError {
    #[error("no network was chosen, so nothing was shared")]
    NoNetwork,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SharingSettings {
    /// Reads what was switched on before.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub async fn load(store: Store) -> Result<Self, StoreError> {
        let saved = store.setting(NETWORKS).await?;
        let networks = saved.map(|names| names.lines().map(str::to_owned).collect());
        Ok(Self { store, networks: watch::Sender::new(networks) })
    }

    /// What is shared now and after each change.
    #[must_use]
    pub fn shared(&self) -> watch::Receiver<Shared> {
        self.networks.subscribe()
    }

    /// Shares in the networks with these names and in no others.
    ///
    /// # Errors
    ///
    /// If there is none, or if it cannot be saved: then nothing changes.
    pub async fn share(&self, names: &[&str]) -> Result<(), SharingError> {
        let usable = |name: &&str| !name.is_empty() && name.len() <= LONGEST && !name.contains(['\n', '\r']);
        let names: Vec<String> = names.iter().copied().filter(usable).take(MOST).map(str::to_owned).collect();
        if names.is_empty() {
            return Err(SharingError::NoNetwork);
        }
        self.store.set_setting(NETWORKS, Some(&names.join("\n"))).await?;
        self.networks.send_replace(Some(names));
        Ok(())
    }

    /// Shares nowhere any more. It takes effect even if it cannot be saved.
    ///
    /// # Errors
    ///
    /// If it cannot be saved: after a restart Pasut would be shared again.
    pub async fn stop(&self) -> Result<(), StoreError> {
        self.networks.send_replace(None);
        self.store.set_setting(NETWORKS, None).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Opening;

    #[tokio::test]
    async fn nothing_is_shared_until_a_network_is_chosen_and_the_choice_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
        let load = || async { SharingSettings::load(store.clone()).await.expect("readable") };
        let settings = load().await;
        assert_eq!(*settings.shared().borrow(), None);
        for names in [&[][..], &[""], &["a\nb"], &["x".repeat(300).as_str()]] {
            assert!(matches!(settings.share(names).await, Err(SharingError::NoNetwork)), "{names:?}");
        }
        assert_eq!(*settings.shared().borrow(), None);

        let chosen = Some(vec!["wlan0".to_owned(), "Wi-Fi 2".to_owned()]);
        settings.share(&["wlan0", "Wi-Fi 2"]).await.expect("saved");
        assert_eq!(*settings.shared().borrow(), chosen);
        assert_eq!(*load().await.shared().borrow(), chosen, "it survives a restart");
        settings.stop().await.expect("saved");
        assert_eq!(*settings.shared().borrow(), None);
        assert_eq!(*load().await.shared().borrow(), None);
    }
}
