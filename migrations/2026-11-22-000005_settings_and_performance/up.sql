CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE performance_logs (
    timestamp BIGINT NOT NULL PRIMARY KEY,
    cpu_percent DOUBLE PRECISION,
    memory_percent DOUBLE PRECISION,
    disk_percent DOUBLE PRECISION,
    analytics_interval BIGINT,
    data_size_mb DOUBLE PRECISION,
    event_lag_ms BIGINT,
    queue BIGINT
);
