DROP TABLE guests;
DROP TABLE subscriptions;
DROP TABLE envelopes;
DROP TABLE questions;
DROP TABLE event_segments;
