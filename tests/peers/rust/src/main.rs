//! Listens with piratetok-live-rs until the stream breaks off or the time is over; prints what it
//! heard.
//!
//! usage: pasut-peer http://127.0.0.1:PORT NAME SECONDS

use piratetok_live_rs::TikTokLive;
use piratetok_live_rs::structs::TikTokLiveEvent as Event;
use piratetok_live_rs::structs::config::Endpoints;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, name, seconds] = arguments.as_slice() else { panic!("usage: URL NAME SECONDS") };
    let limit = Duration::from_secs_f64(seconds.parse().expect("a number of seconds"));
    let endpoints = Endpoints {
        web: format!("{url}/"),
        webcast: format!("{url}/webcast/"),
        ws: Some(url.replacen("http", "ws", 1)),
    };
    // Without retries: by itself it would come back after the stream broke off.
    let client = TikTokLive::builder(name).endpoints(endpoints).max_retries(0);
    let mut stream = client.connect().await.expect("the room is live");

    let mut heard = Heard::default();
    let listening = async {
        while let Ok(event) = stream.next_event().await {
            if matches!(event, Event::Disconnected) {
                break;
            }
            heard.count(&event);
        }
    };
    let broke_off = tokio::time::timeout(limit, listening).await.is_ok();
    println!(
        "{}",
        json!({
            "client": "Rust piratetok-live-rs",
            "broke_off": broke_off,
            "events": heard.events,
            "likes": heard.likes,
            "room_likes": heard.room_likes,
            "viewers": heard.viewers,
            "diamonds": heard.diamonds,
            "open_diamonds": heard.open.values().sum::<i64>(),
            "unknown_methods": heard.unknown,
        })
    );
}

#[derive(Default)]
struct Heard {
    events: BTreeMap<&'static str, u64>,
    likes: i64,
    room_likes: i64,
    viewers: i64,
    diamonds: i64,
    open: HashMap<(i64, i64, i64), i64>,
    unknown: BTreeMap<String, u64>,
}

impl Heard {
    fn count(&mut self, event: &Event) {
        let kind = match event {
            Event::Chat(_) => "chat",
            Event::Gift(gift) => {
                // As the library's example `gift_tracker` counts.
                let user = gift.user.as_ref().map_or(0, |user| user.user_id);
                let streak = (user, i64::from(gift.gift_id), gift.group_id as i64);
                if gift.is_combo_gift() && !gift.is_streak_over() {
                    self.open.insert(streak, gift.diamond_total());
                } else {
                    self.open.remove(&streak);
                    self.diamonds += gift.diamond_total();
                }
                "gift"
            }
            Event::Like(like) => {
                self.likes += i64::from(like.like_count);
                self.room_likes = i64::from(like.total_like_count);
                "like"
            }
            Event::Join(_) => "join",
            Event::Follow(_) => "follow",
            Event::Share(_) => "share",
            Event::RoomUserSeq(room) => {
                self.viewers = i64::from(room.viewer_count);
                "viewers"
            }
            Event::Control(_) => "control",
            Event::Envelope(_) => "envelope",
            Event::QuestionNew(_) => "question",
            Event::SubNotify(_) => "subscribe",
            Event::LinkMicBattle(_) => "battle",
            Event::LinkMicArmies(_) => "battle_armies",
            Event::EmoteChat(_) => "emote",
            Event::LiveIntro(_)
            | Event::RoomMessage(_)
            | Event::Barrage(_)
            | Event::Caption(_)
            | Event::RankUpdate(_) => "other",
            Event::Unknown { method, .. } => {
                *self.unknown.entry(method.clone()).or_default() += 1;
                "unknown"
            }
            _ => return,
        };
        *self.events.entry(kind).or_default() += 1;
    }
}
