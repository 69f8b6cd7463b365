//! Why there is no connection: each a different thing to do next.

use crate::outbound::OutboundError;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Disconnect {
    /// The creator, or TikTok, ended the LIVE.
    #[error("the LIVE ended")]
    LiveEnded,
    /// The creator is not live.
    #[error("the creator is not live")]
    NotLive,
    #[error("TikTok knows no such account")]
    NotFound,
    /// Age-restricted, subscribers only, or paid: it cannot be read without a login.
    #[error("this LIVE needs a login")]
    Restricted,
    /// TikTok refuses this network, address or country.
    #[error("TikTok refuses this network: {why}")]
    Blocked { why: String },
    /// TikTok refuses this browser identity; another one may do.
    #[error("TikTok refused this browser identity ({why})")]
    DeviceBlocked { why: String },
    /// TikTok or the sign server asks us to slow down.
    #[error("asked to slow down{}", retry_after_s.map(|s| format!(" for {s} s")).unwrap_or_default())]
    RateLimited { retry_after_s: Option<u32> },
    /// The sign server does not help; TikTok itself was not asked.
    #[error("the sign server {why}")]
    SignRefused { why: String },
    /// Nobody could be reached.
    #[error("nobody could be reached")]
    NoInternet,
    /// The connection stood, and broke.
    #[error("the connection broke: {why}")]
    Lost { why: String },
    /// Connected, but nothing arrived for too long.
    #[error("connected, but nothing arrived")]
    Silent,
    /// The computer slept, or its clock was set; the connection is not to be trusted.
    #[error("the computer was asleep")]
    Woke,
}

impl From<OutboundError> for Disconnect {
    fn from(err: OutboundError) -> Self {
        match err {
            OutboundError::Unreachable { .. } | OutboundError::ProxyRefused => Self::NoInternet,
            OutboundError::Broken { .. } => Self::Lost { why: err.to_string() },
            OutboundError::TooLarge { .. } | OutboundError::Invalid(_) => {
                Self::Blocked { why: err.to_string() }
            }
        }
    }
}
