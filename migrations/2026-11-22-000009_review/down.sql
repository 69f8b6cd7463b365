DROP TABLE revaluations;
ALTER TABLE questions DROP COLUMN answered;
DROP TABLE tiktok_figures;
DROP TABLE session_tags;
ALTER TABLE sessions DROP COLUMN earlier_notes;
