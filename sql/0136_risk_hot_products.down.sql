DROP TABLE risk_hot_products;
