//! What the list of sessions is asked to show, as its address says it.

use crate::domain::handle::Handle;
use crate::domain::remark::Tag;
use crate::reports::past::{Sort, Wanted};
use crate::web::address::Address;

/// Longer notes than this are not searched for.
const MOST_LETTERS: usize = 100;

/// The columns by which the list can be sorted, in their order, by their names in the address.
pub const SORTS: [(&str, Sort); 7] = [
    ("start", Sort::Start),
    ("length", Sort::Length),
    ("average", Sort::Average),
    ("peak", Sort::Peak),
    ("diamonds", Sort::Diamonds),
    ("follows", Sort::Follows),
    ("recorded", Sort::Coverage),
];

/// What is wanted, and what the best times are measured by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    pub wanted: Wanted,
    /// Best times by diamonds for each viewer-hour rather than by average viewers.
    pub by_value: bool,
}

impl View {
    /// Reads the parameters of an address; nonsense is what is usual. Without `money` nothing is
    /// sorted or coloured by it.
    #[must_use]
    pub fn parse<'p>(param: impl Fn(&str) -> &'p str, money: bool) -> Self {
        let sort = param("sort");
        let name = sort.strip_prefix('-').unwrap_or(sort);
        let known = SORTS.iter().find(|(known, _)| *known == name).map(|(_, sort)| *sort);
        let known = known.filter(|sort| money || *sort != Sort::Diamonds);
        let (from, to) = (param("from").parse().ok(), param("to").parse().ok());
        let (from, to) = if from > to && to.is_some() { (to, from) } else { (from, to) };
        Self {
            wanted: Wanted {
                creator: Handle::parse(param("creator")).ok(),
                from,
                to,
                notes: param("q").trim().chars().take(MOST_LETTERS).collect(),
                tag: Tag::parse(param("tag")),
                with_gifts: param("gifts") == "1",
                with_gaps: param("gaps") == "1",
                sort: known.unwrap_or_default(),
                ascending: known.is_some() && !sort.starts_with('-'),
                page: param("page").parse().unwrap_or(1).max(1),
            },
            by_value: money && param("heat") == "value",
        }
    }

    /// The address that says just this.
    #[must_use]
    pub fn address(&self) -> String {
        let wanted = &self.wanted;
        let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let on = |on: bool| if on { "1" } else { "" };
        Address::new("/sessions")
            .and("creator", wanted.creator.as_ref().map_or("", Handle::as_str))
            .and("from", &day(wanted.from))
            .and("to", &day(wanted.to))
            .and("q", &wanted.notes)
            .and("tag", wanted.tag.as_ref().map_or("", Tag::as_str))
            .and("gifts", on(wanted.with_gifts))
            .and("gaps", on(wanted.with_gaps))
            .and("heat", if self.by_value { "value" } else { "" })
            .and("sort", &self.sort_name())
            .and("page", &if wanted.page > 1 { wanted.page.to_string() } else { String::new() })
            .finish()
    }

    /// How the address names the order; empty for newest first.
    #[must_use]
    pub fn sort_name(&self) -> String {
        let wanted = &self.wanted;
        if wanted.sort == Sort::Start && !wanted.ascending {
            return String::new();
        }
        let name = SORTS.iter().find(|(_, sort)| *sort == wanted.sort).map_or("start", |(name, _)| name);
        format!("{}{name}", if wanted.ascending { "" } else { "-" })
    }

    /// Whether anything narrows the list.
    #[must_use]
    pub fn narrows(&self) -> bool {
        let wanted = &self.wanted;
        wanted.creator.is_some()
            || wanted.from.is_some()
            || wanted.to.is_some()
            || !wanted.notes.is_empty()
            || wanted.tag.is_some()
            || wanted.with_gifts
            || wanted.with_gaps
    }

    /// The same view on another page of the list.
    #[must_use]
    pub fn on_page(&self, page: usize) -> Self {
        Self { wanted: Wanted { page, ..self.wanted.clone() }, ..self.clone() }
    }

    /// The same view sorted by a column: once more chosen, the other way round.
    #[must_use]
    pub fn sorted_by(&self, sort: Sort) -> Self {
        let ascending = self.wanted.sort == sort && !self.wanted.ascending;
        Self { wanted: Wanted { sort, ascending, page: 1, ..self.wanted.clone() }, ..self.clone() }
    }

    /// The same view with the best times measured the one way or the other.
    #[must_use]
    pub fn measured(&self, by_value: bool) -> Self {
        Self { by_value, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str, money: bool) -> View {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let pairs: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let param =
            |name: &str| pairs.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        View::parse(param, money)
    }

    #[test]
    fn an_address_comes_back_as_it_was() {
        for address in [
            "/sessions",
            "/sessions?creator=mira&from=2026-10-01&to=2026-10-31&q=seru&tag=pk&gifts=1&gaps=1&heat=value&sort=-peak&page=3",
            "/sessions?sort=start",
            "/sessions?sort=recorded&page=2",
        ] {
            assert_eq!(read(address, true).address(), address);
        }
    }

    #[test]
    fn nonsense_and_what_is_usual_are_dropped() {
        for address in [
            "/sessions?sort=-start&page=1",
            "/sessions?sort=x&page=0&gifts=yes",
            "/sessions?from=soon&creator=%3C&heat=sun",
        ] {
            assert_eq!(
                read(address, true),
                View { wanted: Wanted { page: 1, ..Wanted::default() }, ..View::default() }
            );
            assert_eq!(read(address, true).address(), "/sessions");
        }
        let turned = read("/sessions?from=2026-10-31&to=2026-10-01", true);
        assert_eq!(turned.address(), "/sessions?from=2026-10-01&to=2026-10-31");
    }

    #[test]
    fn nobody_sorts_by_money_without_the_right_to_see_it() {
        assert_eq!(read("/sessions?sort=-diamonds&heat=value", false).address(), "/sessions");
    }

    #[test]
    fn a_column_chosen_twice_turns_the_order_round() {
        let once = read("/sessions?page=4", true).sorted_by(Sort::Peak);
        assert_eq!(once.address(), "/sessions?sort=-peak");
        assert_eq!(once.sorted_by(Sort::Peak).address(), "/sessions?sort=peak");
        assert_eq!(read("/sessions", true).sorted_by(Sort::Start).address(), "/sessions?sort=start");
    }
}
