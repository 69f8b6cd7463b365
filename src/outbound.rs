//! The one HTTP client for whatever leaves this machine: size, time and proxy rules.
//!
//! Knows nothing of TikTok. The connector uses it for requests and for the websocket, which starts
//! as a request.

mod address;

use address::PublicOnly;
use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Proxy, StatusCode, Upgraded, redirect};
use std::net::IpAddr;
use std::sync::{Arc, Once};
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// An answer may be this large; a page of TikTok is about 300 kB.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// A picture of a person may be this large.
const MAX_PICTURE_BYTES: usize = 512 * 1024;

/// The client. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Outbound {
    client: Client,
    /// Connects to public addresses only. Behind a proxy it is the proxy that resolves names.
    public: Client,
}

/// Which addresses a request may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those of the Internet, however the name resolves; for names that strangers sent.
    Public,
    /// Any, this machine among them; for names that the operator gave.
    Anywhere,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What was answered to something sent.
#[derive(Debug)]
pub struct Receipt {
    pub status: StatusCode,
    pub headers: HeaderMap,
}

/// Where something is to be sent, as far as its address alone says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The address as it is asked for.
    pub url: String,
    /// Its host, and the port where that is not the usual one.
    pub host: String,
    pub path: String,
    pub encrypted: bool,
}

impl Destination {
    /// Reads an `http` or `https` address without a user in it; `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url = reqwest::Url::parse(text.trim()).ok()?;
        let plain = url.username().is_empty() && url.password().is_none();
        let host = url.host_str().filter(|_| plain && matches!(url.scheme(), "http" | "https"))?;
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let (path, encrypted) = (url.path().to_owned(), url.scheme() == "https");
        Some(Self { host, path, encrypted, url: url.into() })
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// Nobody was reached: no network, no such host, refused, or the proxy is away.
    #[error("{host} could not be reached")]
    Unreachable { host: String },
    #[error("the proxy does not accept its user or password")]
    ProxyRefused,
    /// Somebody was reached and then went away or took too long.
    #[error("{host} broke off: {reason}")]
    Broken { host: String, reason: String },
    #[error("{host} answered with more than {most} bytes")]
    TooLarge { host: String, most: usize },
    #[error("{0}")]
    Invalid(String),
}

/// What became of asking for a websocket.
pub enum Handshake {
    Open(Upgraded, HeaderMap),
    Refused(Answer),
}

impl Outbound {
    /// `proxy` is an `http://` or `socks5://` address with its user and password.
    ///
    /// # Errors
    ///
    /// If the proxy address cannot be used.
    pub fn new(proxy: Option<&str>) -> Result<Self, OutboundError> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Fails only if another part of the process chose a provider before, which is as good.
            drop(rustls::crypto::ring::default_provider().install_default());
        });
        let invalid = |_| OutboundError::Invalid("the proxy address cannot be used".to_owned());
        let builder = || {
            Client::builder()
                .no_proxy()
                .redirect(redirect::Policy::none())
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_max_idle_per_host(2)
                .pool_idle_timeout(Duration::from_secs(30))
        };
        let (client, public) = match proxy {
            Some(proxy) => {
                let client = builder().proxy(Proxy::all(proxy).map_err(invalid)?).build().map_err(invalid)?;
                (client.clone(), client)
            }
            None => {
                let public = builder().dns_resolver(Arc::new(PublicOnly)).build().map_err(invalid)?;
                (builder().build().map_err(invalid)?, public)
            }
        };
        Ok(Self { client, public })
    }

    /// Asks for `url` and reads the whole answer, whatever its status. Redirects are not followed.
    ///
    /// # Errors
    ///
    /// [`OutboundError`] if there is no answer.
    pub async fn get(&self, url: &str, headers: &[(&str, &str)]) -> Result<Answer, OutboundError> {
        let response = self
            .client
            .get(url)
            .headers(header_map(headers)?)
            .timeout(ANSWER_TIMEOUT)
            .send()
            .await
            .map_err(|err| classify(url, &err))?;
        let response = let_through(response)?;
        read(url, response, MAX_BODY_BYTES).await
    }

    /// Asks for a picture and reads it whole. What it is has to be seen from its content.
    ///
    /// # Errors
    ///
    /// [`OutboundError`] if there is none, if it is larger than 512 KiB, or if `url` leads elsewhere.
    pub async fn picture(&self, url: &str, reach: Reach) -> Result<Bytes, OutboundError> {
        let asked = self.within(url, reach)?.get(url).timeout(ANSWER_TIMEOUT).send().await;
        let response = let_through(asked.map_err(|err| classify(url, &err))?)?;
        match response.status() {
            StatusCode::OK => Ok(read(url, response, MAX_PICTURE_BYTES).await?.body),
            // A redirect is among them: it may lead anywhere.
            status => Err(OutboundError::Broken { host: host(url), reason: format!("status {status}") }),
        }
    }

    /// Sends `body` to `url`, and reads what is answered but for its content. Redirects are not followed.
    ///
    /// # Errors
    ///
    /// [`OutboundError`] if there is no answer, or if `url` leads where `reach` does not.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
        reach: Reach,
    ) -> Result<Receipt, OutboundError> {
        let sent = self
            .within(url, reach)?
            .post(url)
            .headers(header_map(headers)?)
            .body(body)
            .timeout(ANSWER_TIMEOUT)
            .send();
        let response = let_through(sent.await.map_err(|err| classify(url, &err))?)?;
        Ok(Receipt { status: response.status(), headers: response.headers().clone() })
    }

    /// The client for what `reach` allows. An address that is written as numbers is resolved by nobody, so
    /// it is checked here.
    fn within(&self, url: &str, reach: Reach) -> Result<&Client, OutboundError> {
        if reach == Reach::Anywhere {
            return Ok(&self.client);
        }
        let host = host(url);
        let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        if literal.is_some_and(|address| !address::is_public(address)) {
            return Err(OutboundError::Unreachable { host });
        }
        Ok(&self.public)
    }

    /// Asks for a websocket at a `ws://` or `wss://` address; `headers` include the handshake's own.
    ///
    /// # Errors
    ///
    /// [`OutboundError`] if there is no answer at all.
    pub async fn websocket(&self, url: &str, headers: &[(&str, &str)]) -> Result<Handshake, OutboundError> {
        let url = url.replacen("ws", "http", 1);
        let request = self.client.get(&url).headers(header_map(headers)?);
        let response = tokio::time::timeout(ANSWER_TIMEOUT, request.send())
            .await
            .map_err(|_| OutboundError::Broken { host: host(&url), reason: "no answer in time".to_owned() })?
            .map_err(|err| classify(&url, &err))?;
        let response = let_through(response)?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok(Handshake::Refused(read(&url, response, MAX_BODY_BYTES).await?));
        }
        let headers = response.headers().clone();
        let socket = response.upgrade().await.map_err(|err| classify(&url, &err))?;
        Ok(Handshake::Open(socket, headers))
    }
}

impl Answer {
    /// A header as text, if it is there and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Only a proxy answers with 407; for an encrypted address it is an error of the connection instead.
fn let_through(response: reqwest::Response) -> Result<reqwest::Response, OutboundError> {
    match response.status() {
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => Err(OutboundError::ProxyRefused),
        _ => Ok(response),
    }
}

async fn read(url: &str, mut response: reqwest::Response, most: usize) -> Result<Answer, OutboundError> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    let reading = async {
        while let Some(chunk) = response.chunk().await.map_err(|err| classify(url, &err))? {
            if body.len() + chunk.len() > most {
                return Err(OutboundError::TooLarge { host: host(url), most });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(())
    };
    tokio::time::timeout(ANSWER_TIMEOUT, reading)
        .await
        .map_err(|_| OutboundError::Broken { host: host(url), reason: "no answer in time".to_owned() })??;
    Ok(Answer { status, headers, body: body.into() })
}

fn header_map(headers: &[(&str, &str)]) -> Result<HeaderMap, OutboundError> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let invalid = || OutboundError::Invalid(format!("the value of {name} cannot be sent in a header"));
        let header = HeaderName::try_from(*name).map_err(|_| invalid())?;
        map.insert(header, HeaderValue::try_from(*value).map_err(|_| invalid())?);
    }
    Ok(map)
}

fn classify(url: &str, err: &reqwest::Error) -> OutboundError {
    let host = host(url);
    if err.is_connect() {
        OutboundError::Unreachable { host }
    } else {
        let reason = if err.is_timeout() { "no answer in time".to_owned() } else { innermost(err) };
        OutboundError::Broken { host, reason }
    }
}

/// The cause at the bottom; the outer ones repeat the address, which may hold a key.
fn innermost(err: &dyn std::error::Error) -> String {
    let mut cause = err;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn host(url: &str) -> String {
    reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_reached_only_where_the_operator_gave_it() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let asked = std::thread::spawn(move || {
            use std::io::{Read, Write};
            let (mut stream, _) = listener.accept()?;
            let _ = stream.read(&mut [0; 4096])?;
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        });
        let outbound = Outbound::new(None).expect("no proxy");
        let url = format!("http://localhost:{port}/");
        let refused = outbound.picture(&url, Reach::Public).await;
        assert!(matches!(refused, Err(OutboundError::Unreachable { .. })), "{refused:?}");
        assert!(!asked.is_finished(), "nobody came");
        assert_eq!(outbound.picture(&url, Reach::Anywhere).await.expect("an answer"), "ok");
    }

    #[tokio::test]
    async fn nothing_is_sent_to_a_private_address_however_it_is_written() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a socket");
        let port = listener.local_addr().expect("bound").port();
        let outbound = Outbound::new(None).expect("no proxy");
        for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0"] {
            let url = format!("http://{host}:{port}/");
            let refused = outbound.post(&url, &[], b"{}".to_vec(), Reach::Public).await;
            assert!(matches!(refused, Err(OutboundError::Unreachable { .. })), "{host}: {refused:?}");
            let refused = outbound.picture(&url, Reach::Public).await;
            assert!(matches!(refused, Err(OutboundError::Unreachable { .. })), "{host}: {refused:?}");
        }
        assert!(listener.accept().is_err(), "nobody came");
    }

    #[test]
    fn a_destination_is_an_address_that_can_be_asked_and_holds_no_user() {
        let told = Destination::parse(" https://Example.org:8443/a/b?c=d ").expect("an address");
        assert_eq!(
            (told.host.as_str(), told.path.as_str(), told.encrypted),
            ("example.org:8443", "/a/b", true)
        );
        assert_eq!(Destination::parse("http://10.0.0.1/").map(|told| told.encrypted), Some(false));
        for text in
            ["", "example.org", "ftp://example.org/", "https://me:secret@example.org/", "javascript:1"]
        {
            assert_eq!(Destination::parse(text), None, "{text}");
        }
    }
}
