use super::*;
use reqwest::StatusCode;

#[tokio::test]
async fn the_live_page_holds_the_room_on_one_line() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    let page = get(&simulator, "/@mira/live").await.text().await.expect("a page");
    let open = "<script id=\"SIGI_STATE\" type=\"application/json\">";
    let line = page.lines().find_map(|line| line.trim().strip_prefix(open)).expect("the script");
    let state: serde_json::Value =
        serde_json::from_str(line.strip_suffix("</script>").expect("closed on the same line")).expect("JSON");
    let user = &state["LiveRoom"]["liveRoomUserInfo"]["user"];
    assert_eq!((&user["roomId"], &user["status"]), (&room.room_id().to_string().into(), &2.into()));
    let nobody = get(&simulator, "/@nobody/live").await.text().await.expect("a page");
    assert!(nobody.contains("SIGI_STATE") && !nobody.contains("LiveRoom"));
}

#[tokio::test]
async fn rooms_are_found_by_name_and_by_id() {
    let simulator = started().await;
    let room = simulator.scripted("mira");
    let id = room.room_id();
    for path in ["/api-live/user/room?uniqueId=mira", "/api-live/user/room/?sourceType=54&uniqueId=MIRA"] {
        let found = get_json(&simulator, path).await;
        assert_eq!((&found["statusCode"], &found["data"]["liveRoom"]["status"]), (&0.into(), &2.into()));
    }
    let unknown = get_json(&simulator, "/api-live/user/room?uniqueId=nobody").await;
    assert_eq!((&unknown["statusCode"], &unknown["message"]), (&19_881_007.into(), &"user_not_found".into()));
    let alive = get_json(&simulator, &format!("/webcast/room/check_alive/?room_ids={id}%2C5")).await;
    assert_eq!((&alive["data"][0]["alive"], &alive["data"][1]["alive"]), (&true.into(), &false.into()));
    room.viewers(41, 90).await;
    let info = get_json(&simulator, &format!("/webcast/room/info/?room_id={id}")).await;
    assert_eq!((&info["data"]["status"], &info["data"]["user_count"]), (&2.into(), &41.into()));
    let gifts = get_json(&simulator, "/webcast/gift/list/").await;
    assert_eq!(gifts["data"]["gifts"][0]["name"], "Rose");
    assert_eq!(get(&simulator, "/nothing").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_sign_server_leads_to_the_socket_in_both_spellings() {
    let simulator = start(Config { sign_api_key: Some("k".to_owned()), ..Config::calm(START_MS) }).await;
    let room = simulator.scripted("mira");
    let id = room.room_id();
    for path in [
        format!("/webcast/fetch?client=ttlive-python&room_id={id}&apiKey=k"),
        format!("/webcast/rooms/{id}/connect?client=ttlive-node&apiKey=k"),
    ] {
        let answer = get(&simulator, &path).await;
        assert_eq!(answer.headers()["x-room-id"], id.to_string());
        assert!(answer.headers()["x-set-tt-cookie"].to_str().expect("text").starts_with("ttwid="));
        let body = answer.bytes().await.expect("a body");
        let signed: FetchResult = crate::wire::Message::decode(body).expect("a plain batch");
        assert!(signed.is_first && !signed.cursor.is_empty() && signed.route_params.len() == 1);
        let server = String::from_utf8_lossy(&signed.push_server).into_owned();
        assert_eq!(server, format!("{}{}", simulator.url().replace("http", "ws"), http::SOCKET_PATH));
    }
    let keyless = get(&simulator, &format!("/webcast/fetch?room_id={id}")).await;
    assert_eq!(keyless.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_sign_server_can_be_of_no_help() {
    let simulator = started().await;
    let path = format!("/webcast/fetch?room_id={}", simulator.scripted("mira").room_id());
    for (fault, status) in
        [(SignFault::InvalidKey, 401), (SignFault::RateLimited, 429), (SignFault::Broken, 500)]
    {
        simulator.set_fault(Fault::Sign(fault));
        let answer = get(&simulator, &path).await;
        assert_eq!(answer.status().as_u16(), status);
        let limited = answer.text().await.expect("a body").contains("\"limit_label\"");
        assert_eq!(limited, fault == SignFault::RateLimited);
    }
    simulator.set_fault(Fault::Sign(SignFault::OutageStub));
    let stub = get(&simulator, &path).await.bytes().await.expect("a body");
    assert!((270..275).contains(&stub.len()), "{}", stub.len());
    simulator.clear_faults();
    assert!(get(&simulator, &path).await.status().is_success());
}

#[tokio::test]
async fn the_front_page_gives_a_cookie_once_it_feels_like_it() {
    let simulator = started().await;
    simulator.set_fault(Fault::MissingTtwid(2));
    let mut cookies = Vec::new();
    for _ in 0..4 {
        let answer = get(&simulator, "/").await;
        cookies.push(answer.headers().get("set-cookie").map(|value| value.as_bytes().starts_with(b"ttwid=")));
    }
    assert_eq!(cookies, [None, None, Some(true), Some(true)]);
}
