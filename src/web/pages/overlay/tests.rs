//! What widgets must hold, whatever TikTok sends.

use super::super::samples::{self, HOSTILE, NAMES, NOW, look};
use super::*;
use crate::domain::goal::{GoalKind, GoalPlan, GoalState};
use crate::recorder::snapshot::FeedWhat;
use crate::words::Lang;
use std::sync::Arc;

/// A widget as its page shows it.
struct Shown {
    snapshot: Arc<Snapshot>,
    query: Vec<(&'static str, &'static str)>,
    money: bool,
    test: bool,
    preview: bool,
    lang: Lang,
}

impl Shown {
    fn of(session: Option<LiveSession>) -> Self {
        Self::in_state(WatchState::Live, session)
    }

    fn in_state(state: WatchState, session: Option<LiveSession>) -> Self {
        let snapshot = samples::snapshot(state, session);
        Self { snapshot, query: Vec::new(), money: false, test: false, preview: false, lang: Lang::En }
    }

    fn with(mut self, query: &[(&'static str, &'static str)]) -> Self {
        self.query = query.to_vec();
        self
    }

    fn draw(&self, widget: Widget) -> String {
        let param =
            |name: &str| self.query.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value);
        let options = Options::read(widget, param);
        let plan = |kind, target, title: &str| GoalPlan {
            creator: samples::creator(),
            kind,
            target,
            title: title.to_owned(),
        };
        let goal = |id, plan| Goal { id, plan, state: GoalState::Active };
        let goals = [
            goal(1, plan(GoalKind::Likes, 30_000, HOSTILE)),
            goal(2, plan(GoalKind::Diamonds, 12_000, "Semua untuk kucing")),
        ];
        let scene = Scene {
            widget,
            creator: &samples::creator(),
            snapshot: Some(&self.snapshot),
            gifts: &HashMap::from([(GiftId(5655), HOSTILE.to_owned())]),
            goals: &goals,
            options: &options,
            look: &look(self.lang),
            ticked: Ticked::new(self.money),
            test: self.test,
            preview: self.preview,
            now: NOW,
        };
        stage(&scene).expect("renders")
    }

    fn all(&self) -> Vec<(Widget, String)> {
        Widget::ALL.map(|widget| (widget, self.draw(widget))).to_vec()
    }
}

/// A LIVE with a battle that runs, and a hostile person and gift on top.
fn busy() -> LiveSession {
    let mut live = samples::live();
    live.battles[0].ended_at = None;
    live.top_gifters[0].nickname = HOSTILE.to_owned();
    let last = live.last_gift.as_mut().expect("a gift");
    last.nickname = HOSTILE.to_owned();
    if let FeedWhat::Gift { name, units, diamonds, .. } = &mut last.what {
        (*name, *units, *diamonds) = (HOSTILE.to_owned(), 34, 4_321);
    }
    live
}

#[test]
fn what_a_stranger_writes_is_text_on_every_widget() {
    for lang in Lang::ALL {
        let shown = Shown { money: true, lang, ..Shown::of(Some(busy())) };
        for (widget, html) in shown.all() {
            assert!(!html.contains("<script"), "{widget:?}: {html}");
            assert!(!html.contains("\" onload="), "{widget:?}: {html}");
            assert!(!html.contains(" style="), "{widget:?}: {html}");
            assert!(!html.contains("data-state=\"waiting\""), "{widget:?} shows nothing");
        }
        let said = "&#60;script&#62;alert(1)&#60;/script&#62;";
        for widget in [Widget::Goal, Widget::Gifters, Widget::LastGift, Widget::Battle, Widget::Moments] {
            assert!(shown.draw(widget).contains(said), "{widget:?} has the text: {}", shown.draw(widget));
        }
    }
    let title = Shown::of(Some(busy())).with(&[("title", HOSTILE)]).draw(Widget::Gifters);
    assert!(title.contains("<h1>&#60;/bdi&#62;&#60;script&#62;"), "{title}");
}

#[test]
fn a_name_that_turns_text_around_turns_nothing_beside_it() {
    for widget in [Widget::Gifters, Widget::LastGift, Widget::Battle, Widget::Goal] {
        let html = Shown::of(Some(busy())).draw(widget);
        let turned = html.split('\u{202e}').next().expect("split gives one");
        assert!(turned.matches("<bdi").count() > turned.matches("</bdi>").count(), "{widget:?}: {html}");
    }
}

#[test]
fn without_the_owners_tick_no_widget_says_what_anything_is_worth() {
    let worth = ["◆", "2,140", "1,512", "4,321", "8,120", "8,440", "12,000", "Semua untuk kucing"];
    for (widget, html) in Shown::of(Some(busy())).all() {
        for money in worth {
            assert!(!html.contains(money), "{widget:?} says {money}: {html}");
        }
    }
    let gifters = Shown::of(Some(busy())).draw(Widget::Gifters);
    assert!(gifters.contains(">108 gifts<"), "the order and the counts stay: {gifters}");
    assert!(Shown::of(Some(busy())).draw(Widget::LastGift).contains("×34"));

    let ticked = Shown { money: true, ..Shown::of(Some(busy())) };
    assert!(ticked.draw(Widget::Gifters).contains(">2,140 ◆<"));
    assert!(ticked.draw(Widget::Gifters).contains(">≈ 1,512 ◆<"), "an estimate says that it is one");
    assert!(ticked.draw(Widget::LastGift).contains(">4,321 ◆<"));
    assert!(ticked.draw(Widget::Goal).contains("Semua untuk kucing"));
}

#[test]
fn hidden_names_are_nowhere_and_neither_are_pictures() {
    let shown = Shown::of(Some(samples::live())).with(&[("hide", "names")]);
    for widget in [Widget::Gifters, Widget::LastGift] {
        let html = shown.draw(widget);
        for (nickname, ..) in NAMES {
            assert!(!html.contains(&format!(">{nickname}<")), "{widget:?}: {html}");
        }
        assert!(html.contains("Fan #1") && !html.contains("<img"), "{widget:?}: {html}");
        assert!(!html.contains("\"100\""), "nor is anybody known by their number: {html}");
    }
    let named = Shown::of(Some(samples::live())).draw(Widget::Gifters);
    assert!(named.contains("Rani Putri") && named.contains("src=\"gifters/avatars/100\""), "{named}");
    let plain = Shown::of(Some(samples::live())).with(&[("hide", "pictures")]).draw(Widget::Gifters);
    assert!(plain.contains("Rani Putri") && !plain.contains("<img"), "{plain}");
}

#[test]
fn numbers_stay_while_the_room_is_out_of_reach_and_after_the_live() {
    let away = WatchState::Reconnecting { attempt: 2, next_at: NOW };
    let shown = Shown::in_state(away, Some(busy()));
    for widget in [Widget::Gifters, Widget::LastGift, Widget::Viewers, Widget::Verdict, Widget::Moments] {
        let html = shown.draw(widget);
        assert!(html.contains("data-state=\"away\""), "{html}");
        assert!(html.contains("Reconnecting. Numbers from 20:41."), "{html}");
    }
    assert!(shown.draw(Widget::Viewers).contains(">1,203<"));
    assert!(shown.draw(Widget::Verdict).contains("gifts"), "what was said last stays");

    let ended = LiveSession { ended_at: Some(NOW), ..busy() };
    let shown = Shown::in_state(WatchState::Waiting { checked_at: None }, Some(ended));
    let html = shown.draw(Widget::Gifters);
    assert!(html.contains("data-state=\"ended\"") && html.contains("LIVE ended."), "{html}");
    assert!(html.contains("Bang Jago"));
    let quiet = Shown { query: vec![("hide", "note")], ..shown };
    assert!(!quiet.draw(Widget::Gifters).contains("LIVE ended."));
}

#[test]
fn before_a_live_a_widget_says_for_whom_it_waits() {
    for (lang, says) in
        [(Lang::En, "Waiting for @mira.plays to go LIVE."), (Lang::Id, "Menunggu @mira.plays")]
    {
        let waiting = WatchState::Waiting { checked_at: None };
        let shown = Shown { lang, ..Shown::in_state(waiting, None) };
        for (widget, html) in shown.all() {
            assert!(html.contains("data-state=\"waiting\"") && html.contains(says), "{widget:?}: {html}");
        }
    }
}

#[test]
fn a_stream_says_nothing_about_nothing_and_the_gallery_says_why() {
    let nothing = LiveSession {
        top_gifters: Vec::new(),
        last_gift: None,
        battles: Vec::new(),
        markers: Vec::new(),
        answer: None,
        ..samples::live()
    };
    for widget in [Widget::Gifters, Widget::LastGift, Widget::Battle, Widget::Moments] {
        let on_stream = Shown::of(Some(nothing.clone()));
        assert!(
            on_stream.draw(widget).contains("data-every=\"1000\"></section>"),
            "{}",
            on_stream.draw(widget)
        );
        let preview = Shown { preview: true, ..on_stream };
        assert!(preview.draw(widget).contains("Nothing on stream now"), "{widget:?}");
    }
}

#[test]
fn a_test_says_that_it_is_one_and_shows_nobody() {
    for lang in Lang::ALL {
        let shown = Shown { test: true, lang, ..Shown::of(Some(busy())) };
        for (widget, html) in shown.all() {
            assert!(html.contains(">TEST<") && html.contains("data-state=\"test\""), "{widget:?}: {html}");
            assert!(!html.contains("<img"), "{widget:?}");
            for (nickname, ..) in NAMES {
                assert!(!html.contains(nickname), "{widget:?}: {html}");
            }
        }
        let waiting = WatchState::Waiting { checked_at: None };
        let before = Shown { test: true, lang, ..Shown::in_state(waiting, None) };
        assert!(before.draw(Widget::Gifters).contains("Fan #3"), "also before the first LIVE");
    }
    let shown = Shown { test: true, ..Shown::of(None) };
    assert!(shown.draw(Widget::Goal).contains("6,200 of 10,000"), "{}", shown.draw(Widget::Goal));
    assert!(shown.draw(Widget::Battle).contains(">3:07<") || shown.draw(Widget::Battle).contains("3:07"));
}

#[test]
fn what_was_written_beside_a_marker_is_not_for_the_stream() {
    let mut live = samples::live();
    live.markers[1].note = "ask Rani for the password".to_owned();
    let html = Shown::of(Some(live)).with(&[("count", "10")]).draw(Widget::Moments);
    assert!(html.contains("New game") && !html.contains("password"), "{html}");
}

#[test]
fn a_battle_has_the_creator_first_and_its_result_stays_for_a_minute() {
    let mut live = samples::live();
    let battle = &mut live.battles[0];
    battle.sides.reverse();
    battle.ended_at = None;
    battle.started_at = NOW - 187_000;
    let html = Shown::of(Some(live.clone())).draw(Widget::Battle);
    let (own, other) = (html.find("mira.plays"), html.find(">900<"));
    assert!(own < other && html.contains("3:07"), "{html}");
    assert!(html.contains("width=\"57.1\"") && html.contains("x=\"57.1\" width=\"42.9\""), "{html}");
    live.battles[0].ended_at = Some(NOW - 60_000);
    assert!(Shown::of(Some(live.clone())).draw(Widget::Battle).contains("won"));
    live.battles[0].ended_at = Some(NOW - 60_001);
    assert!(!Shown::of(Some(live)).draw(Widget::Battle).contains("won"));
}

#[test]
fn a_streak_is_said_with_all_of_it() {
    let mut live = samples::live();
    let html = Shown::of(Some(live.clone())).draw(Widget::LastGift);
    assert!(html.contains("data-open") && html.contains(">×34<") && html.contains("Rose"), "{html}");
    if let Some(FeedWhat::Gift { open, to_creator, name, .. }) =
        live.last_gift.as_mut().map(|row| &mut row.what)
    {
        (*open, *to_creator) = (false, false);
        name.clear();
    }
    let html = Shown::of(Some(live)).draw(Widget::LastGift);
    assert!(!html.contains("data-open") && html.contains("to a guest"), "{html}");
    assert!(html.contains("5655"), "a gift without a name is known by its number: {html}");
}

#[test]
fn nobody_is_asked_for_a_picture_but_who_is_seen() {
    let live = samples::live();
    assert_eq!(people(Widget::Gifters, &live).len(), 10);
    assert_eq!(people(Widget::LastGift, &live), [UserId(100)]);
    assert!(people(Widget::Viewers, &live).is_empty());
}

#[test]
fn a_widget_never_asks_more_often_than_once_a_second() {
    for refresh_percent in [25, 100, 200] {
        let scene_look = Look { refresh_percent, ..look(Lang::En) };
        let every = scene_look.every_ms(EVERY_MS).max(EVERY_MS);
        assert!(every >= 1000, "{every}");
    }
    assert!(Shown::of(Some(busy())).draw(Widget::Viewers).contains("data-every=\"1000\""));
}
