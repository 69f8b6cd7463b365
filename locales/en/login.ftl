# Logging in and out.

login-heading = Log in
login-intro = To see this Pasut, use the name and password its owner gave you.
login-name = Name
login-password = Password
login-do = Log in
login-wrong = Name and password do not fit. Check both and try again.
login-wait = Too many wrong passwords. Wait { $dur }, then try again.
login-crowded = Too many log in at this moment. Try again in a few seconds.
login-forgotten = Forgotten? Whoever is at the computer Pasut runs on sets another one in a terminal:
log-out = Log out
