-- A product that is listed anew: what the search has beside its words.
CREATE TRIGGER product_listings_insert AFTER INSERT ON product_listings FOR EACH ROW
BEGIN
	IF NEW.category_id = x'00000000000000000000000000000000' THEN
		UPDATE search_documents SET merchant_id = NEW.merchant_id, brand_id = NEW.brand_id, price_order = NEW.price_order,
			in_stock = NEW.in_stock, is_featured = NEW.is_featured, rating_average = NEW.rating_average, sales_count = NEW.sales_count,
			created_at = NEW.created_at, name = NEW.name WHERE product_id = NEW.product_id;
	END IF;
END;
