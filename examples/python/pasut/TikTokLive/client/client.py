"""The client. PASUT_URL is where Pasut is, PASUT_TOKEN a feed token of it."""

import asyncio
import inspect
import json
import logging
import os
import re
from urllib.parse import urlencode

import websockets

from .. import events
from .errors import AlreadyConnectedError, UserOfflineError

RETRY_S = [1, 2, 5, 10, 30]
MOST_HELD = 20_000  # more than a busy LIVE has in the minute after which a game looks again
RESTART_S = 60  # so long Pasut may take to find the LIVE again after it was restarted


class TikTokLiveClient:
    def __init__(self, unique_id, **_options):
        self.unique_id = re.sub(r"^(https?://(www\.)?tiktok\.com/)?@?|/live.*$", "", str(unique_id).strip())
        self.connected = False
        self.logger = logging.getLogger("TikTokLive")
        self._listeners = {}
        self._running = set()
        self._room = None
        self._news = asyncio.Condition()
        self._told = False  # whether Pasut said how the creator is
        self._held = []  # what came before the game asked for it
        self._reader = None
        self._session = None

    @property
    def room_id(self):
        return int(self._room["roomId"]) if self._room else None

    @property
    def room_info(self):
        return self._room["roomInfo"] if self._room else None

    def on(self, event, f=None):
        def listen(listener):
            self._listeners.setdefault(event.get_type(), []).append(listener)
            return listener
        return listen(f) if f else listen

    def add_listener(self, event, f):
        return self.on(event, f)

    def has_listener(self, event):
        return event.get_type() in self._listeners

    async def is_live(self, *_):
        """Stays connected to Pasut, so that nothing of a LIVE that begins is missed until `connect`."""
        self._read()
        async with self._news:
            await self._news.wait_for(lambda: self._told)
        return self._room is not None

    async def start(self, **_options):
        if self.connected:
            raise AlreadyConnectedError("You can only make one connection per client!")
        if not await self.is_live():
            await self.disconnect()
            raise UserOfflineError(f"@{self.unique_id} is not LIVE, or not watched by Pasut.")
        self.connected = True
        self._emit(events.ConnectEvent(unique_id=self.unique_id, room_id=self.room_id))
        self._session = asyncio.create_task(self._play())
        return self._session

    async def connect(self, callback=None, **options):
        task = await self.start(**options)
        if callback:
            called = callback()
            if inspect.isawaitable(called):
                asyncio.ensure_future(called)
        await task
        return task

    def run(self, **options):
        """Blocks until the LIVE is over."""
        return asyncio.run(self.connect(**options))

    async def disconnect(self, **_options):
        self.connected = False
        reader, self._reader = self._reader, None
        if reader:
            reader.cancel()
        async with self._news:
            self._room, self._told = None, False
            self._held.clear()
            self._news.notify_all()

    close = disconnect

    def _read(self):
        if not self._reader:
            self._reader = asyncio.create_task(self._listen())

    async def _listen(self):
        """Reads what Pasut says; when it is gone or restarted, tries again."""
        retries = 0
        while True:
            try:
                async with websockets.connect(address(self.unique_id), max_size=None) as socket:
                    await self._take(await self._first(socket))
                    retries = 0
                    async for message in socket:
                        await self._take(json.loads(message))
                why = "it closed the connection"
            except (OSError, websockets.WebSocketException) as error:
                why = str(error)
            self.logger.error("Pasut at %s does not answer, or not to this program: %s", where(), why)
            await asyncio.sleep(RETRY_S[min(retries, len(RETRY_S) - 1)])
            retries += 1

    async def _first(self, socket):
        """How the creator is."""
        first = json.loads(await socket.recv())
        if self.connected and first["event"] == "disconnected":
            try:
                return json.loads(await asyncio.wait_for(socket.recv(), RESTART_S))
            except asyncio.TimeoutError:
                pass
        return first

    async def _take(self, message):
        name, data = message["event"], message["data"]
        async with self._news:
            if name == "connected":
                self._room, self._told = data, True
            elif name == "disconnected":
                self._room, self._told = None, True
            elif name == "pasut.missed":
                self.logger.error("%s", data["detail"])
            elif self.connected or len(self._held) < MOST_HELD:
                self._held.append((name, data))
                if not self.connected and len(self._held) == MOST_HELD:
                    self.logger.error("The game did not connect in time: events are missed until it does.")
            self._news.notify_all()

    async def _play(self):
        """Hands on what came, until the LIVE is over."""
        while True:
            async with self._news:
                await self._news.wait_for(lambda: self._held or self._room is None)
                came, self._held = self._held, []
                over = self._room is None
            for name, data in came:
                for event in events.of(name, data):
                    self._emit(event)
                over = over or name == "streamEnd"
            if over:
                break
        await self.disconnect()
        self._emit(events.DisconnectEvent())
        await asyncio.gather(*self._running)

    def _emit(self, event):
        for listener in self._listeners.get(event.get_type(), []):
            called = listener(event)
            if inspect.isawaitable(called):
                task = asyncio.ensure_future(called)
                self._running.add(task)
                task.add_done_callback(self._running.discard)


def where():
    return os.environ.get("PASUT_URL") or "http://127.0.0.1:8787"


def address(creator):
    query = {"creator": creator, "format": "connector"}
    if token := os.environ.get("PASUT_TOKEN"):
        query["token"] = token
    return f"{re.sub(r'^http', 'ws', where()).rstrip('/')}/api/v1/feed?{urlencode(query)}"
