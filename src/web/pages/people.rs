//! People: in which networks Pasut is shared, who has an account, where they are logged in, what guests may
//! see, and who changed what.

use super::links::{GuestLinks, LinksView};
use super::shell::{Nav, Shell, Visit};
use crate::domain::access::{AccountName, Role};
use crate::domain::audit::{Deed, Entry, Who};
use crate::domain::time::Stamp;
use crate::picture::qr::{Qr, qr};
use crate::store::accounts::Account;
use crate::store::web_sessions::WebSession;
use crate::web::listening::Reach;
use crate::web::look::Look;
use crate::web::views;
use crate::words::Words;
use askama::Template;
use std::net::SocketAddr;

/// Whoever was seen within this time is connected now; it is kept a minute late.
const NOW_MS: i64 = 2 * 60_000;

/// What the page is about.
pub struct View {
    pub reach: Reach,
    /// In which networks Pasut is to be shared; `None` while that is off.
    pub shared: Option<Vec<String>>,
    /// Where Pasut was started to listen.
    pub own: SocketAddr,
    /// How other computers speak to it: `http` or `https`.
    pub scheme: &'static str,
    /// Whether the computer Pasut runs on is open without a login.
    pub open_here: bool,
    pub accounts: Vec<Account>,
    pub devices: Vec<WebSession>,
    pub log: Vec<Entry>,
    /// Whoever looks, and in which browser, if they had to log in.
    pub you: Option<(AccountName, i64)>,
    pub links: LinksView,
}

/// Why a form was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    NoNetwork,
    NobodyOwns,
    Owned,
    Name,
    Password,
    Again,
    Taken,
    ManyAccounts,
    NotTyped,
    LastOwner,
    NoPage,
    Pin,
    ManyLinks,
}

/// By which form, `sharing`, `here`, `account` or `links`, something was asked that was not done, and why.
pub type Refused = (&'static str, Problem);

#[derive(Template)]
#[template(path = "pages/people.html")]
pub struct PeoplePage {
    pub shell: Shell,
    pub w: &'static Words,
    pub problem: Option<Said>,
    pub sharing: Sharing,
    pub owned: bool,
    pub open_here: bool,
    pub accounts: Vec<AccountRow>,
    pub devices: Vec<DeviceRow>,
    /// Links for guests, rendered by their own template.
    pub links: GuestLinks,
    pub log: Vec<LogRow>,
}

/// A sentence, and by which form it stands.
pub struct Said {
    pub at: &'static str,
    pub text: String,
}

pub struct Sharing {
    /// `off`, `on`, `waits`, or `everywhere` where the switch makes no difference.
    pub state: &'static str,
    pub doors: Vec<Door>,
    /// What went wrong or differs, in sentences.
    pub notes: Vec<String>,
    pub networks: Vec<NetworkRow>,
    pub plain: bool,
    pub everywhere: String,
    pub firewalls: Vec<Firewall>,
}

/// One way in.
pub struct Door {
    pub link: String,
    pub network: String,
    pub qr: Option<Qr>,
    pub qr_name: String,
}

pub struct NetworkRow {
    pub name: String,
    pub addresses: String,
    pub made_by_software: bool,
    pub chosen: bool,
}

/// How a system is told to let others through.
pub struct Firewall {
    pub name: &'static str,
    pub what: &'static str,
    pub commands: Vec<String>,
    /// It is the one Pasut runs on.
    pub here: bool,
}

pub struct AccountRow {
    pub name: String,
    pub role: &'static str,
    pub since: String,
    pub you: bool,
    pub change: String,
    pub remove: String,
}

pub struct DeviceRow {
    pub id: i64,
    pub account: String,
    pub device: String,
    pub seen: String,
    pub from: String,
    pub this: bool,
    pub connected: bool,
    pub revoke: String,
}

pub struct LogRow {
    pub iso: String,
    pub at: String,
    pub who: String,
    pub what: String,
    pub subject: String,
}

impl PeoplePage {
    #[must_use]
    pub fn new(visit: &Visit, view: &View, problem: Option<Refused>) -> Self {
        let (look, now) = (&visit.look, visit.now);
        let w = look.words();
        let problem = problem.map(|problem| said(problem, w));
        let sharing = Sharing::new(view, w);
        let creators: Vec<_> = visit.watched.iter().map(|snapshot| snapshot.creator.clone()).collect();
        let wrong = problem.as_ref().filter(|said| said.at == "links").map(|said| said.text.clone());
        let shell = Shell::new(visit, Nav::People, format!("{} · Pasut", w.t("nav-people")));
        Self {
            shell: if view.links.made.is_some() { shell.copying() } else { shell },
            w,
            problem,
            links: GuestLinks::new(&view.links, &sharing.doors, &creators, wrong, look, now),
            sharing,
            open_here: view.open_here,
            owned: view.accounts.iter().any(|account| account.role == Role::Owner),
            accounts: view.accounts.iter().map(|account| AccountRow::new(account, view, look)).collect(),
            devices: view.devices.iter().map(|device| DeviceRow::new(device, view, look, now)).collect(),
            log: view.log.iter().map(|entry| LogRow::new(entry, look)).collect(),
        }
    }

    /// What is wrong with the form called `at`.
    #[must_use]
    pub fn wrong(&self, at: &str) -> Option<&str> {
        self.problem.as_ref().filter(|said| said.at == at).map(|said| said.text.as_str())
    }
}

impl Sharing {
    fn new(view: &View, w: &'static Words) -> Self {
        let others = !view.own.ip().is_loopback();
        let own_doors = view.reach.networks.iter().flat_map(|network| {
            let heard = |ip: &&std::net::IpAddr| view.own.ip() == **ip || view.own.ip().is_unspecified();
            network
                .addresses
                .iter()
                .filter(heard)
                .map(move |ip| (SocketAddr::new(*ip, view.own.port()), network))
        });
        let mut doors: Vec<_> =
            own_doors.map(|(address, network)| Door::new(view.scheme, address, &network.name, w)).collect();
        doors.extend(
            view.reach.open.iter().map(|open| Door::new(view.scheme, open.address, &open.network, w)),
        );
        let differs = view.reach.open.iter().any(|open| open.address.port() != view.own.port());
        let port = || w.with("sharing-other-port", [("port", view.own.port().to_string().into())]);
        let failed = |ip: std::net::IpAddr| w.with("sharing-failed", [("address", ip.to_string().into())]);
        let mut notes: Vec<_> = differs.then(port).into_iter().collect();
        notes.extend(view.reach.failed.iter().map(|failed_at| failed(failed_at.ip)));
        let state = match (&view.shared, others) {
            (None, true) => "everywhere",
            (None, false) => "off",
            (Some(_), _) if view.reach.open.is_empty() && view.reach.failed.is_empty() => "waits",
            (Some(_), _) => "on",
        };
        Self {
            state,
            doors,
            notes,
            networks: networks(view),
            plain: view.scheme == "http",
            everywhere: w.with("sharing-everywhere", [("address", view.own.to_string().into())]),
            firewalls: firewalls(view.reach.open.first().map_or(view.own.port(), |open| open.address.port())),
        }
    }
}

/// The networks that can be chosen: those that are there, and those that were chosen and may come back.
fn networks(view: &View) -> Vec<NetworkRow> {
    let chosen = |name: &String| view.shared.as_ref().is_some_and(|names| names.contains(name));
    let present = view.reach.networks.iter().map(|network| NetworkRow {
        name: network.name.clone(),
        addresses: network.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        made_by_software: !network.is_likely_home(),
        chosen: if view.shared.is_some() { chosen(&network.name) } else { network.is_likely_home() },
    });
    let there = |name: &String| view.reach.networks.iter().any(|network| network.name == *name);
    let gone = view.shared.iter().flatten().filter(|name| !there(name)).map(|name| NetworkRow {
        name: name.clone(),
        addresses: String::new(),
        made_by_software: false,
        chosen: true,
    });
    present.chain(gone).collect()
}

impl Door {
    fn new(scheme: &str, address: SocketAddr, network: &str, w: &'static Words) -> Self {
        Self::to(format!("{scheme}://{address}"), network, w)
    }

    /// To an address of Pasut in a network.
    #[must_use]
    pub fn to(link: String, network: &str, w: &'static Words) -> Self {
        Self {
            network: network.to_owned(),
            qr: qr(&link),
            qr_name: w.with("sharing-qr", [("link", link.clone().into())]),
            link,
        }
    }
}

/// How each system lets others through to `port`, the one Pasut runs on first.
fn firewalls(port: u16) -> Vec<Firewall> {
    let firewall =
        |os: &str, name, what, commands| Firewall { name, what, commands, here: std::env::consts::OS == os };
    let mut all = vec![
        firewall(
            "windows",
            "firewall-windows",
            "firewall-windows-do",
            vec![format!(
                "netsh advfirewall firewall add rule name=Pasut dir=in action=allow protocol=TCP localport={port} profile=private"
            )],
        ),
        firewall(
            "macos",
            "firewall-macos",
            "firewall-macos-do",
            vec!["sudo /usr/libexec/ApplicationFirewall/socketfilterfw --add \"$(which pasut)\"".to_owned()],
        ),
        firewall(
            "linux",
            "firewall-linux",
            "firewall-linux-do",
            vec![
                format!("sudo ufw allow {port}/tcp"),
                format!("sudo firewall-cmd --permanent --add-port={port}/tcp && sudo firewall-cmd --reload"),
            ],
        ),
    ];
    all.sort_by_key(|firewall| !firewall.here);
    all
}

impl AccountRow {
    fn new(account: &Account, view: &View, look: &Look) -> Self {
        let w = look.words();
        let name = account.name.to_string();
        Self {
            role: role_words(account.role),
            since: w.with("account-since", [("time", views::moment(look, account.created_at).into())]),
            you: view.you.as_ref().is_some_and(|(you, _)| *you == account.name),
            change: w.with("account-change-do", [("name", name.clone().into())]),
            remove: w.with("account-remove-do", [("name", name.clone().into())]),
            name,
        }
    }
}

const fn role_words(role: Role) -> &'static str {
    match role {
        Role::Owner => "role-owner",
        Role::Moderator => "role-moderator",
        Role::Guest => "role-guest",
    }
}

impl DeviceRow {
    fn new(device: &WebSession, view: &View, look: &Look, now: Stamp) -> Self {
        let w = look.words();
        let account = device.account.to_string();
        let name = device_name(&device.agent, w);
        let connected = now.ms_since(device.last_seen) < NOW_MS;
        let seen = || w.with("device-seen", [("time", views::moment(look, device.last_seen).into())]);
        Self {
            id: device.id,
            seen: if connected { w.t("device-now").into_owned() } else { seen() },
            from: w.with("device-from", [("address", device.address.clone().into())]),
            this: view.you.as_ref().is_some_and(|(_, browser)| *browser == device.id),
            connected,
            revoke: w.with(
                "revoke-device",
                [("account", account.clone().into()), ("device", name.clone().into())],
            ),
            account,
            device: name,
        }
    }
}

/// The browser and the system, from what a browser says of itself. The first that fits counts: many say that
/// they are others, too.
fn device_name(agent: &str, w: &'static Words) -> String {
    const BROWSERS: [(&str, &str); 7] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (first(&BROWSERS), first(&SYSTEMS)) {
        (Some(browser), Some(system)) => {
            w.with("device-on", [("browser", browser.into()), ("system", system.into())])
        }
        (Some(known), None) | (None, Some(known)) => known.to_owned(),
        (None, None) => w.t("device-unknown").into_owned(),
    }
}

impl LogRow {
    fn new(entry: &Entry, look: &Look) -> Self {
        let w = look.words();
        let who = match &entry.who {
            Who::Account(name) => name.to_string(),
            Who::Token(id) => w.with("log-token", [("n", id.to_string().into())]),
            Who::ThisComputer => w.t("log-this-computer").into_owned(),
            Who::Terminal => w.t("log-terminal").into_owned(),
            Who::Nobody => w.t("log-nobody").into_owned(),
        };
        let what = w.t(deed_words(entry.what)).into_owned();
        let times = w.with("log-times", [("n", i64::from(entry.times).into())]);
        Self {
            iso: views::iso(entry.at),
            at: views::moment(look, entry.at),
            who,
            what: if entry.times > 1 { format!("{what}, {times}") } else { what },
            subject: entry.subject.clone(),
        }
    }
}

const fn deed_words(deed: Deed) -> &'static str {
    match deed {
        Deed::LoggedIn => "deed-logged-in",
        Deed::LoginFailed => "deed-login-failed",
        Deed::LoggedOut => "deed-logged-out",
        Deed::DeviceRevoked => "deed-device-revoked",
        Deed::AccountAdded => "deed-account-added",
        Deed::AccountRemoved => "deed-account-removed",
        Deed::PasswordChanged => "deed-password-changed",
        Deed::TokenAdded => "deed-token-added",
        Deed::TokenRevoked => "deed-token-revoked",
        Deed::PinFailed => "deed-pin-failed",
        Deed::SharingOn => "deed-sharing-on",
        Deed::SharingOff => "deed-sharing-off",
        Deed::SettingsChanged => "deed-settings-changed",
        Deed::CreatorAdded => "deed-creator-added",
        Deed::CreatorRemoved => "deed-creator-removed",
        Deed::PersonErased => "deed-person-erased",
        Deed::BackupMade => "deed-backup-made",
        Deed::BackupRestored => "deed-backup-restored",
        Deed::DataRemoved => "deed-data-removed",
        Deed::Exported => "deed-exported",
        Deed::Imported => "deed-imported",
    }
}

fn said((at, problem): Refused, w: &'static Words) -> Said {
    let key = match problem {
        Problem::NoNetwork => "sharing-no-choice",
        Problem::NobodyOwns => "here-nobody",
        Problem::Owned => "account-problem-owned",
        Problem::Name => "account-problem-name",
        Problem::Password => "account-problem-password",
        Problem::Again => "account-problem-again",
        Problem::Taken => "account-problem-taken",
        Problem::ManyAccounts => "account-problem-many",
        Problem::NotTyped => "account-problem-typed",
        Problem::LastOwner => "account-problem-last",
        Problem::NoPage => "link-no-page",
        Problem::Pin => "link-wrong-pin",
        Problem::ManyLinks => "link-many",
    };
    Said { at, text: w.t(key).into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Network;
    use crate::web::listening::{Failed, Open};
    use crate::words::Lang;

    fn view() -> View {
        View {
            reach: Reach::default(),
            shared: None,
            own: "127.0.0.1:8787".parse().expect("an address"),
            scheme: "http",
            open_here: true,
            accounts: Vec::new(),
            devices: Vec::new(),
            log: Vec::new(),
            you: None,
            links: LinksView::default(),
        }
    }

    fn network(name: &str, address: &str) -> Network {
        Network { name: name.to_owned(), addresses: vec![address.parse().expect("an address")] }
    }

    #[test]
    fn what_is_shared_is_said_with_link_and_code_and_what_failed_with_a_reason() {
        let w = Words::of(Lang::En);
        let off = Sharing::new(&view(), w);
        assert_eq!((off.state, off.doors.len()), ("off", 0));

        let open = |address: &str| Open {
            address: address.parse().expect("an address"),
            network: "wlan0".to_owned(),
        };
        let mut shared = view();
        shared.shared = Some(vec!["wlan0".to_owned(), "usb0".to_owned()]);
        assert_eq!(Sharing::new(&shared, w).state, "waits");
        shared.reach.networks = vec![network("docker0", "172.17.0.1"), network("wlan0", "192.168.1.5")];
        shared.reach.open = vec![open("192.168.1.5:8788"), open("[fd12::5]:8787")];
        shared.reach.failed =
            vec![Failed { ip: "192.168.1.6".parse().expect("an address"), network: "usb0".to_owned() }];
        let on = Sharing::new(&shared, w);
        assert_eq!(on.state, "on");
        let links: Vec<_> = on.doors.iter().map(|door| door.link.as_str()).collect();
        assert_eq!(links, ["http://192.168.1.5:8788", "http://[fd12::5]:8787"]);
        assert!(on.doors.iter().all(|door| door.qr.is_some()));
        assert!(on.notes[0].contains("8787") && on.notes[1].contains("192.168.1.6"), "{:?}", on.notes);
        let networks: Vec<_> = on.networks.iter().map(|row| (row.name.as_str(), row.chosen)).collect();
        assert_eq!(networks, [("docker0", false), ("wlan0", true), ("usb0", true)]);
        assert!(on.firewalls.iter().all(|firewall| !firewall.commands.is_empty()));
        assert!(on.firewalls[0].here || !["linux", "macos", "windows"].contains(&std::env::consts::OS));
    }

    #[test]
    fn a_pasut_that_listens_everywhere_says_so_and_shows_where() {
        let mut everywhere = view();
        everywhere.own = "0.0.0.0:80".parse().expect("an address");
        everywhere.scheme = "https";
        everywhere.reach.networks = vec![network("eth0", "10.0.0.7")];
        let sharing = Sharing::new(&everywhere, Words::of(Lang::En));
        assert_eq!((sharing.state, sharing.doors[0].link.as_str()), ("everywhere", "https://10.0.0.7:80"));
        assert!(!sharing.plain);
    }

    #[test]
    fn a_device_is_known_by_its_browser_and_its_system() {
        let w = Words::of(Lang::En);
        for (agent, name) in [
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
                "Safari on iPhone",
            ),
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
            ("curl/8.5", "Unknown browser"),
            ("<script>", "Unknown browser"),
        ] {
            assert_eq!(device_name(agent, w), name);
        }
    }
}
