-- What gives access elsewhere. A backup leaves these rows out.
CREATE TABLE secrets (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO secrets (key, value)
    SELECT key, value FROM settings WHERE key IN ('tiktok.sign_api_key', 'tiktok.proxy', 'tiktok.cookie');
DELETE FROM settings WHERE key IN ('tiktok.sign_api_key', 'tiktok.proxy', 'tiktok.cookie');
