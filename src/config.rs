//! What the operator decides before start.
//!
//! Flags, environment and `pasut.toml` become one [`Config`] per room; a flag goes before the
//! environment, which goes before the file. Every fault is reported at once. What the user changes
//! while Pasut runs is not here but in settings. Called by `main` and the commands; used by no room.

use crate::connector;
use crate::connector::config::Secret;
use crate::housekeeping::backup::SettingsFile;
use crate::recorder;
use crate::settings::connection::Fixed;
use crate::settings::preferences::Key;
use crate::web::access::arrival::{Rules, host_name};
use crate::web::certificate::CertificateFiles;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tracing::Level;

/// The options of `pasut serve`. All are texts here; [`Config::read`] checks them together with
/// what environment and file say.
#[derive(Clone, Debug, Default, clap::Args)]
#[expect(rustdoc::bare_urls, reason = "the terminal shows these lines as help, where brackets would disturb")]
pub struct ServeArgs {
    /// Address and port to listen on; port 0 takes any free one [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Option<String>,
    /// Other names Pasut answers to, such as pasut.example behind a proxy; several with commas
    #[arg(long, value_name = "NAMES")]
    pub hosts: Option<String>,
    /// Addresses of proxies whose word counts about where a request came from, such as 10.0.0.2 or
    /// 10.0.0.0/24; several with commas
    #[arg(long, value_name = "ADDRESSES")]
    pub trusted_proxies: Option<String>,
    /// Folder of the database and pasut.toml [default: the platform's data folder of this user]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<String>,
    /// Database, as sqlite:PATH [default: pasut.db in the data folder]
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// Open the dashboard in the browser when it is ready
    #[arg(long)]
    pub open: bool,
    /// How much to log: error, warn, info, debug or trace [default: info]
    #[arg(long, value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// How to log: plain, colour, or auto (colour on a terminal) [default: auto]
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// Minutes of an interval row, from 1 to 10 [default: 5]
    #[arg(long, value_name = "MINUTES")]
    pub session_interval: Option<String>,
    /// Minutes for which a room that is out of reach stays one session, from 1 to 120 [default: 10]
    #[arg(long, value_name = "MINUTES")]
    pub session_grace: Option<String>,
    /// From how many diamonds a gift is special [default: 100]
    #[arg(long, value_name = "DIAMONDS")]
    pub gifts_special: Option<String>,
    /// From how many diamonds a gift is premium [default: 1000]
    #[arg(long, value_name = "DIAMONDS")]
    pub gifts_premium: Option<String>,
    /// Certificate for other computers, with its chain, as PEM; needs --tls-key
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<String>,
    /// Private key of that certificate, as PEM without a passphrase
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<String>,
    /// All of TikTok's addresses at once: a simulator
    #[arg(long, value_name = "URL")]
    pub tiktok_url: Option<String>,
    /// TikTok's web pages [default: https://www.tiktok.com]
    #[arg(long, value_name = "URL")]
    pub tiktok_web_url: Option<String>,
    /// TikTok's LIVE service [default: https://webcast.tiktok.com]
    #[arg(long, value_name = "URL")]
    pub tiktok_webcast_url: Option<String>,
    /// TikTok's LIVE socket [default: wss://webcast-ws.tiktok.com]
    #[arg(long, value_name = "URL")]
    pub tiktok_websocket_url: Option<String>,
    /// The sign server of the signed route [default: https://api.eulerstream.com]
    #[arg(long, value_name = "URL")]
    pub tiktok_sign_url: Option<String>,
    /// How to connect: unsigned, signed or auto [default: auto]
    #[arg(long, value_name = "ROUTE")]
    pub tiktok_route: Option<String>,
    /// HTTP or SOCKS5 proxy towards TikTok, without its password
    #[arg(long, value_name = "URL")]
    pub tiktok_proxy: Option<String>,
}

/// Everything that can be set, by its name in `pasut.toml`. The environment says
/// `PASUT_TIKTOK_WEB_URL` for `tiktok.web_url`, the command line `--tiktok-web-url`.
const OPTIONS: [&str; 27] = [
    "listen",
    "hosts",
    "trusted_proxies",
    "data_dir",
    "database_url",
    "open",
    "log.level",
    "log.format",
    "session.interval",
    "session.grace",
    "gifts.special",
    "gifts.premium",
    "tls.cert",
    "tls.key",
    "tiktok.url",
    "tiktok.web_url",
    "tiktok.webcast_url",
    "tiktok.websocket_url",
    "tiktok.sign_url",
    "tiktok.route",
    "tiktok.proxy",
    "tiktok.proxy_password",
    "tiktok.proxy_password_file",
    "tiktok.sign_api_key",
    "tiktok.sign_api_key_file",
    "tiktok.cookie",
    "tiktok.cookie_file",
];

/// The file of options in the data folder.
const FILE: &str = "pasut.toml";

/// Where a value was taken from, first one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Flag,
    Environment,
    File,
    Default,
}

impl Source {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::File => "file",
            Self::Default => "default",
        }
    }
}

/// The configuration of every room.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    /// By which names and through whom it may be asked.
    pub way: Rules,
    pub open: bool,
    pub data_dir: PathBuf,
    /// The SQLite file.
    pub database: PathBuf,
    pub log: Log,
    /// With what Pasut proves to other computers who it is, and encrypts.
    pub certificate: Option<CertificateFiles>,
    pub recorder: recorder::shared::Settings,
    pub connector: connector::config::Config,
    /// What was set, for whoever shows or locks it.
    pub given: Given,
    /// What was found and is not understood: one sentence each, to be logged at start.
    pub warnings: Vec<String>,
}

/// How much is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    pub level: Level,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Colour on a terminal, plain otherwise.
    Auto,
    Plain,
    Colour,
}

/// Why Pasut cannot start as configured: every reason, on one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Nothing was started. {}", .0.join("; "))]
pub struct Faults(pub Vec<String>);

/// The values that flags, environment and file set, each with its source.
#[derive(Clone, Debug, Default)]
pub struct Given(BTreeMap<&'static str, (Secret, Source)>);

impl Given {
    /// Where `option`, for example `tiktok.route`, was set.
    #[must_use]
    pub fn source(&self, option: &str) -> Source {
        self.0.get(option).map_or(Source::Default, |(_, source)| *source)
    }

    /// The value of `option` if it was set. It may be a secret.
    #[must_use]
    pub fn value(&self, option: &str) -> Option<&str> {
        self.0.get(option).map(|(value, _)| value.reveal())
    }

    fn set(&mut self, option: &'static str, value: String, source: Source) {
        self.0.entry(option).or_insert((Secret::new(value), source));
    }
}

impl Config {
    /// Reads flags, the environment of this process and `pasut.toml`.
    ///
    /// # Errors
    ///
    /// [`Faults`] with every value that cannot be used.
    pub fn read(flags: &ServeArgs) -> Result<Self, Faults> {
        Self::from_sources(flags, std::env::vars_os())
    }

    fn from_sources(
        flags: &ServeArgs,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let mut warnings = Vec::new();
        let mut given = Given::default();
        for (option, value) in flags.values() {
            given.set(option, value, Source::Flag);
        }
        read_environment(environment, &mut given, &mut faults, &mut warnings);
        let data_dir = match given.value("data_dir") {
            Some(dir) => PathBuf::from(dir),
            None => default_data_dir().unwrap_or_else(|| {
                faults.push("data_dir: this user has no home folder; say --data-dir DIR".to_owned());
                PathBuf::new()
            }),
        };
        read_file(&data_dir.join(FILE), &mut given, &mut faults, &mut warnings);
        read_secret_files(&mut given, &mut faults);

        let mut take = |option: &'static str, read: &mut dyn FnMut(&str) -> Result<(), String>| {
            let Some(value) = given.value(option) else { return };
            if let Err(reason) = read(value) {
                faults.push(format!("{option} ({}): {reason}", given.source(option).as_str()));
            }
        };
        let mut config = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            way: Rules::default(),
            open: false,
            database: data_dir.join("pasut.db"),
            data_dir,
            log: Log { level: Level::INFO, format: LogFormat::Auto },
            certificate: None,
            recorder: recorder::shared::Settings::default(),
            connector: connector::config::Config::default(),
            given: Given::default(),
            warnings: Vec::new(),
        };
        take("listen", &mut |text| listen_address(text).map(|address| config.listen = address));
        take("hosts", &mut |text| listed(text, host_name).map(|hosts| config.way.hosts = hosts));
        take("trusted_proxies", &mut |text| {
            listed(text, str::parse).map(|proxies| config.way.trusted_proxies = proxies)
        });
        take("open", &mut |text| truth(text).map(|open| config.open = open));
        take("database_url", &mut |text| database_file(text).map(|file| config.database = file));
        take("log.level", &mut |text| log_level(text).map(|level| config.log.level = level));
        take("log.format", &mut |text| log_format(text).map(|format| config.log.format = format));
        let recorder = &mut config.recorder;
        take("session.interval", &mut |text| {
            whole(text, 1..=10).map(|minutes| recorder.interval_ms = minutes * 60_000)
        });
        take("session.grace", &mut |text| {
            whole(text, 1..=120).map(|minutes| recorder.grace_ms = minutes * 60_000)
        });
        take("gifts.special", &mut |text| {
            whole(text, 1..=1_000_000).map(|from| recorder.tiers.special = from)
        });
        take("gifts.premium", &mut |text| {
            whole(text, 1..=1_000_000).map(|from| recorder.tiers.premium = from)
        });
        take("tiktok.proxy", &mut |text| no_password_in_flag(given.source("tiktok.proxy"), text));
        match certificate(&given) {
            Ok(certificate) => config.certificate = certificate,
            Err(fault) => faults.push(fault),
        }
        match connector::config::Config::from_values(|key| {
            given.value(&format!("tiktok.{key}")).map(str::to_owned)
        }) {
            Ok(connector) => config.connector = connector,
            Err(invalid) => faults.extend(invalid.iter().map(|fault| {
                let source = given.source(&format!("tiktok.{}", fault.key));
                format!("tiktok.{} ({}): {}", fault.key, source.as_str(), fault.reason)
            })),
        }
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        Ok(Self { given, warnings, ..config })
    }

    /// What is decided about the connection and cannot be changed on the page.
    #[must_use]
    pub fn fixed_connection(&self) -> BTreeMap<&'static str, Fixed> {
        let fixed = |(option, (value, source)): (&&'static str, &(Secret, Source))| {
            Some((option.strip_prefix("tiktok.")?, Fixed { value: value.clone(), source: source.as_str() }))
        };
        self.given.0.iter().filter_map(fixed).collect()
    }

    /// Where `pasut.toml` is, or would be.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.data_dir.join(FILE)
    }

    /// What a backup takes of `pasut.toml`; `None` if there is none, or none that can be read. Comments may
    /// hold anything and are left out, and so is where the database of this computer is.
    #[must_use]
    pub fn settings_file(&self) -> Option<SettingsFile> {
        let text = std::fs::read_to_string(self.file()).ok()?;
        let table = text.parse::<toml::Table>().ok()?;
        let mut settings = SettingsFile::default();
        for (key, value) in flat(&table) {
            let Some(value) = OPTIONS.contains(&key.as_str()).then(|| plain(value)).flatten() else {
                continue;
            };
            if key == "database_url" {
                continue;
            }
            let line = format!("{key} = {}\n", quoted(&value));
            if is_secret(&key) || has_password(&value) {
                settings.secret.push_str(&line);
            } else {
                settings.open.push_str(&line);
            }
        }
        Some(settings)
    }

    /// The preferences that are decided and cannot be changed on the page, and where they were decided.
    #[must_use]
    pub fn fixed_preferences(&self) -> BTreeMap<Key, &'static str> {
        let fixed = |(option, (_, source)): (&&'static str, &(Secret, Source))| {
            Some((Key::parse(option)?, source.as_str()))
        };
        self.given.0.iter().filter_map(fixed).collect()
    }

    /// A simulator at `url` stands in for TikTok, whatever else was said of the connection.
    pub fn replace_tiktok(&mut self, url: String) {
        self.given.0.retain(|option, _| !option.starts_with("tiktok."));
        self.given.set("tiktok.url", url, Source::Flag);
    }
}

impl ServeArgs {
    fn values(&self) -> impl Iterator<Item = (&'static str, String)> {
        let open = self.open.then(|| "true".to_owned());
        [
            ("listen", self.listen.clone()),
            ("hosts", self.hosts.clone()),
            ("trusted_proxies", self.trusted_proxies.clone()),
            ("data_dir", self.data_dir.clone()),
            ("database_url", self.database_url.clone()),
            ("open", open),
            ("log.level", self.log_level.clone()),
            ("log.format", self.log_format.clone()),
            ("session.interval", self.session_interval.clone()),
            ("session.grace", self.session_grace.clone()),
            ("gifts.special", self.gifts_special.clone()),
            ("gifts.premium", self.gifts_premium.clone()),
            ("tls.cert", self.tls_cert.clone()),
            ("tls.key", self.tls_key.clone()),
            ("tiktok.url", self.tiktok_url.clone()),
            ("tiktok.web_url", self.tiktok_web_url.clone()),
            ("tiktok.webcast_url", self.tiktok_webcast_url.clone()),
            ("tiktok.websocket_url", self.tiktok_websocket_url.clone()),
            ("tiktok.sign_url", self.tiktok_sign_url.clone()),
            ("tiktok.route", self.tiktok_route.clone()),
            ("tiktok.proxy", self.tiktok_proxy.clone()),
        ]
        .into_iter()
        .filter_map(|(option, value)| Some((option, value?)))
    }
}

fn default_data_dir() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "pasut").map(|dirs| dirs.data_local_dir().to_path_buf())
}

fn variable(option: &str) -> String {
    format!("PASUT_{}", option.replace('.', "_").to_uppercase())
}

fn read_environment(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    given: &mut Given,
    faults: &mut Vec<String>,
    warnings: &mut Vec<String>,
) {
    for (name, value) in environment {
        let Some(name) = name.to_str().filter(|name| name.starts_with("PASUT_")) else { continue };
        match (OPTIONS.into_iter().find(|option| variable(option) == name), value.into_string()) {
            (Some(option), Ok(value)) => given.set(option, value, Source::Environment),
            (Some(_), Err(_)) => faults.push(format!("{name}: not readable as text")),
            (None, _) => warnings.push(format!("The environment variable {name} means nothing to Pasut.")),
        }
    }
}

fn read_file(path: &Path, given: &mut Given, faults: &mut Vec<String>, warnings: &mut Vec<String>) {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => return,
        Err(err) => return faults.push(format!("{}: {err}", path.display())),
    };
    // The message of a fault quotes the line, which may hold a secret: only its place is said.
    let table = match text.parse::<toml::Table>() {
        Ok(table) => table,
        Err(err) => {
            let line = err.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            return faults.push(format!("{}, line {line}: {}", path.display(), err.message()));
        }
    };
    for (key, value) in flat(&table) {
        let Some(text) = plain(value) else {
            faults.push(format!("{key} (file): expected a text, not a {}", value.type_str()));
            continue;
        };
        match OPTIONS.into_iter().find(|option| *option == key) {
            Some("data_dir") => faults.push(
                "data_dir (file): pasut.toml lies in the data folder, so it cannot say where that is; \
                 use --data-dir or PASUT_DATA_DIR"
                    .to_owned(),
            ),
            Some(option) => given.set(option, text, Source::File),
            None => warnings.push(format!("{} sets {key}, which means nothing to Pasut.", path.display())),
        }
    }
}

/// The members of a table and of the tables in it, by dotted names.
fn flat(table: &toml::Table) -> Vec<(String, &toml::Value)> {
    let mut members = Vec::new();
    for (key, value) in table {
        match value {
            toml::Value::Table(inner) => {
                members
                    .extend(flat(inner).into_iter().map(|(below, value)| (format!("{key}.{below}"), value)));
            }
            value => members.push((key.clone(), value)),
        }
    }
    members
}

/// A value as text, unless it is a list or something else that no option takes.
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// A text as TOML writes it: as JSON does, but for one sign.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// Whether an option gives access: those can all be read from a file of their own, too.
fn is_secret(option: &str) -> bool {
    OPTIONS.iter().any(|other| other.strip_suffix("_file") == Some(option))
}

/// Whether an address says `//user:password@`.
fn has_password(url: &str) -> bool {
    let user = url.split_once("://").and_then(|(_, rest)| rest.split_once('@')).map(|(user, _)| user);
    user.is_some_and(|user| user.contains(':'))
}

/// `tiktok.cookie_file` is the place of `tiktok.cookie`, and so on.
fn read_secret_files(given: &mut Given, faults: &mut Vec<String>) {
    for option in OPTIONS {
        let Some(file_option) = OPTIONS.into_iter().find(|other| *other == format!("{option}_file")) else {
            continue;
        };
        let Some(path) = given.value(file_option).map(str::to_owned) else { continue };
        if given.value(option).is_some() {
            faults.push(format!("{file_option}: {option} is set too; keep one of them"));
            continue;
        }
        match std::fs::read_to_string(&path) {
            Ok(text) => given.set(option, text.trim().to_owned(), given.source(file_option)),
            Err(err) => faults.push(format!("{file_option}: {path}: {err}")),
        }
    }
}

/// A flag is seen by everyone who can list processes, so it carries no password.
fn no_password_in_flag(source: Source, url: &str) -> Result<(), String> {
    if source == Source::Flag && has_password(url) {
        return Err("a password has no place in a flag; set PASUT_TIKTOK_PROXY_PASSWORD".to_owned());
    }
    Ok(())
}

fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let numeric = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let parsed = numeric.as_deref().unwrap_or(text).parse();
    parsed.map_err(|_| format!("{text:?} is not an address and a port such as 127.0.0.1:8787"))
}

/// The files of the certificate: both or none.
fn certificate(given: &Given) -> Result<Option<CertificateFiles>, String> {
    match (given.value("tls.cert"), given.value("tls.key")) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => {
            Ok(Some(CertificateFiles { certificate: certificate.into(), key: key.into() }))
        }
        (Some(_), None) => Err("tls.key: a certificate needs its private key; set both or none".to_owned()),
        (None, Some(_)) => Err("tls.cert: a private key needs its certificate; set both or none".to_owned()),
    }
}

/// What stands between commas.
fn listed<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(read).collect()
}

fn truth(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" | "yes" => Ok(true),
        "false" | "0" | "no" => Ok(false),
        _ => Err(format!("{text:?} is neither true nor false")),
    }
}

/// Another database's address may hold a password, so only its scheme is repeated.
fn database_file(text: &str) -> Result<PathBuf, String> {
    let path = match text.split_once(':') {
        Some(("sqlite", path)) => path.strip_prefix("//").unwrap_or(path),
        Some((scheme, _)) => {
            return Err(format!(
                "this build of Pasut speaks SQLite only, not {scheme}; use sqlite:PATH or leave it out"
            ));
        }
        None => return Err("not a database address such as sqlite:/home/me/pasut.db".to_owned()),
    };
    if path.is_empty() || path == ":memory:" {
        return Err("names no file; use sqlite:PATH or leave it out".to_owned());
    }
    Ok(PathBuf::from(path))
}

fn log_level(text: &str) -> Result<Level, String> {
    [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE]
        .into_iter()
        .find(|level| level.as_str().eq_ignore_ascii_case(text))
        .ok_or_else(|| format!("{text:?} is no level; use error, warn, info, debug or trace"))
}

fn whole<T: FromStr + PartialOrd + Display>(text: &str, allowed: RangeInclusive<T>) -> Result<T, String> {
    match text.trim().parse() {
        Ok(number) if allowed.contains(&number) => Ok(number),
        _ => Err(format!("{text:?} is no whole number from {} to {}", allowed.start(), allowed.end())),
    }
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "auto" => Ok(LogFormat::Auto),
        "plain" => Ok(LogFormat::Plain),
        "colour" | "color" => Ok(LogFormat::Colour),
        _ => Err(format!("{text:?} is no log format; use auto, plain or colour")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        serve: ServeArgs,
    }

    /// Reads a configuration in a folder of its own.
    fn read(flags: &[&str], environment: &[(&str, &str)], file: &str) -> Result<Config, Faults> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("pasut.toml"), file).expect("written");
        let dir = folder.path().to_str().expect("readable");
        let folder_flag = ["--data-dir", dir];
        let flags = ["pasut"].iter().chain(flags).chain(&folder_flag).copied();
        let command = Command::try_parse_from(flags).expect("flags");
        let environment = environment.iter().map(|(name, value)| (name.into(), value.into()));
        Config::from_sources(&command.serve, environment)
    }

    #[test]
    fn without_anything_set_pasut_listens_on_this_computer_only() {
        let config = read(&[], &[], "").expect("valid");
        assert_eq!(config.listen.to_string(), "127.0.0.1:8787");
        assert_eq!(config.database, config.data_dir.join("pasut.db"));
        assert_eq!(config.connector, connector::config::Config::default());
        assert_eq!(config.given.source("listen"), Source::Default);
        assert_eq!(config.warnings, Vec::<String>::new());
    }

    #[test]
    fn a_flag_goes_before_the_environment_and_that_before_the_file() {
        let file = "listen = '127.0.0.1:1'\nlog.level = 'warn'\n[tiktok]\nroute = 'signed'";
        let environment = [("PASUT_LISTEN", "127.0.0.1:2"), ("PASUT_TIKTOK_ROUTE", "unsigned")];
        for (flags, port, source) in
            [(&["--listen", "localhost:3"][..], 3, Source::Flag), (&[], 2, Source::Environment)]
        {
            let config = read(flags, &environment, file).expect("valid");
            assert_eq!((config.listen.port(), config.given.source("listen")), (port, source));
            assert_eq!(config.connector.route, connector::config::Route::Unsigned);
            assert_eq!((config.log.level, config.given.source("log.level")), (Level::WARN, Source::File));
        }
        assert_eq!(read(&[], &[], file).expect("valid").listen.port(), 1);
    }

    #[test]
    fn every_fault_is_reported_at_once_and_no_secret_with_it() {
        let faults = read(
            &["--listen", "everywhere", "--log-level", "loud"],
            &[("PASUT_DATABASE_URL", "postgres://me:hunter2@db/pasut"), ("PASUT_OPEN", "perhaps")],
            "data_dir = '/x'\n[tiktok]\nroute = 'sideways'\nproxy = 'hunter2'\nweb_url = ['a']",
        )
        .expect_err("all are wrong")
        .to_string();
        for part in [
            "listen (flag): \"everywhere\" is not an address",
            "log.level (flag)",
            "database_url (environment): this build of Pasut speaks SQLite only, not postgres",
            "open (environment)",
            "data_dir (file)",
            "tiktok.route (file): \"sideways\" is no route",
            "tiktok.proxy (file)",
            "tiktok.web_url (file): expected a text, not a array",
        ] {
            assert!(faults.contains(part), "{part} is missing in:\n{faults}");
        }
        assert!(!faults.contains("hunter2"), "{faults}");
    }

    #[test]
    fn what_is_not_understood_is_reported() {
        let environment = [("PASUT_LISTN", "x"), ("HOME", "/")];
        let config = read(&[], &environment, "color = 'blue'\n[tiktok]\nurll = 'x'").expect("starts");
        assert_eq!(config.warnings.len(), 3, "{:?}", config.warnings);
        for name in ["PASUT_LISTN", "color", "tiktok.urll"] {
            assert!(config.warnings.iter().any(|warning| warning.contains(name)), "{name}");
        }
        let broken = read(&[], &[], "ok = 1\ncookie = 'hunter2").expect_err("not TOML").to_string();
        assert!(broken.contains("line 2") && !broken.contains("hunter2"), "{broken}");
    }

    #[test]
    fn secrets_come_from_files_and_environment_but_no_flag_takes_them() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let key = folder.path().join("key");
        std::fs::write(&key, "k-123\n").expect("written");
        let key = key.to_str().expect("readable");
        let environment = [("PASUT_TIKTOK_SIGN_API_KEY_FILE", key), ("PASUT_TIKTOK_COOKIE", "sessionid=1")];
        let config = read(&[], &environment, "").expect("valid");
        assert_eq!(config.connector.sign_api_key.as_ref().map(Secret::reveal), Some("k-123"));
        assert_eq!(config.given.source("tiktok.sign_api_key"), Source::Environment);
        assert!(!format!("{config:?}").contains("k-123"));

        let twice =
            read(&[], &environment, "[tiktok]\nsign_api_key = 'x'").expect_err("two places").to_string();
        assert!(twice.contains("tiktok.sign_api_key is set too"), "{twice}");

        for flag in ["--tiktok-sign-api-key", "--tiktok-cookie", "--tiktok-proxy-password"] {
            assert!(Command::try_parse_from(["pasut", flag, "x"]).is_err(), "{flag}");
        }
        let flags = ["--tiktok-proxy", "http://me:hunter2@10.0.0.1:3128"];
        let faults = read(&flags, &[], "").expect_err("a password in a flag").to_string();
        assert!(faults.contains("PASUT_TIKTOK_PROXY_PASSWORD") && !faults.contains("hunter2"), "{faults}");
    }

    #[test]
    fn a_backup_takes_the_file_without_what_gives_access() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = "# cookie of before: sessionid=0\nlisten = '127.0.0.1:8788'\ndatabase_url = 'sqlite:/x.db'\nopen = true\n\
             session.interval = 1\ntypo = 'hunter2'\n[tiktok]\ncookie = 'sessionid=1'\nsign_api_key = \"k\\u007f\\\"\"\n\
             proxy = 'http://me:hunter2@10.0.0.1:3128'\nroute = 'auto'\nproxy_password_file = '/p'";
        std::fs::write(folder.path().join("pasut.toml"), file).expect("written");
        let config = Config { data_dir: folder.path().to_owned(), ..read(&[], &[], "").expect("valid") };
        let settings = config.settings_file().expect("a file");
        assert_eq!(
            settings.open,
            "listen = \"127.0.0.1:8788\"\nopen = \"true\"\nsession.interval = \"1\"\n\
             tiktok.proxy_password_file = \"/p\"\ntiktok.route = \"auto\"\n"
        );
        let secret: toml::Table = settings.secret.parse().expect("TOML");
        let secret: BTreeMap<_, _> =
            flat(&secret).into_iter().map(|(key, value)| (key, plain(value))).collect();
        assert_eq!(secret["tiktok.sign_api_key"].as_deref(), Some("k\u{7f}\""));
        assert_eq!(secret.len(), 3, "{secret:?}");
        let both: toml::Table = format!("{}{}", settings.open, settings.secret).parse().expect("TOML");
        assert_eq!(flat(&both).len(), 8);
    }

    #[test]
    fn a_simulator_takes_the_place_of_tiktok_with_one_address() {
        let config = read(&["--tiktok-url", "http://127.0.0.1:9"], &[], "").expect("valid");
        assert_eq!(config.connector.endpoints.websocket, "ws://127.0.0.1:9");
    }

    #[test]
    fn a_certificate_and_its_key_belong_together() {
        let both = "[tls]\ncert = '/etc/pasut/cert.pem'\nkey = '/etc/pasut/key.pem'";
        let certificate = read(&[], &[], both).expect("valid").certificate.expect("both");
        assert_eq!(certificate.key, Path::new("/etc/pasut/key.pem"));
        for (flag, says) in [("--tls-cert", "tls.key"), ("--tls-key", "tls.cert")] {
            let Faults(faults) = read(&[flag, "/x.pem"], &[], "").expect_err("one alone");
            assert!(faults.iter().any(|fault| fault.starts_with(says)), "{faults:?}");
        }
    }

    #[test]
    fn how_sessions_and_gifts_are_counted_can_be_set_within_reason() {
        let environment = [("PASUT_SESSION_GRACE", "30"), ("PASUT_GIFTS_PREMIUM", "500")];
        let config = read(&["--session-interval", "1"], &environment, "gifts.special = 50").expect("valid");
        assert_eq!((config.recorder.interval_ms, config.recorder.grace_ms), (60_000, 1_800_000));
        assert_eq!((config.recorder.tiers.special, config.recorder.tiers.premium), (50, 500));
        let Faults(faults) =
            read(&["--session-interval", "11", "--session-grace", "x"], &[], "").expect_err("wrong");
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
