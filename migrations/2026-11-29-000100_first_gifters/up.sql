-- The first gifters of a packed board are kept before the others, so that they are read without them, and what
-- they gave is packed another way. Boards packed before are made again.
DELETE FROM session_boards;
ALTER TABLE session_boards RENAME COLUMN body TO first_gifters;
ALTER TABLE session_boards ADD COLUMN other_gifters BLOB NOT NULL DEFAULT x'';
