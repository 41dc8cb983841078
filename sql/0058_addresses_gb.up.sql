-- UK is no code of ISO 3166: those who wrote it meant GB, and got the rules for any country.
UPDATE addresses SET country = 'GB', version = version + 1 WHERE country = 'UK';
