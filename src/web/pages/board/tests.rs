//! What the leaderboard shows, to whom, and what it keeps to itself.

use super::panel::Panel;
use super::view::View;
use super::{BoardPage, Shown};
use crate::domain::access::Role;
use crate::domain::board::Standing;
use crate::domain::gift::{Known, ValueSource};
use crate::domain::ids::{GiftId, SessionId, UserId};
use crate::domain::remark::Tag;
use crate::reports::leaderboard::{Entry, Leaderboard, Movement};
use crate::reports::person::PersonReport;
use crate::store::archives::Left;
use crate::store::people::Person;
use crate::store::person::{Gave, PersonSession};
use crate::web::look::Look;
use crate::web::pages::samples::{self, NAMES, NOW, look, visit_of};
use crate::web::pages::shell::Visit;
use crate::web::sight::{Moneyless, Sight, WithMoney};
use crate::words::Lang;
use askama::Template as _;

const HOUR_MS: i64 = 3_600_000;

fn entry(index: usize) -> Entry {
    let (nickname, handle, diamonds, gift) = NAMES[index];
    Entry {
        standing: Standing {
            user: UserId(100 + index as i64),
            rank: index as u32 + 1,
            diamonds,
            diamonds_to_creator: diamonds - 40,
            by_tier: [diamonds / 4, diamonds / 4, diamonds - diamonds / 4 * 2],
            units: 7,
            gift_types: 3,
            biggest_gift: GiftId(5655),
            biggest_diamonds: 100,
            sessions: 2,
            first_gift_at: NOW - 50 * HOUR_MS,
            last_gift_at: NOW - 2 * HOUR_MS,
            last_seen: NOW - HOUR_MS,
            estimated: index == 1,
        },
        place: index as u32 + 1,
        display_id: handle.to_owned(),
        nickname: nickname.to_owned(),
        biggest_gift_name: gift.to_owned(),
        movement: [Movement::New, Movement::Up(2), Movement::Down(1), Movement::Same][index % 4],
        tags: if index == 0 { Tag::list("vip") } else { Vec::new() },
    }
}

fn board() -> Leaderboard {
    let entries: Vec<Entry> = (0..NAMES.len()).map(entry).collect();
    Leaderboard {
        chosen: Some(entry(0)),
        found: 120,
        gifters: 120,
        sessions: 9,
        diamonds: 20_000,
        of_first_three: 4_832,
        is_compared: true,
        estimated: true,
        entries,
        left: Left { sessions: 2, archives: vec!["pasut-a".to_owned(), "pasut-b".to_owned()] },
    }
}

fn report() -> PersonReport {
    let session = |days_ago: i64, diamonds: i64| PersonSession {
        session: SessionId(days_ago),
        recorded_from: NOW - days_ago * 24 * HOUR_MS,
        seen: Some((NOW - days_ago * 24 * HOUR_MS + 20 * 60_000, NOW)),
        gave: (diamonds > 0).then_some(Gave { units: diamonds / 10, diamonds, estimated: false }),
    };
    let mut by_source = [0; ValueSource::ALL.len()];
    by_source[ValueSource::Event as usize] = 2080;
    by_source[ValueSource::List as usize] = 60;
    let (nickname, handle, ..) = NAMES[0];
    PersonReport {
        person: Person {
            id: UserId(100),
            display_id: handle.to_owned(),
            nickname: nickname.to_owned(),
            avatar_url: String::new(),
            first_seen: NOW - 900 * HOUR_MS,
            last_seen: NOW,
        },
        earlier_names: vec![("rani_old".to_owned(), "Ranii".to_owned(), NOW - 500 * HOUR_MS)],
        note: "Likes Rani Putri jokes".to_owned(),
        tags: Tag::list("vip, team rani"),
        sessions: vec![session(1, 640), session(2, 0), session(3, 1500)],
        came: 3,
        arrives_ms: Some((20 * 60_000, 35 * 60_000)),
        units: 214,
        diamonds: 2140,
        estimated: true,
        by_source,
        favourite: Some(("Corgi".to_owned(), 38)),
    }
}

/// The page of `query`, with the panel of the first.
pub fn page<S: Sight>(look: Look, query: &str) -> String {
    let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let view = View::parse(
        |name| pairs.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value),
        S::MONEY,
    );
    let (watched, creator, board) = (Vec::new(), samples::creator(), board());
    let visit: Visit<S> = visit_of(look, &watched, &creator);
    let panel = view.who.map(|_| Panel::new(&report(), 1, &view, false, &look));
    let days = view.days(NOW, look.zone);
    let shown = Shown {
        view: &view,
        board: &board,
        days,
        session: None,
        sessions: &[],
        running: false,
        panel,
        known: Known { diamonds: [900, 0, 100, 0, 0], unpriced_units: 0 },
        erased: false,
        copies: Vec::new(),
    };
    BoardPage::new(&visit, shown).render().expect("renders")
}

#[test]
fn nothing_is_shown_before_the_whole_table_is_there() {
    let shown = page::<WithMoney>(look(Lang::En), "");
    let (head, body) = shown.split_once("</head>").expect("a head");
    assert!(head.contains(r##"<link rel="expect" href="#foot" blocking="render">"##));
    let (before, _) = body.split_once(r#"id="foot""#).expect("what is waited for");
    assert!(before.contains("</table>"));
}

#[test]
fn hidden_names_are_nowhere_on_the_page() {
    for lang in Lang::ALL {
        let shown = page::<WithMoney>(look(lang), "who=100");
        let hidden = page::<WithMoney>(look(lang), "who=100&hide=1");
        for text in ["Rani", "rani", "vip", "@", "nadia"] {
            assert!(shown.contains(text), "{text} is shown otherwise");
            // The placeholder of the search says what may be typed, and the top bar whose page it is.
            let rows = &hidden[hidden.find("with-side").expect("the board")..];
            assert!(!rows.contains(text), "{text} came through in {}", lang.code());
        }
        assert!(hidden.contains("Fan #4") && hidden.contains("Fan #1</bdi></h2>"), "{hidden}");
        assert!(!hidden.contains("/people/"), "neither note nor erasing, which name them");
    }
}

#[test]
fn a_heading_sorts_and_at_the_second_press_the_other_way() {
    let page_by = |query: &str| page::<WithMoney>(look(Lang::En), query);
    let usual = page_by("");
    assert!(
        usual.contains(
            "aria-sort=\"descending\"><a id=\"sort-diamonds\" href=\"/leaderboards?sort=diamonds\""
        )
    );
    assert!(usual.contains("<a id=\"sort-gifts\" href=\"/leaderboards?sort=-gifts\""));
    assert!(usual.contains("<a id=\"sort-name\" href=\"/leaderboards?sort=name\""));
    let by_gifts = page_by("sort=-gifts&q=ana&page=2");
    assert!(
        by_gifts.contains("<a id=\"sort-gifts\" href=\"/leaderboards?q=ana&#38;sort=gifts\""),
        "filters stay"
    );
    assert!(by_gifts.contains("<a id=\"sort-diamonds\" href=\"/leaderboards?q=ana\""));
}

#[test]
fn ranks_say_where_they_came_from() {
    let page = page::<WithMoney>(look(Lang::En), "");
    assert!(page.contains("<small class=\"muted\">new</small>"));
    assert!(page.contains("<span aria-hidden=\"true\">▲2</span><span class=\"vh\">up 2</span>"));
    assert!(page.contains("<span aria-hidden=\"true\">▼1</span><span class=\"vh\">down 1</span>"));
    assert!(page.contains("▲▼ against the 30 days before."));
    assert!(page.contains("1 to 10 of 120.") && page.contains("/leaderboards?page=2"));
}

#[test]
fn the_panel_says_how_sure_the_diamonds_are_and_when_somebody_comes() {
    let page = page::<WithMoney>(look(Lang::En), "who=100");
    for text in [
        "97.2% exact · 2.8% from list",
        "3 of 3 sessions",
        "20 to 35 min in",
        "Corgi</bdi>, 38 times",
        "Ranii @rani_old",
        "Diamonds of Rani Putri in the last 3 sessions",
        "value=\"team rani, vip\"",
    ] {
        assert!(page.contains(text), "{text} is missing in {page}");
    }
}

#[test]
fn who_may_not_see_money_gets_ranks_gifts_and_counts() {
    let moderator = Look { role: Role::Moderator, ..look(Lang::En) };
    let page = page::<Moneyless>(moderator, "who=100&min=500&tier=premium&sort=-tiers");
    for absent in ["◆", "≈", "name=\"min\"", "name=\"tier\"", "class=\"bar\"", "premium", "2,140", "1,500"]
    {
        assert!(!page.contains(absent), "{absent} came through");
    }
    assert!(page.contains("Galaxy") && page.contains("Gifts of Rani Putri in the last 3 sessions"));
    assert!(page.contains("Likes Rani Putri jokes"), "notes are for moderators");
}
