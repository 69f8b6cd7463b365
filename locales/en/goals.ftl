# Goals, on the live page and in Settings, Alerts.

alerts = Alerts
alerts-intro = What you are told during a LIVE, and goals to reach in it.
goals = Goals
goals-none = No goals yet.
goals-none-do = Set one below. It is shown on the live page and counted over the LIVE that runs.
goals-how = A goal is counted from the beginning of each LIVE until one meets it. Diamonds are those given to the creator; only the owner sees a goal in diamonds.
goal-kind = What counts
goal-target = Target
goal-title = Name, if you like
goal-add = Set and show
goal-keep-draft = Keep as a draft
goal-show = Show
goal-again = Set again
goal-take-back = Take back
goal-viewers = Viewers at the same time
goal-diamonds = Diamonds
goal-reached = { $n } of { $target }
goal-met = met
goal-draft = Draft: nobody is shown it.
goal-active = Shown, and counted in the next LIVE.
goal-active-now = Shown: { $n } so far in the LIVE that runs.
goal-met-at = Met on { $time }.
goal-target-wrong = Type a target from 1 to { $most }. Nothing was changed.
goal-many = There are { $most } goals already. Remove one first; nothing was changed.
goal-many-active = { $most } goals are shown already. Take one back first; nothing was changed.
goal-gone = That goal is gone already.
