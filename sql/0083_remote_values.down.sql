DROP TABLE remote_values;
