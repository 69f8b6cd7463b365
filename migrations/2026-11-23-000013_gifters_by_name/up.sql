-- Whether they ever gave something. A search of a leaderboard reads the names of those people off the
-- index and nothing of the many who only watched.
ALTER TABLE people ADD COLUMN gave BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE people SET gave = TRUE WHERE user_id IN (SELECT user_id FROM gift_contributions);
CREATE INDEX gifters_by_name ON people (gave, nickname, display_id) WHERE gave;
