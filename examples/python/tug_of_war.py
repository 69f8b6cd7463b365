"""Tug of war for a TikTok LIVE: two teams pull with likes and gifts, and whoever follows or shares gives
a push. Written for the PyPI library TikTokLive; knows nothing of Pasut.

usage: python tug_of_war.py CREATOR
"""

import asyncio
import json
import sys

from TikTokLive import TikTokLiveClient
from TikTokLive.events import (
    CommentEvent, ConnectEvent, FollowEvent, GiftEvent, LikeEvent, LiveEndEvent, ShareEvent,
)
from websockets.exceptions import ConnectionClosed

if len(sys.argv) != 2:
    sys.exit(__doc__)

client = TikTokLiveClient(unique_id=sys.argv[1])
teams = {"red": 0.0, "blue": 0.0}
chosen = {}
score = {"likes": 0, "gifts": 0, "diamonds": 0, "follows": 0, "shares": 0, "comments": 0, "ended": False}


def pull(user, strength):
    if user and user.id:
        teams[chosen.get(user.id, "red" if user.id % 2 == 0 else "blue")] += strength


@client.on(ConnectEvent)
async def on_connect(event):
    print(f"Playing in room {event.room_id}", file=sys.stderr)


@client.on(CommentEvent)
async def on_comment(event):
    score["comments"] += 1
    team = event.content.strip().lower()
    if event.user and team in teams:
        chosen[event.user.id] = team


@client.on(LikeEvent)
async def on_like(event):
    score["likes"] += event.count
    pull(event.user, event.count * 0.01)


@client.on(GiftEvent)
async def on_gift(event):
    if event.gift.type == 1 and not event.repeat_end:
        return  # the streak goes on
    score["gifts"] += event.repeat_count
    score["diamonds"] += event.gift.diamond_count * event.repeat_count
    pull(event.user, event.gift.diamond_count * event.repeat_count)


@client.on(FollowEvent)
async def on_follow(event):
    score["follows"] += 1
    pull(event.user, 5)


@client.on(ShareEvent)
async def on_share(event):
    score["shares"] += 1
    pull(event.user, 5)


@client.on(LiveEndEvent)
async def on_end(_event):
    score["ended"] = True


async def play():
    while not await client.is_live():
        await asyncio.sleep(5)
    try:
        await client.connect()
    except ConnectionClosed:
        pass  # the LIVE went away without a farewell
    winner = max(teams, key=teams.get)
    print(json.dumps({"winner": winner, **{team: round(strength, 2) for team, strength in teams.items()}, **score}))


asyncio.run(play())
