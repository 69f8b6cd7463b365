# What Pasut answers to "why did viewers change?". It says what came before, never what was the cause.

level-strong = Strong
level-likely = Likely
level-weak = Weak
level-none = None
level-unclear = Unclear
within-likes = likes
within-gifts = gifts
within-comments = comments
within-follows = follows
within-shares = shares
span-seconds = { $n } s
span-minutes = { $n } min
sentence-strong = When { $driver } jump, viewers usually rise by about { $effect } within { $lag }.
sentence-likely = { $driver } often come before a rise: about { $effect } per burst, likely a real lift.
sentence-lowers = After waves of { $driver } more viewers left than usual: about { $effect } within { $lag }.
sentence-likely-open = { $driver } often come before a rise; likely a real lift.
sentence-lowers-open = After waves of { $driver } more viewers left than usual.
sentence-weak = A faint link with { $driver }. Do not plan on it yet.
sentence-none = No sign that { $driver } bring viewers in. Anything above { $high } per burst is unlikely.
sentence-none-open = No sign that { $driver } bring viewers in. How small an effect would have been seen is not known.
too-early-minutes = Too early to say: { $have } of { $need ->
        [one] { $need } minute
       *[other] { $need } minutes
    } so far.
too-early-occasions = Too early to say: { $have } of { $need } { $driver } so far.
too-early-viewers = Too early to say: { $have ->
        [one] { $have } viewer
       *[other] { $have } viewers
    } on average, { $need } are needed.
evidence-hits = { $n ->
        [one] { $k } of { $n } time (by chance: about { $m })
       *[other] { $k } of { $n } times (by chance: about { $m })
    }
evidence-lag = after about { $lag }
evidence-range = likely range { $low } to { $high }
window-change = { $change } in { $dur }; most likely { $driver }.
window-before = { $change } in { $dur }; most likely { $driver }: { $what }, { $ago } before.
window-during = { $change } in { $dur }; most likely { $driver }: { $what }, meanwhile.
window-none = { $change } in { $dur }; nothing in the room explains it.
window-none-perhaps = Most likely the platform, a raid, a break or chance.
window-glitch = TikTok's viewer count jumped and came back within { $dur }. Not a real change.
window-confidence = { $share } likely to be right
occasion-in-10-s = { $n } in 10 s
band-gap = The connection was down for { $dur }; that part is left out.
band-stale = Viewer count has not updated for { $dur }. The verdict waits.
band-steady = Viewers are steady (±{ $x }%). Nothing to explain.
band-outside = Viewers rose { $effect } with nothing unusual in the room before it. Perhaps the For You page, a share, or a battle.
band-none = No sign so far that anything in the room brings viewers in.
band-none-open = How small an effect would have been seen is not known.
band-none-resolution = Anything above this per burst is unlikely: { $list }
