# large.sh: memory, restarts, logins, and whether a request costs the same in a large shop.  Sourced by bench/run.

# Passwords are hashed: as many as the hash lets through.
measure_logins() {
	wanted logins || return 0
	printf '%s\n' "POST /api/v1/accounts/login HTTP/1.1" "Host: localhost" "Content-Type: application/json" "" \
	    '{"email": "customer@haat.test", "password": "Haat-demo-2026!"}' >"$stage/login.request"
	add_row logins "$(seconds=5 load --port="$shop_port" --request="$stage/login.request" --connections=4 | awk '{print $1 "|-|-|-|" $2 "|" $3 "|" $4}')"
}

# From the death of every worker of the pool to the first /ready: milliseconds.
measure_restart() {
	local master started
	wanted restart || return 0
	read -r master _ <"$run/pid/api"
	started=$(date +%s%3N)
	pkill -KILL -P "$master"
	until curl -fs -o /dev/null --max-time 1 "http://127.0.0.1:$shop_port/ready"; do sleep 0.01; done
	add_row "ready after all workers were killed (restart), ms" "$(($(date +%s%3N) - started))" - - "<1000" - -
}

pss_kb() { cat $(printf '/proc/%s/smaps_rollup ' "$@") 2>/dev/null | awk '/^Pss:/ {n += $2} END {print n + 0}'; }

# size_rows LABEL TARGET: the largest worker and the whole shop, in MB of memory with shared pages counted once.
size_rows() {
	local part pid members worker largest=0 all=0 kb
	for part in mariadb memcached api auth pay hooks bulk jobs nginx; do
		read -r pid _ <"$run/pid/$part"
		members=$(family "$pid")
		# shellcheck disable=SC2086
		kb=$(pss_kb $members)
		all=$((all + kb))
		add_row "$part with $1, MB" "$(divide "$kb" 1024)" - - - - -
		[ "$part" = api ] || continue
		add_row "a worker's RSS with $1, MB" "$(awk '/^VmRSS/ {printf "%.3f", $2 / 1024}' "/proc/$(cut -d ' ' -f 1 "/proc/$pid/task/$pid/children")/status")" \
		    - - - - -
		for worker in $(cat "/proc/$pid/task/$pid/children"); do
			kb=$(pss_kb "$worker")
			[ "$kb" -le "$largest" ] || largest=$kb
		done
	done
	add_row "largest worker with $1, MB" "$(divide "$largest" 1024)" - - "<12" - -
	add_row "whole shop with $1, MB" "$(divide "$all" 1024)" - - "$2" - -
}
measure_size() { ! wanted size || size_rows "$products products" -; }

# --- the large shop ------------------------------------------------------------------------------------------------------

seed_orders=20000 # made by the seeder; all others are their copies

# The time in an id, moved on by so many milliseconds: a UUID of version 7 begins with it.  Copies of one order stand behind
# each other, so that tables and indexes by id are filled at their ends.
moved_id() { printf "CONCAT(UNHEX(LPAD(CONV(CONV(HEX(LEFT(%s, 6)), 16, 10) + %s, 10, 16), 12, '0')), SUBSTR(%s, 7))" "$1" "$2" "$1"; }

# copy_orders FIRST LAST: these copies of all the orders of the seeder, each copy moved on by their whole span.
copy_orders() {
	local copy by
	for ((copy = $1; copy <= $2; copy++)); do
		by=$((copy * seed_orders * 10000))
		printf '%s;\n' "SET unique_checks = 0, foreign_key_checks = 0"
		copied orders "id, number" "$(moved_id t.id $by), CONCAT('ORD-', LPAD(CONV($copy * $seed_orders + c.n, 10, 36), 10, '0'))" "c.id = t.id"
		copied order_lines "id, order_id" "$(moved_id t.id $by), $(moved_id t.order_id $by)" "c.id = t.order_id"
		copied order_merchants order_id "$(moved_id t.order_id $by)" "c.id = t.order_id"
		copied reservations order_id "$(moved_id t.order_id $by)" "c.id = t.order_id"
		copied payments "id, purpose_id, reference, provider_transaction_id, idempotency_key" "$(moved_id t.id $by), $(moved_id t.purpose_id $by),
			CONCAT('PAY-', LPAD(CONV($copy * $seed_orders + c.n, 10, 36), 10, '0')), CONCAT('copy-', $copy, '-', c.n), CONCAT('copy:', $copy, ':', c.n)" \
		    "c.id = t.purpose_id"
	done | sql "$(cat)"
}

# copied TABLE CHANGED VALUES ON: the statement; the other columns as they are.
copied() {
	printf 'INSERT INTO %s (%s, %s) SELECT %s, %s FROM bench_orders c JOIN %s t ON %s ORDER BY c.n;\n' \
	    "$1" "$2" "${other_columns[$1]//t./}" "$3" "${other_columns[$1]}" "$1" "$4"
}

# As many order lines as that, by copying what the seeder has made, in two connections for two processors.
declare -A other_columns=()
fill_orders() {
	local lines=$1 there copies half began=$SECONDS
	sql "CREATE TABLE IF NOT EXISTS bench_orders (n INT AUTO_INCREMENT PRIMARY KEY, id BINARY(16) NOT NULL UNIQUE)"
	sql "TRUNCATE bench_orders"
	sql "INSERT INTO bench_orders (id) SELECT id FROM orders ORDER BY id LIMIT $seed_orders"
	there=$(sql "SELECT COUNT(*) FROM order_lines l JOIN bench_orders c ON c.id = l.order_id")
	copies=$(((lines - there + there - 1) / there))
	other_columns[orders]=$(columns_but orders id,number)
	other_columns[order_lines]=$(columns_but order_lines id,order_id)
	other_columns[order_merchants]=$(columns_but order_merchants order_id)
	other_columns[reservations]=$(columns_but reservations order_id)
	other_columns[payments]=$(columns_but payments id,purpose_id,reference,provider_transaction_id,idempotency_key)
	copy_orders 1 $((copies / 2)) &
	half=$!
	copy_orders $((copies / 2 + 1)) "$copies"
	wait "$half" || die "the orders cannot be copied"
	sql "DROP TABLE bench_orders; ANALYZE TABLE orders, order_lines, order_merchants, reservations, payments" >/dev/null
	say "  $(sql "SELECT COUNT(*) FROM order_lines") order lines in $((SECONDS - began)) s"
}

# The shops that are open, by their number of products.
declare -A runs=() ports=()
remember_shop() { runs[$products]=$run ports[$products]=$port; }

# in_shop COUNT COMMAND...: with that shop as the one that is meant.
in_shop() {
	local products=$1 run=${runs[$1]} port=${ports[$1]}
	local stage=$run/bench shop_port=$((port + 2))
	shift
	"$@"
}

# Opens another shop, filled once with so many products and order lines, beside those that are open.
open_other_shop() {
	local products=$1 lines=$2 run=$main_run-$1 port=$((port + 40 * ${#runs[@]})) began=$SECONDS buffer_pool mariadb_options shop_orders=1000
	local stage=$run/bench shop_port=$((port + 2))
	remember_shop
	if [ "$lines" -gt 0 ]; then
		buffer_pool=$(awk '/^MemAvailable/ {n = int($2 / 1024 / 3); print (n > 6144 ? 6144 : n < 512 ? 512 : n) "M"}' /proc/meminfo)
		mariadb_options='--innodb-log-file-size=2G --innodb-doublewrite=0'
		shop_orders=$seed_orders
	fi
	open_shop "$products"
	if [ "$lines" -gt 0 ] && [ "$(cat "$run/filled" 2>/dev/null)" != "$lines" ]; then
		say "  $products products in $((SECONDS - began)) s"
		sql "SET GLOBAL innodb_flush_log_at_trx_commit = 2"
		fill_orders "$lines"
		sql "SET GLOBAL innodb_flush_log_at_trx_commit = 1"
		echo "$lines" >"$run/filled"
		add_row "filling $products products and $lines order lines, s" "$((SECONDS - began))" - - - - -
	fi
	start_stage
	shop "$products" down jobs >&2
	prepare_orders
	draw_wares
}

# Products and categories drawn by a fixed seed: one that is asked for again and again would cost the same in any shop.
draw_wares() {
	write_headers
	sql "SELECT CAST(p.id AS UUID) FROM products p WHERE p.status = 'published' AND p.deleted_at IS NULL ORDER BY MD5(p.id) LIMIT 1000" >"$stage/products"
	sql "SELECT c.slug FROM categories c WHERE c.id IN (SELECT category_id FROM product_listings) ORDER BY c.slug" >"$stage/categories"
	get_request "/api/v1/products/{1}" drawn-detail
	get_request "/api/v1/products?category={1}&limit=12" drawn-list
}

flat_read() { load --port="$(port_of uncached)" --request="$stage/drawn-$1.request" --headers="$stage/plain.headers" --values="$stage/$2"; }
flat_order() { shop_order --port="$shop_port"; }

# The same requests of two shops, in turns.
flat_rows() {
	local small=$1 large=$2 kind
	for kind in "detail products" "list categories"; do
		compare "flatness: ${kind% *} of $large" "flatness: ${kind% *} of $small" 0.80 "in_shop $small flat_read $kind" "in_shop $large flat_read $kind"
	done
	compare "flatness: order of $large" "flatness: order of $small" 0.80 "in_shop $small flat_order" "in_shop $large flat_order"
}

# "--only flatness", or one of its rows.
wants_flatness() { wanted flatness || [ "${only%%:*}" = flatness ]; }

measure_flatness() {
	wants_flatness || wanted size || return 0
	say "flatness"
	if [ "$products" != 1000 ]; then
		open_other_shop 1000 0
		shop "$products" down jobs >&2
		prepare_orders
		draw_wares
		flat_rows 1000 "$products"
	fi
	if [ -n "$large" ] && wants_flatness; then
		open_other_shop "$large" "$((10 * large))"
		flat_rows 1000 "$large"
	fi
	# With its jobs, which its size includes.
	in_shop 1000 shop 1000 up jobs >&2
	! wanted size || in_shop 1000 size_rows "1000 products" "<512"
}
