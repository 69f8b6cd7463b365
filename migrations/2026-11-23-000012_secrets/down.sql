INSERT INTO settings (key, value) SELECT key, value FROM secrets;
DROP TABLE secrets;
