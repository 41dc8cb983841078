#!/bin/sh
# haatctl import: closed orders and payments of another system become history, once each, and nothing else changes.
set -u
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
. "$top/tests/ops/shop.sh"

says() {
	printf '%s\n' "$output" | grep -qxF -- "$1" && pass || fail "$(printf '"%s" is not in:\n%s' "$1" "$output")"
}

make_shop <<-END
	[auth]
	bcrypt_cost = 4
END
expect 0 'the schema is at' migrate up
expect 0 'seeded' seed --products 10 --merchants 2 --accounts --password Haat-test-1
# Two sellers' goods, and one that is not sold here.
first=$(sql "SELECT v.sku FROM variants v JOIN products p ON p.id = v.product_id WHERE p.merchant_id = (SELECT MIN(id) FROM merchants) LIMIT 1")
second=$(sql "SELECT v.sku FROM variants v JOIN products p ON p.id = v.product_id WHERE p.merchant_id = (SELECT MAX(id) FROM merchants) LIMIT 1")
others="SELECT (SELECT COUNT(*) FROM orders), (SELECT COUNT(*) FROM payments), (SELECT COUNT(*) FROM ledger_transactions),
	(SELECT COUNT(*) FROM jobs), (SELECT COUNT(*) FROM events), (SELECT SUM(on_hand) FROM inventory), (SELECT COUNT(*) FROM report_queue)"
before=$(sql "$others")

cat >"$work/orders.csv" <<END
number,email,status,placed_at,currency,shipping,refunded,total,sku,name,quantity,unit_price,discount,tax
WEB-1,Customer@haat.test,completed,2024-03-05T10:07:00Z,USD,5.00,9.10,45.50,$first,Cup,2,10.00,2.00,1.00
WEB-1,,,,,,,,$second,Plate,1,20.00,,1.50
WEB-2,nobody@haat.test,refunded,2024-03-05T10:20:00Z,USD,,,,NONE-1,"Bowl, blue",3,1.50,,
WEB-3,,cancelled,2024-03-06T10:00:00Z,USD,,,,NONE-1,Bowl,1,1.50,,
WEB-4,,completed,2024-03-06T10:00:00Z,USD,,,99.00,NONE-1,Bowl,1,1.50,,
WEB-5,,completed,2024-03-06T10:00:00Z,JPY,,,,NONE-1,Bowl,1,1.50,,
WEB-6,,completed,,USD,,,,NONE-1,Bowl,1,1.50,,
WEB-7,,completed,2024-03-06T10:00:00Z,USD,,,,NONE-1,Bowl,none,1.50,,
WEB-7,,,,,,,,NONE-1,Bowl,1,1.50,,
WEB-8,,completed,2999-03-06T10:00:00Z,USD,,,,NONE-1,Bowl,1,1.50,,
WEB-9,,completed,2024-03-06T10:00:00Z,USD,,2.00,,NONE-1,Bowl,1,1.50,,
END
expect 1 'dry run: 3 orders made, 0 known before, 6 refused' import orders --dry-run "$work/orders.csv"
holds '0' 'SELECT COUNT(*) FROM imported_orders'
expect 1 '3 orders made, 0 known before, 6 refused' import orders "$work/orders.csv"
says 'row 6: total: is not what the lines and the shipping come to'
says 'row 7: unit_price: is no amount of the currency'
says 'row 8: placed_at: is required in the first row of an order'
says 'row 11: placed_at: must be in the past'
says 'row 12: refunded: is more than the total'
printf '%s\n' "$output" | grep -q '^row 9: quantity: ' && pass || failed=$((failed + 1))
holds 'WEB-1 45.50 9.10 customer@haat.test WEB-2 4.50 4.50 - WEB-3 1.50 0.00 -' \
	"SELECT o.number, ROUND(o.total_minor / 100, 2), ROUND(o.refunded_minor / 100, 2), IFNULL(u.email, '-') FROM imported_orders o LEFT JOIN users u ON u.id = o.user_id ORDER BY o.number"
# Each seller has the own part; the shop has all that was not cancelled, with what was given back.
holds '1900 2150' 'SELECT total_minor FROM imported_parts ORDER BY merchant_id'
holds '10:00:00 1 4250 200 500 910 10:15:00 1 450 0 0 450' "SELECT TIME(quarter), orders, gross_minor, discount_minor, shipping_minor, refunds_minor
	FROM report_imported WHERE merchant_id = REPEAT(CHAR(0), 16) ORDER BY quarter"
holds '380 430' 'SELECT refunds_minor FROM report_imported WHERE merchant_id <> REPEAT(CHAR(0), 16) ORDER BY merchant_id'
# Again: nothing is counted twice.
expect 1 '0 orders made, 3 known before, 6 refused' import orders "$work/orders.csv"
holds '2' "SELECT SUM(orders) FROM report_imported WHERE merchant_id = REPEAT(CHAR(0), 16)"

# A row that cannot be read may be a line of the order before it, or the first of the next: neither is written without it.
printf 'number,placed_at,currency,name,quantity,unit_price\nLOST-1,2024-03-05T10:07:00Z,USD,Cup,1,1.00\nLOST-2,2024-03-05T10:07:00Z,USD,Cup,1,1.00\n' >"$work/lost.csv"
printf 'LOST-2,2024-03-05T10:07:00Z,USD,Caf\351,1,1.00\nLOST-2,2024-03-05T10:07:00Z,USD,Cup,1,1.00\nLOST-3,2024-03-05T10:07:00Z,USD,Cup,1,1.00\n' >>"$work/lost.csv"
printf '"LOST-3"x,2024-03-05T10:07:00Z,USD,Cup,1,1.00\nLOST-4,2024-03-05T10:07:00Z,USD,Cup,1,1.00\nLOST-5,2024-03-05T10:07:00Z,USD,Cup,1,1.00\n' >>"$work/lost.csv"
printf 'LOST-6,2024-03-05T10:07:00Z,USD,Cup,1,1.00\n"LOST-6"x,2024-03-05T10:07:00Z,USD,Cup,1,1.00\n' >>"$work/lost.csv"
expect 1 '2 orders made, 0 known before, 7 refused' import orders "$work/lost.csv"
says 'row 3: a row of the order, or next to it, cannot be read'
says 'row 4: name: is not encoded in UTF-8'
says 'row 8: a row of the order, or next to it, cannot be read'
holds 'LOST-1 LOST-5' "SELECT number FROM imported_orders WHERE number LIKE 'LOST-%' ORDER BY number"
# Rows of one number that stand apart: the second part is no order that is known.
printf 'number,placed_at,currency,name,quantity,unit_price\nLOST-1,2024-03-05T10:07:00Z,USD,Cup,1,1.00\nLOST-5,2024-03-05T10:07:00Z,USD,Cup,2,1.00\n' >"$work/apart.csv"
expect 1 '0 orders made, 1 known before, 1 refused' import orders "$work/apart.csv"
says 'row 3: number: is that of another order, which comes to something else'

# JSON lines, more orders than are read at once, killed on the way and begun again.
for number in $(seq 1 2400); do
	printf '{"number":"MANY-%s","placed_at":"2023-01-02T03:04:05Z","currency":"EUR","name":"Cup","quantity":1,"unit_price":"1.00"}\n' "$number"
done >"$work/many.jsonl"
mkfifo "$work/many"
src/haatctl --sql "$top/sql" import orders - <"$work/many" >/dev/null 2>&1 &
killed=$!
exec 9>"$work/many"
cat "$work/many.jsonl" >&9
asked=0
until [ "$(sql "SELECT COUNT(*) FROM imported_orders WHERE number LIKE 'MANY-%'")" -ge 100 ] || [ "$asked" -ge 2000 ]; do
	asked=$((asked + 1))
done
kill -9 "$killed"
exec 9>&-
expect 0 'orders made' import orders "$work/many.jsonl"
holds '2400 2400' "SELECT (SELECT COUNT(*) FROM imported_orders WHERE number LIKE 'MANY-%'), (SELECT SUM(orders) FROM report_imported WHERE currency = 'EUR')"
expect 0 '0 orders made, 2400 known before, 0 refused' import orders "$work/many.jsonl"
# What is read is given up again, however long the file is.
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "{\"number\":\"LONG-%d\",\"placed_at\":\"2023-01-02T03:04:05Z\",\"currency\":\"EUR\",\"name\":\"Cup\",\"quantity\":1,\"unit_price\":\"1.00\"}\n", i }' >"$work/long.jsonl"
expect 0 'dry run: 20000 orders made, 0 known before, 0 refused' import orders --dry-run "$work/long.jsonl"

# Payments.
cat >"$work/payments.jsonl" <<END
{"number":"P-1","order_number":"WEB-1","provider":"Card","method":"visa","status":"succeeded","amount":"45.50","refunded":"9.10","currency":"USD","paid_at":"2024-03-05T10:08:00Z"}
{"number":"P-2","order_number":"WEB-2","provider":"Card","status":"refunded","amount":"4.50","currency":"USD","paid_at":"2024-03-05T10:21:00Z"}

{"number":"P-3","order_number":"WEB-none","provider":"Card","status":"succeeded","amount":"4.50","currency":"USD","paid_at":"2024-03-05T10:21:00Z"}
{"number":"P-4","order_number":"WEB-2","provider":"Card","status":"open","amount":"4.50","currency":"USD","paid_at":"2024-03-05T10:21:00Z"}
nonsense
END
expect 1 '2 payments made, 0 known before, 3 refused' import payments "$work/payments.jsonl"
says 'row 4: order_number: is of no imported order'
expect 1 '0 payments made, 2 known before, 3 refused' import payments "$work/payments.jsonl"
holds 'P-1 4550 910 P-2 450 450' 'SELECT number, amount_minor, refunded_minor FROM imported_payments ORDER BY number'

printf 'price,who\n1,2\n' >"$work/other.csv"
expect 3 "column 'price' is not known" import orders "$work/other.csv"
expect 3 'cannot read' import orders "$work/none.csv"
expect 2 "'--wet' is not --dry-run" import orders --wet "$work/orders.csv"
holds '4' "SELECT COUNT(*) FROM audit_records WHERE action = 'history.imported'"
[ "$(sql "$others")" = "$before" ] && pass || fail 'an import has changed more than history'
expect 0 '0 violated (0 rows), 0 warnings' check --whole

finish
