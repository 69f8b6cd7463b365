# Settings, Data: space, how long what is recorded is kept, archives, chores.

data = Data
data-intro = What is recorded stays on this computer. Here you decide for how long.
data-size = Database
data-free = { $size } of it free
data-growth = Growth a day
data-growth-unknown = Known after a day of recording.
data-growth-over =
    { $n ->
        [one] seen over 1 day
       *[other] seen over { $n } days
    }
data-disk = Free on this disk
data-full-at = full about { $date } at this rate
data-full-never = not filling up at this rate
data-days = Keep sessions for so many days
data-days-hint = Then intervals, gifts, people and answers go into an archive. Totals stay. 0 keeps everything.
data-raw-days = Keep raw events for so many days
data-raw-days-hint = They let a price you set later be applied, and totals be recounted. 0 keeps them as long as the session.
data-lang = Language of archived workbooks
data-lang-hint = For workbooks that are written from now on.
data-leaves =
    { $n ->
        [one] On { $date } one session will be archived, of { $from }.
       *[other] On { $date } { $n } sessions will be archived, from { $from } to { $to }.
    }
data-leaves-none = On { $date } nothing will be archived.
data-leaves-never = Nothing is archived: sessions are kept for ever.
data-thins =
    { $n ->
        [one] On { $date } the raw events of one session will go, of { $from }.
       *[other] On { $date } the raw events of { $n } sessions will go, from { $from } to { $to }.
    }
data-thins-none = On { $date } no raw events will go.
data-thins-never = Raw events are kept as long as their session.
data-busy = Somebody is LIVE, so the database was not compacted. Recording would wait meanwhile; tick the box to do it anyway.
data-compact-what = Writes the database anew without its free space. What is recorded waits until it is done; nothing is lost.
data-compact-live = Also while LIVE
archives = Archives
archives-what = Made before cleanup, read back, and only then deleted here. They hold no keys, cookies or settings.
archives-none = No archives yet.
archives-none-why = The first is made when a session is older than you want to keep it.
archive-said =
    { $n ->
        [one] 1 session, made { $date }
       *[other] { $n } sessions, made { $date }
    }
archive-workbook = Workbook
archive-raw = Raw archive
left-board =
    { $n ->
        [one] The details of one session of this time are in an archive, so its gifts are not on this board:
       *[other] The details of { $n } sessions of this time are in archives, so their gifts are not on this board:
    }
left-insights =
    { $n ->
        [one] The details of one session of this time are in an archive, so these answers are without it:
       *[other] The details of { $n } sessions of this time are in archives, so these answers are without them:
    }
left-times =
    { $n ->
        [one] The details of one session are in an archive. Sums and list have it; the hours of the week are without it:
       *[other] The details of { $n } sessions are in archives. Sums and list have them; the hours of the week are without them:
    }
left-archives =
    { $n ->
        [one] one archive
       *[other] { $n } archives
    }
compare-left = only totals; details are in an archive
session-left-head = Details are in an archive
session-left = On { $date } the details of this session left for an archive. Its totals, notes and tags are still here.
session-thinned = The raw events of this session were removed on { $date }, after a recount had agreed with every total. Prices set later and the effect of single gifts can no longer be worked out.
chores = Chores
chores-what = What Pasut does by itself, in small steps. Those that take long wait while you are LIVE.
chore-run = Run now
chore-running = Working…
chore-never = Not run yet.
chore-next = Next: { $when }
chore-took = { $s } s
chore-done = done
chore-nothing = nothing to do
chore-left-alone =
    { $n ->
        [one] One was left as it is; the log says why.
       *[other] { $n } were left as they are; the log says why.
    }
chore-differs =
    { $n ->
        [one] One thing differs; run pasut check to see it.
       *[other] { $n } things differ; run pasut check to see them.
    }
chore-failed = Failed; it is tried again. Nothing was lost, and the log says more.
chore-failed-disk = There is too little room on the disk. Nothing was lost; free some space.
chore-failed-locked = Another program uses the database. It is tried again.
chore-failed-unreadable = An archive could not be read back, so nothing was deleted. It is made again.
chore-when-asked = only when asked
chore-every-seconds = every { $n } seconds
chore-every-minutes =
    { $n ->
        [one] every minute
       *[other] every { $n } minutes
    }
chore-every-hours =
    { $n ->
        [one] every hour
       *[other] every { $n } hours
    }
chore-every-days =
    { $n ->
        [one] every day
       *[other] every { $n } days
    }
chore-erase = Erase people
chore-erase-does = Makes people anonymous who asked to be erased.
chore-erase-did =
    { $n ->
        [one] 1 person erased
       *[other] { $n } people erased
    }
chore-let-go = Tidy memory
chore-let-go-does = Lets go of sums that nobody looks at, and gives freed memory back to the computer.
chore-explain = Explain sessions
chore-explain-does = Answers why viewers changed, where nobody has yet.
chore-explain-did =
    { $n ->
        [one] 1 session explained
       *[other] { $n } sessions explained
    }
chore-pack = Pack events
chore-pack-does = Makes the events of finished sessions small.
chore-pack-did =
    { $n ->
        [one] 1 session packed
       *[other] { $n } sessions packed
    }
chore-boards = Prepare leaderboards
chore-boards-does = Adds up gifters of sessions that an earlier version recorded.
chore-measure = Measure the database
chore-measure-does = Notes how large it is, to tell how it grows.
chore-thin = Thin old sessions
chore-thin-does = Removes raw events once a recount agrees with every total.
chore-thin-did =
    { $n ->
        [one] 1 session thinned
       *[other] { $n } sessions thinned
    }
chore-archive = Archive old sessions
chore-archive-does = Archives sessions that are old enough, reads the archive back, and takes their details out.
chore-archive-did =
    { $n ->
        [one] 1 session archived, { $size }
       *[other] { $n } sessions archived, { $size }
    }
chore-reclaim = Give space back
chore-reclaim-does = Gives free space of the database back to the disk.
chore-reclaim-did = { $size } given back
chore-check = Check everything
chore-check-does = Checks the database, every total and every archive.
chore-check-did =
    { $n ->
        [one] 1 session checked
       *[other] { $n } sessions checked
    }
chore-backup-does = Makes a backup if one is due: see Settings, Backups.
chore-backup-did = one made, { $size }
chore-compact = Compact database
chore-compact-does = Writes the database anew without its free space.
chore-compact-did = from { $before } to { $size }
sought-head = Erase somebody from archives
sought-intro = Who is on a leaderboard is erased there. Who is in archives alone is looked for here, by user id or exact name.
sought-label = User id, @handle or name
sought-look = Look in the archives
sought-id = id
sought-found =
    { $n ->
        [one] One person in the archive { $name }. Erased, they go from every archive, and from everything else.
       *[other] { $n } people in the archive { $name }. Who is erased goes from every archive, and from everything else.
    }
sought-not-yet = Nobody yet, and there are older archives.
sought-nobody = Nobody in the archives has this id or exact name.
sought-busy = The archives are being worked on. Try again in a minute.
sought-on = Look in older archives
sought-unread = These archives could not be read, so nobody was looked for in them; the log says why:
