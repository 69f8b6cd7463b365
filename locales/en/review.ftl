# One session.

reviewing = Reviewing { $date }
recording-goes-on = The LIVE that runs now is still being recorded.
back-to-live = Back to live
session = Session
session-heading = { $day }, { $from } to { $to }{ $next } { $zone }
average-viewers = { $n ->
        [one] average { $n } viewer
       *[other] average { $n } viewers
    }
peak-at = peak { $n } at { $time }
timeline = Timeline
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
gifts-caption-plain = Gifts of this session
gift = Gift
tier = Tier
tier-standard = standard
tier-special = special
tier-premium = premium
count = Count
streaks = Streaks
each = Each
worth-session = In this session:
value-from = Value from
source-event = exact
source-learned = learned
source-list = from list
source-estimate = estimated
source-unknown = unknown
fix = set price
no-intervals = No interval is complete yet.
interval-caption = { $min ->
        [one] 1 minute
       *[other] { $min } minutes
    } each, times in { $zone }
change = Change
range = Range
activity-score = Activity
top-gifter = Top gifter
battle-scores = Scores are TikTok's battle points, not diamonds.
battle-scores-plain = Scores are TikTok's battle points.
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
unpriced-do = TikTok did not say what these are worth; without a price they count as 0. Type the price of one, in diamonds: it holds for every session, past ones are valued anew, and another price undoes it.
people = People
notes = Notes
gaps-count = { $n ->
        [one] { $n } gap
       *[other] { $n } gaps
    }
metrics = What the session comes to
part-of = { $part } of { $whole }
gifters-of-day = { $part } of { $whole } gifters of { $day }
top-moments = Top 5 moments
top-moments-caption = Largest viewer changes
came-first = What came first
viewers-from-to = { $from } to { $to }
nothing-in-room = nothing in the room
mark-past = Mark a past moment
mark-past-how = Type a time of the session, such as 20:41 or 20:41:30, or click the chart.
mark-kind = What happened
hold-said = After { $time }, { $share } of the peak of { $peak } viewers were watching.
hold-since = Since the start
hold-share = Viewers ÷ peak
viewers-after-5 = Viewers after 5 min
lift-how = Viewers in the five minutes after a gift against the five before, the middle of n occasions; gifts within five minutes are one occasion. Below 3 occasions nothing is said.
prices = Prices
price-guessed = also where a list or a name was used
revaluing = { $n ->
        [one] { $n } session is still being valued at the new price.
       *[other] { $n } sessions are still being valued at the new price.
    }
look-again = Look again
people-seen = People seen
nobody-before = no earlier session within 30 days
no-gifters-before = no gifters in a session before
most-comments = Most active commenters
most-likes = Top likers
likes-sampled = TikTok shows only a sample of who liked, so these are the likes that were seen.
name = Name
no-comments = No comments in this session.
no-likes = No likes were seen in this session.
questions = Questions
questions-open = { $n ->
        [0] all answered
        [one] { $n } unanswered
       *[other] { $n } unanswered
    }
questions-more = { $n ->
        [one] { $n } more question
       *[other] { $n } more questions
    }
question-answered = Mark answered
question-reopen = Not answered
no-questions = Nobody asked with TikTok's question feature.
no-battles = No battle in this session.
result = Result
battle-won = won
battle-lost = lost
battle-drawn = drawn
viewers-before-during = Viewers before → during
per-min-before-during = per minute before → during
battle-how = Before is the equally long stretch before the battle. Connected minutes only.
streaks-settled = { $all ->
        [one] { $all } streak of gifts
       *[other] { $all } streaks of gifts
    }, { $n } of them settled by silence because TikTok never sent their end.
unpriced-count = { $n ->
        [one] { $n } gift has no price and counts as 0.
       *[other] { $n } gifts have no price and count as 0.
    }
match = Match with TikTok
match-how = Type what TikTok's own summary of this LIVE says. It stays with the session. Differences come from gaps, from what was before recording began, and from gifts without a price.
figure = Figure
match-ratio = Pasut ÷ TikTok
match-diamonds = Diamonds for the creator
match-likes = Likes
match-viewers-total = Viewers in total
notes-before = Before the last change:
notes-empty = nothing
notes-undo = Undo the last change
tags = Tags
tags-edit = Tags, separated by commas
