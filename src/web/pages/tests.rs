//! What pages must hold, whatever TikTok sends.

use super::alerts::{AlertsPage, Toasts};
use super::compare::view::View as CompareView;
use super::compare::{Chosen, ComparePage};
use super::creators::{AddCreator, CreatorsPage, Order};
use super::feed::{Feed, FeedNews};
use super::goals::GoalList;
use super::leaderboard::Leaderboard;
use super::live::{Beside, LivePage, View};
use super::pulse::Pulse;
use super::review::battles::Battles;
use super::review::gifts::Gifts;
use super::review::notes::Notes;
use super::review::people::People;
use super::review::quality::{Counted, Quality};
use super::review::timeline::{Explained, Timeline};
use super::review::{ReviewPage, Tab};
use super::samples::{self, HOSTILE, NOW, creator, look, visit, visit_of};
use super::sessions::{self, SessionsPage};
use super::settings::Told;
use super::shell::Visit;
use super::welcome::{Step, WelcomePage};
use crate::analytics::beside::Align;
use crate::domain::access::Role;
use crate::domain::answer::Level;
use crate::domain::gift::{TierLimits, ValueSource};
use crate::domain::goal::GoalState;
use crate::domain::ids::SessionId;
use crate::domain::remark::Tag;
use crate::domain::session::Gap;
use crate::domain::time::Stamp;
use crate::domain::watch::WatchState;
use crate::recorder::snapshot::{LiveSession, Snapshot};
use crate::reports::compare::Presets;
use crate::reports::review::SessionReview;
use crate::settings::goals::GoalError;
use crate::settings::preferences::Preferences;
use crate::store::streaks::StreakCounts;
use crate::web::look::Look;
use crate::web::sight::{Moneyless, Sight, WithMoney};
use crate::web::state::Progress;
use crate::words::Lang;
use askama::Template;
use std::sync::Arc;

fn beside() -> Beside {
    let goals = samples::goals().into_iter().filter(|goal| goal.state != GoalState::Draft).collect();
    Beside { goals, ..Beside::default() }
}

fn live_page(snapshot: Arc<Snapshot>, look: Look) -> String {
    let creator = creator();
    let watched = [snapshot];
    let page = LivePage::<WithMoney>::new(
        &visit(look, &watched, &creator),
        &watched[0],
        &View::parse("", ""),
        "",
        None,
        beside(),
    );
    page.and_then(|page| page.render()).expect("renders")
}

fn review_page(look: Look, tab: Tab) -> String {
    let creator = creator();
    let watched = [samples::snapshot(WatchState::Live, Some(samples::live()))];
    review_tab::<WithMoney>(&visit(look, &watched, &creator), &samples::review(), &samples::explained(), tab)
}

/// A tab of Review as somebody sees it.
fn review_tab<S: Sight>(visit: &Visit<S>, review: &SessionReview, explained: &Explained, tab: Tab) -> String {
    let (summary, look) = (&review.summary, &visit.look);
    let (crowd, active, remarks) = (samples::crowd(), samples::active(), samples::remarks());
    let content = match tab {
        Tab::Timeline => {
            Timeline::new(visit, review, &crowd, explained, "").and_then(|timeline| timeline.render())
        }
        Tab::Gifts => {
            let lifts = samples::lifts();
            let back = tab.address(summary.id, look.root);
            Gifts::<S>::new(&review.gifts, &lifts, &summary.totals, TierLimits::default(), 2, back, look)
                .render()
        }
        Tab::People => People::<S>::new(summary.id, &review.gifters, &crowd, &active, false, look)
            .and_then(|people| people.render()),
        Tab::Battles => {
            Battles::<S>::new(&visit.look, visit.now, summary, &review.battles, &review.bins).render()
        }
        Tab::Quality => {
            let streaks = StreakCounts { all: 120, open: 3 };
            let (gifts, methods) = (&review.gifts[..], &review.methods[..]);
            Quality::new(visit, summary, &Counted { streaks, gifts, methods, tiktok: remarks.tiktok })
                .render()
        }
        Tab::Notes => {
            let known = [(Tag::parse(HOSTILE).expect("a tag"), 2)];
            Notes::new(summary.id, &remarks, &known, look).render()
        }
    };
    let content = content.expect("renders");
    ReviewPage::new(visit, summary, review.battles.len(), tab, content).render().expect("renders")
}

/// The list of sessions by its best times in diamonds.
fn sessions() -> sessions::view::View {
    let wanted = crate::reports::past::Wanted { notes: HOSTILE.to_owned(), ..Default::default() };
    sessions::view::View { wanted, by_value: true }
}

/// Two sessions of a week's distance by the clock.
fn compare_page(visit: &Visit) -> String {
    let view =
        CompareView { a: Some(SessionId(9)), b: Some(SessionId(2)), align: Align::Clock, step_min: 10 };
    let all: Vec<_> = samples::past().listed.into_iter().map(|listed| listed.whole).collect();
    let presets = Presets { previous: Some((SessionId(2), NOW - 86_400_000)), ..Presets::default() };
    let chosen = Chosen { view, all: &all, presets, ticked: None };
    let page = ComparePage::new(visit, &chosen, Some((&samples::side(9, 0), &samples::side(2, 7))));
    page.and_then(|page| page.render()).expect("renders")
}

/// A busy creator and another one who is not live.
fn watched() -> [Arc<Snapshot>; 2] {
    let other = Snapshot {
        creator: crate::domain::handle::Handle::parse("raka.demo").expect("valid"),
        nickname: HOSTILE.to_owned(),
        ..(*samples::snapshot(WatchState::Waiting { checked_at: Some(NOW - 30_000) }, None)).clone()
    };
    [samples::snapshot(WatchState::Live, Some(samples::live())), Arc::new(other)]
}

fn rendered(page: Result<String, askama::Error>) -> String {
    page.expect("renders")
}

/// Every page that is not the owner's alone, by name, with its fragments.
fn shared<S: Sight>(look: Look) -> Vec<(&'static str, String)> {
    let (creator, watched) = (creator(), watched());
    let visit: Visit<S> =
        Visit { demo: Some(Progress { done: 3, of: 40 }), ..visit_of(look, &watched, &creator) };
    let plain = visit_of(look, &watched, &creator);
    let live = &watched[0];
    let session = live.session.as_deref().expect("it is live");
    let form = AddCreator { typed: HOSTILE.to_owned(), problem: "Type a TikTok username.".to_owned() };
    let review = |tab| review_tab(&visit, &samples::review(), &samples::explained(), tab);
    let mut pages = Vec::from(Tab::ALL.map(|tab| (tab.as_str(), review(tab))));
    let whole = LivePage::new(&visit, live, &View::parse("", ""), "", None, beside());
    let pulse = Pulse::<S>::new(live, &View::parse("", ""), &samples::goals(), &look, NOW).out_of_band();
    let board = Leaderboard::<S>::live("mira.plays", &session.top_gifters, &look, true);
    let news = FeedNews::<S>::after(0, "mira.plays", &session.feed, &look, true).expect("news");
    pages.extend([
        ("live", rendered(whole.and_then(|page| page.render()))),
        ("pulse", rendered(pulse.render())),
        ("top gifters", rendered(board.render())),
        ("feed", rendered(news.render())),
        ("leaderboard", super::board::tests::page::<S>(look, "who=100")),
        ("sessions", rendered(SessionsPage::new(&visit, &samples::past(), &sessions()).render())),
        ("creators", rendered(CreatorsPage::new(&visit, Order::default(), form).render())),
        ("more", rendered(super::more::MorePage::new(&plain, "mira").render())),
        ("help", rendered(super::more::HelpPage::new(&plain).render())),
        (
            "problem",
            rendered(
                super::problem::ProblemPage::new(super::problem::Problem::Refused, HOSTILE, &look).render(),
            ),
        ),
    ]);
    pages
}

/// Every page as the owner sees it, by name.
pub fn pages(look: Look) -> Vec<(&'static str, String)> {
    let (creator, watched) = (creator(), watched());
    let visit = Visit { demo: Some(Progress { done: 3, of: 40 }), ..visit(look, &watched, &creator) };
    let form = AddCreator { typed: HOSTILE.to_owned(), problem: "Type a TikTok username.".to_owned() };
    let connection = super::connection::Connection {
        route: super::connection::Field { value: "auto".to_owned(), ..Default::default() },
        proxy: super::connection::Field {
            value: HOSTILE.to_owned(),
            locked: Some(super::connection::LockedBy::Environment),
            ..Default::default()
        },
        sign_key: super::connection::Secret { is_set: true, ..Default::default() },
        ..Default::default()
    };
    use super::connection::{Outcome, TestStep, TestedStep};
    let tested = [
        TestedStep { step: TestStep::Web, outcome: Outcome::Worked },
        TestedStep { step: TestStep::Sign, outcome: Outcome::NotTried },
        TestedStep { step: TestStep::Socket, outcome: Outcome::Failed { reason: HOSTILE.to_owned() } },
    ];
    let problem = GoalError::ManyActive(creator.clone());
    let goals = GoalList::new(&creator, &samples::goals(), Some(&watched[0]), Some(&problem), &look);
    let (preferences, told) = (Preferences::default(), Told::default());
    let alerts = samples::alerts();
    let alerts = AlertsPage::new(&visit, Some(goals), &preferences, &told, &alerts);
    let fragments = ["pulse", "top gifters", "feed"];
    let mut pages: Vec<_> =
        shared::<WithMoney>(look).into_iter().filter(|(name, _)| !fragments.contains(name)).collect();
    pages.extend([
        ("alerts", rendered(alerts.render())),
        ("compare", compare_page(&visit)),
        ("welcome", rendered(WelcomePage::new(&visit, Step::Account, form).render())),
        ("welcome-3", rendered(WelcomePage::new(&visit, Step::Watching, AddCreator::default()).render())),
        (
            "connection",
            rendered(super::connection::ConnectionPage::new(&visit, &connection, &tested).render()),
        ),
    ]);
    pages
}

#[test]
fn a_hostile_name_never_becomes_markup() {
    for lang in Lang::ALL {
        for (name, page) in pages(look(lang)) {
            assert!(!page.contains("<script>"), "{name}: a script came through");
            assert!(!page.contains("\" onload="), "{name}: an attribute came through");
        }
    }
    let page = live_page(samples::snapshot(WatchState::Live, Some(samples::live())), look(Lang::En));
    assert!(page.contains("<bdi>&#60;/bdi&#62;&#60;script&#62;"), "the name itself is shown, isolated");
}

#[test]
fn pages_hold_no_inline_script_style_or_foreign_address() {
    for (name, page) in pages(look(Lang::En)) {
        assert!(!page.contains(" style="), "{name}");
        assert!(!page.contains(" onclick=") && !page.contains("javascript:"), "{name}");
        for script in page.split("<script").skip(1) {
            assert!(script.starts_with(" src=\"/assets/"), "{name}: {}", &script[..60.min(script.len())]);
        }
        for address in page.split("href=\"").chain(page.split("src=\"")).skip(1) {
            assert!(!address.starts_with("http") && !address.starts_with("//"), "{name}");
        }
    }
}

#[test]
fn a_page_is_wholly_in_its_language() {
    let english = ["Viewers", "Length", "Recorded", "Start watching", "Average", "Cause", "Settings"];
    for (name, page) in pages(look(Lang::Id)) {
        assert!(page.contains("<html lang=\"id\""), "{name}");
        for word in english {
            assert!(!page.contains(&format!(">{word}<")), "{name}: {word}");
        }
    }
}

/// What every number of diamonds in the samples begins with, or stands beside.
const MONEY: [&str; 10] = ["◆", "≈ ", "US$", "8,120", "2,140", "1,512", "8.120", "2.140", "12,345", "12.345"];

#[test]
fn money_is_on_no_page_of_a_moderator_or_a_guest() {
    for lang in Lang::ALL {
        let owner: String = shared::<WithMoney>(look(lang)).into_iter().map(|(_, page)| page).collect();
        assert!(owner.contains('◆') && owner.contains(if lang == Lang::En { "8,120" } else { "8.120" }));
        for role in [Role::Moderator, Role::Guest] {
            for (name, page) in shared::<Moneyless>(Look { role, ..look(lang) }) {
                for money in MONEY {
                    // What estimates a change of viewers is marked as well.
                    let page = page.replace("≈ 60%", "");
                    assert!(!page.contains(money), "{role:?}, {name}: {money} came through");
                }
                for word in ["diamond", "Diamond", "/price\"", "&#34;diamonds&#34;", "name=\"min\""] {
                    assert!(!page.contains(word), "{role:?}, {name}: {word} came through");
                }
            }
        }
    }
}

#[test]
fn nobody_is_shown_a_link_or_a_form_that_would_refuse_them() {
    let owners = [
        "/insights",
        "/compare",
        "/exports",
        "/performance",
        "href=\"/people\"",
        "/settings/session",
        "/chart.png",
        "/chart.csv",
        "/hold.",
        "/card.png",
        "/report.html",
        "/best-times",
        "leaderboards.csv",
        "/start\"",
        "/stop\"",
        "/remove\"><p>",
        "/erase\"",
        "/tiktok\"",
        "action=\"/creators\"",
        "/f/trial",
        "data-key=\"i\"",
        "<kbd>i</kbd>",
    ];
    for (name, page) in shared::<Moneyless>(Look { role: Role::Moderator, ..look(Lang::En) }) {
        for address in owners {
            assert!(!page.contains(address), "{name}: {address}");
        }
        assert!(
            ["pulse", "top gifters", "feed", "problem"].contains(&name) || page.contains("href=\"/live\"")
        );
    }
    let all: String = shared::<WithMoney>(look(Lang::En)).into_iter().map(|(_, page)| page).collect();
    for address in owners {
        assert!(all.contains(address), "{address} is nowhere, so its absence says nothing");
    }
    let moderators: String = shared::<Moneyless>(Look { role: Role::Moderator, ..look(Lang::En) })
        .into_iter()
        .map(|(_, page)| page)
        .collect();
    for form in ["/markers\"", "/notes\"", "/tags\"", "/note\"", "/questions/", "/settings/display"] {
        assert!(moderators.contains(form), "{form}");
    }
}

#[test]
fn a_goal_is_told_in_words_and_not_by_its_bar_alone() {
    let page = live_page(samples::snapshot(WatchState::Live, Some(samples::live())), look(Lang::En));
    let goals =
        page.split("id=\"goals\"").nth(1).expect("goals").split("class=\"row\"").next().expect("before");
    assert!(goals.contains(" of 100K ·"), "{goals}");
    assert!(goals.contains("✓ met") && goals.contains(r#"max="100" value="100""#), "{goals}");
    assert!(goals.contains("≈ ") && goals.contains(" of 12,345"), "{goals}");
}

#[test]
fn one_streak_makes_one_sound_and_none_where_sounds_are_off() {
    let creator = creator();
    let rings = |quiet| Toasts::new(&creator, &samples::alerts(), 4, quiet, &look(Lang::En)).rings;
    assert_eq!(rings(false), "up down up", "the first gift and the large one are the same streak");
    assert_eq!(rings(true), "");
    let poor = Look { role: Role::Moderator, ..look(Lang::En) };
    let toasts = Toasts::new(&creator, &samples::alerts(), 4, false, &poor);
    assert_eq!(
        (toasts.rows.len(), toasts.rings.as_str()),
        (3, "up down"),
        "a goal that is money is the owner's"
    );
    assert!(toasts.rows.iter().all(|row| !row.text.contains("12,345")));
}

#[test]
fn a_page_says_which_sessions_its_numbers_are_without() {
    let creator = creator();
    let page = |lang| {
        let visit = visit(look(lang), &[], &creator);
        SessionsPage::new(&visit, &samples::past(), &sessions()).render().expect("renders")
    };
    let shown = page(Lang::En);
    assert!(shown.contains("The details of one session are in an archive."), "{shown}");
    assert!(shown.contains(r#"<a href="/exports#archives">pasut-2026-08</a>"#), "{shown}");
    assert!(page(Lang::Id).contains("Detail 1 sesi ada di arsip."));
}

#[test]
fn failed_and_empty_answers_are_never_swapped_in() {
    let page = live_page(samples::snapshot(WatchState::Live, Some(samples::live())), look(Lang::En));
    assert!(page.contains(r#""noSwap":[204,304,"4xx","5xx"]"#), "htmx 4 swaps error bodies by default");
    assert!(page.contains(r#""includeIndicatorCSS":false"#));
}

#[test]
fn every_fragment_of_a_running_session_names_its_pace_and_a_finished_one_none() {
    let mut session = samples::live();
    let running = live_page(samples::snapshot(WatchState::Live, Some(session.clone())), look(Lang::En));
    for (id, every) in [("pulse", "2s"), ("leaderboard", "5s"), ("feed-poll", "3s")] {
        let at = running.find(&format!("id=\"{id}\"")).expect(id);
        let element = &running[at..at + running[at..].find('>').expect("closed")];
        assert!(element.contains(&format!("hx-trigger=\"every {every}, catchup\"")), "{element}");
    }
    session.ended_at = Some(NOW);
    let ended =
        live_page(samples::snapshot(WatchState::Waiting { checked_at: None }, Some(session)), look(Lang::En));
    assert!(ended.contains("id=\"feed-poll\" hidden></div>") && ended.contains("id=\"leaderboard\">"));
    assert!(ended.contains("every 2s"), "the pulse goes on, to see the next LIVE");
    assert!(ended.contains("LIVE ended.") && ended.contains("/sessions/12"));
}

#[test]
fn a_streak_counts_up_in_one_row_and_settles() {
    let open = samples::gift_row(12, 34, true, true, ValueSource::Event);
    let shown = |row, after| {
        let news = FeedNews::<WithMoney>::after(after, "mira.plays", &[row], &look(Lang::En), true);
        news.map(|news| news.render().expect("renders"))
    };
    let first = shown(open.clone(), 11).expect("new");
    assert!(first.contains("hx-swap=\"afterbegin\"") && first.contains("class=\"open\""), "{first}");
    assert!(first.contains("</bdi>&nbsp;×\u{a0}34<") && first.contains("streak"), "{first}");
    assert!(first.contains("data-after=\"12\""), "the page has seen event 12");
    assert!(shown(open.clone(), 12).is_none(), "nothing new: an answer without a body");
    let mut settled = samples::gift_row(12, 40, false, true, ValueSource::Event);
    settled.changed = 30;
    let second = shown(settled, 12).expect("changed");
    assert!(second.contains("<li id=\"e-12\"") && second.contains("hx-swap-oob=\"outerMorph\""), "{second}");
    assert!(
        second.contains("×\u{a0}40") && !second.contains("open") && !second.contains("afterbegin"),
        "{second}"
    );
}

#[test]
fn an_estimate_is_marked_and_an_exact_value_is_not() {
    let board =
        Leaderboard::<WithMoney>::live("mira.plays", &samples::live().top_gifters, &look(Lang::En), true);
    let board = board.render().expect("renders");
    assert!(board.contains(">2,140 <span class=\"dia\""), "{board}");
    assert!(board.contains(">≈ 1,512 <span class=\"dia\""), "{board}");
    let feed = Feed::<WithMoney>::new("mira.plays", &samples::feed(), &look(Lang::En), "", true)
        .render()
        .expect("renders");
    assert!(feed.contains("≈ 12 ") && feed.contains("streak, <span class=\"nowrap\">34 "), "{feed}");
}

#[test]
fn gifts_to_guests_have_their_column_only_when_there_are_any() {
    let gifters = samples::live().top_gifters;
    let with = |gifters: &[_]| {
        Leaderboard::<WithMoney>::live("mira.plays", gifters, &look(Lang::En), true)
            .render()
            .expect("renders")
    };
    assert!(with(&gifters).contains(">to guests</th>"));
    assert!(with(&gifters).contains(">320 <span class=\"dia\""));
    assert!(!with(&gifters[..3]).contains("to guests"));
    let page = live_page(samples::snapshot(WatchState::Live, Some(samples::live())), look(Lang::En));
    assert!(
        page.contains(r#"id="worth-session" popover>97.2% exact"#) && page.contains("</span> 8,120 <span"),
        "the headline is what the creator received, and how that is known"
    );
    assert!(page.contains("+ ≈ 320"));
}

#[test]
fn a_gap_is_shown_as_a_gap() {
    let page = live_page(samples::snapshot(WatchState::Live, Some(samples::live())), look(Lang::En));
    assert!(page.contains("No data for 1m 40s: connection lost."), "in the feed");
    assert!(page.contains("<td class=\"no-data\" colspan=\"6\">No data</td>"), "in the table");
    assert!(page.contains("Hatched: no data for 1m 40s, left out."), "in the chart's note");
    assert!(page.contains("null"), "in the chart's data");
    assert!(
        review_page(look(Lang::En), Tab::Quality).contains("<title>No data 1m 40s</title>"),
        "in the coverage strip"
    );
}

fn verdict(change: impl FnOnce(&mut LiveSession)) -> String {
    let mut session = samples::live();
    change(&mut session);
    let snapshot = samples::snapshot(WatchState::Live, Some(session));
    Pulse::<WithMoney>::new(&snapshot, &View::parse("", ""), &[], &look(Lang::En), NOW)
        .verdict
        .render()
        .expect("renders")
}

#[test]
fn the_verdict_waits_while_the_room_cannot_be_seen() {
    let first = verdict(|session| session.answer = None);
    assert!(first.contains("The first numbers come in a few seconds."), "{first}");
    let stale = verdict(|session| session.totals.viewers.last_at = Some(NOW - 240_000));
    assert!(stale.contains("data-stale") && stale.contains("has not updated for 4m"), "{stale}");
    let gap = verdict(|session| session.gaps.push(Gap { from: NOW - 90_000, to: None, ..samples::gap() }));
    assert!(gap.contains("The connection was down for 1m;"), "{gap}");
    for waiting in [first, stale, gap] {
        assert!(!waiting.contains("class=\"level\"") && !waiting.contains("/insights"), "{waiting}");
    }
}

#[test]
fn a_claim_is_told_with_its_level_its_count_and_where_it_is_explained() {
    let claim = verdict(|_| {});
    assert!(claim.contains("When <b class=\"s\" data-s=\"gifts\">"), "{claim}");
    assert!(claim.contains("data-level=\"4\">Strong<"), "{claim}");
    assert_eq!((claim.matches("<circle").count(), claim.matches("class=\"on\"").count()), (11, 9));
    assert!(claim.contains("d=\"M1 13h42\""), "the rule is as long as 3.2 dots: {claim}");
    assert!(claim.contains("9 of 11 times (by chance: about 3)"), "{claim}");
    assert!(claim.contains("href=\"/insights?scope=session:12\">Why?<"), "{claim}");
    assert!(claim.contains("not proof of cause"), "{claim}");
}

#[test]
fn a_hint_is_not_coloured_as_an_answer() {
    let hint = verdict(|session| {
        let mut answer = samples::answer();
        answer.drivers[1].level = Level::Weak;
        session.answer = Some(Arc::new(answer));
        session.totals.viewers.last = Some(2000);
    });
    assert!(
        hint.contains("data-level=\"2\">Weak<") && hint.contains("A faint link with <b>gifts</b>."),
        "{hint}"
    );
    assert!(!hint.contains("data-s="), "{hint}");
}

#[test]
fn steady_viewers_have_no_direction() {
    let steady = verdict(|session| {
        session.answer = Some(Arc::new(samples::unexplained()));
        let ten_minutes_ago = session.bins.iter().rev().nth(60).and_then(|bin| bin.viewers.last);
        session.totals.viewers.last = ten_minutes_ago;
    });
    assert!(steady.contains("data-dir=\"\"") && steady.contains("Viewers are steady (±5%)."), "{steady}");
    assert!(!steady.contains("class=\"level\""), "it judges no driver: {steady}");
}

#[test]
fn a_comparison_over_a_gap_is_not_made() {
    let mut session = samples::live();
    let recent = Gap { from: NOW.floor_to(10_000) - 400_000, to: Some(NOW - 300_000), ..samples::gap() };
    session.bins.retain(|bin| bin.from < recent.from || bin.from >= NOW - 300_000);
    session.gaps.push(recent);
    let snapshot = samples::snapshot(WatchState::Live, Some(session));
    let tiles = Pulse::<WithMoney>::new(&snapshot, &View::parse("", ""), &[], &look(Lang::En), NOW)
        .tiles
        .expect("a session runs");
    assert!(
        tiles.drivers.iter().all(|tile| tile.change.is_none() && tile.against == "nothing to compare yet")
    );
    assert!(tiles.drivers[0].spark.path.matches('M').count() > 1, "the line is broken");
}

#[test]
fn tiles_compare_with_what_is_usual_and_say_nothing_on_a_first_session() {
    let tiles = |usual| {
        let snapshot = samples::snapshot(WatchState::Live, Some(LiveSession { usual, ..samples::live() }));
        Pulse::<WithMoney>::new(&snapshot, &View::parse("", ""), &[], &look(Lang::En), NOW)
            .tiles
            .expect("a session runs")
    };
    let compared = tiles(Some(samples::usual()));
    assert_eq!(compared.viewers.usual.as_ref().map(|usual| usual.text.as_str()), Some("+23%"));
    assert!(compared.drivers[0].usual.is_some(), "likes");
    assert!(compared.drivers[3].usual.is_none(), "nobody usually follows by then");
    assert!(compared.render().expect("renders").contains("+23%</b> vs usual"));
    let first = tiles(None);
    assert!(first.viewers.usual.is_none() && first.drivers.iter().all(|tile| tile.usual.is_none()));
}

#[test]
fn moments_are_told_in_order_with_what_came_before_them() {
    let page = live_page(samples::snapshot(WatchState::Live, Some(samples::live())), look(Lang::En));
    let list = &page[page.find("id=\"moments\"").expect("a list")..];
    let list = &list[..list.find("</section>").expect("closed")];
    assert!(!list.contains("+51 in 2 min"), "the chart shows half an hour, and so does the list");
    let at = |text: &str| list.find(text).unwrap_or_else(|| panic!("{text} is not in {list}"));
    let order = [
        "+44 in 2 min; nothing in the room explains it.",
        "Asked for likes",
        "Gift 5655\u{a0}×1, 40 s before.",
        "jumped and came back within",
        "New game",
        "−24 in 2 min; most likely ",
    ];
    assert!(order.map(at).is_sorted(), "{:?}", order.map(at));
    assert!(list.contains("data-first=\"gifts\"") && list.contains("data-lead=\"40 s first\""), "{list}");
    assert!(list.contains("href=\"/sessions/12?t=55m55s#chart\""), "{list}");
    assert_eq!(list.matches("data-kind=\"moment\"").count(), 3);
    assert_eq!(list.matches("data-kind=\"glitch\"").count(), 1, "a count that jumped has no number");
    let burst = (NOW.0 - 1_001_000) / 1000;
    assert!(
        list.contains(&format!("data-bursts=\"{{&#34;gifts&#34;:[[{burst},{}]]}}\"", burst + 30)),
        "{list}"
    );
    assert!(list.contains("data-number=\"4\"") && !list.contains("data-number=\"5\""), "{list}");
    assert!(list.contains("hx-get=\"/f/moments?creator=mira.plays\""), "{list}");
}

#[test]
fn a_moment_is_linked_to_where_review_shows_it() {
    let page = review_page(look(Lang::Id), Tab::Timeline);
    assert!(page.contains("+51 dalam 2 menit"), "Review shows all of them");
    assert!(page.contains("href=\"/sessions/9?t=1h41m55s#chart\""), "{page}");
    let asked = Explained { shown_ms: Some(6_125_000), ..samples::explained() };
    let creator = creator();
    let page = review_tab(&visit(look(Lang::Id), &[], &creator), &samples::review(), &asked, Tab::Timeline);
    let shown = format!("&#34;shown&#34;:{}", (NOW.0 - 167 * 60_000 + 6_125_000) / 1000);
    assert!(page.contains(&shown));
}

#[test]
fn a_battle_that_nobody_saw_end_is_as_long_as_its_session_went_on() {
    let mut review = samples::review();
    let ended = review.summary.ended_at.expect("it is over");
    review.battles[0].ended_at = None;
    review.battles[0].started_at = ended - 90_000;
    let creator = creator();
    // Somebody looks at it two days later.
    let late = Visit { now: ended + 48 * 3_600_000, ..visit(look(Lang::En), &[], &creator) };
    let page = review_tab(&late, &review, &samples::explained(), Tab::Battles);
    assert!(page.contains(">1m 30s</td>"), "{page}");
}

#[test]
fn every_state_has_its_words_in_both_languages() {
    let next_at = NOW + 8000;
    let states = [
        WatchState::Waiting { checked_at: None },
        WatchState::Waiting { checked_at: Some(NOW - 40_000) },
        WatchState::Connecting,
        WatchState::Live,
        WatchState::Paused,
        WatchState::Reconnecting { attempt: 2, next_at },
        WatchState::Silent { since: NOW - 60_000 },
        WatchState::Unfed { since: NOW - 60_000 },
        WatchState::Blocked { next_at },
        WatchState::RateLimited { next_at },
        WatchState::NotFound { next_at },
        WatchState::Restricted { next_at },
        WatchState::NoInternet { next_at },
        WatchState::Stopped,
    ];
    for state in states {
        let said = Lang::ALL.map(|lang| {
            let look = look(lang);
            let snapshot = samples::snapshot(state.clone(), None);
            let pill = super::state::pill(&snapshot, &look, NOW).text;
            let page = live_page(snapshot.clone(), look);
            assert!(page.contains(&pill) && !pill.contains("pill-") && !pill.contains("state-"), "{pill}");
            super::state::sentence(&snapshot, &look, NOW)
        });
        assert_eq!(said[0].is_none(), state == WatchState::Live);
        assert!(said[0].is_none() || said[0] != said[1], "{said:?}");
    }
    let reconnecting =
        samples::snapshot(WatchState::Reconnecting { attempt: 2, next_at: Stamp(NOW.0 + 8000) }, None);
    assert_eq!(
        super::state::sentence(&reconnecting, &look(Lang::En), NOW).as_deref(),
        Some("Reconnecting (try 2). Next in 8 s. Your data is safe.")
    );
}

#[test]
fn the_pulse_is_small_and_quick() {
    let snapshot = samples::snapshot(WatchState::Live, Some(samples::live()));
    let view = View::parse("", "");
    let render = || {
        Pulse::<WithMoney>::new(&snapshot, &view, &[], &look(Lang::Id), NOW)
            .out_of_band()
            .render()
            .expect("renders")
    };
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, render().as_bytes()).expect("memory");
    let size = gzip.finish().expect("memory").len();
    assert!(size <= 3 * 1024, "{size} bytes compressed");
}

#[test]
fn a_page_asks_to_be_loaded_anew_when_another_session_is_on() {
    let snapshot = samples::snapshot(WatchState::Live, Some(samples::live()));
    let mut ended = samples::live();
    ended.ended_at = Some(NOW);
    let shapes = [
        super::pulse::shape(&snapshot),
        super::pulse::shape(&samples::snapshot(WatchState::Waiting { checked_at: None }, None)),
        super::pulse::shape(&samples::snapshot(WatchState::Waiting { checked_at: None }, Some(ended))),
        super::pulse::shape(&samples::snapshot(WatchState::Stopped, None)),
    ];
    assert_eq!(shapes, ["12", "none", "12-ended", "none-stopped"]);
    let page = live_page(snapshot, look(Lang::En));
    assert!(page.contains("/f/pulse?creator=mira.plays&#38;shape=12\""), "the page says what it is made of");
}

#[test]
fn two_sessions_that_cannot_be_seen_the_same_way_say_so() {
    let creator = creator();
    let watched = [samples::snapshot(WatchState::Live, Some(samples::live()))];
    let page = compare_page(&visit(look(Lang::En), &watched, &creator));
    assert!(page.contains("still running: so far"), "A has no end");
    assert!(
        page.contains("href=\"/compare?a=2&#38;b=9&#38;align=clock&#38;interval=10m\""),
        "the two can be swapped"
    );
    assert!(
        page.contains("every 10 minutes, by time of day in WIB"),
        "the caption says what the drawing shows"
    );
    assert!(page.matches("No data 4m 12s").count() >= 2, "the gap of either session is told");
}
