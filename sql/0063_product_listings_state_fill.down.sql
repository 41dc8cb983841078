UPDATE product_listings l JOIN products p ON p.id = l.product_id SET l.price_minor = p.price_minor WHERE l.price_minor <> p.price_minor;
