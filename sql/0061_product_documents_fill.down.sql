DELETE FROM product_documents;
