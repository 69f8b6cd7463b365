-- Whom we watch. Removing a creator keeps the recordings.
CREATE TABLE creators (
    handle TEXT NOT NULL PRIMARY KEY,
    user_id TEXT,
    nickname TEXT NOT NULL,
    zone TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    stopped_room TEXT
);

CREATE TABLE sessions (
    session_id TEXT NOT NULL PRIMARY KEY,
    account_username TEXT NOT NULL,
    room_id TEXT NOT NULL,
    start_time BIGINT NOT NULL,
    end_time BIGINT,
    counted_to BIGINT NOT NULL,
    total_duration BIGINT NOT NULL DEFAULT 0,
    peak_viewers BIGINT,
    avg_viewers DOUBLE PRECISION,
    total_comments BIGINT NOT NULL DEFAULT 0,
    total_likes BIGINT NOT NULL DEFAULT 0,
    total_gifts BIGINT NOT NULL DEFAULT 0,
    total_gifts_value BIGINT NOT NULL DEFAULT 0,
    total_follows BIGINT NOT NULL DEFAULT 0,
    total_shares BIGINT NOT NULL DEFAULT 0,
    total_joins BIGINT NOT NULL DEFAULT 0,
    coverage DOUBLE PRECISION NOT NULL DEFAULT 1,
    session_notes TEXT NOT NULL DEFAULT '',
    host_id TEXT,
    title TEXT NOT NULL,
    live_since BIGINT,
    continues TEXT REFERENCES sessions (session_id) ON DELETE SET NULL,
    origin TEXT NOT NULL,
    capture_hash TEXT UNIQUE
);
CREATE INDEX sessions_by_start ON sessions (start_time);
CREATE INDEX sessions_by_creator ON sessions (account_username, start_time);
CREATE INDEX sessions_by_continued ON sessions (continues);

-- One row. Numbers of deleted sessions are not given out again.
CREATE TABLE last_session (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    number BIGINT NOT NULL
);
INSERT INTO last_session (id, number) VALUES (1, 0);

CREATE TABLE session_totals (
    session_id TEXT NOT NULL PRIMARY KEY REFERENCES sessions (session_id) ON DELETE CASCADE,
    history_skipped BIGINT NOT NULL,
    duplicates_dropped BIGINT NOT NULL,
    decode_errors BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    broken_frames BIGINT NOT NULL,
    likes_seen BIGINT NOT NULL,
    like_counter_first BIGINT,
    like_counter_max BIGINT,
    like_counter_last BIGINT,
    diamonds_to_creator BIGINT NOT NULL,
    diamonds_event BIGINT NOT NULL,
    diamonds_learned BIGINT NOT NULL,
    diamonds_list BIGINT NOT NULL,
    diamonds_estimate BIGINT NOT NULL,
    diamonds_unknown BIGINT NOT NULL,
    unpriced_units BIGINT NOT NULL,
    unique_commenters BIGINT NOT NULL,
    unique_gifters BIGINT NOT NULL,
    unique_joiners BIGINT NOT NULL,
    people BIGINT NOT NULL,
    viewers_last BIGINT,
    viewers_last_at BIGINT,
    viewers_peak_at BIGINT,
    viewers_total BIGINT NOT NULL,
    viewer_ms BIGINT NOT NULL,
    known_ms BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE session_kinds (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    messages BIGINT NOT NULL,
    PRIMARY KEY (session_id, kind)
) WITHOUT ROWID;

CREATE TABLE session_methods (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    method TEXT NOT NULL,
    messages BIGINT NOT NULL,
    PRIMARY KEY (session_id, method)
) WITHOUT ROWID;

CREATE TABLE gaps (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT,
    cause TEXT NOT NULL,
    PRIMARY KEY (session_id, from_ms)
) WITHOUT ROWID;

CREATE TABLE pauses (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT,
    PRIMARY KEY (session_id, from_ms)
) WITHOUT ROWID;
