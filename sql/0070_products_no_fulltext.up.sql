-- The search has tables of its own; the full-text index only made each write of a product dearer.  A search by the version before
-- fails from here until its workers are restarted.
ALTER TABLE products DROP INDEX ft_products_text;
