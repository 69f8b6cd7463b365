DROP TABLE pauses;
DROP TABLE gaps;
DROP TABLE session_methods;
DROP TABLE session_kinds;
DROP TABLE session_totals;
DROP TABLE last_session;
DROP TABLE sessions;
DROP TABLE creators;
