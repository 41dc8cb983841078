DROP TABLE subject_history;
