"""The client of TikTokLive over the event feed of a Pasut that watches the creator. See README.md."""

from .client.client import TikTokLiveClient

__all__ = ["TikTokLiveClient"]
