DROP TABLE auto_changes;
ALTER TABLE performance_logs DROP COLUMN dropped;
ALTER TABLE performance_logs DROP COLUMN events;
ALTER TABLE performance_logs DROP COLUMN disk_free_mb;
ALTER TABLE performance_logs DROP COLUMN own_memory_mb;
ALTER TABLE performance_logs DROP COLUMN own_cpu_percent;
DROP TABLE settings_before;
