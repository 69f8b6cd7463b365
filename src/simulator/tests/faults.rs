use super::*;
use tokio_tungstenite::tungstenite::Error;

async fn refused_with(room: &RoomHandle, ttwid: &str) -> (u16, Option<String>) {
    match handshake(room, ttwid).await {
        Err(Error::Http(answer)) => {
            let message = answer.headers().get("handshake-msg");
            (answer.status().as_u16(), message.map(|value| value.to_str().expect("text").to_owned()))
        }
        Ok(_) => panic!("let in"),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn every_refusal_says_no_in_its_own_way() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    let path = "/api-live/user/room?uniqueId=mira";
    room.set_fault(Fault::Refuse(Refusal::Blocked));
    assert_eq!(get(&simulator, path).await.status().as_u16(), 403);
    assert_eq!(refused_with(&room, "t").await.0, 403);
    room.set_fault(Fault::Refuse(Refusal::RateLimited));
    let limited = get(&simulator, path).await;
    assert_eq!((limited.status().as_u16(), limited.headers()["retry-after"].as_bytes()), (429, &b"7"[..]));
    assert_eq!(refused_with(&room, "t").await.0, 429);
    room.set_fault(Fault::Refuse(Refusal::Captcha));
    assert!(get(&simulator, path).await.text().await.expect("a page").contains("tiktok-verify-page"));
    room.set_fault(Fault::Refuse(Refusal::NoUpgrade));
    assert_eq!(refused_with(&room, "t").await, (200, Some("illegal app_id".to_owned())));
    room.set_fault(Fault::Refuse(Refusal::NotFound));
    assert_eq!(get_json(&simulator, path).await["statusCode"], 19_881_007);
    room.set_fault(Fault::Refuse(Refusal::Offline));
    assert_eq!(get_json(&simulator, path).await["data"]["liveRoom"]["status"], 4);
    room.set_fault(Fault::Refuse(Refusal::AgeRestricted));
    let info = get_json(&simulator, &format!("/webcast/room/info?room_id={}", room.room_id())).await;
    assert_eq!(info["status_code"], 4_003_110);
    room.clear_faults();
    Client::enter(&room).await;
}

#[tokio::test]
async fn a_blocked_device_gets_in_with_another_cookie() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    room.set_fault(Fault::Refuse(Refusal::DeviceBlocked));
    for _ in 0..2 {
        assert_eq!(refused_with(&room, "one").await, (200, Some("DEVICE_BLOCKED".to_owned())));
    }
    assert!(handshake(&room, "two").await.is_ok());
}

#[tokio::test]
async fn a_captcha_page_leaves_the_json_alone() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    room.set_fault(Fault::CaptchaPage);
    let page = get(&simulator, "/@mira/live").await.text().await.expect("a page");
    assert!(!page.contains("SIGI_STATE"));
    assert_eq!(get_json(&simulator, "/api-live/user/room?uniqueId=mira").await["statusCode"], 0);
}

#[tokio::test]
async fn connections_can_be_dropped_or_closed_after_a_while() {
    for (fault, says_goodbye) in [
        (Fault::DropAfter(Duration::from_millis(50)), false),
        (Fault::CloseAfter(Duration::from_millis(50)), true),
    ] {
        let simulator = started().await;
        let room = simulator.scripted("mira");
        room.set_fault(fault);
        let (mut socket, _) = handshake(&room, "t").await.expect("let in");
        let closed = matches!(socket.next().await, Some(Ok(Ws::Close(_))));
        assert_eq!(closed, says_goodbye, "{fault:?}");
    }
}

#[tokio::test]
async fn a_mute_room_still_answers_heartbeats() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    room.set_fault(Fault::Mute);
    let mut client = Client::enter(&room).await;
    room.comment("ana", "halo").await;
    assert_eq!(client.until_heartbeat().await.len(), 0);
    room.clear_faults();
    room.comment("ana", "halo").await;
    assert_eq!(client.until_heartbeat().await.len(), 1);
}

#[tokio::test]
async fn a_silent_room_answers_nothing() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    let mut client = Client::enter(&room).await;
    room.set_fault(Fault::Silence);
    client.socket.send(Ws::binary(frame::heartbeat(room.room_id(), 1))).await.expect("written");
    room.comment("ana", "halo").await;
    room.room.until(|state| state.connections[0].heartbeats == 1).await;
    room.drop_connections();
    assert_eq!(client.bytes().await, None);
}

#[tokio::test]
async fn broken_frames_come_in_addition() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    room.set_fault(Fault::BrokenFrames);
    let client = Client::enter(&room).await;
    for _ in 0..60 {
        room.comment("ana", "halo").await;
    }
    room.drop_connections();
    let (told, broken) = client.rest().await;
    assert_eq!(told.len(), 60);
    assert!((3..40).contains(&broken), "{broken}");
}

#[tokio::test]
async fn who_enters_again_is_shown_the_past() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    room.comment("ana", "before").await;
    room.like("ana", 3).await;
    room.set_fault(Fault::History);
    room.set_fault(Fault::Resend);
    let mut client = Client::enter(&room).await;
    let told = client.until_heartbeat().await;
    let unmarked = told.iter().filter(|message| !message.is_history).count();
    assert_eq!((told.len(), unmarked), (6 + 1 + 2, 6 + 2));
    let comments: Vec<_> = told
        .iter()
        .filter(|message| &message.method[..] == b"WebcastChatMessage")
        .map(|one| one.msg_id)
        .collect();
    assert_eq!(comments[6], comments[7], "a message that comes again keeps its id");
    assert_eq!(room.connections()[0].truth.messages.counted, 2);
}

#[tokio::test]
async fn disorder_changes_what_comes_but_not_what_it_adds_up_to() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    for fault in [
        Fault::GiftDisorder,
        Fault::LateTicks,
        Fault::LikesBackwards,
        Fault::WrongWireTypes,
        Fault::UnknownMethods,
    ] {
        room.set_fault(fault);
    }
    let mut client = Client::enter(&room).await;
    for streak in 1..20 {
        let mut pen = Pen::new(room.room_id(), Person::named("mira"), 90 + streak);
        let from = Person::named("ana");
        let tick = |repeat_count, end| GiftTick {
            from: &from,
            to: None,
            gift: ROSE,
            group: streak,
            repeat_count,
            end,
        };
        let mut batch: Vec<_> = (1..6).map(|count| pen.gift(START_MS, &tick(count, false))).collect();
        batch.push(pen.gift(START_MS, &tick(5, true)));
        batch.push(pen.like(START_MS, &from, 10, streak * 1000));
        room.raw(batch).await;
    }
    let told = client.until_heartbeat().await;
    let (heard, told_truth) = (truth_of(&told, room.host_id()), room.truth());
    assert_eq!(heard.diamonds, told_truth.diamonds);
    assert_eq!(heard.diamonds.total, 19 * 5);
    assert!(heard.messages.duplicates_dropped > 0);
    assert!(heard.events["gift"] > told_truth.events["gift"], "late ticks are new messages");
    assert_eq!((heard.messages.decode_errors, heard.messages.unknown), (19 * 3, 19 * 3));
    // 900 where the script said 1000.
    let totals: Vec<i64> = told.iter().filter_map(like_total).collect();
    assert!(totals.iter().any(|total| total % 1000 != 0), "{totals:?}");
    assert_eq!(room.connections()[0].truth.messages, heard.messages);
}

fn like_total(message: &BaseMessage) -> Option<i64> {
    let like: crate::wire::webcast::Like = crate::wire::Message::decode(message.payload.clone()).ok()?;
    (&message.method[..] == b"WebcastLikeMessage").then_some(like.total)
}

#[tokio::test]
async fn bombs_and_giants_come_once_and_the_room_goes_on() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    room.set_fault(Fault::GzipBomb);
    room.set_fault(Fault::OversizedFrame);
    let mut client = Client::enter(&room).await;
    assert!(matches!(client.frame().await, Some(Err(BrokenFrame::TooLarge))));
    assert!(client.bytes().await.is_some_and(|bytes| bytes.len() > 2 << 20));
    room.comment("ana", "halo").await;
    assert_eq!(client.messages().await.len(), 1);
}

#[tokio::test]
async fn the_clock_can_be_wrong_and_the_wire_slow() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    room.set_fault(Fault::ClockSkew(3_600_000));
    room.set_fault(Fault::SlowDrip);
    let mut client = Client::enter(&room).await;
    room.comment("ana", &"halo ".repeat(40)).await;
    let batch = client.batch().await;
    assert!(batch.now >= START_MS + 3_600_000, "{}", batch.now);
    assert_eq!(batch.messages.len(), 1);
}

#[tokio::test]
async fn an_end_can_come_without_a_word() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    room.set_fault(Fault::UnannouncedEnd);
    let client = Client::enter(&room).await;
    room.end().await;
    assert_eq!(client.rest().await.0.len(), 0);
    let ended = get_json(&simulator, "/api-live/user/room?uniqueId=mira").await;
    assert_eq!(ended["data"]["liveRoom"]["status"], 4);
}

#[tokio::test]
async fn rooms_go_on_air_when_their_time_has_come() {
    let simulator = start(Config { live_at: Duration::from_millis(80), ..Config::calm(START_MS) }).await;
    let room = simulator.scripted("mira");
    let status = |answer: serde_json::Value| answer["data"]["liveRoom"]["status"].as_i64();
    assert_eq!(status(get_json(&simulator, "/api-live/user/room?uniqueId=mira").await), Some(4));
    room.room.until(|state| state.on_air == OnAir::Live).await;
    assert_eq!(status(get_json(&simulator, "/api-live/user/room?uniqueId=mira").await), Some(2));
}
