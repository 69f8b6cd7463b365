//! The networks this computer is in, and its addresses there.
//!
//! Only addresses that are reached from the same network and from nowhere else: private ones of both
//! versions. Deliberately not those of the Internet, which would open Pasut to everybody, and not those of
//! one cable (`169.254...`, `fe80...`), which no browser takes. It reads, and listens nowhere; called by `web`.

use std::net::IpAddr;
use sysinfo::{InterfaceOperationalState, Networks};

/// A network by the name of its interface, which stays when the address changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub name: String,
    /// IPv4 first.
    pub addresses: Vec<IpAddr>,
}

impl Network {
    /// Whether it leads to other machines at home rather than into a container, a virtual machine or a tunnel.
    #[must_use]
    pub fn is_likely_home(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        !MADE_BY_SOFTWARE.iter().any(|start| name.starts_with(start))
    }
}

/// Reads the networks of this computer. It may take some milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct NetworkReader(pub fn() -> Vec<Network>);

/// How interfaces are called that a program made, in lower case.
const MADE_BY_SOFTWARE: [&str; 22] = [
    "br-",
    "bridge1",
    "cni",
    "docker",
    "flannel",
    "ham",
    "lxc",
    "lxd",
    "podman",
    "ppp",
    "tailscale",
    "tap",
    "tun",
    "utun",
    "vboxnet",
    "vethernet",
    "veth",
    "virbr",
    "virtualbox",
    "vmnet",
    "wg",
    "zt",
];

/// Of how many networks, and of how many addresses in each, anything is made.
const MOST_NETWORKS: usize = 16;
const MOST_ADDRESSES: usize = 4;

/// The networks of this computer that are up, by name; none where the system does not tell.
#[must_use]
pub fn networks() -> Vec<Network> {
    let Ok(found) = Networks::new_with_refreshed_list() else { return Vec::new() };
    let up = found.iter().filter(|(_, data)| data.operational_state() != InterfaceOperationalState::Down);
    chosen(up.map(|(name, data)| {
        (name.to_string_lossy().into_owned(), data.ip_networks().iter().map(|ip| ip.addr).collect())
    }))
}

/// What is left of interfaces with their addresses.
fn chosen(interfaces: impl Iterator<Item = (String, Vec<IpAddr>)>) -> Vec<Network> {
    let reachable = |(name, mut addresses): (String, Vec<IpAddr>)| {
        addresses.retain(|address| is_private(*address));
        addresses.sort_unstable();
        addresses.dedup();
        addresses.truncate(MOST_ADDRESSES);
        (!addresses.is_empty()).then_some(Network { name, addresses })
    };
    let mut networks: Vec<_> = interfaces.filter_map(reachable).collect();
    networks.sort_by(|one, other| one.name.cmp(&other.name));
    networks.truncate(MOST_NETWORKS);
    networks
}

/// Whether an address is for a network of one's own: RFC 1918, RFC 6598 and RFC 4193.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || matches!(v4.octets(), [100, 64..=127, ..]),
        IpAddr::V6(v6) => v6.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface(name: &str, addresses: &[&str]) -> (String, Vec<IpAddr>) {
        (name.to_owned(), addresses.iter().map(|address| address.parse().expect("an address")).collect())
    }

    #[test]
    fn only_addresses_of_a_network_of_ones_own_are_chosen() {
        let found = [
            interface("wlan0", &["fe80::1", "fd12::5", "2001:db8::5", "192.168.1.23"]),
            interface("lo", &["127.0.0.1", "::1"]),
            interface("eth0", &["10.0.0.7", "10.0.0.7", "203.0.113.9", "169.254.3.3"]),
            interface("eth1", &["8.8.8.8"]),
            interface("tailscale0", &["100.101.102.103"]),
            interface("none", &["172.32.0.1", "100.128.0.1", "0.0.0.0", "::"]),
        ];
        let networks = chosen(found.into_iter());
        let said: Vec<_> = networks
            .iter()
            .map(|network| {
                let addresses: Vec<_> = network.addresses.iter().map(ToString::to_string).collect();
                format!("{} {}", network.name, addresses.join(" "))
            })
            .collect();
        assert_eq!(
            said,
            ["eth0 10.0.0.7", "tailscale0 100.101.102.103", "wlan0 192.168.1.23 fd12::5"],
            "IPv4 first"
        );
    }

    #[test]
    fn networks_of_containers_and_tunnels_are_not_taken_for_home() {
        let likely = |name: &str| Network { name: name.to_owned(), addresses: Vec::new() }.is_likely_home();
        for name in ["eth0", "wlan0", "wlp3s0", "enp0s31f6", "en0", "Ethernet", "Wi-Fi", "WLAN", "bridge0"] {
            assert!(likely(name), "{name}");
        }
        for name in ["docker0", "br-1f2e", "veth12", "utun4", "tun0", "wg0", "vEthernet (WSL)", "vmnet8"] {
            assert!(!likely(name), "{name}");
        }
    }

    #[test]
    fn a_computer_with_countless_interfaces_is_not_a_burden() {
        let many = (0..500).map(|n: u16| {
            let addresses = (0..50).map(|i| IpAddr::from([10, n.to_be_bytes()[0], n.to_be_bytes()[1], i]));
            (format!("if{n:03}"), addresses.collect())
        });
        let networks = chosen(many);
        assert_eq!(networks.len(), MOST_NETWORKS);
        assert!(networks.iter().all(|network| network.addresses.len() == MOST_ADDRESSES));
    }

    #[test]
    fn this_computer_can_be_asked() {
        for network in networks() {
            assert!(network.addresses.iter().all(|address| !address.is_loopback()), "{network:?}");
        }
    }
}
