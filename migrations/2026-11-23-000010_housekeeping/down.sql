ALTER TABLE sessions DROP COLUMN left_at;
DROP TABLE archive_sessions;
DROP TABLE archives;
DROP TABLE thinned_sessions;
DROP TABLE data_sizes;
DROP TABLE chores;
