-- The notes before the last change of them, to be taken back; null if there is nothing to take back.
ALTER TABLE sessions ADD COLUMN earlier_notes TEXT;

-- Labels the user gave to sessions.
CREATE TABLE session_tags (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (session_id, tag)
) WITHOUT ROWID;

-- What TikTok itself said of a session, as the user typed it.
CREATE TABLE tiktok_figures (
    session_id TEXT NOT NULL PRIMARY KEY REFERENCES sessions (session_id) ON DELETE CASCADE,
    diamonds BIGINT,
    likes BIGINT,
    viewers_total BIGINT
) WITHOUT ROWID;

-- Whether the user ticked a question off.
ALTER TABLE questions ADD COLUMN answered BOOLEAN NOT NULL DEFAULT FALSE;

-- Prices the user set that still have to be applied to what was recorded. A row goes when its session is done.
CREATE TABLE revaluations (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    gift_id TEXT NOT NULL,
    diamonds BIGINT NOT NULL,
    guessed BOOLEAN NOT NULL,
    PRIMARY KEY (session_id, gift_id)
) WITHOUT ROWID;

-- Whether somebody was there before is looked up for everyone in a session.
CREATE INDEX session_people_by_person ON session_people (user_id);
