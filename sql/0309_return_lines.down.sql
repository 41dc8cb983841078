DROP TABLE return_lines;
