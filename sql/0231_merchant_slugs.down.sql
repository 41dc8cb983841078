DROP TABLE merchant_slugs;
