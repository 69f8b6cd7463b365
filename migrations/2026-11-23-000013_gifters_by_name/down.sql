DROP INDEX gifters_by_name;
ALTER TABLE people DROP COLUMN gave;
