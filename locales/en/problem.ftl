# When a page cannot be shown.

problem-not-found = There is no such page
problem-not-found-do = Nothing is lost. The address may be misspelled, or the session was removed.
problem-invalid = That could not be understood
problem-invalid-do = Nothing was changed. Go back, check what you typed and try again.
problem-foreign = This did not come from Pasut's own page
problem-foreign-do = Nothing was changed. If it was you, open Pasut and do it there.
problem-busy = The database is busy
problem-busy-do = Recording goes on and nothing is lost. Try again in a moment.
problem-failed = This page could not be made
problem-failed-do = Recording goes on and nothing is lost. Try again; if it stays like this, the log of Pasut says why.
problem-refused = Only this computer may look, for now
problem-refused-do = Pasut has no owner yet, so it answers only requests from the computer it runs on. Open Pasut in a browser on that computer.
problem-no-right = This needs the owner's permission.
problem-no-right-do = Ask the owner of this Pasut.
problem-old-link = This link opens nothing any more
problem-old-link-do = It expired or was withdrawn. Ask whoever sent it for a new one.
problem-other-name = Pasut does not answer to this name
problem-other-name-do = No page can reach Pasut by taking another name. Open it at its own address.
to-live = To the live page
