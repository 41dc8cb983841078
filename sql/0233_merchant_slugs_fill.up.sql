INSERT IGNORE INTO merchant_slugs (slug, merchant_id) SELECT slug, id FROM merchants WHERE slug IS NOT NULL;
