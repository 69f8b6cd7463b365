# Words of every page.

skip = Skip to content
nav-main = Main
nav-other = More pages
nav-live = Live
nav-sessions = Sessions
nav-exports = Exports
nav-creators = Creators
nav-settings = Settings
nav-help = Help
nav-more = More
this-computer = On your own computer
switch-creator = Switch creator
manage-creators = All creators…
times-in = Times in
pause-updates = Pause updates
switch-language = switch to Bahasa Indonesia
theme-system = Theme: system
theme-light = Theme: light
theme-dark = Theme: dark
demo = Demo
demo-banner = Example data. Nobody here is real.
demo-past = Recording past sessions: { $done } of { $of }.
language = Language
zone = Time zone
display = Display
save = Save
saved = Saved.
viewers = Viewers
likes = Likes
comments = Comments
gifts = Gifts
follows = Follows
shares = Shares
joins = Joins
diamonds = diamonds
recorded = Recorded
average = Average
peak = Peak
time = Time
length = Length
creator = Creator
username = Username
table = Table
no-data = No data
no-data-for = No data { $dur }
to-guests = to guests
recorded-share = Recorded { $share }
likes-count = { $n ->
        [one] { $n } like
       *[other] { $n } likes
    }
comments-count = { $n ->
        [one] { $n } comment
       *[other] { $n } comments
    }
gifts-count = { $n ->
        [one] { $n } gift
       *[other] { $n } gifts
    }
follows-count = { $n ->
        [one] { $n } follow
       *[other] { $n } follows
    }
shares-count = { $n ->
        [one] { $n } share
       *[other] { $n } shares
    }
gift-unnamed = Gift { $id }
no-gifts = No gifts in this period.
start = Start
stop = Stop
check-now = Check now
