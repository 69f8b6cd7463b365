//! Who we are to TikTok: a desktop browser with the cookie TikTok gives every visitor.

use super::disconnect::Disconnect;
use crate::outbound::{Answer, Outbound};
use rand::seq::IndexedRandom as _;
use std::time::Duration;

/// Browsers of 2026. A missing or odd one is refused as `DEVICE_BLOCKED`.
const USER_AGENTS: [&str; 5] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:139.0) Gecko/20100101 Firefox/139.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36",
];

/// TikTok leaves the cookie out of some anonymous answers.
const TRIES: u32 = 8;
const BETWEEN_TRIES: Duration = Duration::from_millis(750);

/// A browser and its visitor cookie. Both are given up together.
#[derive(Clone, Debug)]
pub struct Identity {
    pub user_agent: &'static str,
    pub ttwid: Option<String>,
}

impl Identity {
    /// Some browser, without a cookie yet.
    #[must_use]
    pub fn new() -> Self {
        Self { user_agent: USER_AGENTS.choose(&mut rand::rng()).expect("there are some"), ttwid: None }
    }

    /// The visitor cookie, fetched from `web` if there is none yet.
    ///
    /// # Errors
    ///
    /// [`Disconnect::Blocked`] if TikTok gives none.
    pub async fn ttwid(&mut self, outbound: &Outbound, web: &str) -> Result<String, Disconnect> {
        if let Some(ttwid) = &self.ttwid {
            return Ok(ttwid.clone());
        }
        for attempt in 0..TRIES {
            if attempt > 0 {
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
            let answer = outbound.get(&format!("{web}/"), &[("user-agent", self.user_agent)]).await?;
            if let Some(ttwid) = cookie(&answer, "ttwid") {
                self.ttwid = Some(ttwid.clone());
                return Ok(ttwid);
            }
        }
        Err(Disconnect::Blocked { why: "TikTok gave no visitor cookie".to_owned() })
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self::new()
    }
}

/// A cookie that `answer` sets; an empty one counts as missing.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    answer.headers.get_all("set-cookie").iter().find_map(|value| {
        let (key, rest) = value.to_str().ok()?.split_once('=')?;
        let value = rest.split(';').next()?.trim();
        (key.trim() == name && !value.is_empty()).then(|| value.to_owned())
    })
}
