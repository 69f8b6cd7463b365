-- What was told, each occasion once: the newest thousand, of thirty days at most.
CREATE TABLE alerts (
    alert_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    occasion TEXT NOT NULL UNIQUE,
    message_id TEXT NOT NULL,
    account_username TEXT NOT NULL,
    session_id TEXT REFERENCES sessions (session_id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    user_id TEXT,
    display_id TEXT NOT NULL,
    nickname TEXT NOT NULL,
    what TEXT NOT NULL,
    to_page BOOLEAN NOT NULL
);
CREATE INDEX alerts_by_creator ON alerts (account_username, alert_id);
CREATE INDEX alerts_by_session ON alerts (session_id);

-- Whom to tell besides. Address and secret are with the secrets, so that no copy holds them.
CREATE TABLE webhooks (
    webhook_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    host TEXT NOT NULL,
    form TEXT NOT NULL,
    private BOOLEAN NOT NULL,
    lang TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    failing_since BIGINT,
    gave_up_at BIGINT
);

-- What is to be sent to whom, and what became of it. It goes with its alert.
CREATE TABLE webhook_deliveries (
    delivery_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    webhook_id BIGINT NOT NULL REFERENCES webhooks (webhook_id) ON DELETE CASCADE,
    alert_id BIGINT NOT NULL REFERENCES alerts (alert_id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    tried_at BIGINT,
    status BIGINT,
    problem TEXT NOT NULL
);
CREATE INDEX deliveries_waiting ON webhook_deliveries (next_at) WHERE state = 'waiting';
CREATE INDEX deliveries_by_webhook ON webhook_deliveries (webhook_id, state);
CREATE INDEX deliveries_by_alert ON webhook_deliveries (alert_id);
