DROP TABLE viewer_windows;
DROP TABLE answers;
DROP TABLE markers;
