DROP TABLE imported_lines;
