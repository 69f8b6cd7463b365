DROP TABLE viewer_correlations;
DROP TABLE session_analytics;
DROP TABLE series;
