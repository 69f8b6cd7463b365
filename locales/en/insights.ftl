# Insights: why viewers changed, what was tried, and trials. It says what came before, never what was the cause.

nav-insights = Insights
insights-title = Why did viewers change?
scope = Which sessions
scope-session = This session
scope-newest = Newest
scope-days = { $n } days
insights-of-session = Session of { $session }. { $recorded }.
insights-of-running = Session of { $session }, still running. { $recorded }.
insights-over = { $n ->
        [0] No session from { $from } to { $to }.
        [one] { $n } session from { $from } to { $to }, { $judged } of them long and lively enough to judge.
       *[other] { $n } sessions from { $from } to { $to }, { $judged } of them long and lively enough to judge.
    }
insights-none = No session in these days.
insights-none-do = Choose more days, or wait for the next LIVE.
insights-uncomputed = Nothing can be said of this session yet.
insights-uncomputed-do = The first answer comes a few seconds after a LIVE begins. A session without events has none.
insights-left-out = { $dur } without connection or viewer count are left out.
insights-waiting = Waiting for more { $driver }.
drivers-heading = Five drivers, strongest first
drivers-say = What is said
drivers-lag = Which came first, in minutes. Grey: reached by chance alone.
drivers-around = Viewers around each burst. Thin: one burst. Thick: median.
driver = Driver
lag-minutes = { $n } min
lag-first = { $driver } first
lag-viewers-first = viewers first
lag-label = Link between { $driver } and arriving viewers, from { $driver } ten minutes first to viewers ten minutes first
lags-caption = Which came first: link in hundredths, −100 to +100; below zero minutes the driver came first
around-burst = burst
around-n = n = { $n }
around-label = Viewers from 5 minutes before to 15 minutes after each of { $n ->
        [one] { $n } burst
       *[other] { $n } bursts
    } of { $driver }; median at the end { $change }
around-caption = Median change of viewers around bursts, in minutes from the burst
minutes = Minutes
moment-hit = Viewers changed after it
moments-all = all { $n }
pooled-sessions = { $n ->
        [0] Could be judged in no session.
        [one] Judged in { $n } session.
       *[other] Judged in { $n } sessions.
    }
pooled-spread = It differs between sessions by about ±{ $n } viewers per burst.
forest-caption = Each session: viewers per burst with its likely range. Grey: all together.
forest-label = Viewers per burst of { $driver } in each of { $n } sessions
forest-oldest = oldest
forest-newest = newest
sizes-caption = Viewers per burst in each session, with the likely range
size-range = { $effect } ({ $low } to { $high })
by-chance = By chance
too-early = too early
outside-heading = Rises from outside the room
outside-say = { $n ->
        [one] Viewers rose { $effect } with nothing unusual in the room before it. Perhaps the For You page, a share, or a battle.
       *[other] Viewers rose { $n } times, by up to { $effect }, with nothing unusual in the room before it. Perhaps the For You page, a share, or a battle.
    }
outside-none = No notable rise that nothing in the room explains.
outside-viewers = { $from } to { $to }
outside-then = Then
outside-stayed = stayed
outside-gone = gone after { $n } min
tried-heading = What you tried
tried-none = No moment is marked in these days. Mark one on the live page (M) when you try something.
tried-caption = Average viewers in the 5 minutes before and after marked moments, { $days } days; each column is the median over them. By chance: the same at other times of the same sessions; p is how often that is as far off.
tried-marked = Marked
tried-times = Times
tried-before = Before
tried-after = After
lift-known = { $known } of { $of }
tiers-heading = Gifts by tier
tiers-caption = Viewers in the 5 minutes after gifts against the 5 minutes before. The tier is that of all gifts within ten seconds; gifts within 5 minutes are one occasion.
tiers-times = Occasions
tiers-rise = Then
trend-heading = Levels over the last { $n } sessions
trial-name = Trial
trial-heading = Try it properly
trial-intro = What comes before a rise need not bring it about. A draw that decides when you ask can tell.
trial-prompt = Ask the room for
trial-window = Watch viewers for
trial-window-min = { $n } minutes
trial-slots = Number of slots
trial-slots-n = { $n } slots
trial-start = Start the trial
trial-length = Half of the slots ask, half do not; a draw decides which, and the live page tells you. With its pause a slot takes about twice its minutes: 24 slots of 5 minutes need about 4 hours of LIVE, on as many days as you like. Nothing can be changed after the start, and there is no result before the end.
trial-described = Asking for { $driver }: { $slots } slots of { $min } minutes
trial-seen = { $seen } of { $of } slots so far, since { $day }. No result before the end.
trial-running-do = Keep the live page open while you are LIVE: a slot counts only if somebody saw its reminder. In slots that do not ask, carry on as usual.
trial-stop = Stop the trial
trial-stop-question = A stopped trial has no result and stays in the list. Stop it?
trial-stop-yes = Stop, without a result
trial-ask = Now: ask for { $driver }.
trial-carry-on = Carry on as usual; do not ask for anything.
trial-wait = Trial of asking for { $driver }: the next slot begins at { $time }.
trial-next-live = The trial goes on in your next LIVE.
trial-over = The trial is over. See what it found.
trial-slot = Slot { $n } of { $of }.
trial-abandoned = Stopped after { $seen } of { $of } slots. A stopped trial has no result.
trial-nothing = No pair of slots could be judged: the connection or the viewer count was away, or nobody saw the reminders.
trial-up = Slots that asked for { $driver } ended with { $effect } viewers more than slots that did not.
trial-down = Slots that asked for { $driver } ended with fewer viewers than slots that did not: { $effect }.
trial-none = Asking for { $driver } made no difference that chance does not make too: { $effect } viewers.
trial-range = Likely range { $low } to { $high } viewers.
trial-no-range = Too few pairs for a range.
trial-chance = Chance alone gives as large a difference in { $p } of draws.
trial-asked-more = The slots that asked had { $more } { $driver } against the others (chance: { $p } of draws).
trial-asked-same = There were not more { $driver } in the slots that asked, beyond chance: this says what asking does, not what { $driver } would do.
trial-pairs = { $n ->
        [one] { $n } pair of slots counts
       *[other] { $n } pairs of slots count
    }, { $out } left out. A draw decided when to ask, so only asking and chance set the two apart.
trial-seed = Seed of the draw: { $seed }
trial-pairs-caption = Each pair: change of viewers, and how much there was of what was asked for
trial-pair = Pair
trial-viewers-asked = Viewers, asked
trial-viewers-usual = Viewers, as usual
trial-units-asked = Count, asked
trial-units-usual = Count, as usual
method-heading = How we compute this
method-1 = The session is cut into steps of 5 seconds. From each kind of activity we take away what the people in the room and those who have just come in explain anyway, because more viewers always send more of everything. What is left are the surprises.
method-2 = Then we look at arriving viewers after a surprise and before it. A real lift shows only afterwards. A push by the platform, a raid or a break shows on both sides, and cancels out.
method-3 = All five drivers are judged together, so that one which merely accompanies another gets no credit. What chance can do is measured by shifting the session against itself: "by chance" is what the same bursts would have met at other times.
method-4 = Strong means that with five drivers looked at, chance gives as much in at most 2 of 1,000 sessions, and likely in 2 of 100; a weak link is no answer. A driver needs 15 minutes and enough occasions. Time without connection or viewer count is left out, and nothing is compared across it.
method-5 = Over several sessions each session is judged on its own and the results are averaged, with more weight for those that know more. Sessions are never thrown together, because big nights have more of everything.
method-6 = No such method can see what nobody did, like a steady stream of likes, or tell a joke that makes people comment and share from the comments themselves. Only a trial can: there a draw, and nothing else, decides when you ask.

# The numbers of the charts as a file.
csv-chart = Chart
csv-lag = Link, activity first below 0
csv-around = Viewers around bursts, median change
csv-chance = Link reached by chance
csv-estimate = Viewers per burst
csv-low = Likely range from
csv-high = Likely range to
csv-day = Weekday
