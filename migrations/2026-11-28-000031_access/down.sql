DROP TABLE audit;
DROP TABLE access_tokens;
DROP TABLE web_sessions;
DROP TABLE accounts;
