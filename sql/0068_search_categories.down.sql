DROP TABLE search_categories;
