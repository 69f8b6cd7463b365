# The Import page: earlier recordings of other programs.

import = Import
import-intro = Bring what another program recorded. You see what is in it before anything changes.
import-bring = Bring a file
import-creator = Creator
import-creator-hint = Where the file does not say whose LIVE it was, for example @mira.plays.
import-zone-hint = Where times are that do not say so themselves.
import-file = File
import-file-hint = Events as JSON, NDJSON or CSV: from /events of another Pasut, the log of tiktok-live-connector or TikTokLive, or an archive of Pasut (.pasut-archive). Also packed as .gz or .zip; 512 MiB at most.
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
import-kind-viewers =
    { $n ->
        [one] 1 viewer count
       *[other] { $n } viewer counts
    }
import-kind-comment =
    { $n ->
        [one] 1 comment
       *[other] { $n } comments
    }
import-kind-like =
    { $n ->
        [one] 1 like report
       *[other] { $n } like reports
    }
import-kind-gift =
    { $n ->
        [one] 1 gift report
       *[other] { $n } gift reports
    }
import-kind-follow =
    { $n ->
        [one] 1 follow
       *[other] { $n } follows
    }
import-kind-share =
    { $n ->
        [one] 1 share
       *[other] { $n } shares
    }
import-kind-join =
    { $n ->
        [one] 1 join
       *[other] { $n } joins
    }
import-kind-control =
    { $n ->
        [one] 1 signal
       *[other] { $n } signals
    }
import-kind-envelope =
    { $n ->
        [one] 1 treasure box
       *[other] { $n } treasure boxes
    }
import-kind-question =
    { $n ->
        [one] 1 question
       *[other] { $n } questions
    }
import-kind-subscribe =
    { $n ->
        [one] 1 subscription
       *[other] { $n } subscriptions
    }
import-kind-battle =
    { $n ->
        [one] 1 battle report
       *[other] { $n } battle reports
    }
import-kind-emote =
    { $n ->
        [one] 1 emote
       *[other] { $n } emotes
    }
import-kind-gap =
    { $n ->
        [one] 1 gap
       *[other] { $n } gaps
    }
import-sums-left = Of session { $id } the archive holds only sums, which cannot be counted again.
import-unread = The file cannot be read, so nothing was imported. Check that it is whole. ({ $why })
import-too-large = The file is larger than 512 MiB, so it was not taken. Split it, and import the parts one after the other.
import-long-list = The list in this file is larger than 64 MiB. Nothing was imported; write it as lines, or split it.
import-unpacks-too-large = The file unpacks to more than 4 GiB. Nothing was imported; split it.
import-no-room = It needs about { $needed } on the disk, and { $floor } have to stay free for recording, but only { $free } are free. Nothing was imported and recording goes on: free some space, then bring the file again.
import-database = This is a database and no recording, so nothing was imported. Backups are restored under Settings, Backups; an archive of Pasut ends with .pasut-archive.
import-known = This file was imported before, as session { $id }. Nothing was changed.
import-nothing = Nothing in this file could be taken, so nothing was imported. Files of sums, such as exports, cannot be counted again.
import-recorded = Everything in this file is of times that are recorded already. Nothing was changed.
import-many = This file holds more than 500 sessions. Nothing was imported; split it.
import-no-creator = The lines do not say whose LIVE it was, so nothing was imported. Bring the file again with the creator filled in.
import-waiting = { $n } files wait already, so this one was not kept. Import or remove one of them first.
import-unkept = The file could not be kept, so nothing was imported. ({ $why })
import-creator-bad = A TikTok username has 2 to 24 letters, digits, dots or underscores. Nothing was brought.
reason-no-object = is no JSON object
reason-lacks = has no { $what }
reason-bad = has a { $what } that cannot be read
reason-kind = is a { $kind }, which is not understood
reason-long = is longer than 64 KiB
reason-long-id = has an event_id of more than 200 bytes
reason-no-kind = does not say what it is
reason-no-time = does not say when it was
reason-no-table = is neither JSON nor the names of a table's columns
reason-late =
    { $s ->
        [one] is 1 s before a line that came earlier; sort the file by time
       *[other] is { $s } s before a line that came earlier; sort the file by time
    }
