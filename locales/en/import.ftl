# The Import page: earlier recordings of other programs.

import = Import
import-intro = Bring what another program recorded. You see what is in it before anything changes.
import-bring = Bring a file
import-creator = Creator
import-creator-hint = Where the file does not say whose LIVE it was, for example @mira.plays.
import-zone-hint = Where times are that do not say so themselves.
import-file = File
import-file-hint = Events as JSON, NDJSON or CSV: from /events of another Pasut, or the log of tiktok-live-connector or TikTokLive. Also packed as .gz or .zip; 512 MiB at most.
import-look = Look into it
import-no-file = Choose a file first.
import-files = Files
import-none = No file was brought.
import-none-do = What you bring waits here until you import it; after an hour it goes.
import-sums = Exports hold sums, which cannot be counted again. Events that Pasut itself recorded are at /api/v1/sessions/ID/events.
import-looking = being looked at
import-looked =
    { $events ->
        [one] 1 event
       *[other] { $events } events
    } in { $sessions ->
        [one] 1 session
       *[other] { $sessions } sessions
    }; nothing is changed yet
import-taking = being imported
import-done =
    imported: { $events ->
        [one] 1 event
       *[other] { $events } events
    } in { $sessions ->
        [one] 1 session
       *[other] { $sessions } sessions
    }
import-failed = not imported
import-take = Import
import-remove = Remove
import-more =
    { $n ->
        [one] and 1 more session
       *[other] and { $n } more sessions
    }
import-refused =
    { $n ->
        [one] 1 line is not taken
       *[other] { $n } lines are not taken
    }
import-line = Line { $line } { $reason }
import-duplicates =
    { $n ->
        [one] 1 came twice and counts once
       *[other] { $n } came twice and count once
    }
import-left-out =
    { $n ->
        [one] 1 is left out, because that time is recorded already
       *[other] { $n } are left out, because that time is recorded already
    }
import-kind-viewers = viewer counts
import-kind-comment = comments
import-kind-like = like reports
import-kind-gift = gift reports
import-kind-follow = follows
import-kind-share = shares
import-kind-join = joins
import-kind-control = signals
import-kind-envelope = treasure boxes
import-kind-question = questions
import-kind-subscribe = subscriptions
import-kind-battle = battle reports
import-kind-emote = emotes
import-kind-gap = gaps
