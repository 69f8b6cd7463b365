use super::*;
use crate::wire::frame::ClientFrame;
use std::collections::HashSet;

#[tokio::test]
async fn what_a_script_tells_arrives_once_and_in_order() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    let mut client = Client::enter(&room).await;
    room.viewers(50, 80).await;
    room.comment("ana", "halo").await;
    room.gift("ana", None, ROSE, 7, 1, false).await;
    room.gift("ana", None, ROSE, 7, 3, false).await;
    room.gift("ana", None, ROSE, 7, 3, true).await;
    room.gift("budi", Some("guest"), GALAXY, 0, 1, false).await;
    room.like("budi", 15).await;
    room.follow("citra").await;
    room.share("citra").await;
    room.join("dewi").await;
    let told = client.until_heartbeat().await;
    assert_eq!(
        methods(&told).iter().map(|method| &method["Webcast".len()..][..4]).collect::<Vec<_>>(),
        ["Room", "Chat", "Gift", "Gift", "Gift", "Gift", "Like", "Soci", "Soci", "Memb"]
    );
    assert_eq!(told.iter().map(|message| message.msg_id).collect::<HashSet<_>>().len(), told.len());
    let truth = truth_of(&told, room.host_id());
    assert_eq!((truth.diamonds.total, truth.diamonds.to_host, truth.gift_units), (1003, 3, 4));
    assert_eq!((truth.likes.total, truth.follows, truth.shares, truth.joins), (15, 1, 1, 1));
    let connection = &room.connections()[0];
    for counted in [&connection.truth, &room.truth()] {
        assert_eq!((&counted.messages, &counted.events), (&truth.messages, &truth.events));
    }
    let id = room.room_id();
    assert_eq!(room.seen(), [ClientFrame::EnterRoom { room: id }, ClientFrame::HeartBeat { room: id }]);
    let served = get_json(&simulator, "/simulator/rooms/mira/truth").await;
    assert_eq!(served["diamonds"], serde_json::json!({ "total": 1003, "to_host": 3, "to_others": 1000 }));
    let served = get_json(&simulator, "/simulator/rooms/mira/connections").await;
    assert_eq!((&served[0]["open"], &served[0]["truth"]["events"]["gift"]), (&true.into(), &4.into()));
}

#[tokio::test]
async fn an_acknowledgement_is_asked_for_and_noted() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    let mut client = Client::enter(&room).await;
    room.comment("ana", "halo").await;
    let batch = client.batch().await;
    assert!(batch.need_ack && !batch.internal_ext.is_empty() && !batch.is_first);
    let said = frame::acknowledgement(9, batch.internal_ext.clone());
    client.socket.send(Ws::binary(said)).await.expect("written");
    client.until_heartbeat().await;
    assert!(
        room.seen().contains(&ClientFrame::Acknowledgement { log_id: 9, internal_ext: batch.internal_ext })
    );
    assert_eq!(room.connections()[0].acknowledgements, 1);
}

#[tokio::test]
async fn the_end_is_said_and_then_the_socket_is_closed() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    let client = Client::enter(&room).await;
    room.control(1).await;
    let paused = get_json(&simulator, "/api-live/user/room?uniqueId=mira").await;
    assert_eq!(paused["data"]["liveRoom"]["status"], 3);
    room.end().await;
    let (told, _) = client.rest().await;
    assert_eq!(methods(&told), ["WebcastControlMessage", "WebcastControlMessage"]);
    let ended = get_json(&simulator, "/api-live/user/room?uniqueId=mira").await;
    assert_eq!(ended["data"]["liveRoom"]["status"], 4);
}

#[tokio::test]
async fn what_happens_while_nobody_listens_is_lost_for_clients_and_kept_in_the_truth() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    let client = Client::enter(&room).await;
    room.comment("ana", "one").await;
    room.drop_connections();
    assert_eq!(client.rest().await.0.len(), 1);
    room.listened_to_by(0).await;
    room.comment("ana", "two").await;
    let mut client = Client::enter(&room).await;
    room.comment("ana", "three").await;
    assert_eq!(client.until_heartbeat().await.len(), 1);
    assert_eq!(room.truth().events["chat"], 3);
    let counts: Vec<_> = room.connections().iter().map(|one| (one.open, one.truth.events["chat"])).collect();
    assert_eq!(counts, [(false, 1), (true, 1)]);
}

#[tokio::test]
async fn a_creator_who_starts_anew_has_another_room() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    let before = room.room_id();
    let client = Client::enter(&room).await;
    room.restart();
    assert_eq!(client.rest().await.0.len(), 0);
    assert_ne!(room.room_id(), before);
    let now = get_json(&simulator, "/api-live/user/room/?uniqueId=mira").await;
    assert_eq!(now["data"]["user"]["roomId"], room.room_id().to_string());
    Client::enter(&room).await;
}

#[tokio::test]
async fn a_generated_room_reaches_its_end_as_fast_as_the_client_takes_it() {
    let simulator = start(Config { speed: 0.0, ..Config::calm(START_MS) }).await;
    let profile = profile_named("lively").expect("a scenario");
    let generated = simulator.generated("mira", profile).lasting(120_000);
    let room = simulator.add_room("mira", RoomSource::Generated(Box::new(generated)));
    let client = Client::enter(&room).await;
    let (told, broken) = client.rest().await;
    let truth = truth_of(&told, room.host_id());
    assert_eq!(broken, 0);
    assert_eq!(truth.messages, room.truth().messages);
    assert_eq!(truth.diamonds, room.truth().diamonds);
    assert!(truth.messages.counted > 300, "{:?}", truth.messages);
    assert_eq!((truth.messages.decode_errors, truth.messages.unknown), (0, 0));
    assert_eq!(methods(&told[told.len() - 1..]), ["WebcastControlMessage"]);
}

#[tokio::test]
async fn a_capture_is_played_byte_for_byte_and_loops_as_another_live() {
    let mut room = Room::new(profile_named("calm").expect("a scenario"), 3, START_MS);
    let mut file = Vec::new();
    for (second, batch) in (1_u64..).zip(room.advance(START_MS + 5000)) {
        let frame =
            frame::push(1, 1, &FetchResult { messages: batch.messages, ..FetchResult::default() }, true);
        file.extend((second * 10).to_le_bytes());
        file.extend((frame.len() as u32).to_le_bytes());
        file.extend(frame);
    }
    assert!(Capture::read(file[..file.len() - 1].to_vec().into()).is_err());
    let capture = Arc::new(Capture::read(file.into()).expect("what we wrote"));
    assert_eq!(capture.room_id(), Some(room.pen.room_id));
    let simulator = started().await;
    let source = RoomSource::Capture { capture: Arc::clone(&capture), again: true };
    let played = simulator.add_room("mira", source);
    let first = played.room_id();
    let mut client = Client::enter(&played).await;
    for record in &capture.records {
        assert_eq!(client.bytes().await, Some(record.message.clone()));
    }
    assert_eq!(client.rest().await.0.len(), 0);
    assert_ne!(played.room_id(), first);
    let mut client = Client::enter(&played).await;
    assert_eq!(client.bytes().await, Some(capture.records[0].message.clone()));
}
