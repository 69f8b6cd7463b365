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
