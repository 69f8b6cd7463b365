//! The folder of backups: which are there, and which go.
