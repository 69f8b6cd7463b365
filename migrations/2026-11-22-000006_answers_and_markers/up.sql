-- Moments that somebody marked. Numbers of removed markers are not given out again.
CREATE TABLE markers (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX markers_by_session ON markers (session_id, at);

-- What was answered to "why did viewers change?", whole and as it was given. The newest answer of a
-- session is provisional while it claims what the one before claimed: the next takes its place.
CREATE TABLE answers (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    timestamp BIGINT NOT NULL,
    provisional BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (session_id, timestamp)
) WITHOUT ROWID;

-- The notable rises and drops of each kept answer.
CREATE TABLE viewer_windows (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    timestamp BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT NOT NULL,
    viewers BIGINT NOT NULL,
    viewer_change BIGINT NOT NULL,
    cause TEXT NOT NULL,
    confidence DOUBLE PRECISION NOT NULL,
    occasion_at BIGINT,
    occasion_units BIGINT,
    occasion_gift_id TEXT,
    PRIMARY KEY (session_id, timestamp, from_ms)
) WITHOUT ROWID;
