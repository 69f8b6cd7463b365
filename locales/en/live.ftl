# The live page.

verdict = Verdict
verdict-first = The first numbers come in a few seconds.
why = Why?
no-proof = This shows what came before, not proof of cause.
viewers-in-10-min = viewers in 10 min
peak-viewers = viewers at the peak
right-now = Right now
viewers-now = Viewers now
tile-name = { $name }, { $min } min
against-10-min = vs 10 min ago
against-before = vs before
against-usual = vs usual
against-nothing = nothing to compare yet
age = { $dur } old
spark-title = { $name }, last 30 minutes
totals-since = This session since { $time }
totals-from-gifts = { $n ->
        [one] from { $n } gift
       *[other] from { $n } gifts
    }
what-came-first = What came first
time-window = Time window
window-15m = 15m
window-30m = 30m
window-1h = 1h
window-all = All
lane = Lane
lanes-3 = 3 lanes
lanes-5 = 5 lanes
per-minute = /min
chart-label = Viewers from { $from } to { $to } { $zone } with what happened in the room. Arrow keys move through time.
chart-caption = The same numbers as the chart, times in { $zone }
chart-empty = Nothing to draw yet.
chart-empty-do = The line begins with the first viewer count.
chart-needs-script = The drawing needs JavaScript; the table below shows the same numbers.
chart-file = save this chart
chart-clip = Clip at p99
chart-clipped = Clipped at p99 (most: { $most })
chart-hatched = Hatched: no data for { $dur }, left out.
chart-grey = Grey: a battle.
battle = Battle
top-gifters = Top gifters
gifters-caption = Gifters of this session by diamonds
gifters-caption-plain = Gifters of this session by rank
gifter = Gifter
biggest = Biggest
feed = Feed
feed-filter = Show
feed-all = All
feed-new = { $n } new
pause = Pause
feed-empty = Nothing here yet.
feed-emote = sent an emote
feed-liked = liked
feed-liked-together = { $n ->
        [one] and { $n } other liked
       *[other] and { $n } others liked
    }
feed-sent = sent
feed-streak = streak
feed-to-guest = to a guest
feed-followed = followed
feed-shared = shared the LIVE
feed-asked = asked:
feed-subscribed = { $n ->
        [0] subscribed
        [1] subscribed
       *[other] subscribed, month { $n }
    }
feed-envelope = hid a treasure box
feed-battle-started = A battle began.
feed-battle-ended = The battle is over.
feed-paused = The LIVE was paused.
feed-resumed = The LIVE goes on.
feed-ended = LIVE ended.
feed-gap = No data for { $dur }: { $cause }.
stop-question = Stop recording @{ $u }? What is recorded stays. Pasut watches again at the next LIVE.
stop-yes = Stop recording
live-nothing = There is no LIVE to show.
