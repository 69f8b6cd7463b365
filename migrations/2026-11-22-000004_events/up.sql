-- Every event that was counted, many to a row: see src/store/segment.rs for the form of a body.
CREATE TABLE event_segments (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    first_number BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT NOT NULL,
    kinds INTEGER NOT NULL,
    packed BOOLEAN NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (session_id, first_number)
) WITHOUT ROWID;

-- Facts of single events that people look for, so that no page has to read all events.
CREATE TABLE questions (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    user_id TEXT,
    text TEXT NOT NULL,
    PRIMARY KEY (session_id, number)
) WITHOUT ROWID;

CREATE TABLE envelopes (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    envelope_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    user_id TEXT,
    sender_name TEXT NOT NULL,
    diamonds BIGINT NOT NULL,
    winners BIGINT NOT NULL,
    PRIMARY KEY (session_id, envelope_id)
) WITHOUT ROWID;

CREATE TABLE subscriptions (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    user_id TEXT,
    months BIGINT NOT NULL,
    PRIMARY KEY (session_id, number)
) WITHOUT ROWID;

-- Those beside the creator who were given something.
CREATE TABLE guests (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    units BIGINT NOT NULL,
    diamonds BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (session_id, user_id)
) WITHOUT ROWID;
