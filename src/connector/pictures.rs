//! Which addresses of pictures are TikTok's, and where they are asked for.

use super::config::Endpoints;
use crate::outbound::{Outbound, OutboundError, Reach};
use bytes::Bytes;
use reqwest::Url;

/// Hosts whose names end in these serve the pictures of people.
const HOSTS: [&str; 4] = [".tiktokcdn.com", ".tiktokcdn-us.com", ".tiktokcdn-eu.com", ".muscdn.com"];

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum NoPicture {
    /// Whoever sent this address wants us to ask somebody else.
    #[error("the address is none of TikTok's pictures")]
    NotTikToks,
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

/// Fetches a picture from the address that TikTok told.
pub(super) async fn fetch(
    outbound: &Outbound,
    endpoints: &Endpoints,
    address: &str,
) -> Result<Bytes, NoPicture> {
    let url = tiktoks(address).ok_or(NoPicture::NotTikToks)?;
    let (url, reach) = match &endpoints.pictures {
        // The operator named who stands in for TikTok; that may well be on this machine.
        Some(stand_in) => (format!("{stand_in}{}", url.path()), Reach::Anywhere),
        None => (url.into(), Reach::Public),
    };
    Ok(outbound.picture(&url, reach).await?)
}

/// The address, if it is one of TikTok's pictures over https on the usual port.
fn tiktoks(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let host = url.domain()?;
    let known = HOSTS.iter().any(|end| host.ends_with(end));
    let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    (known && plain && url.scheme() == "https").then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tiktoks_own_hosts_over_https_are_asked() {
        for address in [
            "https://p16-sign-sg.tiktokcdn.com/tos-alisg/a~c5_100x100.webp?x-expires=1",
            "https://P16.TIKTOKCDN-US.com/a.jpeg",
            "https://p16.muscdn.com:443/a.jpeg",
        ] {
            assert!(tiktoks(address).is_some(), "{address}");
        }
        for address in [
            "http://p16-sign-sg.tiktokcdn.com/a.webp",
            "https://tiktokcdn.com.example.org/a.webp",
            "https://eviltiktokcdn.com/a.webp",
            "https://127.0.0.1/a.webp",
            "https://[::1]/a.webp",
            "https://user@p16.tiktokcdn.com/a.webp",
            "https://p16.tiktokcdn.com:8443/a.webp",
            "https://example.org/?.tiktokcdn.com",
            "file:///etc/passwd",
            "",
        ] {
            assert!(tiktoks(address).is_none(), "{address}");
        }
    }
}
