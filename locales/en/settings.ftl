# Settings: Session, Gifts, Money and Display.

on = On
off = Off
unit-min = min
settings-session-intro = When sessions begin and end, and how they are cut into intervals. Changes hold at once.
settings-gifts-intro = From when on a gift is special, and what gifts cost.
settings-display-intro = How this browser shows Pasut. Other devices keep their own choice.
pref-auto-start = Record by itself
pref-auto-start-hint = Record every LIVE of a watched creator. When off, a LIVE waits until you press Start.
pref-grace = Wait for a lost LIVE
pref-grace-hint = For this long a LIVE that is out of reach stays one session.
pref-interval = Length of an interval
pref-interval-hint = Each interval is one row of figures. A change holds from the next interval on; past rows stay as they are.
pref-special = Special from
pref-special-hint = Gifts worth this much or more are special.
pref-premium = Premium from
pref-premium-hint = Gifts worth this much or more are premium.
money = Money
money-label = Estimated
money-estimated = Estimated ≈ { $money }
settings-money-intro = Diamonds are counted; money is always an estimate, at the rates you type here. Pasut asks nobody for rates.
money-example = Now { $n } diamonds ≈ { $money }.
pref-diamond-usd = Value of one diamond
pref-diamond-usd-hint = In US dollars. Public sources disagree, and TikTok pays by country and contract: your own payout divided by your diamonds is best.
pref-idr-per-usd = Rupiah for one US dollar
pref-idr-per-usd-hint = With it, estimates are in rupiah; left empty, in US dollars. Saving it dates it today.
pref-idr-date = Date of that rate
pref-idr-date-hint = It stands beside the rate in exports.
unit-usd = US$
unit-idr = Rp
pref-not-an-amount = Type an amount from { $from } to { $to }.
pref-not-a-date = Choose a date, or leave it empty.
undo-to-none = Undo: back to nothing
pref-not-a-language = Choose one of these languages.
pref-not-a-switch = Choose on or off.
pref-not-within = Type a whole number from { $from } to { $to }.
pref-tiers-cross = Special has to begin below premium.
undo-to = Undo: back to { $before }
prices-unknown = Gifts without a price
prices-none = No prices yet.
prices-none-why = Pasut learns them from the gifts themselves.
prices-how = What gifts cost by their own events, or by you. Another price values past sessions anew.
price-by-you = set by you, { $date }
price-by-event = said by TikTok, { $date }
price-unknown = given { $n ->
        [one] once
       *[other] { $n } times
    } in { $sessions ->
        [one] { $sessions } session
       *[other] { $sessions } sessions
    }
theme = Theme
theme-of-system = System
theme-of-light = Light
theme-of-dark = Dark
zone-hint = Times of a page are in the zone of its creator unless you choose one.
zone-of-creator = Zone of the creator
single-keys = Single keys
single-keys-hint = Switch them off if you speak to the computer or touch keys by accident.
