CREATE TABLE people (
    user_id TEXT NOT NULL PRIMARY KEY,
    display_id TEXT NOT NULL,
    nickname TEXT NOT NULL,
    avatar_url TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL
) WITHOUT ROWID;

-- Names a person had before the present ones.
CREATE TABLE person_names (
    user_id TEXT NOT NULL REFERENCES people (user_id) ON DELETE CASCADE,
    display_id TEXT NOT NULL,
    nickname TEXT NOT NULL,
    last_seen BIGINT NOT NULL,
    PRIMARY KEY (user_id, display_id, nickname)
) WITHOUT ROWID;

CREATE TABLE session_people (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    moderator BOOLEAN NOT NULL,
    subscriber BOOLEAN NOT NULL,
    follower BOOLEAN NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    comments BIGINT NOT NULL,
    likes BIGINT NOT NULL,
    gift_units BIGINT NOT NULL,
    follows BIGINT NOT NULL,
    shares BIGINT NOT NULL,
    joins BIGINT NOT NULL,
    PRIMARY KEY (session_id, user_id)
) WITHOUT ROWID;

CREATE TABLE gift_contributions (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    username TEXT NOT NULL,
    nickname TEXT NOT NULL,
    total_gifts BIGINT NOT NULL,
    total_value BIGINT NOT NULL,
    gift_types BIGINT NOT NULL,
    last_gift_time BIGINT NOT NULL,
    value_to_creator BIGINT NOT NULL,
    biggest_gift_id TEXT NOT NULL,
    biggest_gift_value BIGINT NOT NULL,
    estimated BOOLEAN NOT NULL,
    PRIMARY KEY (session_id, user_id)
) WITHOUT ROWID;

CREATE TABLE session_gifts (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    gift_id TEXT NOT NULL,
    gift_name TEXT NOT NULL,
    streakable BOOLEAN NOT NULL,
    diamond_value BIGINT NOT NULL,
    source TEXT NOT NULL,
    units BIGINT NOT NULL,
    diamonds BIGINT NOT NULL,
    streaks BIGINT NOT NULL,
    PRIMARY KEY (session_id, gift_id)
) WITHOUT ROWID;

-- What each person gave of each gift.
CREATE TABLE gifter_gifts (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    gift_id TEXT NOT NULL,
    units BIGINT NOT NULL,
    diamonds BIGINT NOT NULL,
    PRIMARY KEY (session_id, user_id, gift_id)
) WITHOUT ROWID;

CREATE TABLE streaks (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    gift_id TEXT NOT NULL,
    group_id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    receiver_id TEXT,
    units BIGINT NOT NULL,
    diamonds BIGINT NOT NULL,
    ended BOOLEAN NOT NULL,
    started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (session_id, user_id, gift_id, group_id, round)
) WITHOUT ROWID;

CREATE TABLE battles (
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    battle_id TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (session_id, battle_id)
) WITHOUT ROWID;

CREATE TABLE battle_sides (
    session_id TEXT NOT NULL,
    battle_id TEXT NOT NULL,
    side BIGINT NOT NULL,
    host_id TEXT NOT NULL,
    display_id TEXT NOT NULL,
    nickname TEXT NOT NULL,
    score BIGINT NOT NULL,
    PRIMARY KEY (session_id, battle_id, side),
    FOREIGN KEY (session_id, battle_id) REFERENCES battles (session_id, battle_id) ON DELETE CASCADE
) WITHOUT ROWID;

-- What gifts cost, learned from their own events or from the user.
CREATE TABLE gift_values (
    gift_id TEXT NOT NULL PRIMARY KEY,
    gift_name TEXT NOT NULL,
    diamond_value BIGINT NOT NULL,
    source TEXT NOT NULL,
    last_updated BIGINT NOT NULL
) WITHOUT ROWID;
