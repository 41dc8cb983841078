ALTER TABLE products ADD FULLTEXT INDEX ft_products_text (name, description, brand_name);
