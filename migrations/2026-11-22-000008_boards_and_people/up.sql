-- When somebody gave first in a session. For sessions recorded before, it is as early as a streak tells.
ALTER TABLE gift_contributions ADD COLUMN first_gift_time BIGINT NOT NULL DEFAULT 0;
UPDATE gift_contributions SET first_gift_time = min(last_gift_time, coalesce((
    SELECT min(started_at) FROM streaks
    WHERE streaks.session_id = gift_contributions.session_id
    AND streaks.user_id = gift_contributions.user_id
), last_gift_time));

-- A session's leaderboard is read off this index.
CREATE INDEX gift_contributions_by_value
    ON gift_contributions (session_id, total_value DESC, total_gifts DESC, user_id);

-- What each gifter of a finished session gave, packed into one row: see src/store/boards.rs. A row
-- is there only while it equals the tables it was made from; a change of those removes it, and it
-- is made again with another version.
CREATE TABLE session_boards (
    version INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL UNIQUE REFERENCES sessions (session_id) ON DELETE CASCADE,
    body BLOB NOT NULL
);
CREATE TRIGGER boards_gifter_in AFTER INSERT ON gift_contributions
    BEGIN DELETE FROM session_boards WHERE session_id = NEW.session_id; END;
CREATE TRIGGER boards_gifter_to AFTER UPDATE ON gift_contributions
    BEGIN DELETE FROM session_boards WHERE session_id = NEW.session_id; END;
CREATE TRIGGER boards_gifter_out AFTER DELETE ON gift_contributions
    BEGIN DELETE FROM session_boards WHERE session_id = OLD.session_id; END;
CREATE TRIGGER boards_given_in AFTER INSERT ON gifter_gifts
    BEGIN DELETE FROM session_boards WHERE session_id = NEW.session_id; END;
CREATE TRIGGER boards_given_to AFTER UPDATE ON gifter_gifts
    BEGIN DELETE FROM session_boards WHERE session_id = NEW.session_id; END;
CREATE TRIGGER boards_given_out AFTER DELETE ON gifter_gifts
    BEGIN DELETE FROM session_boards WHERE session_id = OLD.session_id; END;
CREATE TRIGGER boards_gift_in AFTER INSERT ON session_gifts
    BEGIN DELETE FROM session_boards WHERE session_id = NEW.session_id; END;
CREATE TRIGGER boards_gift_to AFTER UPDATE ON session_gifts
    BEGIN DELETE FROM session_boards WHERE session_id = NEW.session_id; END;
CREATE TRIGGER boards_gift_out AFTER DELETE ON session_gifts
    BEGIN DELETE FROM session_boards WHERE session_id = OLD.session_id; END;

-- What the user and moderators keep on a person.
CREATE TABLE person_notes (
    user_id TEXT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE person_tags (
    user_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (user_id, tag)
) WITHOUT ROWID;

-- People who are being erased: who stands in their place, and the sessions that still hold them.
CREATE TABLE erasures (
    user_id TEXT NOT NULL PRIMARY KEY,
    anonymous_id TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE erasure_sessions (
    user_id TEXT NOT NULL REFERENCES erasures (user_id) ON DELETE CASCADE,
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, session_id)
) WITHOUT ROWID;
