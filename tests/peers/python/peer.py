"""Listens with TikTokLive until the stream breaks off or the time is over; prints what it heard.

usage: peer.py http://127.0.0.1:PORT NAME SECONDS
"""

import asyncio
import json
import sys
from collections import Counter

from TikTokLive import TikTokLiveClient
from TikTokLive import events as heard
from TikTokLive.client.web.web_settings import WebDefaults
from TikTokLive.events import custom_events, proto_events
from websockets.exceptions import ConnectionClosed

KINDS = {
    "chat": proto_events.CommentEvent,
    "gift": proto_events.GiftEvent,
    "like": proto_events.LikeEvent,
    "join": proto_events.JoinEvent,
    "follow": custom_events.FollowEvent,
    "share": custom_events.ShareEvent,
    "viewers": proto_events.RoomUserSeqEvent,
    "control": proto_events.ControlEvent,
    "envelope": proto_events.EnvelopeEvent,
    "question": proto_events.QuestionNewEvent,
    "subscribe": proto_events.SubNotifyEvent,
    "battle": proto_events.LinkMicBattleEvent,
    "battle_armies": proto_events.LinkMicArmiesEvent,
    "emote": proto_events.EmoteChatEvent,
    "unknown": custom_events.UnknownEvent,
}
OTHERS = ["LiveIntroEvent", "RoomEvent", "BarrageEvent", "CaptionEvent", "RankUpdateEvent"]


async def listen(url, name, seconds):
    WebDefaults.tiktok_app_url = url
    WebDefaults.tiktok_webcast_url = f"{url}/webcast"
    WebDefaults.tiktok_sign_url = url

    client = TikTokLiveClient(unique_id=f"@{name}")
    counts, totals, open_streaks = Counter(), Counter(), {}

    def count(kind):
        async def one_more(_event):
            counts[kind] += 1

        return one_more

    for kind, event in KINDS.items():
        client.add_listener(event, count(kind))
    for event in OTHERS:
        client.add_listener(getattr(proto_events, event), count("other"))

    @client.on(heard.LikeEvent)
    async def on_like(event):
        totals["likes"] += event.count
        totals["room_likes"] = event.total

    @client.on(heard.RoomUserSeqEvent)
    async def on_viewers(event):
        totals["viewers"] = event.total

    @client.on(heard.GiftEvent)
    async def on_gift(event):
        # As the library's documentation counts: a streak when it is over, any other gift at once.
        diamonds = event.gift.diamond_count * max(event.repeat_count, 1)
        streak = (event.user.id, event.gift_id, event.group_id)
        if event.gift.type == 1 and event.streaking:
            open_streaks[streak] = diamonds
        else:
            open_streaks.pop(streak, None)
            totals["diamonds"] += diamonds

    task = await client.start(fetch_room_info=False, fetch_gift_info=False)
    done, _ = await asyncio.wait([task], timeout=seconds)
    broke_off = bool(done)
    if not broke_off:
        await client.disconnect()
    elif task.exception() and not isinstance(task.exception(), ConnectionClosed):
        raise task.exception()
    return {
        "client": "Python TikTokLive",
        "broke_off": broke_off,
        "events": dict(counts),
        "open_diamonds": sum(open_streaks.values()),
        **totals,
    }


if __name__ == "__main__":
    address, creator, limit = sys.argv[1:]
    print(json.dumps(asyncio.run(listen(address, creator, float(limit)))))
