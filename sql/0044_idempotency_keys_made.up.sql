-- What a request that calls a provider has made under its key, so that the same request sent again does not make it again.
ALTER TABLE idempotency_keys ADD COLUMN made UUID NULL AFTER lease_until;
