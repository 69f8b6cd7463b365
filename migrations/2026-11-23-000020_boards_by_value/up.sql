-- The gifters of a packed board now stand most diamonds first, so that the first of them are read off its
-- beginning. Those packed before are made again, and nothing needs the index any more.
DELETE FROM session_boards;
DROP INDEX gift_contributions_by_value;
