"""The errors of TikTokLive that a game may want to catch."""


class TikTokLiveError(RuntimeError):
    """Any of them."""


class AlreadyConnectedError(TikTokLiveError):
    """There is one connection for each client."""


class UserOfflineError(TikTokLiveError):
    """The creator is not LIVE, or not watched by Pasut."""
