# Help.

help-numbers = What each number means
help-viewers-now = The latest count TikTok sent. It shows its age when older than 30 seconds.
help-average = Weighted by time, over the minutes in which we were connected.
help-peak = The highest count, with its time.
help-likes = The growth of the room's own counter while recorded. TikTok sends only a part of the single likes; those stand beside it as seen.
help-diamonds = What the creator received. Gifts to guests stand beside it. ≈ means that some value was not said by TikTok and comes from earlier sessions, a list or an estimate.
help-recorded = Connected time divided by session time. Missing parts are hatched, never filled in.
help-ever-entered = How many people ever entered, as TikTok counts it.
help-activity-score = How much happened in an interval, where 1 is usual for this creator. Only a description.
help-coins = Diamonds and coins
help-coins-text = Viewers buy coins and pay gifts with them; the creator is credited diamonds. One coin is usually one diamond in these numbers, but what TikTok pays for a diamond differs by country and contract. Pasut counts diamonds. Money beside them is an estimate at the rates you type under Settings, Money; it is not your income.
help-differ = Why numbers differ from TikTok's
help-differ-text = Pasut counts what it received. What happened before it connected, or during a gap, is missing and marked. TikTok also corrects some numbers after a LIVE.
help-keys = Shortcuts
key-mark = Mark a moment
key-window = On the chart: begin a window, then end it
key-interval = On the chart: the five minutes before or after, or as long a stretch as is chosen
help-keys-on = Single keys on
key-pause = Pause updates
key-search = To the text field
key-help = This list
key-samples = Through the chart, when it has the focus
help-privacy = Privacy
help-privacy-text = Everything is stored on this computer and nothing is sent anywhere but to TikTok, unless you turn on the signing service or a proxy. Pasut reads what every viewer of the LIVE can see and never needs your password. It is not affiliated with TikTok.
help-stop = How to stop
help-stop-text = Press Ctrl+C in the window in which Pasut runs. It writes what is left and says so. Recording is taken up again when you start it.
