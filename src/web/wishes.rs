//! What somebody asks to have exported, as a form or as JSON says it.

use crate::domain::days::Days;
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::export::request::{Format, Request, Scope, Section, Separator};
use crate::web::error::Trouble;
use crate::web::look::Look;
use crate::words::Lang;
use chrono::NaiveDate;
use serde::Deserialize;

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
    pub sections: Vec<String>,
    pub zone: String,
    pub lang: String,
    pub hide_names: bool,
    /// Diamonds, for those who may see them.
    pub money: bool,
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
            sections: sections.map(|(_, value)| value.clone()).collect(),
            zone: text("zone"),
            lang: text("lang"),
            hide_names: !text("hide_names").is_empty(),
            money: !sent || !text("money").is_empty(),
        }
    }

    /// The request that they are.
    ///
    /// # Errors
    ///
    /// [`Trouble::Invalid`] for the first one that cannot be met.
    pub fn request(&self, look: &Look, now: Stamp) -> Result<Request, Trouble> {
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
        Ok(Request {
            scope,
            creator,
            zone,
            lang,
            format: match self.format.as_str() {
                "" | "xlsx" => Format::Xlsx,
                "csv" => Format::Csv(Separator::usual(lang)),
                "json" => Format::Json,
                _ => return Err(Trouble::invalid("format", "must be xlsx, csv or json")),
            },
            sections,
            hide_names: self.hide_names,
            money: self.money,
            rates: Some(look.rates),
            at: now,
        })
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
        let request = form(&[]).request(&samples::look(Lang::En), NOW).expect("valid");
        let Scope::Days(days) = request.scope else { panic!("days") };
        assert_eq!((days.count(), days.last_day().to_string().as_str()), (30, "2026-11-22"));
        assert_eq!((request.format, request.money, request.hide_names), (Format::Xlsx, true, false));
        assert_eq!(request.sections, Section::usual());
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
        let request = wishes.request(&look, NOW).expect("valid");
        assert_eq!(request.sections, [Section::Gifts, Section::Gaps]);
        assert_eq!(request.format, Format::Csv(Separator::Semicolon));
        assert_eq!(request.creator.map(|creator| creator.to_string()).as_deref(), Some("mira"));
        assert!(request.money && request.hide_names);
        assert!(!form(&[("format", "json")]).money, "a box that is not ticked is not sent");
    }

    #[test]
    fn what_cannot_be_met_is_named() {
        for (name, value, says) in [
            ("from", "yesterday", "from"),
            ("from", "2027-01-01", "from"),
            ("zone", "Mars/Olympus", "zone"),
            ("format", "docx", "format"),
            ("section", "secrets", "sections"),
            ("creator", "a b", "creator"),
        ] {
            match form(&[(name, value)]).request(&samples::look(Lang::En), NOW) {
                Err(Trouble::Invalid { parameter, .. }) => assert_eq!(parameter, says),
                other => panic!("{name}={value}: {other:?}"),
            }
        }
    }
}
