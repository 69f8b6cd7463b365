# One session.

reviewing = Reviewing { $date }
recording-goes-on = You are live now; recording goes on.
back-to-live = Back to live
session = Session
session-heading = { $day }, { $from } to { $to }{ $next } { $zone }
average-viewers = { $n ->
        [one] average { $n } viewer
       *[other] average { $n } viewers
    }
peak-at = peak { $n } at { $time }
timeline = Timeline
gifters = Gifters
intervals = Intervals
battles = Battles
quality = Quality
likes-seen = { $n } seen
people-count = { $n ->
        [one] { $n } person
       *[other] { $n } people
    }
gifters-count = { $n ->
        [one] { $n } gifter
       *[other] { $n } gifters
    }
plus-to-guests = + { $n } to guests
ever-entered = Ever entered
by-tiktok = by TikTok
gifts-caption = Gifts of this session, most diamonds first
gift = Gift
tier = Tier
tier-standard = standard
tier-special = special
tier-premium = premium
count = Count
streaks = Streaks
each = Each
value-from = Value from
source-event = exact
source-learned = learned
source-list = from list
source-estimate = estimated
source-unknown = unknown
fix = set price
no-intervals = No interval is complete yet.
interval-caption = { $min } minutes each, times in { $zone }
change = Change
range = Range
activity-score = Activity
top-gifter = Top gifter
battle-scores = Scores are TikTok's battle points, not diamonds.
scores = Scores
pauses = Pauses
gaps = Gaps: nothing could be seen, nothing is made up
from = From
to = To
until-now = now
cause = Cause
messages = Messages
messages-counted = Counted
messages-history = From before we joined, not counted
messages-duplicate = Repeats, counted once
messages-undecodable = Could not be read
messages-unknown = Of a kind nobody documented
frames-broken = Broken frames
unpriced = Gifts without a price
unpriced-do = TikTok did not say what these are worth, so they count as 0. Type the price of one, in diamonds; it holds for all sessions.
