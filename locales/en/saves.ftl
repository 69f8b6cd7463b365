# What is shared and saved from a session.

share-heading = Share
share-card-do = A picture of this session: what came before, average and peak, top gifters. Without diamonds unless you add them.
share-size = Size of the picture
share-tall = Story, 1080 × 1920
share-wide = Link, 1200 × 630
share-hide = Name nobody
share-money = With diamonds
share-save = Save picture
share-report = Save report
report-totals = Totals
report-more-gifts = { $n ->
        [one] And { $n } more kind of gift.
       *[other] And { $n } more kinds of gifts.
    }
report-made = Made by Pasut { $version } on { $time }. All times are in { $zone }.
card-average = Average viewers
card-peak = Peak viewers

# The Exports page.

export-intro = What was recorded, as a file. Files stay on this computer and are removed after a day.
export-range = Sessions that began
export-everyone = everyone
export-form = Format
export-report = Report (HTML)
export-chart = Chart (PNG)
export-each = A file of each session; several come in a ZIP archive.
export-separator = Between fields
export-comma = comma, decimals with a point
export-semicolon = semicolon, decimals with a comma
export-content = Content
export-hide = Hide names (Fan #1, Fan #2)
export-make = Make the file
export-ask = Update the size
export-estimate = { $sessions ->
        [one] { $sessions } session
       *[other] { $sessions } sessions
    }, about { $rows ->
        [one] { $rows } row
       *[other] { $rows } rows
    }, { $size }
export-estimate-each = { $sessions ->
        [one] { $sessions } session
       *[other] { $sessions } sessions
    }, about { $size }
export-files = Files
export-none = No files.
export-none-do = Choose above what you need; the file appears here.
export-waiting = Waits for its turn.
export-running = { $rows ->
        [one] 1 row
       *[other] { $rows } rows
    } so far.
export-done = { $rows ->
        [one] 1 row
       *[other] { $rows } rows
    }, { $size }. Removed on { $until }.
export-running-each = { $rows ->
        [one] 1 session
       *[other] { $rows } sessions
    } so far.
export-done-each = { $rows ->
        [one] 1 session
       *[other] { $rows } sessions
    }, { $size }. Removed on { $until }.
export-failed = The file could not be made. Nothing recorded is affected; see that the disk has room, and try again.
export-cancelled = Cancelled. No file was left behind.
export-download = Download
export-cancel = Cancel
export-remove = Remove
