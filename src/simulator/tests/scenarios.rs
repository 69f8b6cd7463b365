use super::*;
use std::collections::HashSet;

fn lived(name: &str, seed: u64, minutes: i64) -> (Room, Vec<Batch>) {
    let mut room =
        Room::new(profile_named(name).expect("a scenario"), seed, START_MS).lasting(minutes * 60_000);
    let batches = room.advance(i64::MAX);
    (room, batches)
}

fn truth(room: &Room, batches: &[Batch]) -> Truth {
    let mut truth = Truth::of_host(room.pen.owner.id);
    batches.iter().for_each(|batch| truth.count_all(&batch.messages));
    truth
}

/// Viewers as the room reports them, one value a second.
fn viewers(batches: &[Batch]) -> Vec<f64> {
    let mut newest = 0.0;
    batches
        .iter()
        .map(|batch| {
            for message in &batch.messages {
                if &message.method[..] == b"WebcastRoomUserSeqMessage" {
                    let seq: crate::wire::webcast::RoomUserSeq =
                        crate::wire::Message::decode(message.payload.clone()).expect("our own");
                    newest = seq.total as f64;
                }
            }
            newest
        })
        .collect()
}

/// How viewers change from 10 to 80 s after the seconds which begin 20 s of the most `what`
/// (the highest fiftieth), compared with all seconds.
fn rise_after(batches: &[Batch], what: impl Fn(&Truth) -> i64) -> f64 {
    let viewers = viewers(batches);
    let each: Vec<i64> = batches
        .iter()
        .map(|batch| {
            let mut truth = Truth::default();
            truth.count_all(&batch.messages);
            what(&truth)
        })
        .collect();
    let amount: Vec<i64> = each.windows(20).map(|window| window.iter().sum()).collect();
    let mut sorted = amount.clone();
    sorted.sort_unstable();
    let high = sorted[sorted.len() * 98 / 100];
    let change = |second: &usize| viewers[second + 80] - viewers[second + 10];
    let mean = |seconds: Vec<usize>| seconds.iter().map(change).sum::<f64>() / seconds.len() as f64;
    let possible = 600..batches.len() - 140;
    mean(possible.clone().filter(|second| amount[*second] >= high).collect()) - mean(possible.collect())
}

#[test]
fn the_same_seed_lives_the_same_life() {
    let counted = |seed| {
        let (room, batches) = lived("lively", seed, 6);
        let truth = truth(&room, &batches);
        (room.pen.room_id, truth.messages, truth.diamonds, truth.by_method)
    };
    assert_eq!(counted(4), counted(4));
    assert_ne!(counted(4), counted(5));
}

#[test]
fn every_room_says_what_clients_can_read_and_ends_with_its_end() {
    for profile in PROFILES.iter().filter(|profile| profile.name != "busy") {
        let (room, batches) = lived(profile.name, 9, 20);
        let truth = truth(&room, &batches);
        let name = profile.name;
        assert!(room.ended() && batches.len() == 20 * 60, "{name}");
        assert_eq!((truth.messages.decode_errors, truth.messages.duplicates_dropped), (0, 0), "{name}");
        assert_eq!(truth.messages.unknown, 0, "{name}");
        assert!(truth.viewers.last as f64 > profile.viewers * 0.3, "{name}: {:?}", truth.viewers);
        assert!(truth.likes.max_reported_total > truth.likes.total, "{name}");
        let last = batches.last().expect("many").messages.last().expect("the end");
        assert_eq!(methods(std::slice::from_ref(last)), ["WebcastControlMessage"], "{name}");
    }
}

#[test]
fn a_lively_room_has_a_bit_of_everything() {
    let (room, batches) = lived("lively", 2, 60);
    let truth = truth(&room, &batches);
    for kind in [
        "battle",
        "battle_armies",
        "chat",
        "control",
        "emote",
        "envelope",
        "follow",
        "gift",
        "join",
        "like",
        "other",
        "question",
        "share",
        "subscribe",
        "viewers",
    ] {
        assert!(truth.events.contains_key(kind), "{kind}");
    }
    assert!(truth.diamonds.to_others > 0 && truth.diamonds.to_host > truth.diamonds.to_others);
}

#[test]
fn every_streak_is_finished_when_the_room_ends() {
    let (_, batches) = lived("lively", 3, 15);
    let mut open = HashSet::new();
    for message in batches.iter().flat_map(|batch| &batch.messages) {
        if &message.method[..] == b"WebcastGiftMessage" {
            let gift: crate::wire::webcast::Gift =
                crate::wire::Message::decode(message.payload.clone()).expect("our own");
            if gift.repeat_end == 1 {
                assert!(open.remove(&gift.group_id), "an end follows a tick");
            } else if gift.gift.is_some_and(|kind| kind.r#type == 1) {
                open.insert(gift.group_id);
            }
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

/// The ids of those whom a room says to have come.
fn who_came(room: &mut Room) -> HashSet<i64> {
    let batches = room.advance(i64::MAX);
    let joined = batches.iter().flat_map(|batch| &batch.messages);
    let joined = joined.filter(|message| &message.method[..] == b"WebcastMemberMessage");
    joined
        .filter_map(|message| {
            let member: crate::wire::webcast::Member =
                crate::wire::Message::decode(message.payload.clone()).expect("our own");
            member.user.map(|user| user.id)
        })
        .collect()
}

#[test]
fn regulars_come_to_some_lives_of_a_creator_and_others_to_one() {
    let came = |seed, crowd| {
        let room = Room::new(profile_named("lively").expect("a scenario"), seed, START_MS + seed as i64);
        who_came(&mut room.lasting(20 * 60_000).with_regulars(crowd, 100))
    };
    let (first, second, elsewhere) = (came(1, 7), came(2, 7), came(3, 8));
    let again = first.intersection(&second).count();
    assert!(again > 5 && again * 3 < first.len(), "{again} of {}", first.len());
    assert_eq!(first.intersection(&elsewhere).count(), 0);
}

#[test]
fn viewers_follow_what_moves_them_and_nothing_else() {
    let gifts = |truth: &Truth| truth.events.get("gift").map_or(0, |count| *count as i64);
    let likes = |truth: &Truth| truth.likes.total;
    let (_, driven) = lived("gift-driven", 6, 120);
    assert!(rise_after(&driven, gifts) > 15.0, "{}", rise_after(&driven, gifts));
    let (_, driven) = lived("like-driven", 6, 120);
    assert!(rise_after(&driven, likes) > 15.0, "{}", rise_after(&driven, likes));
    let (_, unmoved) = lived("unmoved", 6, 120);
    for rise in [rise_after(&unmoved, gifts), rise_after(&unmoved, likes)] {
        assert!(rise.abs() < 8.0, "{rise}");
    }
}

#[test]
fn a_busy_room_has_two_hundred_events_a_second() {
    let mut room = Room::new(profile_named("busy").expect("a scenario"), 1, START_MS);
    let before = room.advance(START_MS + 1_200_000);
    let steady = &before[before.len() - 60..];
    let events: usize = steady.iter().map(|batch| batch.messages.len()).sum();
    assert!(events > 200 * 60, "{events}");
}

#[test]
fn an_unknown_scenario_is_answered_with_the_known_ones() {
    let error = profile_named("wild").expect_err("no such scenario");
    assert!(error.contains("`wild`") && error.contains("gift-driven") && error.contains("busy"), "{error}");
}
