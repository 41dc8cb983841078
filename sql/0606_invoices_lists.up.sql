-- A seller's invoices and credit notes, newest first.
ALTER TABLE invoices ADD INDEX ix_invoices_merchant (merchant_id, id);
