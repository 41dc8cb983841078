UPDATE product_listings l JOIN product_documents d ON d.product_id = l.product_id
SET l.price_minor = d.price_minor, l.price_order = CONCAT(d.currency, LPAD(d.price_minor, 19, '0')), l.in_stock = d.in_stock;
