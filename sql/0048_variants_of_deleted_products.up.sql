-- The variants of products that were deleted before: they gave their SKUs back to nobody.
UPDATE variants v JOIN products p ON p.id = v.product_id SET v.deleted_at = p.deleted_at, v.deleted_with_product = TRUE
WHERE p.deleted_at IS NOT NULL AND v.deleted_at IS NULL;
