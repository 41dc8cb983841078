#!/bin/sh
# haatctl seed --days: the days of the demo shop keep every rule, are added to, and have something for
# each report.
set -u
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ -z "${HAAT_TEST_DATABASE:-}" ]; then
	exec "$top/tests/private-db" run sh "$0"
fi
work=$(dirname "$HAAT_TEST_DATABASE")
passed=0
failed=0

expect() {
	code=$1 words=$2
	shift 2
	output=$(src/haatctl --sql "$top/sql" "$@" 2>&1)
	got=$?
	if [ "$got" -ne "$code" ] || ! printf '%s\n' "$output" | grep -qF -- "$words"; then
		printf 'FAILED: haatctl %s: exit %s, expected %s and "%s" in:\n%s\n' "$*" "$got" "$code" "$words" "$output"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
}

sql() { mariadb --no-defaults --user=root --socket="$HAAT_TEST_DATABASE" --batch --skip-column-names shop --execute="$1"; }

# is WORDS SQL: what the statement says
is() {
	said=$(sql "$2" | tr '\t\n' '  ')
	if [ "${said% }" = "$1" ]; then
		passed=$((passed + 1))
	else
		printf 'FAILED: "%s", expected "%s": %s\n' "${said% }" "$1" "$2"
		failed=$((failed + 1))
	fi
}

cat >"$work/haat.conf" <<-END
	profile = development
	[database]
	socket = $HAAT_TEST_DATABASE
	user = root
	name = shop
	[auth]
	bcrypt_cost = 4
END
mariadb --no-defaults --user=root --socket="$HAAT_TEST_DATABASE" --execute='CREATE DATABASE shop'
export HAAT_CONFIG="$work/haat.conf"
expect 0 'the schema is at' migrate up
expect 0 'seeded: 60 products' seed --products 60 --orders 5 --days 20
first=$(sql 'SELECT id, number, total_minor FROM orders ORDER BY id' | cksum)
expect 0 'seeded: 60 products' seed --products 60 --orders 5 --days 60 --accounts --password Haat-test-1
if [ "$(sql "SELECT id, number, total_minor FROM orders WHERE created_at < '2026-01-01' OR created_at >= CURRENT_DATE - INTERVAL 20 DAY ORDER BY id" | cksum)" = "$first" ]; then
	passed=$((passed + 1))
else
	echo 'FAILED: more days have changed those that were there' && failed=$((failed + 1))
fi
expect 0 ' 0 violated (0 rows)' check --whole
expect 0 'already seeded' seed --products 60 --orders 5 --days 60
is '60 1 1' 'SELECT COUNT(DISTINCT DATE(created_at)), MAX(created_at) < CURRENT_DATE, COUNT(*) > 500 FROM orders WHERE created_at > CURRENT_DATE - INTERVAL 61 DAY'
# Something of everything, in every currency.
is 'BDT EUR INR NGN USD' 'SELECT DISTINCT currency FROM report_facts WHERE posted_at > CURRENT_DATE - INTERVAL 61 DAY ORDER BY currency'
is 'fee payout refund sale' "SELECT DISTINCT CAST(kind AS CHAR) AS what FROM report_facts WHERE kind <> 'dispute' ORDER BY what"
is '1' 'SELECT COUNT(*) > 0 FROM disputes'
is '1 1' "SELECT SUM(estimated_minor) > 0, SUM(estimated_minor) < SUM(cost_minor) FROM report_facts WHERE kind = 'sale'"
is '7.5' "SELECT DISTINCT tax_rate FROM report_facts WHERE kind = 'sale' AND subject = 'line' AND posted_at > CURRENT_DATE - INTERVAL 61 DAY"
is '0' "SELECT COUNT(*) FROM report_facts WHERE posted_at > CURRENT_DATE - INTERVAL 61 DAY AND r_gross_minor IS NULL"
is 'bkash cod flutterwave paypal paystack razorpay stripe' 'SELECT DISTINCT provider FROM payments ORDER BY provider'
is 'disputed failed partially_refunded processing refunded succeeded' 'SELECT DISTINCT CAST(status AS CHAR) AS what FROM payments ORDER BY what'
is '1 1' "SELECT SUM(status = 'processed') > 200, SUM(status IN ('dead', 'dropped') AND error IS NOT NULL) > 0 FROM webhook_events"
is '24' 'SELECT COUNT(DISTINCT HOUR(created_at)) FROM orders'
# Providers know none of them, and are asked about none.
expect 0 'about 0 payments' reconcile
is 'accountant@haat.test' "SELECT email FROM users WHERE role = 'accountant' AND password_hash IS NOT NULL"
printf '%d passed, %d failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
