-- Cash that was collected before parcels were paid for one by one came whole.
UPDATE payments SET collected_minor = amount_minor, collected_at = succeeded_at, updated_at = updated_at
WHERE method = 'cash_on_delivery' AND status IN ('succeeded', 'partially_refunded', 'refunded', 'disputed');
