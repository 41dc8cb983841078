DELETE FROM subject_history;
