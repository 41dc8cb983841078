-- What was put aside before counts from today's price.
UPDATE wishlist_items w JOIN product_documents d ON d.product_id = w.product_id
SET w.wished_price_minor = d.price_minor, w.known_price_minor = d.price_minor;
