# reports.sh: reports over ten million order lines, and what they and the fold cost the catalogue.  Sourced by bench/run.

# Nothing is kept: the memcached of the shop is down while its reports are asked.  The zones take turns (one without and two with changes of the
# clocks, or of UTC), and every other question counts what came back on the day of its sale.
report_asks=20 # in a turn
report_zones=(Asia/Dhaka America/New_York UTC)
report_names=(dashboard sales heatmap profit-loss products merchants tax payments customers inventory webhooks)
report_ranges=(7days 30days 12months "5 years" "30 days, past")
report_bound() { [ "$1" = products ] && echo 500 || echo 300; }

# Where others use the machine, too, the shop goes before them, if it may: what waits for a compiler would seem slow.  Its parts are sessions
# of their own, among which Linux shares the processors out first.
go_first() {
	local part pid
	for part in mariadb memcached api bulk jobs nginx; do
		[ ! -s "$run/pid/$part" ] || { read -r pid _ <"$run/pid/$part" && echo -10 >"/proc/$pid/autogroup"; } 2>/dev/null || true
	done
}

report_url() { printf 'https://localhost:%s/api/v1/reports/%s?%s' "$port" "$1" "$2"; }

# What only some of the reports take: of products each ordering in turn.
report_extra() {
	local sorts=(revenue quantity margin refunds)
	case $1 in
	products) printf '&sort=%s&order=%s&limit=%s' "${sorts[$2 % 4]}" "$([ $(($2 / 4 % 2)) -eq 0 ] && echo top || echo worst)" "$([ $(($2 % 3)) -eq 0 ] && echo 100 || echo 10)" ;;
	esac
}

custom() { printf 'custom&from=%s&to=%s' "$(date -u -d "@$(($(date +%s) - $1 * 86400))" +%F)" "$(date -u -d "@$(($(date +%s) - $2 * 86400))" +%F)"; }

# report_question NAME RANGE NUMBER: a range that is over ends on another day each time.
report_question() {
	local range=$2
	case $range in
	"5 years") range=$(custom 1825 0) ;;
	*past) range=$(custom $((30 + $3)) $((1 + $3))) ;;
	esac
	printf 'range=%s&tz=%s&refunds=%s%s' "$range" "${report_zones[$3 % 3]}" "$([ $(($3 % 2)) -eq 0 ] && echo posted || echo sold)" "$(report_extra "$1" "$3")"
}

# Their times in milliseconds, asked one after another over a connection that is kept.
ask_reports() {
	local name=$1 range=$2 first=$3 i
	for ((i = first; i < first + report_asks; i++)); do
		printf 'url = "%s"\noutput = "%s"\n' "$(report_url "$name" "$(report_question "$name" "$range" "$i")")" "$stage/report.json"
	done >"$stage/questions"
	# shellcheck disable=SC2086  # words
	$generator_priority curl -sS --config "$stage/questions" --cacert "$run/tls/ca.pem" -H "Authorization: Bearer $report_token" --write-out '%{http_code} %{time_total}\n' |
		awk '$1 != 200 {bad = 1} {printf "%.3f\n", 1000 * $2} END {exit bad}' || die "the report of $name is refused: $(head -c 300 "$stage/report.json")"
}

percentile() { sort -n | awk -v p="$1" '{v[NR] = $1} END {n = NR * p / 100; k = int(n) + (n > int(n)); printf "%.1f", v[k]}'; }

# report_row NAME RANGE: the 95th percentile in the best of the turns, beside median and 95th percentile of all.
report_row() {
	local name=$1 range=$2 i turn best="" row="reports: $1, $2, ms"
	wanted "$row" || return 0
	: >"$stage/times"
	for ((i = 0; i < rounds; i++)); do
		ask_reports "$name" "$range" "$report_number" >"$stage/turn"
		report_number=$((report_number + report_asks))
		turn=$(percentile 95 <"$stage/turn")
		best=$(printf '%s\n' "$turn" $best | sort -n | head -n 1)
		cat "$stage/turn" >>"$stage/times"
	done
	add_row "$row" "$best" - - "<=$(report_bound "$name")" "$(percentile 50 <"$stage/times")" "$(percentile 99 <"$stage/times")" - - "$(percentile 95 <"$stage/times")"
}

measure_report_times() {
	local name range report_number generator_priority
	generator_priority=$(first_of_all)
	shop "$products" down memcached >&2
	for name in "${report_names[@]}"; do
		for range in "${report_ranges[@]}"; do
			report_number=0
			report_row "$name" "$range"
		done
	done
	shop "$products" up memcached >&2
	go_first
}

report_sign_in() {
	report_token=$(api -H 'Content-Type: application/json' -d '{"email": "admin@haat.test", "password": "Haat-demo-2026!"}' \
	    "https://localhost:$port/api/v1/accounts/login" | jq -r .access)
}

measure_reports() {
	say "reports"
	go_first
	fill_reports
	go_first
	report_sign_in
	measure_report_times
	measure_folding
	measure_beside
}

# --- the fold ------------------------------------------------------------------------------------------------------------

# What comes into the books while it is measured are copies of the seeder's orders that were paid online: of order, payment and postings.
prepare_sold() {
	local table changed
	sql "CREATE TABLE IF NOT EXISTS bench_sold (n INT NOT NULL PRIMARY KEY, order_id BINARY(16) NOT NULL UNIQUE, payment_id BINARY(16) NOT NULL UNIQUE);
		INSERT IGNORE INTO bench_sold SELECT ROW_NUMBER() OVER (ORDER BY o.id), o.id, p.id FROM orders o JOIN payments p ON p.order_id = o.id
			JOIN ledger_transactions t ON t.source_kind = 'payment' AND t.source_id = p.id WHERE NOT EXISTS (SELECT 1 FROM bench_sold)"
	sold_there=$(sql "SELECT COUNT(*) FROM bench_sold")
	while read -r table changed; do other_columns[$table]=$(columns_but "$table" "$changed"); done <<-TEXT
	orders id,number
	order_lines id,order_id
	order_merchants order_id
	payments id,purpose_id,reference,provider_transaction_id,idempotency_key
	ledger_transactions id,source_id,origin_id,created_at
	ledger_entries id,transaction_id,created_at
	TEXT
}

# An id of the copy: of now, and its own.
copy_id() { printf "CONCAT(@now, UNHEX(LEFT(MD5(CONCAT(%s, @mark)), 20)))" "$1"; }
copy_name() { printf "LEFT(CONCAT('%s', SHA1(CONCAT(t.id, @mark))), 18)" "$1"; }

# copied_of TABLE CHANGED VALUES JOIN: as copied(), of those who are sold again.
copied_of() {
	printf 'INSERT INTO %s (%s, %s) SELECT %s, %s FROM bench_sold c %s WHERE c.n @range@ ORDER BY c.n;\n' "$1" "$2" "${other_columns[$1]//t./}" "$3" "${other_columns[$1]}" "$4"
}

# sell COUNT: so many orders are sold again, 250 in a transaction.
sell() {
	local first left=$1 count statements
	statements="$(copied_of orders "id, number" "$(copy_id t.id), $(copy_name ORD-)" "JOIN orders t ON t.id = c.order_id")
		$(copied_of order_lines "id, order_id" "$(copy_id t.id), $(copy_id t.order_id)" "JOIN order_lines t ON t.order_id = c.order_id")
		$(copied_of order_merchants order_id "$(copy_id t.order_id)" "JOIN order_merchants t ON t.order_id = c.order_id")
		$(copied_of payments "id, purpose_id, reference, provider_transaction_id, idempotency_key" "$(copy_id t.id), $(copy_id t.purpose_id), $(copy_name PAY-), $(copy_name copy-),
			$(copy_name copy-)" "JOIN payments t ON t.id = c.payment_id")
		$(copied_of ledger_transactions "id, source_id, origin_id, created_at" "$(copy_id t.id), $(copy_id t.source_id), $(copy_id t.origin_id), NOW(3)" \
		    "JOIN ledger_transactions t ON t.origin_id = c.payment_id AND t.source_kind IN ('payment', 'fee')")
		$(copied_of ledger_entries "id, transaction_id, created_at" "$(copy_id t.id), $(copy_id t.transaction_id), NOW(3)" \
		    "JOIN ledger_transactions l ON l.origin_id = c.payment_id AND l.source_kind IN ('payment', 'fee') JOIN ledger_entries t ON t.transaction_id = l.id")"
	while [ "$left" -gt 0 ]; do
		count=$((left < 250 ? left : 250))
		first=$((RANDOM % (sold_there - count) + 1))
		sql "SET unique_checks = 0, foreign_key_checks = 0, @now = UNHEX(LPAD(HEX($(date +%s%3N)), 12, '0')), @mark = '$RANDOM-$RANDOM';
			BEGIN; ${statements//@range@/BETWEEN $first AND $((first + count - 1))} COMMIT"
		left=$((left - count))
	done
}

waiting_facts() { sql "SELECT COUNT(*) FROM report_queue"; }

# How long the job takes for them, from its first batch to its last.
measure_folding() {
	local orders=$((seconds * 2500)) all began left row="reports: folding 500 orders, ms" parts=$cpu_parts
	wanted "$row" || return 0
	prepare_sold
	shop "$products" down jobs >&2
	sell "$orders"
	all=$(waiting_facts)
	cpu_parts="mariadb jobs"
	shop "$products" up jobs >&2
	go_first
	until [ "$(waiting_facts)" -lt "$all" ]; do sleep 0.02; done
	began=$(date +%s%3N) all=$(waiting_facts)
	with_cpu await_folded
	left=$(($(date +%s%3N) - began))
	cpu_parts=$parts
	# Two transactions of the ledger for an order: its payment and the provider's fee.
	add_row "$row" "$(divide "$((left * 1000))" "$all")" - - - - - "$(divide "$((used_us * 1000))" "$all")" -
}
await_folded() { until [ "$(waiting_facts)" -eq 0 ]; do sleep 0.2; done; }

# --- the catalogue beside them -------------------------------------------------------------------------------------------

# Fifty orders a second come into the books and are folded.
keep_selling() { while [ -e "$stage/beside.runs" ]; do sell 50; sleep 0.9; done; }

# Reports of all kinds over a year, one after another.
keep_asking() {
	local name number=0 report_asks=2
	while [ -e "$stage/beside.runs" ]; do
		for name in "${report_names[@]}"; do ask_reports "$name" 12months "$number" >>"$stage/asked"; done
		number=$((number + report_asks))
	done
}

# Product details at a fixed rate, calm and meanwhile; MariaDB's time is that of the reports and of the fold.
measure_beside() {
	local i parts=$cpu_parts seconds=$((seconds + 4)) rounds=3 asked generator_priority=""
	wanted "product detail beside reports and folding" || return 0
	prepare_sold
	write_headers
	get_request "$detail_url" detail
	cpu_parts="api memcached"
	: >"$stage/calm"
	: >"$stage/hung"
	for ((i = 0; i < rounds; i++)); do
		beside_reads >>"$stage/calm"
		: >"$stage/asked"
		touch "$stage/beside.runs"
		keep_selling & asked=$!
		keep_asking & asked+=" $!"
		sleep 3 # until the first orders are folded
		beside_reads >>"$stage/hung"
		rm -f "$stage/beside.runs"
		# shellcheck disable=SC2086  # numbers
		wait $asked || die "reports or sales failed beside the catalogue"
		[ -s "$stage/asked" ] || die "no report was asked beside the catalogue"
	done
	cpu_parts=$parts
	hanging_row "product detail beside reports and folding: cpu" "<1.05" 4
	hanging_row "product detail beside reports and folding: p99" "<1.5" 3
}

# Fails with the names of the rows that are over their bounds; a quick run only tells what is a ratio, for its turns are too short.
check_reports() {
	local over
	over=$(awk -F '|' -v quick="$quick" "$met"' met($4, $2, $5) == "no" && (quick == "" || $4 == "-") {print $1}' "$rows")
	[ -z "$over" ] || die "over their bounds: $(paste -sd ';' <<<"$over")"
}
