//! The leaderboard: who gave most over a session, some days or a range, with a panel for one person.

pub mod panel;
pub mod view;

use super::leaderboard::approximate;
use super::left::LeftNote;
use super::shell::{Nav, Shell, Visit};
use super::worth::Worth;
use crate::domain::days::Days;
use crate::domain::gift::{Known, Tier};
use crate::domain::handle::Handle;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::reports::leaderboard::{BoardColumn, Entry, Leaderboard, Movement};
use crate::web::look::Look;
use crate::web::sight::{Held as _, Sight};
use crate::web::views;
use crate::words::Words;
use askama::Template;
use panel::Panel;
use view::{COLUMNS, PAGE, Scope, TIERS, View};

/// How often the board of a running session asks anew, usually, in milliseconds.
const EVERY_MS: u32 = 5000;

/// Width of the bar of tiers.
const BAR: f64 = 96.0;

#[derive(Template)]
#[template(path = "pages/board.html")]
pub struct BoardPage<S: Sight> {
    pub shell: Shell,
    pub w: &'static Words,
    pub address: String,
    /// Which days or session.
    pub intro: String,
    /// What it adds up to; nothing for an empty board.
    pub total: S::Money<Option<Total>>,
    pub left: Option<LeftNote>,
    pub scopes: Vec<Choice>,
    /// All creators, or one; empty if there is but one.
    pub creators: Vec<Choice>,
    pub form: Form<S>,
    pub board: Board<S>,
    pub panel: Option<Panel<S>>,
    /// Somebody was erased just now.
    pub erased: bool,
    /// Copies of the database that still name who was erased.
    pub copies: Vec<String>,
}

/// What everyone on the board gave together.
pub struct Total {
    /// How much of it the first three gave, as a sentence; empty for a short board.
    pub of_first_three: String,
    /// Stands before the diamonds.
    pub worth: Option<Worth>,
    pub diamonds: String,
    /// What they may be worth in money.
    pub estimate: Option<String>,
}

/// A link to another view.
pub struct Choice {
    pub href: String,
    pub text: String,
    pub current: bool,
}

/// The filters.
pub struct Form<S: Sight> {
    /// What the form keeps of the view, by name.
    pub kept: Vec<(&'static str, String)>,
    pub search: String,
    pub search_in: String,
    pub money: S::Money<MoneyFilters>,
    /// Sorts by code and name, for screens without headings.
    pub sorts: Vec<FormChoice>,
    pub hide: bool,
    /// The newest sessions, in the view of a session.
    pub sessions: Vec<FormChoice>,
    /// The first and last day, in the view of a range.
    pub range: Option<(String, String)>,
}

/// What is asked by prices. It would tell them, so whoever may not see them may not ask.
pub struct MoneyFilters {
    /// Tiers by code and name.
    pub tiers: Vec<FormChoice>,
    pub at_least: String,
}

pub struct FormChoice {
    pub value: String,
    pub text: String,
    pub chosen: bool,
}

/// The lines, with what stands below them.
#[derive(Template)]
#[template(path = "fragments/board.html")]
pub struct Board<S: Sight> {
    pub w: &'static Words,
    /// The address and pace of the poll; `None` for a board that does not grow.
    pub poll: Option<(String, String)>,
    pub columns: Vec<Column>,
    pub rows: Vec<Row<S>>,
    /// Whether any gift went to a guest, so that the column is needed.
    pub guests: bool,
    pub hide: bool,
    /// Whether pictures of people are shown.
    pub avatars: bool,
    pub filtered: bool,
    /// Without any filter, for an empty board.
    pub clear: String,
    pub foot: String,
    /// All its lines as a file, for whoever may save it.
    pub csv: Option<String>,
    pub newer: Option<String>,
    pub older: Option<String>,
}

pub struct Column {
    pub code: &'static str,
    pub text: String,
    pub href: String,
    /// `aria-sort`, empty if not sorted by it.
    pub sorted: &'static str,
    pub number: bool,
    /// Left out beside an open panel and on small screens.
    pub minor: bool,
}

pub struct Row<S: Sight> {
    pub id: String,
    pub href: String,
    pub chosen: bool,
    pub rank: u32,
    pub movement: Moved,
    pub name: String,
    /// Empty where names are hidden.
    pub handle: String,
    pub initial: String,
    pub tags: Vec<String>,
    pub money: S::Money<Given>,
    pub gifts: String,
    pub types: String,
    pub biggest: String,
    pub sessions: String,
    pub first: When,
    pub last: When,
    pub seen: When,
}

/// What somebody gave in diamonds.
pub struct Given {
    pub diamonds: String,
    pub to_creator: String,
    pub tiers: Bar,
}

/// A rank against the one before: how it is drawn and how it is said.
pub struct Moved {
    pub class: &'static str,
    pub sign: String,
    pub said: String,
}

/// Diamonds by tier as parts of a bar, and in words.
pub struct Bar {
    pub parts: Vec<BarPart>,
    pub said: String,
}

pub struct BarPart {
    pub class: &'static str,
    pub x: String,
    pub width: String,
}

pub struct When {
    pub iso: String,
    pub text: String,
}

/// What the page is made of.
pub struct Shown<'a, S: Sight> {
    pub view: &'a View,
    pub board: &'a Leaderboard,
    pub days: Option<Days>,
    /// The session the board is about, in the view of a session.
    pub session: Option<&'a Session>,
    /// The newest sessions to choose from.
    pub sessions: &'a [Session],
    pub running: bool,
    pub panel: Option<Panel<S>>,
    /// How the values of the board's diamonds are known.
    pub known: Known,
    pub erased: bool,
    pub copies: Vec<String>,
}

impl<S: Sight> BoardPage<S> {
    #[must_use]
    pub fn new(visit: &Visit<S>, shown: Shown<S>) -> Self {
        let look = &visit.look;
        let w = look.words();
        let Shown { view, board, .. } = shown;
        Self {
            shell: Shell::new(visit, Nav::Leaderboard, format!("{} · Pasut", w.t("nav-leaderboard")))
                .polling(),
            w,
            address: view.address(),
            intro: intro(&shown, look, visit.now),
            total: S::money(|| (!board.entries.is_empty()).then(|| Total::new(board, &shown.known, look))),
            left: LeftNote::new("left-board", &board.left, look),
            scopes: scopes(view, w),
            creators: creators(view, visit),
            form: form(&shown, look, visit.now),
            board: Board::new(view, board, shown.running, look),
            panel: shown.panel,
            erased: shown.erased,
            copies: shown.copies,
        }
    }
}

impl Total {
    fn new(board: &Leaderboard, known: &Known, look: &Look) -> Self {
        let worth = Worth::new("worth-board", known, look);
        let share = || views::percent(look.lang, board.of_first_three as f64 / board.diamonds as f64);
        Self {
            of_first_three: match board.gifters > 3 && board.diamonds > 0 {
                true => look.words().with("first-three", [("share", share().into())]),
                false => String::new(),
            },
            diamonds: approximate(look, board.diamonds, board.estimated && worth.is_none()),
            worth,
            estimate: views::estimate(look, board.diamonds),
        }
    }
}

/// `23 Oct to 21 Nov 2026, WIB, 9 sessions, 214 gifters.`
fn intro<S: Sight>(shown: &Shown<S>, look: &Look, now: Stamp) -> String {
    let w = look.words();
    let board = shown.board;
    let zone = views::zone_at(look.zone, now);
    let period = match (shown.days, shown.session) {
        (Some(days), _) => {
            let (from, after) = days.stretch(look.zone);
            w.with(
                "board-days",
                [
                    ("from", views::date(look, from).into()),
                    ("to", views::full_date(look, after - 1).into()),
                    ("zone", zone.into()),
                ],
            )
        }
        (None, Some(session)) => views::moment(look, session.start.recorded_from),
        (None, None) => return String::new(),
    };
    let mut parts = vec![period];
    if shown.days.is_some() {
        parts.push(w.with("board-sessions", [("n", i64::from(board.sessions).into())]));
    }
    parts.push(w.with("gifters-count", [("n", (board.gifters as i64).into())]));
    format!("{}.", parts.join(", "))
}

fn scopes(view: &View, w: &Words) -> Vec<Choice> {
    let choice = |scope: Scope, key: &str, current: bool| Choice {
        href: View { scope, page: 1, ..view.clone() }.address(),
        text: w.t(key).into_owned(),
        current,
    };
    let is = |wanted: Scope| std::mem::discriminant(&view.scope) == std::mem::discriminant(&wanted);
    vec![
        choice(Scope::Session(None), "session", is(Scope::Session(None))),
        choice(Scope::Days(7), "scope-7d", view.scope == Scope::Days(7)),
        choice(Scope::Days(30), "scope-30d", view.scope == Scope::Days(30)),
        choice(Scope::Range(None), "range", is(Scope::Range(None))),
    ]
}

fn creators<S>(view: &View, visit: &Visit<S>) -> Vec<Choice> {
    if visit.watched.len() < 2 && view.creator.is_none() {
        return Vec::new();
    }
    let w = visit.look.words();
    let choice = |creator: Option<&Handle>| Choice {
        // A session belongs to one creator.
        href: View {
            creator: creator.cloned(),
            scope: match view.scope {
                Scope::Session(_) => Scope::Session(None),
                scope => scope,
            },
            page: 1,
            who: None,
            ..view.clone()
        }
        .address(),
        text: creator.map_or_else(|| w.t("all-creators").into_owned(), |creator| format!("@{creator}")),
        current: creator == view.creator.as_ref(),
    };
    [None].into_iter().chain(visit.watched.iter().map(|watch| Some(&watch.creator))).map(choice).collect()
}

fn form<S: Sight>(shown: &Shown<S>, look: &Look, now: Stamp) -> Form<S> {
    let w = look.words();
    let view = shown.view;
    let scope = match view.scope {
        Scope::Session(_) => Some("session".to_owned()),
        Scope::Days(30) => None,
        Scope::Days(days) => Some(format!("{days}d")),
        Scope::Range(_) => Some("range".to_owned()),
    };
    let creator = view.creator.as_ref().map(|creator| ("creator", creator.to_string()));
    let kept = creator.into_iter().chain(scope.map(|scope| ("scope", scope)));
    let tier = |tier: Option<Tier>| FormChoice {
        value: tier.map_or("", Tier::as_str).to_owned(),
        text: w.t(tier.map_or("board-all-tiers", tier_key)).into_owned(),
        chosen: tier == view.tier,
    };
    let sort = view.sort();
    let ranked = view.column == BoardColumn::Diamonds;
    // Whoever sees no money knows that order as the order of ranks, which is the usual one.
    let by_rank = FormChoice { value: String::new(), text: w.t("board-rank").into_owned(), chosen: ranked };
    let sorts = COLUMNS.iter().filter(|(.., money)| S::MONEY || !money).map(|(column, code, down, _)| {
        let value = if *down { format!("-{code}") } else { (*code).to_owned() };
        FormChoice { chosen: value == sort, value, text: w.t(column_key(*column)).into_owned() }
    });
    let mut sorts: Vec<_> = (!S::MONEY).then_some(by_rank).into_iter().chain(sorts).collect();
    if !sorts.iter().any(|choice| choice.chosen) {
        // The other direction is not offered here, but kept.
        let text = w.t(column_key(view.column)).into_owned();
        sorts.push(FormChoice { value: sort, text, chosen: true });
    }
    Form {
        kept: kept.collect(),
        search: view.search.clone(),
        search_in: w.with("search-gifters", [("n", (shown.board.gifters as i64).into())]),
        money: S::money(|| MoneyFilters {
            tiers: [None].into_iter().chain(TIERS.map(Some)).map(tier).collect(),
            at_least: if view.at_least > 0 { view.at_least.to_string() } else { String::new() },
        }),
        sorts,
        hide: view.hide,
        sessions: match view.scope {
            Scope::Session(_) => session_choices(shown, look),
            Scope::Days(_) | Scope::Range(_) => Vec::new(),
        },
        range: match view.scope {
            Scope::Range(_) => view
                .days(now, look.zone)
                .map(|days| (days.first_day().to_string(), days.last_day().to_string())),
            Scope::Session(_) | Scope::Days(_) => None,
        },
    }
}

fn session_choices<S: Sight>(shown: &Shown<S>, look: &Look) -> Vec<FormChoice> {
    let chosen = shown.session.map(|session| session.id);
    let listed = |id: SessionId| shown.sessions.iter().any(|session| session.id == id);
    let other = shown.session.filter(|session| !listed(session.id));
    let text = |session: &Session| {
        let day = views::short_day(look, session.start.recorded_from);
        let time = views::clock(look, session.start.recorded_from);
        let creator = &session.start.creator;
        if shown.view.creator.is_some() {
            format!("{day}, {time}")
        } else {
            format!("{day}, {time} @{creator}")
        }
    };
    let choice = |session: &Session| FormChoice {
        value: session.id.to_string(),
        text: text(session),
        chosen: Some(session.id) == chosen,
    };
    shown.sessions.iter().chain(other).map(choice).collect()
}

impl<S: Sight> Board<S> {
    /// `running` is for the board of a session that goes on.
    #[must_use]
    pub fn new(view: &View, board: &Leaderboard, running: bool, look: &Look) -> Self {
        let w = look.words();
        let pages = board.found.div_ceil(PAGE).max(1);
        let page = view.page.min(pages);
        let to = |page: usize| View { page, ..view.clone() }.address();
        let guests = |entry: &Entry| entry.standing.diamonds > entry.standing.diamonds_to_creator;
        let guests = S::money(|| board.entries.iter().any(guests)).into_shown().unwrap_or(false);
        let clear = View { tier: None, at_least: 0, search: String::new(), page: 1, ..view.clone() };
        Self {
            w,
            poll: running.then(|| (format!("/f/leaderboards?{}", view.query()), look.every(EVERY_MS))),
            columns: columns::<S>(view, guests, look),
            rows: board.entries.iter().map(|entry| row(entry, view, look)).collect(),
            guests,
            hide: view.hide,
            avatars: look.avatars && !view.hide,
            filtered: view.is_filtered(),
            clear: clear.address(),
            foot: foot(view, board, page, look),
            csv: look.may_manage().then(|| {
                format!("/leaderboards.csv?{}", View { page: 1, who: None, ..view.clone() }.query())
            }),
            newer: (page > 1).then(|| to(page - 1)),
            older: (page < pages).then(|| to(page + 1)),
        }
    }
}

/// `1 to 50 of 214. ▲▼ against the 30 days before.`
fn foot(view: &View, board: &Leaderboard, page: usize, look: &Look) -> String {
    let w = look.words();
    let number = |n: usize| (n as i64).into();
    let first = (page - 1) * PAGE;
    let args = [
        ("from", number(first + 1)),
        ("to", number(first + board.entries.len())),
        ("n", number(board.found)),
    ];
    let mut text = w.with(if view.is_filtered() { "board-found" } else { "board-all" }, args);
    if board.is_compared {
        let against = match view.scope {
            Scope::Session(_) => w.t("against-session-before").into_owned(),
            Scope::Days(days) => w.with("against-days-before", [("n", i64::from(days).into())]),
            Scope::Range(_) => w.t("against-range-before").into_owned(),
        };
        text = format!("{text} {against}");
    }
    text
}

fn columns<S: Sight>(view: &View, guests: bool, look: &Look) -> Vec<Column> {
    let w = look.words();
    let shown = |column: BoardColumn, money: bool| match column {
        BoardColumn::ToCreator => guests,
        BoardColumn::Biggest => true,
        _ => S::MONEY || !money,
    };
    let column = |(column, code, down, money): &(BoardColumn, &'static str, bool, bool)| {
        let current = *column == view.column;
        let ascending = if current { !view.ascending } else { !down };
        let sortable = S::MONEY || !money;
        let other = View { column: *column, ascending, page: 1, ..view.clone() };
        Column {
            code,
            text: w.t(column_key(*column)).into_owned(),
            href: if sortable { other.address() } else { String::new() },
            sorted: match (current, view.ascending) {
                (false, _) => "",
                (true, true) => "ascending",
                (true, false) => "descending",
            },
            number: !matches!(
                column,
                BoardColumn::Name
                    | BoardColumn::Biggest
                    | BoardColumn::Tier(_)
                    | BoardColumn::FirstGift
                    | BoardColumn::LastGift
                    | BoardColumn::LastSeen
            ),
            minor: matches!(column, BoardColumn::GiftTypes | BoardColumn::FirstGift | BoardColumn::LastSeen),
        }
    };
    COLUMNS.iter().filter(|(it, _, _, money)| shown(*it, *money)).map(column).collect()
}

const fn column_key(column: BoardColumn) -> &'static str {
    match column {
        BoardColumn::Name => "gifter",
        BoardColumn::Diamonds => "column-diamonds",
        BoardColumn::ToCreator => "column-to-creator",
        BoardColumn::Gifts => "gifts",
        BoardColumn::GiftTypes => "column-types",
        BoardColumn::Biggest => "biggest",
        BoardColumn::Tier(_) => "column-tiers",
        BoardColumn::Sessions => "nav-sessions",
        BoardColumn::FirstGift => "column-first",
        BoardColumn::LastGift => "column-last",
        BoardColumn::LastSeen => "column-seen",
    }
}

const fn tier_key(tier: Tier) -> &'static str {
    match tier {
        Tier::Standard => "tier-standard",
        Tier::Special => "tier-special",
        Tier::Premium => "tier-premium",
    }
}

fn row<S: Sight>(entry: &Entry, view: &View, look: &Look) -> Row<S> {
    let standing = &entry.standing;
    let called = called(standing.user, &entry.nickname, &entry.display_id, entry.place, view.hide, look);
    let chosen = view.who == Some(standing.user);
    let when = |at: Stamp| When {
        iso: views::iso(at),
        text: match view.scope {
            Scope::Session(_) => views::clock(look, at),
            Scope::Days(_) | Scope::Range(_) => views::date(look, at),
        },
    };
    Row {
        id: standing.user.to_string(),
        href: View { who: Some(standing.user).filter(|_| !chosen), ..view.clone() }.address(),
        chosen,
        rank: standing.rank,
        movement: moved(entry.movement, look),
        tags: if view.hide {
            Vec::new()
        } else {
            entry.tags.iter().map(|tag| tag.as_str().to_owned()).collect()
        },
        money: S::money(|| Given {
            diamonds: approximate(look, standing.diamonds, standing.estimated),
            to_creator: approximate(look, standing.diamonds_to_creator, standing.estimated),
            tiers: bar(standing.by_tier, look),
        }),
        gifts: views::count(look.lang, standing.units),
        types: views::count(look.lang, i64::from(standing.gift_types)),
        biggest: entry.biggest_gift_name.clone(),
        sessions: views::count(look.lang, i64::from(standing.sessions)),
        first: when(standing.first_gift_at),
        last: when(standing.last_gift_at),
        seen: when(standing.last_seen),
        name: called.name,
        handle: called.handle,
        initial: called.initial,
    }
}

/// How a gifter is called: by name, or where names are hidden by place alone.
pub struct Called {
    pub name: String,
    pub handle: String,
    pub initial: String,
}

#[must_use]
pub fn called(user: UserId, nickname: &str, display_id: &str, place: u32, hide: bool, look: &Look) -> Called {
    if hide {
        let name = look.words().with("fan-number", [("n", i64::from(place).into())]);
        return Called { name, handle: String::new(), initial: "#".to_owned() };
    }
    let name = match (nickname.trim(), display_id) {
        ("", "") if user.0 < 0 => look.words().t("person-erased").into_owned(),
        ("", "") => look.words().t("nobody-named").into_owned(),
        ("", handle) => handle.to_owned(),
        _ => nickname.to_owned(),
    };
    Called { initial: views::initial(&format!("{name}{display_id}")), name, handle: display_id.to_owned() }
}

fn moved(movement: Movement, look: &Look) -> Moved {
    let w = look.words();
    let places = |n: u32| views::count(look.lang, i64::from(n));
    let by = |n: u32, key: &'static str| w.with(key, [("n", i64::from(n).into())]);
    let (class, sign, said) = match movement {
        Movement::Unknown | Movement::Same => ("", String::new(), String::new()),
        Movement::New => ("muted", w.t("rank-new").into_owned(), String::new()),
        Movement::Up(n) => ("up", format!("▲{}", places(n)), by(n, "rank-up")),
        Movement::Down(n) => ("down", format!("▼{}", places(n)), by(n, "rank-down")),
    };
    Moved { class, sign, said }
}

fn bar(by_tier: [i64; 3], look: &Look) -> Bar {
    let total = by_tier.iter().sum::<i64>().max(1) as f64;
    let share = |tier: Tier| by_tier[tier as usize] as f64 / total;
    let said: Vec<_> = TIERS
        .into_iter()
        .map(|tier| format!("{} {}", look.words().t(tier_key(tier)), views::percent(look.lang, share(tier))))
        .collect();
    let mut x = 0.0;
    let mut parts = Vec::new();
    for (tier, class) in TIERS.into_iter().zip(["t1", "t2", "t3"]) {
        let width = share(tier) * BAR;
        if width > 0.0 {
            // A gap between parts, and what is there is seen however little it is.
            let shown = (width - 1.0).max(1.5);
            parts.push(BarPart { class, x: format!("{x:.1}"), width: format!("{shown:.1}") });
        }
        x += width;
    }
    Bar { parts, said: said.join(", ") }
}

#[cfg(test)]
pub mod tests;
