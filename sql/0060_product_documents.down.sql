DROP TABLE product_documents;
