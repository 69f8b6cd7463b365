# The past at a glance, and the list of sessions.

sessions-title = Are your LIVEs growing?
growing-yes = Yes: { $now } viewers on average, { $before } in { $days ->
        [one] the day
       *[other] the { $days } days
    } before ({ $change }).
growing-no = No: { $now } viewers on average, { $before } in { $days ->
        [one] the day
       *[other] the { $days } days
    } before ({ $change }).
growing-steady = About the same: { $now } viewers on average, { $before } in { $days ->
        [one] the day
       *[other] the { $days } days
    } before ({ $change }).
growing-early = Too early to say: { $now ->
        [one] { $now } session
       *[other] { $now } sessions
    } in these days, { $before } in as many days before ({ $days }).
sums = These days against the days before
sums-dates = { $days } { $zone }, against { $before }.
days-span = { $from } to { $to }
sums-before = before: { $value } ({ $days })
sums-none-before = no sessions before ({ $days })
best-time = Best time to go live
colour = Colour
per-viewer-hour = per viewer-hour
heat-label-viewers = Average viewers by weekday and hour
heat-label-value = Diamonds per viewer-hour by weekday and hour
heat-foot-viewers = Colour: average viewers over connected time. Number: sessions. Hatched: fewer than { $few }. Hours in { $zone }, { $days }.
heat-foot-value = Colour: diamonds per viewer-hour, gifts to guests included. Number: sessions. Hatched: fewer than { $few }. Hours in { $zone }, { $days }.
heat-unit-viewers = viewers
heat-unit-value = diamonds per viewer-hour
heat-cell-viewers = { $day } { $hour }, average { $value } viewers, { $n ->
        [one] { $n } session
       *[other] { $n } sessions
    }
heat-cell-value = { $day } { $hour }, { $value } diamonds per viewer-hour, { $n ->
        [one] { $n } session
       *[other] { $n } sessions
    }
heat-cell-few = { $day } { $hour }, { $n ->
        [one] only { $n } session
       *[other] { $n } sessions
    }
heat-table = In brackets: sessions.
heat-empty = Nothing recorded in these days.
heat-empty-do = From two sessions in the same hour of the week, its average shows here.
hour = Hour
filters = Filters
filter = Show
in-notes = Text in notes
tag = Tag
any-tag = Any tag
with-gifts = With gifts
with-gaps = With gaps
all-creators = All creators
sessions-found = { $n ->
        [one] { $n } session
       *[other] { $n } sessions
    }
sessions-found-some = { $n } sessions, { $first } to { $last } shown
compare-two = Compare two
compare-hint = Tick two sessions, then compare them
compare-pick = To compare
driver-column = Came first
start-time = Start
live-now = live now
continues = Continues
page-before = Previous page
page-next = Next page
pages = Pages
no-sessions = No sessions yet.
no-sessions-do = The first appears when you go live.
no-match = Nothing matches these filters.
clear-filters = Clear them
origin-capture = From a capture
origin-push = Pushed
origin-import = Imported
