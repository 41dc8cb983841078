-- Fails while another variant has taken the SKU of one whose product is deleted.
UPDATE variants SET deleted_at = NULL, deleted_with_product = FALSE WHERE deleted_with_product;
