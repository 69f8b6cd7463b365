# The first run.

welcome = Welcome
welcome-heading = See what comes before your viewers rise and fall
welcome-intro = Two answers and Pasut starts watching. Everything stays on this computer.
welcome-language = Language and zone
continue = Continue
change-it = Change
welcome-account = Which TikTok account?
no-password = No password needed.
start-watching = Start watching
skip-for-now = Skip for now
welcome-watching = Watching
welcome-watching-do = Go live and this page wakes up.
welcome-live = You are live. The numbers are coming in.
open-live = Open the live page
just-looking = Just looking?
just-looking-do = Example data runs beside this, in its own folder, gone when you close it:
