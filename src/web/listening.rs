//! The listeners that Pasut has beside the one it was started with: one for each of its addresses in the
//! networks in which the owner shares it. They open and close while it runs.
//!
//! `app` starts it; [`Listening`] is what pages know of it.

use super::access::Entrance;
use super::certificate::Certificate;
use super::server::{self, Listener};
use super::state::AppState;
use crate::lifecycle::Lifecycle;
use crate::network::{Network, NetworkReader};
use crate::settings::sharing::{Shared, SharingSettings};
use actix_web::dev::ServerHandle;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How often it is looked whether an address came or went.
const CHECK_EVERY: Duration = Duration::from_secs(10);
/// Whoever switches waits for the listeners this long at most.
const SETTLES_WITHIN: Duration = Duration::from_secs(5);
/// If the usual port is taken at an address, the next ones are tried before any free one, so that a link is
/// the same after the next start.
const NEXT_PORTS: u16 = 10;

/// Where Pasut listens, and the switch for it. Clones share it.
#[derive(Clone)]
pub struct Listening {
    settings: SharingSettings,
    own: SocketAddr,
    tls: bool,
    reach: watch::Sender<Reach>,
    close: CancellationToken,
}

/// Where other computers can reach Pasut now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The networks this computer is in, shared or not.
    pub networks: Vec<Network>,
    pub open: Vec<Open>,
    pub failed: Vec<Failed>,
    /// For which choice this is so.
    shared: Shared,
    is_over: bool,
}

/// An address that is listened on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    pub address: SocketAddr,
    /// The name of the network.
    pub network: String,
}

/// An address that should be listened on and is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    pub ip: IpAddr,
    pub network: String,
}

/// What the listeners need.
pub struct Parts {
    pub state: AppState,
    pub networks: NetworkReader,
    pub certificate: Option<Certificate>,
    pub lifecycle: Lifecycle,
}

/// A listener that runs.
struct Running {
    open: Open,
    server: ServerHandle,
}

impl Listening {
    /// Before anything is open. `own` is where Pasut was started to listen; with `tls`, others speak TLS.
    #[must_use]
    pub fn new(settings: SharingSettings, own: SocketAddr, tls: bool) -> Self {
        Self { settings, own, tls, reach: watch::Sender::default(), close: CancellationToken::new() }
    }

    /// Where Pasut was started to listen.
    #[must_use]
    pub const fn own(&self) -> SocketAddr {
        self.own
    }

    /// `http` or `https`, which is how other computers are answered.
    #[must_use]
    pub const fn scheme(&self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }

    /// In which networks Pasut is to be shared.
    #[must_use]
    pub fn shared(&self) -> Shared {
        self.settings.shared().borrow().clone()
    }

    /// Where it can be reached now.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.reach.borrow().clone()
    }

    /// Shares in these networks and in no others, and waits until it is so.
    ///
    /// # Errors
    ///
    /// As [`SharingSettings::share`].
    pub async fn share(&self, names: &[&str]) -> Result<(), crate::settings::sharing::SharingError> {
        self.settings.share(names).await?;
        self.settled().await;
        Ok(())
    }

    /// Stops sharing: who is connected through a network is cut off.
    ///
    /// # Errors
    ///
    /// As [`SharingSettings::stop`].
    pub async fn stop_sharing(&self) -> Result<(), crate::store::StoreError> {
        let stopped = self.settings.stop().await;
        self.settled().await;
        stopped
    }

    /// Takes no more requests, and returns when those that run were answered.
    pub async fn close(&self) {
        self.close.cancel();
        // The task that answers is gone if the process is being torn down; then nothing listens either.
        let _ = self.reach.subscribe().wait_for(|reach| reach.is_over).await;
    }

    async fn settled(&self) {
        let wanted = self.shared();
        let mut reach = self.reach.subscribe();
        let settles = reach.wait_for(|reach| reach.shared == wanted || reach.is_over);
        // A slow computer shows what is so far, and the rest when the page is loaded again.
        let _ = tokio::time::timeout(SETTLES_WITHIN, settles).await;
    }
}

/// Keeps the listeners as the owner wants them until [`Listening::close`].
pub async fn keep(listening: Listening, parts: Parts) {
    let mut wanted = listening.settings.shared();
    let mut running: BTreeMap<IpAddr, Running> = BTreeMap::new();
    let mut said = Vec::new();
    loop {
        let shared = wanted.borrow_and_update().clone();
        let networks = read_networks(&parts).await;
        let targets = targets(&networks, &shared, listening.own);
        close_others(&mut running, &targets).await;
        let mut failed = Vec::new();
        for (ip, network) in targets {
            if running.contains_key(&ip) {
                continue;
            }
            match open(ip, &network, listening.own.port(), &parts) {
                Ok(opened) => {
                    info!(address = %opened.open.address, network, "Shared at {}", opened.open.address);
                    running.insert(ip, opened);
                }
                Err(error) => {
                    if !said.contains(&ip) {
                        warn!(%ip, network, %error, "{ip} cannot be listened on: {error}");
                    }
                    failed.push(Failed { ip, network });
                }
            }
        }
        said = failed.iter().map(|failed| failed.ip).collect();
        let open = running.values().map(|running| running.open.clone()).collect();
        listening.reach.send_replace(Reach { networks, open, failed, shared, is_over: false });
        tokio::select! {
            () = listening.close.cancelled() => break,
            _ = wanted.changed() => {}
            () = tokio::time::sleep(CHECK_EVERY) => {}
        }
    }
    for running in running.into_values() {
        running.server.stop(true).await;
    }
    listening.reach.send_modify(|reach| {
        reach.open.clear();
        reach.is_over = true;
    });
}

/// The networks there are now. A certificate that was renewed is noticed at the same time.
async fn read_networks(parts: &Parts) -> Vec<Network> {
    let (networks, certificate) = (parts.networks, parts.certificate.clone());
    let read = tokio::task::spawn_blocking(move || {
        if let Some(certificate) = certificate {
            certificate.renew();
        }
        (networks.0)()
    });
    read.await.unwrap_or_default()
}

/// The addresses to listen on, each with its network.
fn targets(networks: &[Network], shared: &Shared, own: SocketAddr) -> BTreeMap<IpAddr, String> {
    let wanted = |network: &&Network| shared.as_ref().is_some_and(|names| names.contains(&network.name));
    let addresses = |network: &Network| {
        network.addresses.iter().map(|ip| (*ip, network.name.clone())).collect::<Vec<_>>()
    };
    // What the first listener answers already is not taken away from it.
    let is_own = |ip: IpAddr| own.ip() == ip || own.ip().is_unspecified();
    networks.iter().filter(wanted).flat_map(addresses).filter(|(ip, _)| !is_own(*ip)).collect()
}

async fn close_others(running: &mut BTreeMap<IpAddr, Running>, targets: &BTreeMap<IpAddr, String>) {
    let gone: Vec<IpAddr> = running.keys().copied().filter(|ip| !targets.contains_key(ip)).collect();
    for gone in gone {
        let Some(gone) = running.remove(&gone) else { continue };
        // Nobody waits for what is still open: it is cut off.
        gone.server.stop(false).await;
        info!(address = %gone.open.address, "No longer shared at {}", gone.open.address);
    }
}

fn open(ip: IpAddr, network: &str, port: u16, parts: &Parts) -> io::Result<Running> {
    let listener = bind(ip, port)?;
    let address = listener.local_addr()?;
    let certificate = parts.certificate.clone();
    let listener = Listener { listener, certificate, entrance: Entrance::Network };
    let server = server::serve(listener, parts.state.clone())?;
    let handle = server.handle();
    parts.lifecycle.spawn(format!("web server at {address}"), async move {
        if let Err(error) = server.await {
            warn!(%error, "The web server at {address} ended: {error}");
        }
    });
    Ok(Running { open: Open { address, network: network.to_owned() }, server: handle })
}

/// A listener at `ip` on `port`, or on another one if that is taken there.
fn bind(ip: IpAddr, port: u16) -> io::Result<TcpListener> {
    let usual = (0..NEXT_PORTS).filter_map(|next| port.checked_add(next));
    for port in usual.chain([0]) {
        match TcpListener::bind((ip, port)) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            bound => return bound,
        }
    }
    Err(ErrorKind::AddrInUse.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(name: &str, addresses: &[&str]) -> Network {
        let addresses = addresses.iter().map(|address| address.parse().expect("an address")).collect();
        Network { name: name.to_owned(), addresses }
    }

    #[test]
    fn only_chosen_networks_are_listened_in_and_the_first_listener_is_left_alone() {
        let networks = [
            network("docker0", &["172.17.0.1"]),
            network("eth0", &["192.168.1.4", "fd12::4"]),
            network("wlan0", &["192.168.1.23"]),
        ];
        let chosen = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        let addresses = |shared: &Shared, own: &str| {
            let own = own.parse().expect("an address");
            targets(&networks, shared, own).keys().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(addresses(&None, "127.0.0.1:8787"), [""; 0], "sharing is off");
        assert_eq!(addresses(&chosen(&["eth0", "gone"]), "127.0.0.1:8787"), ["192.168.1.4", "fd12::4"]);
        assert_eq!(addresses(&chosen(&["eth0", "wlan0"]), "192.168.1.4:80"), ["192.168.1.23", "fd12::4"]);
        assert_eq!(addresses(&chosen(&["eth0", "wlan0"]), "0.0.0.0:8787"), [""; 0]);
    }

    #[test]
    fn a_taken_port_is_given_way_to_by_the_next_ones() {
        let ip = IpAddr::from([127, 0, 0, 1]);
        let taken = TcpListener::bind((ip, 0)).expect("a free port");
        let port = taken.local_addr().expect("bound").port();
        let next = bind(ip, port).expect("another port").local_addr().expect("bound").port();
        assert_ne!(next, port);
        drop(taken);
        assert_eq!(bind(ip, port).expect("free again").local_addr().expect("bound").port(), port);
    }
}
