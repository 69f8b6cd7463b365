//! What somebody asks to have exported, as a form or as JSON says it.

use crate::domain::days::Days;
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::export::request::{Format, Request, Scope, Section, Separator};
use crate::export::{self, Estimate, ExportError, Progress, Written};
use crate::store::Store;
use crate::web::error::Trouble;
use crate::web::look::Look;
use crate::web::saves::session::Each;
use crate::words::Lang;
use chrono::NaiveDate;
use serde::Deserialize;
use std::path::Path;
use tokio_util::sync::CancellationToken;

/// Days, if nothing is said.
const USUAL_DAYS: u32 = 30;

/// All texts are empty, and all lists too, where nothing is said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wishes {
    pub from: String,
    pub to: String,
    pub session: String,
    pub creator: String,
    pub format: String,
    /// Between the fields of CSV.
    pub separator: String,
    pub sections: Vec<String>,
    pub zone: String,
    pub lang: String,
    pub hide_names: bool,
    /// Diamonds, for those who may see them.
    pub money: bool,
}

/// A file that somebody wants to have.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub request: Request,
    /// What is drawn of each session in place of tables; the format and sections of `request` then say nothing.
    pub each: Option<Each>,
}

impl Wanted {
    /// `pasut-mira-2026-11-01-to-2026-11-22.xlsx`: of letters, digits, dots, underscores and dashes.
    #[must_use]
    pub fn name(&self) -> String {
        let what = match self.request.scope {
            Scope::Session(id) => format!("session-{id}"),
            Scope::Days(days) => format!("{}-to-{}", days.first_day(), days.last_day()),
        };
        let creator = self.request.creator.as_ref().map_or(String::new(), |creator| format!("{creator}-"));
        let extension = self.each.map_or_else(
            || self.request.extension(),
            |each| match self.request.scope {
                Scope::Session(_) => each.extension(),
                Scope::Days(_) => "zip",
            },
        );
        format!("pasut-{creator}{what}.{extension}")
    }

    /// What the file is, for HTTP.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        match (self.each, self.request.scope) {
            (None, _) => self.request.media_type(),
            (Some(each), Scope::Session(_)) => each.media_type(),
            (Some(_), Scope::Days(_)) => "application/zip",
        }
    }

    /// How large the file will be.
    ///
    /// # Errors
    ///
    /// As [`Wanted::write`], before anything is written.
    pub async fn estimate(&self, store: &Store) -> Result<Estimate, ExportError> {
        match self.each {
            Some(each) => export::estimate_each(store, &self.request, each.bytes(self.request.scope)).await,
            None => export::estimate(store, &self.request).await,
        }
    }

    /// Writes the file to `path`, in place of what is there.
    ///
    /// # Errors
    ///
    /// Any [`ExportError`]; then there is no file.
    pub async fn write(
        &self,
        store: &Store,
        path: &Path,
        progress: impl FnMut(Progress) + Send + 'static,
        cancel: &CancellationToken,
    ) -> Result<Written, ExportError> {
        match self.each {
            Some(each) => {
                let draw = each.drawing(store.clone(), self.request.clone());
                export::write_each(store, &self.request, path, progress, cancel, draw).await
            }
            None => export::write(store, &self.request, path, progress, cancel).await,
        }
    }
}

impl Wishes {
    /// The wishes of a form; a box that is not ticked is not sent.
    #[must_use]
    pub fn of_form(fields: &[(String, String)]) -> Self {
        let text = |name: &str| {
            let found = fields.iter().rev().find(|(known, _)| known == name);
            found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let sections = fields.iter().filter(|(name, _)| name == "section");
        // A page that was only just opened has no boxes yet: then money is on.
        let sent = !text("format").is_empty();
        Self {
            from: text("from"),
            to: text("to"),
            session: text("session"),
            creator: text("creator"),
            format: text("format"),
            separator: text("separator"),
            sections: sections.map(|(_, value)| value.clone()).collect(),
            zone: text("zone"),
            lang: text("lang"),
            hide_names: !text("hide_names").is_empty(),
            money: !sent || !text("money").is_empty(),
        }
    }

    /// The file that they are about.
    ///
    /// # Errors
    ///
    /// [`Trouble::Invalid`] for the first one that cannot be met.
    pub fn wanted(&self, look: &Look, now: Stamp) -> Result<Wanted, Trouble> {
        let zone = match self.zone.as_str() {
            "" => look.zone,
            zone => zone
                .parse()
                .map_err(|_| Trouble::invalid("zone", "must be a time zone such as Asia/Jakarta"))?,
        };
        let lang = Lang::parse(&self.lang).unwrap_or(look.lang);
        let creator = match self.creator.as_str() {
            "" => None,
            name => Some(Handle::parse(name).map_err(|err| Trouble::invalid("creator", &err.to_string()))?),
        };
        let section = |name: &String| {
            Section::parse(name).ok_or_else(|| {
                let known = Section::ALL.map(Section::as_str).join(", ");
                Trouble::invalid("sections", &format!("must be some of {known}"))
            })
        };
        let sections = match self.sections.as_slice() {
            [] => Section::usual(),
            named => named.iter().map(section).collect::<Result<_, _>>()?,
        };
        let scope = match self.session.as_str() {
            "" => Scope::Days(self.days(zone, now)?),
            id => Scope::Session(id.parse::<SessionId>().map_err(|_| Trouble::no_session())?),
        };
        let separator = match self.separator.as_str() {
            "" => Separator::usual(lang),
            "comma" => Separator::Comma,
            "semicolon" => Separator::Semicolon,
            _ => return Err(Trouble::invalid("separator", "must be comma or semicolon")),
        };
        let (format, each) = match self.format.as_str() {
            "" | "xlsx" => (Format::Xlsx, None),
            "csv" => (Format::Csv(separator), None),
            "json" => (Format::Json, None),
            "html" => (Format::Xlsx, Some(Each::Report)),
            "png" => (Format::Xlsx, Some(Each::Chart)),
            _ => return Err(Trouble::invalid("format", "must be xlsx, csv, json, html or png")),
        };
        let (hide_names, money, rates) = (self.hide_names, self.money, Some(look.rates));
        let request =
            Request { scope, creator, zone, lang, format, sections, hide_names, money, rates, at: now };
        Ok(Wanted { request, each })
    }

    fn days(&self, zone: chrono_tz::Tz, now: Stamp) -> Result<Days, Trouble> {
        let usual = Days::last(USUAL_DAYS, now, zone);
        let day = |name: &str, text: &str, usual: NaiveDate| match text {
            "" => Ok(usual),
            text => text.parse().map_err(|_| Trouble::invalid(name, "must be a date such as 2026-11-22")),
        };
        let to = day("to", &self.to, usual.last_day())?;
        let from = day("from", &self.from, usual.first_day().min(to))?;
        Days::new(from, to).ok_or_else(|| Trouble::invalid("from", "must not be after to"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::samples;

    fn form(fields: &[(&str, &str)]) -> Wishes {
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Wishes::of_form(&fields)
    }

    /// 2026-11-22 12:30 UTC.
    const NOW: Stamp = Stamp(1_795_350_600_000);

    #[test]
    fn without_wishes_it_is_a_workbook_of_thirty_days_with_money() {
        let Wanted { request, each } = form(&[]).wanted(&samples::look(Lang::En), NOW).expect("valid");
        let Scope::Days(days) = request.scope else { panic!("days") };
        assert_eq!((days.count(), days.last_day().to_string().as_str()), (30, "2026-11-22"));
        assert_eq!((request.format, request.money, request.hide_names), (Format::Xlsx, true, false));
        assert_eq!((request.sections, each), (Section::usual(), None));
    }

    #[test]
    fn a_form_says_what_is_wanted() {
        let wishes = form(&[
            ("from", "2026-11-01"),
            ("to", "2026-11-02"),
            ("creator", "@Mira"),
            ("format", "csv"),
            ("section", "gifts"),
            ("section", "gaps"),
            ("hide_names", "1"),
            ("money", "1"),
            ("zone", "Asia/Makassar"),
        ]);
        let look = samples::look(Lang::Id);
        let request = wishes.wanted(&look, NOW).expect("valid").request;
        assert_eq!(request.sections, [Section::Gifts, Section::Gaps]);
        assert_eq!(request.format, Format::Csv(Separator::Semicolon));
        assert_eq!(request.creator.map(|creator| creator.to_string()).as_deref(), Some("mira"));
        assert!(request.money && request.hide_names);
        assert!(!form(&[("format", "json")]).money, "a box that is not ticked is not sent");
    }

    #[test]
    fn fields_of_csv_are_parted_as_the_language_does_unless_a_form_says_otherwise() {
        for (lang, separator, format) in [
            (Lang::En, "", Separator::Comma),
            (Lang::Id, "", Separator::Semicolon),
            (Lang::En, "semicolon", Separator::Semicolon),
            (Lang::Id, "comma", Separator::Comma),
        ] {
            let wishes = form(&[("format", "csv"), ("separator", separator)]);
            let wanted = wishes.wanted(&samples::look(lang), NOW).expect("valid");
            assert_eq!(wanted.request.format, Format::Csv(format), "{separator}");
        }
    }

    #[test]
    fn a_file_is_called_after_what_it_is_of_and_ends_as_what_it_is() {
        let days = [("from", "2026-11-01"), ("to", "2026-11-22"), ("creator", "mira")];
        let of_days = "pasut-mira-2026-11-01-to-2026-11-22";
        for (format, fields, name, media_type) in [
            ("json", &days[..], format!("{of_days}.json"), "application/json"),
            ("html", &days, format!("{of_days}.zip"), "application/zip"),
            ("png", &days, format!("{of_days}.zip"), "application/zip"),
            ("html", &[("session", "7")], "pasut-session-7.html".to_owned(), "text/html; charset=utf-8"),
            ("png", &[("session", "7")], "pasut-session-7.png".to_owned(), "image/png"),
        ] {
            let fields = [fields, &[("format", format)]].concat();
            let wanted = form(&fields).wanted(&samples::look(Lang::En), NOW).expect("valid");
            assert_eq!((wanted.name(), wanted.media_type()), (name, media_type));
        }
    }

    #[test]
    fn what_cannot_be_met_is_named() {
        for (name, value, says) in [
            ("from", "yesterday", "from"),
            ("from", "2027-01-01", "from"),
            ("zone", "Mars/Olympus", "zone"),
            ("format", "docx", "format"),
            ("separator", "tab", "separator"),
            ("section", "secrets", "sections"),
            ("creator", "a b", "creator"),
        ] {
            match form(&[(name, value)]).wanted(&samples::look(Lang::En), NOW) {
                Err(Trouble::Invalid { parameter, .. }) => assert_eq!(parameter, says),
                other => panic!("{name}={value}: {other:?}"),
            }
        }
    }
}
