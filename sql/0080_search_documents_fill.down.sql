UPDATE search_documents SET merchant_id = NULL;
