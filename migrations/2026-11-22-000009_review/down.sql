DROP INDEX session_people_by_person;
DROP TABLE revaluations;
ALTER TABLE questions DROP COLUMN answered;
DROP TABLE tiktok_figures;
DROP TABLE session_tags;
ALTER TABLE sessions DROP COLUMN earlier_notes;
