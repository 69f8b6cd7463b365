# Whom Pasut watches.

creators-intro = Whom Pasut watches, by itself, day and night. Numbers are of the LIVE that runs.
watch = Watch
no-creators = Nobody is watched yet.
no-creators-do = Type a TikTok username above.
state = State
half-hour = Last 30 min
actions = Actions
remove = Stop watching
remove-question = Stop watching @{ $u }? Recorded sessions stay.
