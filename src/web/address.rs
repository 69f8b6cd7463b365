//! Addresses of our own pages: a path, and what departs from the usual.

use std::fmt::Write;

/// An address that grows parameter by parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    #[must_use]
    pub fn new(path: &str) -> Self {
        Self(path.to_owned())
    }

    /// Adds a parameter; an empty one is left out.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        if value.is_empty() {
            return self;
        }
        self.0.push(if self.0.contains('?') { '&' } else { '?' });
        self.0.push_str(name);
        self.0.push('=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    self.0.push(char::from(byte));
                }
                b' ' => self.0.push('+'),
                _ => write!(self.0, "%{byte:02X}").expect("writing to a string"),
            }
        }
        self
    }

    #[must_use]
    pub fn finish(self) -> String {
        self.0
    }
}

/// `text` if it is an address on this very site: a path, no other host, and nothing a header cannot hold.
#[must_use]
pub fn local_path(text: &str) -> Option<&str> {
    let is_ours = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\');
    (is_ours && text.bytes().all(|byte| byte.is_ascii_graphic())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for ours in ["/", "/live?creator=mira", "/sessions/7#t"] {
            assert_eq!(local_path(ours), Some(ours));
        }
        for other in [
            "",
            "live",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nSet-Cookie: x",
            "/\t/evil.example",
            "/é",
        ] {
            assert_eq!(local_path(other), None, "{other:?}");
        }
    }

    #[test]
    fn what_is_usual_is_left_out_and_what_is_typed_cannot_add_parameters() {
        let address = Address::new("/sessions").and("creator", "").and("q", "seru & 100%é").and("page", "2");
        assert_eq!(address.finish(), "/sessions?q=seru+%26+100%25%C3%A9&page=2");
        assert_eq!(Address::new("/sessions").and("q", "").finish(), "/sessions");
    }
}
