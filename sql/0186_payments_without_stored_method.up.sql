-- What is charged while the payer is away is payment_method_id; nothing has ever written or read this column.
ALTER TABLE payments DROP COLUMN stored_method;
