# reports_fill.sh: two years of a large shop as its reports see them.  Sourced by bench/run.
#
# Facts, payments, carts and customers are written by SQL, for no shop takes ten million orders in an evening; what adds them up is
# the product's own rebuild.  They have no orders and no postings, so this shop is not checked.

# A shop of its own beside the bench's, filled once for each number of lines.
choose_reports() {
	report_lines=${BENCH_REPORT_LINES:-$([ -n "$quick" ] && echo 200000 || echo 10000000)}
	[ -z "$quick" ] || products=10000
	run=$run-reports-$report_lines shop_merchants=200 shop_orders=2000
	buffer_pool=$([ -n "$quick" ] && echo 512M || echo 4G)
	mariadb_options='--innodb-log-file-size=2G --innodb-doublewrite=0'
}

report_days=730      # of facts, until now
report_fact_lines=4  # of an order; with its shipping and its fee six facts

# in_two STATEMENT: with each half of the sales for @range@, for two processors.
in_two() {
	local half=$((sales / 2)) first
	sql "SET unique_checks = 0; ${1//@range@/BETWEEN 1 AND $half}" &
	first=$!
	sql "SET unique_checks = 0; ${1//@range@/BETWEEN $((half + 1)) AND $sales}" && wait "$first" || die "the facts cannot be written"
}

# Sellers with their goods, from what the seeder has made; and new customers, who came in the course of the two years.
fill_parties() {
	sql "DROP TABLE IF EXISTS bench_sellers, bench_goods, bench_buyers, bench_sales;
		CREATE TABLE bench_goods (n INT NOT NULL PRIMARY KEY, merchant_id BINARY(16) NOT NULL, product_id BINARY(16) NOT NULL, price BIGINT NOT NULL,
			cost BIGINT NULL);
		INSERT INTO bench_goods SELECT ROW_NUMBER() OVER (ORDER BY p.merchant_id, p.id), p.merchant_id, p.id, GREATEST(p.price_minor, 1), p.cost_price_minor
			FROM products p WHERE p.status = 'published' AND p.deleted_at IS NULL;
		CREATE TABLE bench_sellers (n INT NOT NULL PRIMARY KEY, merchant_id BINARY(16) NOT NULL, currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, rate DOUBLE NOT NULL,
			first INT NOT NULL, goods INT NOT NULL);
		INSERT INTO bench_sellers SELECT ROW_NUMBER() OVER (ORDER BY g.merchant_id), g.merchant_id, m.currency, r.rate, g.first, g.goods
			FROM (SELECT merchant_id, MIN(n) AS first, COUNT(*) AS goods FROM bench_goods GROUP BY merchant_id) g JOIN merchants m ON m.id = g.merchant_id
			JOIN (SELECT 'USD' AS currency, 1.0 AS rate UNION SELECT 'EUR', 1.16 UNION SELECT 'BDT', 0.0082 UNION SELECT 'INR', 0.0112
				UNION SELECT 'NGN', 0.0007) r ON r.currency = m.currency;
		INSERT IGNORE INTO users (id, email, full_name, role, email_verified, created_at)
			SELECT CONCAT(UNHEX(LPAD(HEX($began_ms + FLOOR(seq * $report_days * 86400000 / $customers)), 12, '0')), UNHEX('7001'), UNHEX(LPAD(HEX(seq), 16, '0'))),
			CONCAT('reports', seq, '@people.test'), 'Ayesha Rahman', 'customer', TRUE, FROM_UNIXTIME(($began_ms + seq * $report_days * 86400000 / $customers) / 1000)
			FROM seq_1_to_$customers;
		CREATE TABLE bench_buyers (n INT NOT NULL PRIMARY KEY, user_id BINARY(16) NOT NULL);
		INSERT INTO bench_buyers SELECT ROW_NUMBER() OVER (ORDER BY id), id FROM users WHERE email LIKE 'reports%@people.test'"
	[ "$(sql "SELECT COUNT(*) FROM bench_sellers")" -ge "$((shop_merchants / 2))" ] || die "the shop has too few merchants"
}

# When, by whom, of which seller: few large sellers and many small ones, five times as much at noon (UTC) as at midnight.
fill_sales() {
	local sellers at="seq * $report_days / $sales" providers="'stripe', 'paypal', 'razorpay', 'bkash', 'paystack', 'cod'"
	sellers=$(sql "SELECT COUNT(*) FROM bench_sellers")
	sql "CREATE TABLE bench_sales (n INT NOT NULL PRIMARY KEY, at DATETIME(3) NOT NULL, seller INT NOT NULL, buyer INT NOT NULL, transaction_id BINARY(16) NOT NULL,
		provider VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, country CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL)"
	in_two "INSERT INTO bench_sales SELECT s.n, s.at, s.seller, s.buyer, CONCAT(UNHEX(LPAD(HEX(FLOOR(UNIX_TIMESTAMP(s.at) * 1000)), 12, '0')), UNHEX('7002'),
		UNHEX(LPAD(HEX(s.n), 16, '0'))), s.provider, s.country FROM (SELECT seq AS n,
		FROM_UNIXTIME($began_ms / 1000 + 86400 * ($at + 0.13 * SIN(2 * PI() * ($at)))) AS at, 1 + FLOOR($sellers * POW(CRC32(CONCAT('s', seq)) / 4294967296, 2)) AS seller,
		1 + CRC32(CONCAT('b', seq)) % $customers AS buyer, ELT(1 + CRC32(CONCAT('p', seq)) % 6, $providers) AS provider,
		ELT(1 + CRC32(CONCAT('c', seq)) % 8, 'BD', 'IN', 'NG', 'US', 'GB', 'DE', 'FR', 'AE') AS country FROM seq_1_to_$sales WHERE seq @range@) s"
}

fact_columns="transaction_id, position, kind, subject, posted_at, sold_at, quarter, moved, order_id, line_id, merchant_id, product_id, user_id, provider,
	tax_country, tax_rate, currency, opens_order, opens_part, quantity, r_currency, gross_minor, discount_minor, tax_minor, commission_minor, cost_minor,
	estimated_minor, r_gross_minor, r_discount_minor, r_tax_minor, r_commission_minor, r_cost_minor, r_estimated_minor"
quarter_of() { printf "FROM_UNIXTIME(FLOOR(UNIX_TIMESTAMP(%s) / 900) * 900)" "$1"; }

# Lines, the shipping and what the provider keeps.
sale_facts() {
	in_two "INSERT INTO report_facts ($fact_columns) SELECT f.transaction_id, f.part, 'sale', f.subject, f.at, f.at, $(quarter_of f.at), FALSE, f.transaction_id,
		IF(f.subject = 'line', UNHEX(MD5(CONCAT(f.n, '-', f.part))), NULL), IF(f.subject = 'fee', NULL, f.merchant_id), f.product_id, f.user_id, f.provider,
		IF(f.subject = 'line', f.country, ''), IF(f.taxed > 0, f.taxed, ''), f.currency, f.part = 0, f.part = 0, IF(f.subject = 'line', f.quantity, 0), 'USD', f.gross, f.discount,
		f.gross * f.taxed DIV 100, f.gross DIV 10, f.cost, IF(f.told, 0, f.cost), ROUND(f.gross * f.rate), ROUND(f.discount * f.rate),
		ROUND(f.gross * f.taxed / 100 * f.rate), ROUND(f.gross / 10 * f.rate), ROUND(f.cost * f.rate), IF(f.told, 0, ROUND(f.cost * f.rate))
		FROM (SELECT s.n, k.seq AS part, s.transaction_id, s.at, IF(k.seq < 4, 'line', IF(k.seq = 4, 'shipping', 'fee')) AS subject, b.merchant_id, b.currency, b.rate,
		g.product_id, u.user_id, s.provider, s.country, g.cost IS NOT NULL AS told, 1 + (s.n + k.seq) % 3 AS quantity,
		IF(g.n IS NULL, ROUND(5 / b.rate) * 100, g.price * (1 + (s.n + k.seq) % 3)) AS gross, IF(g.n IS NULL OR s.n % 4 > 0, 0, g.price DIV 10) AS discount,
		IF(g.n IS NULL, 0, ELT(1 + s.n % 2, 15, 5)) AS taxed, IF(g.n IS NULL, 0, IFNULL(g.cost, g.price * 6 DIV 10) * (1 + (s.n + k.seq) % 3)) AS cost
		FROM bench_sales s STRAIGHT_JOIN seq_0_to_5 k STRAIGHT_JOIN bench_sellers b ON b.n = s.seller STRAIGHT_JOIN bench_buyers u ON u.n = s.buyer
		LEFT JOIN bench_goods g ON k.seq < $report_fact_lines AND g.n = b.first + CRC32(CONCAT('g', s.n, '-', k.seq)) % b.goods WHERE s.n @range@ ORDER BY s.n, k.seq) f"
}

# Of every twentieth order all goods come back three days later: as it is posted, and the two rows that move it to the day of its sale.
refund_facts() {
	local less="" column
	for column in quantity gross_minor discount_minor tax_minor commission_minor cost_minor estimated_minor r_gross_minor r_discount_minor r_tax_minor \
		r_commission_minor r_cost_minor r_estimated_minor; do
		less+=", f.$column * k.sign AS $column"
	done
	in_two "INSERT INTO report_facts ($fact_columns) SELECT transaction_id, position, 'refund', 'line', at, sold_at, $(quarter_of at), moved, order_id, line_id, merchant_id,
		product_id, user_id, provider, tax_country, tax_rate, currency, FALSE, FALSE, quantity, r_currency, gross_minor, discount_minor, tax_minor, commission_minor,
		cost_minor, estimated_minor, r_gross_minor, r_discount_minor, r_tax_minor, r_commission_minor, r_cost_minor, r_estimated_minor
		FROM (SELECT CONCAT(UNHEX(LPAD(HEX(FLOOR(UNIX_TIMESTAMP(s.at) * 1000) + 3 * 86400000), 12, '0')), UNHEX('7003'), SUBSTR(s.transaction_id, 9)) AS transaction_id,
		f.position * 3 + k.n AS position, IF(k.sold, s.at, s.at + INTERVAL 3 DAY) AS at, f.sold_at, k.moved, f.order_id, f.line_id, f.merchant_id, f.product_id, f.user_id,
		f.provider, f.tax_country, f.tax_rate, f.currency, f.r_currency$less
		FROM bench_sales s JOIN report_facts f ON f.transaction_id = s.transaction_id AND f.subject = 'line'
		JOIN (SELECT 0 AS n, -1 AS sign, FALSE AS moved, FALSE AS sold UNION SELECT 1, 1, TRUE, FALSE UNION SELECT 2, -1, TRUE, TRUE) k
		WHERE s.n @range@ AND s.n % 20 = 0 AND s.at < NOW() - INTERVAL 4 DAY) r"
}

# Each payment as the whole shop's and as its seller's; one of ten failed for one of six reasons, or came to nothing.
fill_payments() {
	local whose amount
	for whose in "REPEAT(CHAR(0), 16)" b.merchant_id; do
		sql "INSERT INTO report_payments (merchant_id, quarter, provider, outcome, reason, currency, payments, amount_minor, r_amount_minor)
			SELECT w, quarter, provider, outcome, IF(outcome = 'failed', ELT(1 + n % 6, 'card_declined', 'insufficient_funds', 'expired_card', 'timeout', 'do_not_honor',
			'unknown'), '') AS why, currency, COUNT(*), SUM(amount), SUM(ROUND(amount * rate)) FROM (SELECT s.n, $whose AS w, $(quarter_of s.at) AS quarter, s.provider,
			ELT(1 + CRC32(CONCAT('o', s.n)) % 20, 'failed', 'failed', 'cancelled', 'expired') AS ended, IFNULL(ELT(1 + CRC32(CONCAT('o', s.n)) % 20, 'failed', 'failed', 'cancelled', 'expired'), 'succeeded') AS outcome,
			b.currency, b.rate, f.gross_minor AS amount FROM bench_sales s JOIN bench_sellers b ON b.n = s.seller JOIN report_facts f ON f.transaction_id = s.transaction_id AND f.position = 0) p
			GROUP BY w, quarter, provider, outcome, why, currency" &
		amount+=" $!"
	done
	# shellcheck disable=SC2086  # numbers
	for whose in $amount; do wait "$whose" || die "the payments cannot be written"; done
}

# The stock was sold last when the facts say so, what the last months did not sell is dead; and the carts are those that the seeder would have made.
fill_states() {
	sql "UPDATE inventory i JOIN variants v ON v.id = i.variant_id JOIN (SELECT product_id, MAX(day) AS sold_on FROM report_product_days
			WHERE day > CURRENT_DATE - INTERVAL 90 DAY AND moved = 0 AND quantity > 0 GROUP BY product_id) s ON s.product_id = v.product_id
			SET i.last_sold_at = s.sold_on, i.updated_at = i.updated_at;
		INSERT IGNORE INTO report_carts (currency, quarter, carts) SELECT q.currency, q.quarter, q.orders * (3 + CRC32(q.quarter) % 3) FROM report_quarters q
			WHERE q.merchant_id = REPEAT(CHAR(0), 16) AND q.orders > 0 AND NOT q.moved"
}

# The product's own way to add up facts anew.
rebuild_reports() {
	local began
	began=$(date +%s%3N)
	HAAT_RUN=$run HAAT_PORT=$port HAAT_BUILD=$build "$top/dev" ctl reports rebuild >&2 || die "the reports cannot be added up"
	add_row "reports: adding up $report_lines order lines anew, s" "$(divide "$(($(date +%s%3N) - began))" 1000)" - - - - - -
}

# Once, into the shop that is open.
fill_reports() {
	local sales=$((report_lines / report_fact_lines)) customers=$((report_lines / 32 + 1000)) began=$SECONDS
	local began_ms=$((($(date +%s) - report_days * 86400) * 1000))
	[ "$(cat "$run/filled" 2>/dev/null)" != "$report_lines" ] || return 0
	say "  $report_lines order lines"
	shop "$products" down jobs >&2
	sql "SET GLOBAL innodb_flush_log_at_trx_commit = 2; TRUNCATE report_facts; TRUNCATE report_payments; TRUNCATE report_customers"
	step "parties"; fill_parties
	step "sales"; fill_sales
	step "facts"; sale_facts
	step "refunds"; refund_facts
	step "payments"; fill_payments
	step "adding up"; rebuild_reports
	step "states"; fill_states
	sql "DROP TABLE bench_sellers, bench_goods, bench_buyers, bench_sales; SET GLOBAL innodb_flush_log_at_trx_commit = 1"
	analyze_tables
	shop "$products" up jobs >&2
	echo "$report_lines" >"$run/filled"
	add_row "reports: filling $report_lines order lines, s" "$((SECONDS - began))" - - - - - -
}
