use super::*;
use crate::domain::alert::Channels;
use crate::domain::event::{Battle, LiveEvent};
use crate::domain::gift::{UnitValue, ValueSource};
use crate::domain::goal::{GoalKind, GoalPlan};
use crate::domain::handle::Handle;
use crate::domain::ids::BattleId;
use proptest::prelude::*;

const RULES: AlertRules =
    AlertRules { gift_diamonds: 100, fan_ranks: 2, first: Channels::Both, ..AlertRules::USUAL };

fn judge() -> Judge {
    Judge::new(SessionId(7))
}

fn event(number: u64, at_s: i64, user: i64, what: Happened, added: Option<GiftAdded>) -> Accounted {
    let viewer = Viewer { id: UserId(user), nickname: "Ana".into(), ..Viewer::default() };
    let event = LiveEvent { created_at: None, user: Some(viewer), what };
    Accounted { number, at: Stamp(at_s * 1000), msg_id: 0, event, added }
}

/// A report of a streak of gifts worth 10 each: how many it says, and how many of them it adds.
fn report(group: i64, count: u32, added: u32, end: bool) -> (Happened, Option<GiftAdded>) {
    let report = GiftReport {
        gift: GiftId(5),
        name: "Rose".into(),
        streakable: true,
        group,
        repeat_count: count,
        repeat_end: end,
        ..GiftReport::default()
    };
    let value = UnitValue { diamonds: 10, source: ValueSource::Event };
    let added = GiftAdded { units: added, diamonds: i64::from(added) * 10, to_creator: true, value };
    (Happened::Gift(report), Some(added))
}

/// What is told of reports `(second, count, added, end)` of one streak of user 1.
fn told(judge: &mut Judge, group: i64, reports: &[(i64, u32, u32, bool)]) -> Vec<(Stamp, i64)> {
    let hear = |(number, (at_s, count, added, end)): (usize, &(i64, u32, u32, bool))| {
        let (what, added) = report(group, *count, *added, *end);
        judge.hear(&event(number as u64 + 1, *at_s, 1, what, added), &RULES)
    };
    let occasions: Vec<_> = reports.iter().enumerate().flat_map(hear).collect();
    gifts(&occasions)
}

fn gifts(occasions: &[Occasion]) -> Vec<(Stamp, i64)> {
    let gift = |occasion: &Occasion| match &occasion.what {
        What::Gift(given) => Some((occasion.at, given.diamonds)),
        _ => None,
    };
    occasions.iter().filter_map(gift).collect()
}

#[test]
fn a_streak_is_judged_once_at_its_close_by_what_it_came_to() {
    let at = |s: i64| Stamp(s * 1000);
    for (what, reports, expected) in [
        (
            "it grows past the threshold",
            &[(0, 1, 1, false), (1, 9, 8, false), (2, 12, 3, true)][..],
            vec![(at(2), 120)],
        ),
        ("it ends below it", &[(0, 1, 1, false), (1, 9, 8, true)], vec![]),
        ("exactly at it", &[(0, 10, 10, true)], vec![(at(0), 100)]),
        ("still open", &[(0, 50, 50, false)], vec![]),
        ("its end is repeated", &[(0, 12, 12, true), (1, 12, 0, true), (2, 12, 0, true)], vec![(at(0), 120)]),
        ("a late report of it", &[(0, 12, 12, true), (1, 11, 0, false)], vec![(at(0), 120)]),
        ("the rest was counted before anybody listened", &[(0, 12, 2, true)], vec![(at(0), 120)]),
        ("all of it was, and only its end is heard", &[(0, 12, 0, true)], vec![(at(0), 120)]),
    ] {
        assert_eq!(told(&mut judge(), 9, reports), expected, "{what}");
    }
}

#[test]
fn a_silent_streak_is_judged_by_what_it_came_to_and_its_end_tells_it_no_second_time() {
    let mut judge = judge();
    assert_eq!(told(&mut judge, 9, &[(0, 12, 12, false)]), []);
    assert_eq!(judge.settle(Stamp(10_000), &RULES), []);
    let settled = judge.settle(Stamp(10_001), &RULES);
    assert_eq!(gifts(&settled), [(Stamp(10_001), 120)]);
    assert_eq!(settled[0].key, "gift:7:1:5:9");
    assert_eq!(judge.settle(Stamp(11_000), &RULES), []);
    assert_eq!(told(&mut judge, 9, &[(20, 15, 3, false), (21, 15, 0, true)]), []);
}

#[test]
fn a_silent_streak_that_was_too_small_is_judged_again_when_it_ends() {
    let mut judge = judge();
    assert_eq!(told(&mut judge, 9, &[(0, 5, 5, false)]), []);
    assert_eq!(gifts(&judge.settle(Stamp(20_000), &RULES)), []);
    assert_eq!(told(&mut judge, 9, &[(25, 15, 10, true)]), [(Stamp(25_000), 150)]);
}

#[test]
fn streaks_without_a_group_follow_one_another() {
    let mut judge = judge();
    let reports = [(0, 12, 12, true), (5, 3, 3, false), (6, 11, 8, true)];
    assert_eq!(told(&mut judge, 0, &reports), [(Stamp(0), 120), (Stamp(6_000), 110)]);
    assert_eq!(told(&mut judge, 0, &[(7, 11, 0, true)]), [], "which of them this repeats nobody knows");
}

#[test]
fn a_gift_to_a_guest_is_none_of_the_creators() {
    let mut judge = judge();
    let (what, added) = report(9, 50, 50, true);
    let added = added.map(|added| GiftAdded { to_creator: false, ..added });
    assert_eq!(judge.hear(&event(1, 0, 1, what, added), &RULES), []);
}

#[test]
fn the_first_gift_of_each_person_is_asked_about_once_when_its_streak_is_over() {
    let mut judge = judge();
    let mut firsts = Vec::new();
    for (number, user, group, count, added, end) in
        [(1, 1, 3, 1, 1, false), (2, 2, 4, 2, 2, true), (3, 1, 3, 2, 1, true), (4, 1, 5, 1, 1, true)]
    {
        let (what, added) = report(group, count, added, end);
        let occasions = judge.hear(&event(number, number as i64, user, what, added), &RULES);
        firsts.extend(occasions.into_iter().map(|occasion| (occasion.key, occasion.at)));
    }
    let expected = [("first:7:2".to_owned(), Stamp(2_000)), ("first:7:1".to_owned(), Stamp(1_000))];
    assert_eq!(firsts, expected, "with when it began, so that what was given before is told from it");
}

#[test]
fn a_top_gifter_is_announced_when_they_first_come_in() {
    let mut judge = judge();
    judge.set_fans(&[UserId(4), UserId(5), UserId(6)]);
    let join = || Happened::Join { viewers: 0, source: "".into() };
    let mut arrived = Vec::new();
    for (number, user) in [(1, 9), (2, 5), (3, 5), (4, 6), (5, 4)] {
        arrived.extend(judge.hear(&event(number, 0, user, join(), None), &RULES));
    }
    let ranks: Vec<_> = arrived.iter().map(|occasion| (occasion.key.as_str(), &occasion.what)).collect();
    let expected = [("fan:7:5", &What::TopFan { rank: 2 }), ("fan:7:4", &What::TopFan { rank: 1 })];
    assert_eq!(ranks, expected, "the third is below the rank that was asked for");
}

/// What is told of viewers, counted every ten seconds from 0.
fn changes(judge: &mut Judge, viewers: &[i64], rules: &AlertRules) -> Vec<(i64, What)> {
    let hear = |(i, viewers): (usize, &i64)| {
        let what = Happened::Viewers { viewers: *viewers, total_viewers: 0 };
        judge.hear(&event(i as u64 + 1, i as i64 * 10, 1, what, None), rules)
    };
    let occasions = viewers.iter().enumerate().flat_map(hear);
    occasions.map(|occasion| (occasion.at.0 / 1000, occasion.what)).collect()
}

/// Ten minutes of `before`, then what follows.
fn after(before: i64, follows: &[i64]) -> Vec<i64> {
    let mut viewers = vec![before; 60];
    viewers.extend(follows);
    viewers
}

#[test]
fn viewers_are_told_to_jump_or_fall_when_said_twice_within_the_window_and_by_enough() {
    let spike = |to| What::ViewerSpike(Change { from: 100, to, window_s: 60 });
    let fall = |to| What::ViewerDrop(Change { from: 100, to, window_s: 60 });
    for (what, follows, expected) in [
        ("a jump that stays", &[250, 260, 270][..], vec![(610, spike(260))]),
        ("a glitch that comes back", &[900, 100, 100], vec![]),
        ("not enough of a jump", &[190, 195, 199], vec![]),
        ("exactly twice as many", &[200, 200], vec![(610, spike(200))]),
        ("a fall that stays", &[40, 45], vec![(610, fall(45))]),
        ("a count that was away", &[0, 100, 100], vec![]),
        ("a slow climb", &[110, 120, 130, 140, 150, 160, 170, 180, 190, 195], vec![]),
    ] {
        assert_eq!(changes(&mut judge(), &after(100, follows), &RULES), expected, "{what}");
    }
    let few = changes(&mut judge(), &after(8, &[24, 26, 27]), &RULES);
    assert_eq!(few, [], "three times as many, but few more");
    assert_eq!(changes(&mut judge(), &[100, 300, 300, 300], &RULES), [], "nothing to compare with yet");
}

#[test]
fn one_change_is_told_once_and_the_next_after_it_is_over() {
    let mut viewers = after(100, &[250; 6]);
    viewers.extend([100, 250, 260, 250]);
    assert_eq!(changes(&mut judge(), &viewers, &RULES).len(), 1, "it flutters");
    viewers.extend([250; 60]);
    viewers.extend([600, 620]);
    let told = changes(&mut judge(), &viewers, &RULES);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[1].1, What::ViewerSpike(Change { from: 250, to: 620, window_s: 60 }));
}

#[test]
fn viewers_a_battle_brings_are_left_out_unless_asked_for() {
    let battle = |phase| {
        Happened::Battle(Battle {
            id: BattleId(1),
            phase,
            ends_at: Some(Stamp(700_000)),
            ..Battle::default()
        })
    };
    for (in_battles, told) in [(false, 0), (true, 1)] {
        let mut judge = judge();
        judge.hear(&event(1, 0, 1, battle(BattlePhase::Open), None), &RULES);
        let rules = AlertRules { in_battles, ..RULES };
        assert_eq!(changes(&mut judge, &after(100, &[250, 260, 270]), &rules).len(), told);
    }
    let mut judge = judge();
    judge.hear(&event(1, 0, 1, battle(BattlePhase::Open), None), &RULES);
    judge.hear(&event(2, 1, 1, battle(BattlePhase::Finished), None), &RULES);
    assert_eq!(changes(&mut judge, &after(100, &[250, 260]), &RULES).len(), 1, "it is over");
}

#[test]
fn viewers_are_not_compared_across_a_gap() {
    let mut judge = judge();
    assert_eq!(changes(&mut judge, &after(100, &[]), &RULES), []);
    judge.lose_sight();
    let back = |i: i64| {
        let what = Happened::Viewers { viewers: 400, total_viewers: 0 };
        event(100, 600 + i * 10, 1, what, None)
    };
    assert!((0..20).all(|i| judge.hear(&back(i), &RULES).is_empty()));
}

#[test]
fn a_connection_is_told_lost_once_it_was_away_for_long_enough() {
    let gap = |from_s: i64, to, cause| Gap { from: Stamp(from_s * 1000), to, cause };
    let now = Stamp(100_000);
    for (what, gaps, told) in [
        ("none", vec![], None),
        ("long enough", vec![gap(40, None, GapCause::Disconnected)], Some(60)),
        ("not yet", vec![gap(41, None, GapCause::Disconnected)], None),
        ("it came back", vec![gap(10, Some(Stamp(90_000)), GapCause::Disconnected)], None),
        ("the user stopped it", vec![gap(10, None, GapCause::Stopped)], None),
    ] {
        let lost = lost(SessionId(7), &gaps, now, &RULES);
        assert_eq!(
            lost.as_ref().map(|lost| &lost.what),
            told.map(|seconds| What::ConnectionLost { seconds }).as_ref(),
            "{what}"
        );
        if let Some(lost) = lost {
            assert_eq!(lost.key, "lost:7:40000", "the same as long as it lasts");
        }
    }
}

#[test]
fn only_active_goals_are_met() {
    let goal = |id, target, state| {
        let creator = Handle::parse("mira").expect("valid");
        Goal { id, plan: GoalPlan { creator, kind: GoalKind::Likes, target, title: String::new() }, state }
    };
    let goals = [
        goal(1, 100, GoalState::Active),
        goal(2, 101, GoalState::Active),
        goal(3, 1, GoalState::Draft),
        goal(4, 1, GoalState::Met { at: Stamp(1) }),
    ];
    let totals = SessionTotals { likes: 100, ..SessionTotals::default() };
    let keys: Vec<_> = met(&goals, SessionId(7), &totals, Stamp(9)).map(|occasion| occasion.key).collect();
    assert_eq!(keys, ["goal:1:7"]);
}

proptest! {
    #[test]
    fn however_a_streak_is_reported_it_is_told_at_most_once_and_never_for_more_than_it_came_to(
        counts in proptest::collection::vec((1u32..40, any::<bool>(), 0i64..30), 1..40),
    ) {
        let mut judge = judge();
        let (mut credited, mut ended, mut at, mut told) = (0, false, 0, Vec::new());
        for (number, (count, end, passes_s)) in counts.into_iter().enumerate() {
            at += passes_s;
            told.extend(gifts(&judge.settle(Stamp(at * 1000), &RULES)));
            // As the recorder credits: the growth of the highest count, and nothing after the end.
            let added = if ended { 0 } else { count.saturating_sub(credited) };
            credited += added;
            ended |= end;
            let (what, added) = report(9, count, added, end);
            told.extend(gifts(&judge.hear(&event(number as u64 + 1, at, 1, what, added), &RULES)));
        }
        prop_assert!(told.len() <= 1, "{told:?}");
        for (_, diamonds) in told {
            prop_assert!((100..=i64::from(credited) * 10).contains(&diamonds), "{diamonds} of {credited}");
        }
    }
}
