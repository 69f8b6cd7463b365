-- What a creator wants to reach in a LIVE. It is counted over the session that runs.
CREATE TABLE goals (
    goal_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_username TEXT NOT NULL,
    kind TEXT NOT NULL,
    target BIGINT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    met_at BIGINT
);
CREATE INDEX goals_by_creator ON goals (account_username);
