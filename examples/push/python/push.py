"""Listens to a LIVE with TikTokLive and pushes what it hears to Pasut.

usage: push.py NAME [--pasut http://127.0.0.1:8787] [--token-file FILE] [--tiktok http://127.0.0.1:PORT]
"""

import argparse
import asyncio
import json
import pathlib
import urllib.error
import urllib.request
from datetime import datetime, timezone

from TikTokLive import TikTokLiveClient
from TikTokLive.client.web.web_settings import WebDefaults
from TikTokLive.events import custom_events, proto_events
from websockets.exceptions import ConnectionClosed

EVERY_S = 1  # So long lines are gathered before they are sent.
MOST_LINES = 5000  # So many are sent at once.


class Pasut:
    """A pushed session. What could not be sent is sent again; Pasut drops what it has already."""

    def __init__(self, url, token):
        self.url, self.token, self.lines = url, token, []

    def ask(self, path, body, content_type="application/json"):
        headers = {"Content-Type": content_type, "Origin": self.url}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.url + path, body, headers, method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def begin(self, creator, host):
        new = {"creator": creator, "source": "push"}
        if host:
            new["host_user_id"] = str(host)
        session = self.ask("/api/v1/sessions", json.dumps(new).encode())
        self.path = f"/api/v1/sessions/{session['session_id']}"
        return session["session_id"]

    def send(self):
        """Sends what was gathered, or nothing, which says that we still listen."""
        lines = self.lines[:MOST_LINES]
        body = "".join(json.dumps(line) + "\n" for line in lines).encode()
        answer = self.ask(f"{self.path}/events", body, "application/x-ndjson")
        del self.lines[: len(lines)]
        for refused in answer["refused"]:
            print(f"refused: line {refused['line']} {refused['reason']}")

    def end(self):
        while self.lines:
            self.send()
        self.ask(f"{self.path}/end", b"")


def user(event):
    """Who it was, as Pasut names people."""
    who = getattr(event, "user", None) or getattr(getattr(event, "data", None), "user", None)
    if not who or not who.id:
        return None
    name = getattr(who, "display_id", "") or getattr(who, "username", "") or getattr(who, "unique_id", "")
    return {"id": str(who.id), "display_id": name, "nickname": getattr(who, "nickname", "") or getattr(who, "nick_name", "")}


def gift(event):
    """One tick of a streak: Pasut works out what it adds."""
    receiver = getattr(event, "to_user", None)
    return {
        "id": str(event.gift_id or event.gift.id),
        "name": event.gift.name,
        "diamond_count": event.gift.diamond_count or None,
        "streakable": event.gift.type == 1,
        "group_id": str(event.group_id),
        "repeat_count": max(event.repeat_count, 1),
        "repeat_end": bool(event.repeat_end),
        "to_user_id": str(receiver.id) if receiver and receiver.id else None,
    }


# What Pasut calls an event, and which members it gets besides who and when.
KINDS = {
    proto_events.CommentEvent: ("comment", lambda e: {"text": e.content}),
    proto_events.GiftEvent: ("gift", lambda e: {"gift": gift(e)}),
    proto_events.LikeEvent: ("like", lambda e: {"count": e.count, "total": e.total}),
    proto_events.JoinEvent: ("join", lambda e: {}),
    custom_events.FollowEvent: ("follow", lambda e: {}),
    custom_events.ShareEvent: ("share", lambda e: {}),
    proto_events.RoomUserSeqEvent: ("viewers", lambda e: {"viewers": e.total, "total_viewers": e.total_user}),
    proto_events.QuestionNewEvent: ("question", lambda e: {"text": e.data.content}),
    proto_events.ControlEvent: ("control", lambda e: {"action": str(int(e.action))}),
}


async def main(options):
    if options.tiktok:
        WebDefaults.tiktok_app_url = options.tiktok
        WebDefaults.tiktok_webcast_url = f"{options.tiktok}/webcast"
        WebDefaults.tiktok_sign_url = options.tiktok
    token = options.token_file.read_text().strip() if options.token_file else None
    client, pasut = TikTokLiveClient(unique_id=f"@{options.name}"), Pasut(options.pasut, token)

    def listen_to(event_type, kind, members):
        async def hear(event):
            # An introduction of the LIVE may be no message of its own; everything else has an id.
            line = {"event_id": str(event.common.msg_id), "kind": kind, "user": user(event), **members(event)}
            now = datetime.now(timezone.utc)
            line["t"] = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            pasut.lines.append(line)

        client.add_listener(event_type, hear)

    for event_type, (kind, members) in KINDS.items():
        listen_to(event_type, kind, members)

    session = await asyncio.to_thread(pasut.begin, options.name, options.host_user_id)
    print(f"pushing @{options.name} as session {session}", flush=True)
    listening = await client.start(fetch_room_info=False, fetch_gift_info=False)
    while not listening.done():
        await asyncio.wait([listening], timeout=EVERY_S)
        try:
            await asyncio.to_thread(pasut.send)
        except (urllib.error.URLError, TimeoutError) as error:
            print(f"{len(pasut.lines)} lines wait: {error}", flush=True)
    await asyncio.to_thread(pasut.end)
    if listening.exception() and not isinstance(listening.exception(), ConnectionClosed):
        raise listening.exception()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("name", help="the creator's username")
    parser.add_argument("--pasut", default="http://127.0.0.1:8787", help="where Pasut is")
    parser.add_argument("--token-file", type=pathlib.Path, help="a file with a push token of this creator")
    parser.add_argument("--host-user-id", help="the creator's own user id, so that gifts to guests are told apart")
    parser.add_argument("--tiktok", help="a simulator instead of TikTok")
    asyncio.run(main(parser.parse_args()))
