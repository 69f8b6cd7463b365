-- Trials: prompts at times that a draw decides. All but state and ended_at is fixed at the start.
CREATE TABLE trials (
    trial_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_username TEXT NOT NULL,
    prompt TEXT NOT NULL,
    window_ms BIGINT NOT NULL,
    pairs BIGINT NOT NULL,
    seed BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    ended_at BIGINT
);
-- A creator who is in two trials at a time would be in none.
CREATE UNIQUE INDEX running_trials ON trials (account_username) WHERE state = 'running';

-- Slots whose reminder somebody saw.
CREATE TABLE trial_slots (
    trial_id BIGINT NOT NULL REFERENCES trials (trial_id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    planned_at BIGINT NOT NULL,
    arm TEXT NOT NULL,
    shown_at BIGINT NOT NULL,
    PRIMARY KEY (trial_id, number)
) WITHOUT ROWID;
