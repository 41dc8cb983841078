DROP TABLE cache_trust;
