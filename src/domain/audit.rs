//! Who changed what: the words of the audit log.

use super::access::AccountName;
use super::time::Stamp;

/// What an entry is about is no longer, in characters.
const MAX_SUBJECT_CHARS: usize = 120;

/// Whoever did something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    Account(AccountName),
    /// A program with a token of this number.
    Token(i64),
    /// Somebody at the computer Pasut runs on, who did not have to log in.
    ThisComputer,
    /// `pasut user` or another command.
    Terminal,
    /// Not known: a login that failed.
    Nobody,
}

impl Who {
    /// As it is kept.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Account(name) => format!("account:{name}"),
            Self::Token(id) => format!("token:{id}"),
            Self::ThisComputer => "this_computer".to_owned(),
            Self::Terminal => "terminal".to_owned(),
            Self::Nobody => "nobody".to_owned(),
        }
    }

    /// Reads what [`Self::code`] writes.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        match (code, code.split_once(':')) {
            ("this_computer", _) => Some(Self::ThisComputer),
            ("terminal", _) => Some(Self::Terminal),
            ("nobody", _) => Some(Self::Nobody),
            (_, Some(("account", name))) => AccountName::parse(name).ok().map(Self::Account),
            (_, Some(("token", id))) => id.parse().ok().map(Self::Token),
            _ => None,
        }
    }
}

macro_rules! deeds {
    ($($deed:ident = $code:literal),* $(,)?) => {
        /// What somebody did.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Deed {
            $($deed,)*
        }

        impl Deed {
            pub const ALL: &[Self] = &[$(Self::$deed,)*];

            /// As it is kept, and as `locales` call it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$deed => $code,)*
                }
            }
        }
    };
}

deeds! {
    LoggedIn = "logged-in",
    LoginFailed = "login-failed",
    LoggedOut = "logged-out",
    DeviceRevoked = "device-revoked",
    AccountAdded = "account-added",
    AccountRemoved = "account-removed",
    PasswordChanged = "password-changed",
    TokenAdded = "token-added",
    TokenRevoked = "token-revoked",
    PinFailed = "pin-failed",
    SharingOn = "sharing-on",
    SharingOff = "sharing-off",
    SettingsChanged = "settings-changed",
    CreatorAdded = "creator-added",
    CreatorRemoved = "creator-removed",
    PersonErased = "person-erased",
    BackupMade = "backup-made",
    BackupRestored = "backup-restored",
    DataRemoved = "data-removed",
    Exported = "exported",
    Imported = "imported",
}

impl Deed {
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|deed| deed.as_str() == code)
    }
}

/// A line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was done last.
    pub at: Stamp,
    pub who: Who,
    pub what: Deed,
    /// To whom or what: a name, an address, a page of the settings. Never a secret.
    pub subject: String,
    /// How often within the hour.
    pub times: u32,
}

/// What an entry is about, as it is kept.
#[must_use]
pub fn subject(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_SUBJECT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_did_what_is_read_as_it_was_written() {
        let mira = AccountName::parse("mira").expect("valid");
        for who in [Who::Account(mira), Who::Token(7), Who::ThisComputer, Who::Terminal, Who::Nobody] {
            assert_eq!(Who::parse(&who.code()), Some(who));
        }
        for deed in Deed::ALL {
            assert_eq!(Deed::parse(deed.as_str()), Some(*deed));
        }
        assert_eq!((Who::parse("account:"), Who::parse("x"), Deed::parse("")), (None, None, None));
    }
}
