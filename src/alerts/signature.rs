//! Signatures by the open standard for webhooks (standardwebhooks.com), so that receivers find a library for
//! them in every language: HMAC-SHA256 over id, time and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

/// What secrets begin with, so that they are recognised where they leak.
const PREFIX: &str = "whsec_";

/// A secret that nobody can guess.
#[must_use]
pub fn new_secret() -> String {
    format!("{PREFIX}{}", STANDARD.encode(rand::random::<[u8; 32]>()))
}

/// The signature of a body that is sent as `message` at `seconds`; `None` if `secret` is none of ours.
#[must_use]
pub fn sign(secret: &str, message: &str, seconds: i64, body: &[u8]) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &key));
    context.update(format!("{message}.{seconds}.").as_bytes());
    context.update(body);
    Some(format!("v1,{}", STANDARD.encode(context.sign())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_has_its_known_signature() {
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signature.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_secret_is_long_new_each_time_and_its_own() {
        let (one, other) = (new_secret(), new_secret());
        assert!(one != other && one.len() == PREFIX.len() + 44, "{}", one.len());
        let sign = |secret: &str| sign(secret, "msg_1", 1, b"{}");
        assert!(sign(&one).is_some() && sign(&one) != sign(&other));
        assert_eq!(sign("hunter2"), None);
    }
}
