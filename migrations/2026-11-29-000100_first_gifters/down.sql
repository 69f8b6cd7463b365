DELETE FROM session_boards;
ALTER TABLE session_boards DROP COLUMN other_gifters;
ALTER TABLE session_boards RENAME COLUMN first_gifters TO body;
