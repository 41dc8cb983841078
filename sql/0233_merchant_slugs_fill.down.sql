DELETE FROM merchant_slugs;
