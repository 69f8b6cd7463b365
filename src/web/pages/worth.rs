//! The sign `≈` before a number of diamonds, as a button that says how their values are known. Without
//! script: the browser opens the text above the page, closes it by Esc, and shows it to a pointer.

use crate::domain::gift::{Known, ValueSource};
use crate::web::look::Look;
use crate::web::views;
use askama::Template;

/// Put it where the sign would stand, as `{{ worth|safe }}`.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "fragments/worth.html")]
pub struct Worth {
    /// Of the text, once a page.
    id: &'static str,
    shares: String,
}

impl Worth {
    /// `None` if every value is exact. Only for those who may see money.
    #[must_use]
    pub fn new(id: &'static str, known: &Known, look: &Look) -> Option<Self> {
        known.is_estimated().then(|| Self { id, shares: shares(known, look) })
    }
}

/// `97.2% exact · 2.1% from list · 0.7% estimated`, and how many gifts have no price.
#[must_use]
pub fn shares(known: &Known, look: &Look) -> String {
    let w = look.words();
    let total = known.total().max(1) as f64;
    let share = |source: ValueSource| {
        let diamonds = known.diamonds[source as usize];
        (diamonds > 0).then(|| {
            format!("{} {}", views::percent(look.lang, diamonds as f64 / total), w.t(source_key(source)))
        })
    };
    let unpriced =
        (known.unpriced_units > 0).then(|| w.with("unpriced-count", [("n", known.unpriced_units.into())]));
    ValueSource::ALL.into_iter().filter_map(share).chain(unpriced).collect::<Vec<_>>().join(" · ")
}

/// The words for how a price is known.
#[must_use]
pub const fn source_key(source: ValueSource) -> &'static str {
    match source {
        ValueSource::Event => "source-event",
        ValueSource::Learned => "source-learned",
        ValueSource::List => "source-list",
        ValueSource::Estimate => "source-estimate",
        ValueSource::Unknown => "source-unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::samples;
    use crate::words::Lang;

    #[test]
    fn an_estimate_says_what_it_is_made_of_and_an_exact_number_says_nothing() {
        let known = Known { diamonds: [972, 0, 21, 7, 0], unpriced_units: 0 };
        let said = |known: &Known, lang| Worth::new("w", known, &samples::look(lang));
        let shown = said(&known, Lang::En).expect("an estimate").render().expect("renders");
        assert!(shown.contains(r#"title="97.2% exact · 2.1% from list · 0.7% estimated""#), "{shown}");
        assert!(
            shown.contains(r#"popovertarget="w""#) && shown.contains(r#"id="w" popover>97.2%"#),
            "{shown}"
        );
        let shown = said(&known, Lang::Id).expect("an estimate").shares;
        assert_eq!(shown, "97,2% tepat · 2,1% dari daftar · 0,7% perkiraan");
        assert_eq!(said(&Known { diamonds: [972, 0, 0, 0, 0], unpriced_units: 0 }, Lang::En), None);
        let unpriced = said(&Known { diamonds: [0; 5], unpriced_units: 2 }, Lang::En).expect("not known");
        assert_eq!(unpriced.shares, "2 gifts have no price and count as 0.");
    }
}
