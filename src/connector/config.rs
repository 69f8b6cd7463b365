//! Where TikTok is and how to reach it: what the operator, or the Connection page, decides.

use reqwest::Url;
use std::fmt;
use std::time::Duration;

/// How to reach TikTok.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    pub endpoints: Endpoints,
    pub route: Route,
    /// Sent to the sign server only.
    pub sign_api_key: Option<Secret>,
    /// An `http://` or `socks5://` address, with its user and password.
    pub proxy: Option<Secret>,
    /// The cookie of a logged-in browser, as its `Cookie` header says it.
    pub cookie: Option<Secret>,
    /// Nobody sets it; tests are less patient.
    pub patience: Patience,
}

/// How long nothing may arrive before a connection is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Without any frame for this long the connection is dead; even a quiet room answers heartbeats.
    pub no_frame: Duration,
    /// With frames but without a message for this long, TikTok has stopped talking to us.
    pub no_message: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { no_frame: Duration::from_secs(60), no_message: Duration::from_secs(90) }
    }
}

/// Addresses without a trailing slash. The paths below them are TikTok's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    pub web: String,
    /// Host of the `/webcast/...` routes.
    pub webcast: String,
    /// Host of the `/webcast/im/...` socket, `ws://` or `wss://`.
    pub websocket: String,
    pub sign: String,
    /// Who stands in for all of TikTok's picture hosts; only a simulator does.
    pub pictures: Option<String>,
}

impl Default for Endpoints {
    fn default() -> Self {
        Self {
            web: "https://www.tiktok.com".to_owned(),
            webcast: "https://webcast.tiktok.com".to_owned(),
            websocket: "wss://webcast-ws.tiktok.com".to_owned(),
            sign: "https://api.eulerstream.com".to_owned(),
            pictures: None,
        }
    }
}

impl Endpoints {
    /// All addresses on one host: a simulator's.
    fn at(url: &str) -> Self {
        let http = url.to_owned();
        let websocket = http.replacen("http", "ws", 1);
        Self { web: http.clone(), webcast: http.clone(), websocket, sign: http.clone(), pictures: Some(http) }
    }
}

/// Who signs the address of the socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// Unsigned, until TikTok refuses it or a key is set.
    #[default]
    Auto,
    /// TikTok directly, without a sign server.
    Unsigned,
    Signed,
}

impl Route {
    pub const ALL: [Self; 3] = [Self::Auto, Self::Unsigned, Self::Signed];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Unsigned => "unsigned",
            Self::Signed => "signed",
        }
    }
}

/// A text that never reaches a log or a page.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself, for the one request it belongs to.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// A value that cannot be used, by the name under which it was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {reason}")]
pub struct InvalidValue {
    pub key: &'static str,
    pub reason: String,
}

impl Config {
    /// Reads the members of `tiktok` (`url`, `web_url`, `route`, ...), each asked from `value`.
    /// What is not given keeps its default.
    ///
    /// # Errors
    ///
    /// Every value that cannot be used, not only the first.
    pub fn from_values(value: impl Fn(&'static str) -> Option<String>) -> Result<Self, Vec<InvalidValue>> {
        let mut faults = Vec::new();
        let mut url = |key: &'static str, schemes: &[&str]| {
            let text = value(key)?;
            address(&text, schemes).map_err(|reason| faults.push(InvalidValue { key, reason })).ok()
        };
        let all = url("url", &["http", "https"]).map_or_else(Endpoints::default, |url| Endpoints::at(&url));
        let endpoints = Endpoints {
            web: url("web_url", &["http", "https"]).unwrap_or(all.web),
            webcast: url("webcast_url", &["http", "https"]).unwrap_or(all.webcast),
            websocket: url("websocket_url", &["ws", "wss"]).unwrap_or(all.websocket),
            sign: url("sign_url", &["http", "https"]).unwrap_or(all.sign),
            pictures: all.pictures,
        };
        let mut keep = |key, result: Result<Option<Secret>, String>| {
            result.unwrap_or_else(|reason| {
                faults.push(InvalidValue { key, reason });
                None
            })
        };
        let proxy = keep("proxy", proxy(value("proxy"), value("proxy_password")));
        let sign_api_key = keep("sign_api_key", header_text(value("sign_api_key")));
        let cookie = keep("cookie", header_text(value("cookie")));
        let route = match value("route") {
            None => Route::default(),
            Some(text) => Route::ALL.into_iter().find(|route| route.as_str() == text).unwrap_or_else(|| {
                let reason = format!("{text:?} is no route; use auto, unsigned or signed");
                faults.push(InvalidValue { key: "route", reason });
                Route::default()
            }),
        };
        if faults.is_empty() {
            Ok(Self { endpoints, route, sign_api_key, proxy, cookie, patience: Patience::default() })
        } else {
            Err(faults)
        }
    }
}

/// An address without the trailing slash. A faulty one is not repeated in the reason: it may hold
/// a password.
fn address(text: &str, schemes: &[&str]) -> Result<String, String> {
    let expected = || format!("not an address such as {}://example.com", schemes[schemes.len() - 1]);
    let url = Url::parse(text).map_err(|err| format!("{} ({err})", expected()))?;
    if !schemes.contains(&url.scheme()) || url.host_str().is_none() {
        return Err(expected());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("an address here has no ? and no #".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address here has no user and no password".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn proxy(text: Option<String>, password: Option<String>) -> Result<Option<Secret>, String> {
    let Some(text) = text else {
        return match password {
            None => Ok(None),
            Some(_) => Err("a proxy password is set, but no proxy".to_owned()),
        };
    };
    let expected = "not a proxy address such as http://user@10.0.0.1:3128 or socks5://10.0.0.1:1080";
    let mut url = Url::parse(&text).map_err(|_| expected.to_owned())?;
    if !["http", "https", "socks5", "socks5h"].contains(&url.scheme()) || url.host_str().is_none() {
        return Err(expected.to_owned());
    }
    if let Some(password) = password {
        url.set_password(Some(&password)).map_err(|()| expected.to_owned())?;
    }
    Ok(Some(Secret(url.into())))
}

/// A secret that travels in a header, which therefore has no line break in it.
fn header_text(text: Option<String>) -> Result<Option<Secret>, String> {
    match text {
        Some(text) if text.is_empty() || text.chars().any(char::is_control) => {
            Err("must be one line of text and not empty".to_owned())
        }
        text => Ok(text.map(Secret)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Config, Vec<InvalidValue>> {
        Config::from_values(|key| {
            given.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_given_means_tiktok_itself() {
        assert_eq!(read(&[]), Ok(Config::default()));
    }

    #[test]
    fn one_address_moves_everything_to_a_simulator_and_single_ones_go_first() {
        let config =
            read(&[("url", "http://127.0.0.1:9/"), ("sign_url", "https://sign.example")]).expect("valid");
        assert_eq!(
            config.endpoints,
            Endpoints {
                web: "http://127.0.0.1:9".to_owned(),
                webcast: "http://127.0.0.1:9".to_owned(),
                websocket: "ws://127.0.0.1:9".to_owned(),
                sign: "https://sign.example".to_owned(),
                pictures: Some("http://127.0.0.1:9".to_owned()),
            }
        );
    }

    #[test]
    fn every_value_that_cannot_be_used_is_named() {
        let faults = read(&[
            ("web_url", "tiktok"),
            ("websocket_url", "https://a.example"),
            ("webcast_url", "https://me:pass@a.example"),
            ("proxy", "ftp://user:hunter2@a.example"),
            ("cookie", "a\r\nb"),
            ("route", "sideways"),
        ])
        .expect_err("all are wrong");
        let keys: Vec<_> = faults.iter().map(|fault| fault.key).collect();
        assert_eq!(keys, ["web_url", "webcast_url", "websocket_url", "proxy", "cookie", "route"]);
        assert!(
            faults.iter().all(|fault| !fault.reason.contains("hunter2") && !fault.reason.contains("pass@"))
        );
    }

    #[test]
    fn a_proxy_takes_its_password_from_beside_it() {
        let config =
            read(&[("proxy", "socks5://me@10.0.0.1:1080"), ("proxy_password", "p@ss")]).expect("valid");
        assert_eq!(config.proxy.as_ref().map(Secret::reveal), Some("socks5://me:p%40ss@10.0.0.1:1080"));
        assert!(read(&[("proxy_password", "x")]).is_err());
    }

    #[test]
    fn a_secret_is_not_written_when_it_is_printed() {
        let config = read(&[("sign_api_key", "hunter2"), ("cookie", "sessionid=hunter2")]).expect("valid");
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
