# The list of sessions.

sessions-intro = Everything recorded, newest first. A session belongs to the day it started.
sessions-caption = Sessions, newest first
all-creators = All creators
start-time = Start
live-now = live now
continues = Continues
newer = Newer
older = Older
pages = Pages
no-sessions = No sessions yet.
no-sessions-do = The first appears when you go live.
no-match = Nothing matches these filters.
clear-filters = Clear them
