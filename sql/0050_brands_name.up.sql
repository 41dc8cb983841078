-- Two brands of one name would be one brand; names that marks tell apart, as those of ハハ and パパ or ড and ড়, are two.
ALTER TABLE brands MODIFY name VARCHAR(120) COLLATE utf8mb4_uca1400_as_ci NOT NULL;
