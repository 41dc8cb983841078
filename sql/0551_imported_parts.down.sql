DROP TABLE imported_parts;
