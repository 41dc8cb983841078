-- All there will ever be, so that to lock one is not to insert it.
INSERT IGNORE INTO order_gates (number) SELECT seq FROM seq_0_to_4095;
