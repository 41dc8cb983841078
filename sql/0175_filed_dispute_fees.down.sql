DROP TABLE filed_dispute_fees;
