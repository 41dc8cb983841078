#!/bin/sh
# haatctl seed --days: the days of the demo shop keep every rule, are added to, and have something for
# each report.
set -u
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
. "$top/tests/ops/shop.sh"

make_shop <<-END
	[auth]
	bcrypt_cost = 4
END
expect 0 'the schema is at' migrate up
expect 0 'seeded: 60 products' seed --products 60 --orders 5 --days 20
first=$(sql 'SELECT id, number, total_minor FROM orders ORDER BY id' | cksum)
expect 0 'seeded: 60 products' seed --products 60 --orders 5 --days 60 --accounts --password Haat-test-1
if [ "$(sql "SELECT id, number, total_minor FROM orders WHERE created_at < '2026-01-01' OR created_at >= CURRENT_DATE - INTERVAL 20 DAY ORDER BY id" | cksum)" = "$first" ]; then
	pass
else
	fail 'more days have changed those that were there'
fi
expect 0 ' 0 violated (0 rows)' check --whole
expect 0 'already seeded' seed --products 60 --orders 5 --days 60
holds '60 1 1' 'SELECT COUNT(DISTINCT DATE(created_at)), MAX(created_at) < CURRENT_DATE, COUNT(*) > 500 FROM orders WHERE created_at > CURRENT_DATE - INTERVAL 61 DAY'
# Something of everything, in every currency.
holds 'BDT EUR INR NGN USD' 'SELECT DISTINCT currency FROM report_facts WHERE posted_at > CURRENT_DATE - INTERVAL 61 DAY ORDER BY currency'
holds 'fee payout refund sale' "SELECT DISTINCT CAST(kind AS CHAR) AS what FROM report_facts WHERE kind <> 'dispute' ORDER BY what"
holds '1' 'SELECT COUNT(*) > 0 FROM disputes'
holds '1 1' "SELECT SUM(estimated_minor) > 0, SUM(estimated_minor) < SUM(cost_minor) FROM report_facts WHERE kind = 'sale'"
holds '7.5' "SELECT DISTINCT tax_rate FROM report_facts WHERE kind = 'sale' AND subject = 'line' AND posted_at > CURRENT_DATE - INTERVAL 61 DAY"
holds '0' "SELECT COUNT(*) FROM report_facts WHERE posted_at > CURRENT_DATE - INTERVAL 61 DAY AND r_gross_minor IS NULL"
holds 'bkash cod flutterwave paypal paystack razorpay stripe' 'SELECT DISTINCT provider FROM payments ORDER BY provider'
holds 'disputed failed partially_refunded processing refunded succeeded' 'SELECT DISTINCT CAST(status AS CHAR) AS what FROM payments ORDER BY what'
holds '1 1' "SELECT SUM(status = 'processed') > 200, SUM(status IN ('dead', 'dropped') AND error IS NOT NULL) > 0 FROM webhook_events"
holds '24' 'SELECT COUNT(DISTINCT HOUR(created_at)) FROM orders'
# Providers know none of them, and are asked about none.
expect 0 'about 0 payments' reconcile
holds 'accountant@haat.test' "SELECT email FROM users WHERE role = 'accountant' AND password_hash IS NOT NULL"
finish
