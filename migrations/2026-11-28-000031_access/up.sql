-- Who may see what. A backup leaves out the rows of the first three: they belong to this computer.
CREATE TABLE accounts (
    name TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    created_at BIGINT NOT NULL
) WITHOUT ROWID;

-- A browser in which somebody logged in. `hash` is that of the secret in its cookie.
CREATE TABLE web_sessions (
    web_session_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX web_sessions_by_account ON web_sessions (account);

-- `of_session` and not `session_id`: what names a session so goes with it into an archive.
CREATE TABLE access_tokens (
    token_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    role TEXT,
    creator TEXT,
    widget TEXT,
    of_session TEXT,
    money BOOLEAN NOT NULL,
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used BIGINT,
    pin TEXT
);

CREATE TABLE audit (
    audit_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    times BIGINT NOT NULL
);
CREATE INDEX audit_by_what ON audit (what, audit_id);
