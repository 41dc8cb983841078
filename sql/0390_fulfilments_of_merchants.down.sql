ALTER TABLE fulfilments DROP INDEX ix_fulfilments_merchant;
