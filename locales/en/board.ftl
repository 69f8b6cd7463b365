# The leaderboard and its panel.

nav-leaderboard = Leaderboard
board-title = Who gave most?
board-scope = Period
board-days = { $from } to { $to }, { $zone }
board-of = of
board-caption = Gifters of this period; each heading sorts
scope-7d = 7 days
scope-30d = 30 days
board-sessions = { $n ->
        [one] { $n } session
       *[other] { $n } sessions
    }
first-three = The first three gave { $share }
name-or-handle = Name or @handle
search-gifters = { $n ->
        [one] Search { $n } gifter
       *[other] Search { $n } gifters
    }
board-tier = Gift tier
board-all-tiers = All tiers
board-at-least = At least,
board-sort-by = Sort by
board-hide-names = Hide names
board-names-hidden = Names, notes and tags are hidden.
board-show = Show
board-rank = Rank
rank-up = up { $n }
rank-down = down { $n }
rank-new = new
fan-number = Fan #{ $n }
nobody-named = Without a name
column-diamonds = Diamonds
column-to-creator = To the creator
column-types = Kinds
column-tiers = Tiers
column-first = First gift
column-last = Last gift
column-seen = Last seen
board-all = { $from } to { $to } of { $n }.
board-found = { $from } to { $to } of { $n } that match.
against-session-before = ▲▼ against the session before.
against-days-before = ▲▼ against { $n ->
        [one] the day
       *[other] the { $n } days
    } before.
against-range-before = ▲▼ against as many days before.
board-previous = Back
board-next = Next
panel-close = Close
person-counted = Counted
favourite-gift = Favourite gift
times-given = { $n ->
        [one] { $n } time
       *[other] { $n } times
    }
comes-back = Comes back
comes-to = { $of ->
        [one] { $n } of { $of } session
       *[other] { $n } of { $of } sessions
    }
usually-arrives = Usually arrives
arrives-at = { $n } min in
arrives-between = { $from } to { $to } min in
person-first-seen = First seen
earlier-names = Earlier names
person-by-session = By session
bars-diamonds = { $n ->
        [one] Diamonds of { $name } in the last session
       *[other] Diamonds of { $name } in the last { $n } sessions
    }
bars-gifts = { $n ->
        [one] Gifts of { $name } in the last session
       *[other] Gifts of { $name } in the last { $n } sessions
    }
arrived-after = Arrived after
note-for-moderators = Note for moderators
person-tags = Tags
person-tags-do = Separated by commas
person-erased = Erased
erase-person = Erase this person
erase-means = Name, id, texts, note and tags go from everything that was recorded; what was counted stays, as from somebody unknown. This cannot be undone. A session that runs follows when it has ended.
erase-type = To erase, type
erase-begun = Erasing. It takes up to a minute; a session that runs follows when it has ended.
erase-copies = These copies on this computer may still hold the name until they are deleted:
erase-backup = { $name } (a backup, under Settings, Backups)
erase-export = { $name } (an export, removed by itself on { $until })
