DROP TRIGGER subject_history_write;
