UPDATE search_documents SET rating_average = 0 WHERE rating_average > 0;
