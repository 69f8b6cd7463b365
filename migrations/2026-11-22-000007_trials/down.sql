DROP TABLE trial_slots;
DROP TABLE trials;
