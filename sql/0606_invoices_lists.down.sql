ALTER TABLE invoices DROP INDEX ix_invoices_merchant;
