# Two sessions beside each other.

nav-compare = Compare
compare-title = Which LIVE did better?
compare-intro = Two sessions, number by number. Only connected minutes count.
compare-exactly-two = Tick exactly two sessions to compare them; { $n ->
        [0] none was
        [one] { $n } was
       *[other] { $n } were
    } ticked. Choose A and B here.
compare-needs-two = Two sessions are needed to compare.
compare-nothing = Nothing to compare yet.
compare-off = Back to the session
compare-swap = Swap A and B
compare-numbers = The numbers of both
compare-running = still running: so far
compare-part = continues an earlier part, which is not in these numbers
compare-by-start = Average viewers every { $min ->
        [one] minute
       *[other] { $min } minutes
    }, by time since the start (h:mm). Lines break where nothing was seen.
compare-by-clock = Average viewers every { $min ->
        [one] minute
       *[other] { $min } minutes
    }, by time of day in { $zone }. Lines break where nothing was seen.
compare-label = Line: A, { $a }. Dashed: B, { $b }.
presets = Compare A with
preset-previous = Previous session, { $date }
preset-week = Same weekday last week, { $date }
preset-best = Best of 30 days, { $date }
align = Line up
align-start = By start
align-clock = By clock
interval = Interval
difference = Difference
points = { $n } pts
n-of-people = { $n } of { $people } people
time-of-time = { $part } of { $all }
key-compare-off = Stop comparing, back to the session
