use super::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = Text> {
    vec(any::<u8>(), 0..12).prop_map(|bytes| Text::from(Bytes::from(bytes)))
}

fn stamp() -> impl Strategy<Value = Stamp> {
    prop_oneof![
        Just(Stamp(0)),
        (0..100_000_i64).prop_map(|ms| Stamp(1_790_000_000_000 + ms)),
        any::<i64>().prop_map(Stamp)
    ]
}

fn user_id() -> impl Strategy<Value = UserId> {
    prop_oneof![(1..4_i64).prop_map(UserId), any::<i64>().prop_map(UserId)]
}

fn viewer() -> impl Strategy<Value = Viewer> {
    let names = prop_oneof![Just(Text::from("ana")), text()];
    (user_id(), names, text(), any::<[bool; 3]>()).prop_map(|(id, display_id, nickname, flags)| Viewer {
        id,
        display_id,
        nickname,
        avatar_url: Text::default(),
        moderator: flags[0],
        subscriber: flags[1],
        follower: flags[2],
    })
}

fn gift() -> impl Strategy<Value = GiftReport> {
    let described = (1..4_i64, text(), option::of(any::<u32>()), any::<bool>());
    let counts = (any::<u32>(), any::<bool>(), any::<i64>(), any::<u32>(), any::<u32>());
    (described, counts, option::of(user_id()), any::<bool>()).prop_map(
        |((gift, name, unit_diamonds, streakable), counts, receiver, plain)| {
            let (repeat_count, repeat_end, group, group_count, combo_count) = counts;
            let report = GiftReport {
                gift: GiftId(gift),
                name,
                unit_diamonds,
                streakable,
                repeat_count,
                repeat_end,
                group,
                group_count,
                combo_count,
                receiver,
            };
            if plain { GiftReport { group: 0, group_count: 0, combo_count: 0, ..report } } else { report }
        },
    )
}

fn battle() -> impl Strategy<Value = Battle> {
    let phase = prop_oneof![Just(BattlePhase::Other), Just(BattlePhase::Open), Just(BattlePhase::Finished)];
    let side = (user_id(), text(), text(), option::of(any::<i64>()))
        .prop_map(|(host, display_id, nickname, score)| BattleSide { host, display_id, nickname, score });
    (any::<i64>(), phase, option::of(stamp()), option::of(stamp()), vec(side, 0..4)).prop_map(
        |(id, phase, started_at, ends_at, sides)| Battle {
            id: BattleId(id),
            phase,
            started_at,
            ends_at,
            sides,
        },
    )
}

fn what() -> impl Strategy<Value = What> {
    let said = prop_oneof![
        text().prop_map(|text| What::Comment { text }),
        text().prop_map(|text| What::Question { text }),
        text().prop_map(|text| What::Intro { text }),
        vec(text(), 0..3).prop_map(|emote_ids| What::Emote { emote_ids }),
        vec(any::<i64>(), 0..3).prop_map(|msg_ids| What::Deleted { msg_ids }),
    ];
    let done = prop_oneof![
        (any::<u32>(), any::<i64>()).prop_map(|(count, total)| What::Like { count, total }),
        (any::<i64>(), text()).prop_map(|(viewers, source)| What::Join { viewers, source }),
        any::<i64>().prop_map(|action| What::MemberOther { action }),
        option::of(user_id()).prop_map(|target| What::Follow { target }),
        any::<i64>().prop_map(|action| What::SocialOther { action }),
        any::<i64>().prop_map(|months| What::Subscribe { months }),
        any::<i64>().prop_map(|action| What::Control(Control::from_action(action))),
        (1..5_i64).prop_map(|action| What::Control(Control::from_action(action))),
        (any::<i64>(), any::<i64>())
            .prop_map(|(viewers, total_viewers)| What::Viewers { viewers, total_viewers }),
    ];
    let envelope = (text(), option::of(user_id()), text(), any::<u32>(), any::<u32>(), any::<bool>())
        .prop_map(|(envelope_id, sender_id, sender_name, diamonds, winners, hidden)| What::Envelope {
            envelope_id,
            sender_id,
            sender_name,
            diamonds,
            winners,
            hidden,
        });
    prop_oneof![
        3 => said,
        5 => done,
        3 => gift().prop_map(What::Gift),
        1 => envelope,
        1 => battle().prop_map(What::Battle),
        1 => battle().prop_map(What::BattleScores),
        1 => prop_oneof![Just(What::Share), Just(What::Other), Just(What::Unrecognised)],
    ]
}

fn added() -> impl Strategy<Value = GiftAdded> {
    let source = (0..ValueSource::ALL.len()).prop_map(|index| ValueSource::ALL[index]);
    (any::<u32>(), any::<i64>(), any::<bool>(), any::<u32>(), source).prop_map(
        |(units, diamonds, to_creator, unit, source)| GiftAdded {
            units,
            diamonds,
            to_creator,
            value: UnitValue { diamonds: unit, source },
        },
    )
}

fn event() -> impl Strategy<Value = Accounted> {
    let said = (option::of(stamp()), option::of(viewer()), what())
        .prop_map(|(created_at, user, what)| LiveEvent { created_at, user, what });
    let msg_id = prop_oneof![Just(0), any::<i64>()];
    (stamp(), msg_id, said, option::of(added())).prop_map(|(at, msg_id, event, added)| {
        let added = added.filter(|_| matches!(event.what, What::Gift(_)));
        Accounted { number: 0, at, msg_id, event, added }
    })
}

fn encode(events: &[Accounted]) -> Segment {
    let mut segment = Segment::begin(&events[0]);
    events.iter().for_each(|event| segment.push(event));
    segment
}

proptest! {
    #[test]
    fn events_read_back_as_they_were(first in 1..u64::from(u32::MAX), mut events in vec(event(), 1..40)) {
        for (number, event) in (first..).zip(&mut events) {
            event.number = number;
        }
        let segment = encode(&events);
        let packed = pack(&segment.body);
        let body = unpack(&packed).expect("packed by us");
        prop_assert_eq!(&body, &segment.body);
        let read: Result<Vec<_>, _> = Events::read(body, segment.first_number, segment.from).collect();
        prop_assert_eq!(read, Ok(events.clone()));
        let kinds: Vec<Kind> = events.iter().map(|event| event.event.what.kind()).collect();
        prop_assert_eq!(segment.kinds, kind_mask(&kinds));
    }

    #[test]
    fn hostile_bytes_end_in_damage_at_worst(bytes in vec(any::<u8>(), 0..400)) {
        let _ = unpack(&bytes);
        let length = bytes.len();
        let read = Events::read(bytes.into(), 1, Stamp(0));
        prop_assert!(read.count() <= length);
    }

    #[test]
    fn a_damaged_body_never_reads_more_than_it_holds(
        mut events in vec(event(), 1..20),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        for (number, event) in (1..).zip(&mut events) {
            event.number = number;
        }
        let mut body = encode(&events).body;
        for (place, byte) in damage {
            let place = place.index(body.len());
            body[place] = byte;
        }
        let length = body.len();
        prop_assert!(Events::read(body.into(), 1, events[0].at).count() <= length);
    }
}

#[test]
fn a_list_that_claims_to_be_endless_is_refused() {
    let mut body = vec![DELETED, 0];
    put(&mut body, u64::MAX);
    assert_eq!(Events::read(body.into(), 1, Stamp(0)).collect::<Result<Vec<_>, _>>(), Err(Damaged));
}

#[test]
fn a_known_viewer_takes_one_byte() {
    let named = |number| Accounted {
        number,
        at: Stamp(0),
        msg_id: 0,
        event: LiveEvent {
            created_at: None,
            user: Some(Viewer { id: UserId(9), display_id: "ana".into(), ..Viewer::default() }),
            what: What::Share,
        },
        added: None,
    };
    let first = encode(&[named(1)]).body.len();
    let both = encode(&[named(1), named(2)]).body.len();
    assert_eq!(both - first, 3);
}

#[test]
fn a_body_that_is_longer_than_any_we_write_is_refused_packed_or_not() {
    let most = vec![SHARE; MAX_PLAIN_BYTES as usize];
    assert_eq!(unpack(&pack(&most)).map(|body| body.len()), Ok(most.len()));
    assert_eq!(plain(most.clone()).map(|body| body.len()), Ok(most.len()));
    let larger = [&most[..], &[SHARE]].concat();
    assert_eq!((unpack(&pack(&larger)), plain(larger)), (Err(Damaged), Err(Damaged)));
}
