DROP TABLE category_ancestors;
