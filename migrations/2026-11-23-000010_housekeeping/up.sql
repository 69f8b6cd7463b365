-- What is done again and again without being asked: its last run and its next.
CREATE TABLE chores (
    name TEXT NOT NULL PRIMARY KEY,
    last_run BIGINT,
    took_ms BIGINT NOT NULL,
    result TEXT NOT NULL,
    next_run BIGINT NOT NULL
) WITHOUT ROWID;

-- How large the database was, some times a day.
CREATE TABLE data_sizes (
    at BIGINT NOT NULL PRIMARY KEY,
    used_bytes BIGINT NOT NULL,
    file_bytes BIGINT NOT NULL
) WITHOUT ROWID;

-- Sessions whose raw events were removed after a recount agreed. The checksum is that of what is kept.
CREATE TABLE thinned_sessions (
    session_id TEXT NOT NULL PRIMARY KEY REFERENCES sessions (session_id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    events BIGINT NOT NULL,
    checksum TEXT NOT NULL
) WITHOUT ROWID;

-- Archives of sessions whose details left, or are about to. `made_at` is null until both files were read
-- back and found right.
CREATE TABLE archives (
    archive_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    made_at BIGINT,
    book_bytes BIGINT NOT NULL DEFAULT 0,
    book_sha256 TEXT NOT NULL DEFAULT '',
    raw_bytes BIGINT NOT NULL DEFAULT 0,
    raw_sha256 TEXT NOT NULL DEFAULT ''
);

CREATE TABLE archive_sessions (
    archive_id BIGINT NOT NULL REFERENCES archives (archive_id) ON DELETE CASCADE,
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    events BIGINT NOT NULL DEFAULT 0,
    checksum TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (archive_id, session_id)
) WITHOUT ROWID;
CREATE INDEX archive_sessions_by_session ON archive_sessions (session_id);

-- When the details of a session left for an archive; null while they are here.
ALTER TABLE sessions ADD COLUMN left_at BIGINT;
