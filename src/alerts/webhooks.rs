//! Webhooks as the owner sets them up.

use super::signature::new_secret;
use super::{Alerts, new_message};
use crate::domain::handle::Handle;
use crate::outbound::Destination;
use crate::store::StoreError;
use crate::store::webhooks::{Access, Delivery, Form, Webhook, WebhookPlan};
use crate::words::Lang;

/// There are so many at most, each with an address of so many characters.
pub const MOST: usize = 10;
const MAX_URL_CHARS: usize = 2000;

/// What the owner typed.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub url: String,
    /// `None` to go by the address.
    pub form: Option<Form>,
    /// Whether it may be on this computer or in its network.
    pub private: bool,
    pub lang: Lang,
}

#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    #[error("This is no address of a webhook. Nothing was changed.")]
    NoAddress,
    #[error(
        "What is sent over http:// can be read on the way, so it is for your own network only. Nothing was changed."
    )]
    Open,
    #[error("There are {MOST} webhooks already. Remove one first; nothing was changed.")]
    Many,
    #[error("There is no such webhook any more.")]
    Gone,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Alerts {
    /// Adds a webhook. Returns its number and its secret, which is told this once.
    ///
    /// # Errors
    ///
    /// [`WebhookError`] says what is in the way; then nothing changes.
    pub async fn add_webhook(&self, wanted: Wanted) -> Result<(i64, String), WebhookError> {
        let there = Destination::parse(&wanted.url).filter(|there| there.url.len() <= MAX_URL_CHARS);
        let there = there.ok_or(WebhookError::NoAddress)?;
        if !there.encrypted && !wanted.private {
            return Err(WebhookError::Open);
        }
        if self.webhooks().await?.len() >= MOST {
            return Err(WebhookError::Many);
        }
        let form = wanted.form.unwrap_or_else(|| usual_form(&there));
        let plan = WebhookPlan {
            host: there.host,
            form,
            private: wanted.private,
            lang: wanted.lang.code().to_owned(),
        };
        let secret = new_secret();
        let access = Access { url: there.url, secret: secret.clone() };
        Ok((self.0.parts.store.add_webhook(plan, access).await?, secret))
    }

    /// # Errors
    ///
    /// If the store cannot be read.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        self.0.parts.store.webhooks().await
    }

    /// The newest deliveries, newest first.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub async fn deliveries(&self) -> Result<Vec<Delivery>, StoreError> {
        self.0.parts.store.deliveries().await
    }

    /// # Errors
    ///
    /// [`WebhookError::Gone`], or if it cannot be stored.
    pub async fn remove_webhook(&self, id: i64) -> Result<(), WebhookError> {
        if self.0.parts.store.remove_webhook(id).await? { Ok(()) } else { Err(WebhookError::Gone) }
    }

    /// Switches a webhook on or off.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Gone`], or if it cannot be stored.
    pub async fn enable_webhook(&self, id: i64, enabled: bool) -> Result<(), WebhookError> {
        if self.0.parts.store.enable_webhook(id, enabled).await? { Ok(()) } else { Err(WebhookError::Gone) }
    }

    /// Has a webhook told that it works, by the way of every alert.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Gone`], or if it cannot be stored.
    pub async fn test_webhook(&self, id: i64, creator: Handle) -> Result<(), WebhookError> {
        let now = self.0.parts.clock.wall();
        if !self.0.parts.store.add_test(id, creator, new_message(), now).await? {
            return Err(WebhookError::Gone);
        }
        self.0.waiting.notify_one();
        Ok(())
    }
}

/// Discord's own addresses want Discord's form.
fn usual_form(there: &Destination) -> Form {
    let discord = matches!(
        there.host.as_str(),
        "discord.com" | "discordapp.com" | "ptb.discord.com" | "canary.discord.com"
    );
    if discord && there.path.starts_with("/api/webhooks/") { Form::Discord } else { Form::Json }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discords_own_addresses_are_told_in_its_form() {
        for (url, form) in [
            ("https://discord.com/api/webhooks/1/token", Form::Discord),
            ("https://canary.discord.com/api/webhooks/1/token", Form::Discord),
            ("https://discord.com/", Form::Json),
            ("https://discord.com.example.org/api/webhooks/1/token", Form::Json),
            ("https://example.org/api/webhooks/1", Form::Json),
        ] {
            assert_eq!(usual_form(&Destination::parse(url).expect("an address")), form, "{url}");
        }
    }
}
