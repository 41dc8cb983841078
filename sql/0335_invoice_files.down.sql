DROP TABLE invoice_files;
