DELETE FROM report_fold;
