DROP TABLE performance_logs;
DROP TABLE settings;
