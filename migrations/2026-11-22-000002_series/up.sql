-- Ten seconds a row. Viewers are null where they were not known.
CREATE TABLE series (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    from_ms BIGINT NOT NULL,
    viewers BIGINT,
    viewers_min BIGINT NOT NULL,
    viewers_max BIGINT NOT NULL,
    viewer_ms BIGINT NOT NULL,
    known_ms BIGINT NOT NULL,
    comments BIGINT NOT NULL,
    likes BIGINT NOT NULL,
    likes_seen BIGINT NOT NULL,
    gift_units BIGINT NOT NULL,
    diamonds BIGINT NOT NULL,
    follows BIGINT NOT NULL,
    shares BIGINT NOT NULL,
    joins BIGINT NOT NULL,
    likes_in_gap BIGINT NOT NULL,
    PRIMARY KEY (session_id, from_ms)
) WITHOUT ROWID;

CREATE TABLE session_analytics (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    timestamp BIGINT NOT NULL,
    length_ms BIGINT NOT NULL,
    viewers BIGINT,
    viewers_min BIGINT NOT NULL,
    viewers_max BIGINT NOT NULL,
    viewer_ms BIGINT NOT NULL,
    known_ms BIGINT NOT NULL,
    comments_count BIGINT NOT NULL,
    likes_count BIGINT NOT NULL,
    likes_seen_count BIGINT NOT NULL,
    gifts_count BIGINT NOT NULL,
    gifts_value BIGINT NOT NULL,
    follows_count BIGINT NOT NULL,
    shares_count BIGINT NOT NULL,
    joins_count BIGINT NOT NULL,
    viewer_change BIGINT,
    activity_score DOUBLE PRECISION,
    top_gifter TEXT,
    PRIMARY KEY (session_id, timestamp)
) WITHOUT ROWID;

-- What moved viewers, burst by burst or for the whole session.
CREATE TABLE viewer_correlations (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    timestamp BIGINT NOT NULL,
    driver TEXT NOT NULL,
    verdict TEXT NOT NULL,
    level TEXT NOT NULL,
    effect_per_unit DOUBLE PRECISION,
    effect_low DOUBLE PRECISION,
    effect_high DOUBLE PRECISION,
    lag_s DOUBLE PRECISION,
    p_value DOUBLE PRECISION,
    bursts BIGINT,
    hits BIGINT,
    hits_by_chance DOUBLE PRECISION,
    PRIMARY KEY (session_id, timestamp, driver)
) WITHOUT ROWID;
