//! Sentences in English and Indonesian, from `locales/`, with the plural rules of each language.
//!
//! It knows no page and no number of its own: whoever shows or writes something to a person asks it
//! for the words. Used by `web` and `export`.

pub mod numbers;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    #[default]
    En,
    Id,
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::En, Self::Id];

    /// The code used in `lang` attributes, cookies and addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Id => "id",
        }
    }

    /// The language's name in itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Id => "Bahasa Indonesia",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// The first language of an `Accept-Language` header that Pasut speaks.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let codes = header.split(',').filter_map(|part| part.trim().split([';', '-']).next());
        // `in` is what old Android devices send for Indonesian.
        let spoken = codes.map(|code| if code == "in" { "id" } else { code });
        spoken.filter_map(Self::parse).next().unwrap_or_default()
    }
}

/// Everything Pasut says in one language. Built once; asking is cheap and needs no lock.
pub struct Words {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    #[must_use]
    pub fn of(lang: Lang) -> &'static Self {
        static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::read(Lang::En));
        static INDONESIAN: LazyLock<Words> = LazyLock::new(|| Words::read(Lang::Id));
        match lang {
            Lang::En => &ENGLISH,
            Lang::Id => &INDONESIAN,
        }
    }

    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// The words of a message without arguments.
    #[must_use]
    pub fn t(&self, key: &str) -> Cow<'_, str> {
        self.say(key, None)
    }

    /// A message with its arguments. Numbers are written by the rules of the language.
    #[must_use]
    pub fn with<'a, const N: usize>(&self, key: &str, args: [(&'a str, FluentValue<'a>); N]) -> String {
        self.say(key, Some(&args.into_iter().collect())).into_owned()
    }

    fn say<'a>(&'a self, key: &str, args: Option<&'a FluentArgs<'a>>) -> Cow<'a, str> {
        let pattern = self.bundle.get_message(key).and_then(|message| message.value());
        let Some(pattern) = pattern else {
            // A test finds every key that is used and not there; a reader still sees the page.
            return Cow::Owned(key.to_owned());
        };
        self.bundle.format_pattern(pattern, args, &mut Vec::new())
    }

    fn read(lang: Lang) -> Self {
        let id: LanguageIdentifier = lang.code().parse().expect("both codes are language tags");
        let formatter: Formatter = match lang {
            Lang::En => |value, _| number(Lang::En, value),
            Lang::Id => |value, _| number(Lang::Id, value),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Names are isolated in the page with <bdi>; marks inside sentences would be copied along.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(formatter));
        for path in Files::iter().filter(|path| path.starts_with(lang.code())) {
            let file = Files::get(&path).expect("listed just now");
            let text = String::from_utf8(file.data.into_owned()).expect("locale files are UTF-8");
            let resource = FluentResource::try_new(text).expect("a test reads every locale file");
            bundle.add_resource(resource).expect("a test finds keys that are there twice");
        }
        Self { lang, bundle }
    }
}

type Formatter = fn(&FluentValue, &intl_memoizer::concurrent::IntlLangMemoizer) -> Option<String>;

fn number(lang: Lang, value: &FluentValue) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(numbers::count(lang, number.value.round() as i64)),
        _ => None,
    }
}

#[derive(RustEmbed)]
#[folder = "locales/"]
struct Files;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    /// Every key of a language with the variables its message uses.
    fn keys(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
        let mut keys = BTreeMap::new();
        for path in Files::iter().filter(|path| path.starts_with(lang.code())) {
            let text =
                String::from_utf8(Files::get(&path).expect("listed").data.into_owned()).expect("UTF-8");
            let mut key = String::new();
            for line in text.lines() {
                if let Some((name, _)) =
                    line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
                {
                    key = name.to_owned();
                    assert!(
                        keys.insert(key.clone(), BTreeSet::new()).is_none(),
                        "{path}: {key} is there twice"
                    );
                }
                for part in line.split('$').skip(1) {
                    let variable =
                        part.split(|c: char| !c.is_alphanumeric()).next().expect("split gives one");
                    keys.get_mut(&key).expect("a variable stands in a message").insert(variable.to_owned());
                }
            }
        }
        keys
    }

    fn sources() -> String {
        let mut text = String::new();
        for folder in ["templates", "src/web", "src/export", "src/alerts"] {
            gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut text);
        }
        text
    }

    fn gather(folder: &Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).expect("the package's own folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                gather(&path, text);
            } else {
                text.push_str(&std::fs::read_to_string(&path).expect("text"));
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_keys_and_variables() {
        assert_eq!(keys(Lang::En), keys(Lang::Id));
    }

    #[test]
    fn every_key_is_used_and_every_used_key_exists() {
        let keys = keys(Lang::En);
        let sources = sources();
        let unused: Vec<_> = keys.keys().filter(|key| !sources.contains(&format!("\"{key}\""))).collect();
        assert!(unused.is_empty(), "never used: {unused:?}");
        let asked = sources.split(".t(\"").skip(1).chain(sources.split(".with(\"").skip(1));
        let asked = asked.filter_map(|rest| rest.split_once('"').map(|(key, _)| key));
        let missing: BTreeSet<_> =
            asked.filter(|key| !key.contains(' ') && !keys.contains_key(*key)).collect();
        assert!(missing.is_empty(), "not in the locale files: {missing:?}");
    }

    #[test]
    fn plurals_and_numbers_follow_the_language() {
        let gifts = |lang, n: i64| Words::of(lang).with("gifts-count", [("n", n.into())]);
        assert_eq!(gifts(Lang::En, 1), "1 gift");
        assert_eq!(gifts(Lang::En, 1046), "1,046 gifts");
        assert_eq!(gifts(Lang::Id, 1046), "1.046 gift");
        assert_eq!(gifts(Lang::Id, 1_200_000_000), "1,2 M gift", "M is miliar");
    }

    #[test]
    fn a_browser_that_asks_for_indonesian_gets_it() {
        for (header, lang) in [
            ("id-ID,id;q=0.9,en;q=0.8", Lang::Id),
            ("in", Lang::Id),
            ("de-DE,en;q=0.5", Lang::En),
            ("fr,id;q=0.2", Lang::Id),
            ("", Lang::En),
        ] {
            assert_eq!(Lang::accepted(header), lang, "{header}");
        }
    }
}
