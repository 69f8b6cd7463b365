-- One step back: what the settings changed last were before; null stands for "not set".
CREATE TABLE settings_before (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT
) WITHOUT ROWID;

ALTER TABLE performance_logs ADD COLUMN own_cpu_percent DOUBLE PRECISION;
ALTER TABLE performance_logs ADD COLUMN own_memory_mb DOUBLE PRECISION;
ALTER TABLE performance_logs ADD COLUMN disk_free_mb DOUBLE PRECISION;
ALTER TABLE performance_logs ADD COLUMN events BIGINT;
ALTER TABLE performance_logs ADD COLUMN dropped BIGINT;

CREATE TABLE auto_changes (
    at BIGINT NOT NULL PRIMARY KEY,
    eased BOOLEAN NOT NULL,
    cause TEXT NOT NULL,
    measured DOUBLE PRECISION NOT NULL,
    for_ms BIGINT NOT NULL
);
