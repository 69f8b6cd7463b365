"""Runs a game whose TikTokLive speaks to a simulator on this computer. usage: to_simulator.py GAME ARGUMENTS..."""

import os
import runpy
import sys

from TikTokLive.client.web.web_settings import WebDefaults

url = os.environ["SIGN_API_URL"]
WebDefaults.tiktok_app_url = url
WebDefaults.tiktok_webcast_url = f"{url}/webcast"
WebDefaults.tiktok_sign_url = url

sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
