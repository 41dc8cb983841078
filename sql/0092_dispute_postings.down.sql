DROP TABLE dispute_postings;
