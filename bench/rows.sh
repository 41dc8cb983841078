# rows.sh: the rows of the table, each measured against its yardstick.  Sourced by bench/run.
#
# A row is a line of stage/rows: work|per second|against|ratio|target|p50|p99, with "-" for what it has not.

wanted() { [ -z "$only" ] || [[ $1 == *"$only"* ]]; }

add_row() { local IFS='|'; printf '%s\n' "$*" >>"$stage/rows"; say "  $*"; }

median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
divide() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.3f", (b > 0 ? a / b : 0)}'; }

# get PORT URL: "requests-per-second p50_ms p99_ms" of 32 connections.
get() {
	wrk -t 1 -c 32 -d "${seconds}s" --latency "http://127.0.0.1:$1$2" | awk '
		function ms(t) {return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000}
		$1 == "50%" {p50 = ms($2)} $1 == "99%" {p99 = ms($2)} /Non-2xx/ {bad = 1} /^Requests\/sec/ {n = $2}
		END {if (bad || n == 0) exit 1; printf "%.1f %.3f %.3f\n", n, p50, p99}' || die "'$2' on port $1 fails under load"
}

# Those of a file of "per_second p50 p99" lines, by column.
column_median() { awk -v c="$2" '{print $c}' "$1" | median; }

# compare WORK AGAINST TARGET YARDSTICK SUBJECT: two commands that print "per_second p50 p99", in turns.
compare() {
	local work=$1 against=$2 target=$3 yardstick=$4 subject=$5 i
	wanted "$work" || return 0
	: >"$stage/yardstick" >"$stage/subject"
	for ((i = 0; i < rounds; i++)); do
		$yardstick >>"$stage/yardstick"
		$subject >>"$stage/subject"
	done
	add_row "$against" "$(column_median "$stage/yardstick" 1)" - - - "$(column_median "$stage/yardstick" 2)" "$(column_median "$stage/yardstick" 3)"
	add_row "$work" "$(column_median "$stage/subject" 1)" "$against" \
	    "$(divide "$(column_median "$stage/subject" 1)" "$(column_median "$stage/yardstick" 1)")" "$target" \
	    "$(column_median "$stage/subject" 2)" "$(column_median "$stage/subject" 3)"
}

# A product with two variants in the middle of the shop, and a category to filter by.
find_wares() {
	local row
	row=$(sql "SELECT p.id, c.slug FROM products p JOIN categories c ON c.id = p.category_id JOIN variants v ON v.product_id = p.id
		WHERE p.status = 'published' AND p.deleted_at IS NULL AND p.brand_id IS NOT NULL GROUP BY p.id HAVING COUNT(*) >= 2
		ORDER BY p.id LIMIT 1 OFFSET $((products / 4))")
	read -r product category <<<"$row"
	[ -n "${category:-}" ] || die "there is no product to measure with"
	detail_url=/api/v1/products/$product
	list_url="/api/v1/products?category=$category&in_stock=true&limit=12"
	tree_url=/api/v1/categories/tree
}

measure_reads() {
	capture_get detail "$detail_url"
	capture_get list "$list_url"
	start_nulls
	say "reads"
	yard_null() { get "$(port_of null)" "$detail_url"; }
	if wanted null; then add_row null "$(yard_null | awk '{print $1 "|-|-|-|" $2 "|" $3}')"; fi
	yard_tree() { get "$(port_of cache)" "$tree_url"; }
	shop_tree() { get "$shop_port" "$tree_url"; }
	compare "category tree" "null + cache" 0.85 yard_tree shop_tree
	yard_detail() { get "$(port_of detail)" "$detail_url"; }
	shop_detail() { get "$shop_port" "$detail_url"; }
	compare "product detail" "null + detail's SQL" 0.85 yard_detail shop_detail
	yard_list() { get "$(port_of list)" "$list_url"; }
	shop_list() { get "$shop_port" "$list_url"; }
	compare "product list, 12 of $products" "null + list's SQL" 0.80 yard_list shop_list
}

# call METHOD PATH TOKEN BODY: the shop's answer, over the plain listener.
call() {
	curl -fsS -X "$1" "http://127.0.0.1:$shop_port/api/v1$2" -H 'Content-Type: application/json' \
	    ${3:+-H "Authorization: Bearer $3"} ${4:+-d "$4"} || die "$1 $2 is refused"
}

# Customers with an address: a line "token address user session" each.
make_buyers() {
	local i tag answer token address
	tag=$(date +%s)
	: >"$stage/buyers"
	for ((i = 0; i < buyers; i++)); do
		call POST /accounts/register/customer "" "{\"email\": \"bench$tag.$i@people.test\", \"phone\": \"+1$tag$(printf %03d $i)\",
			\"password\": \"Rickshaw-7-Bells\", \"password_confirm\": \"Rickshaw-7-Bells\", \"full_name\": \"Ayesha Rahman\"}" >"$stage/answer"
		answer=$(call POST /accounts/login "" "{\"email\": \"bench$tag.$i@people.test\", \"password\": \"Rickshaw-7-Bells\"}")
		token=$(jq -r .access <<<"$answer")
		address=$(call POST /addresses "$token" '{"kind": "shipping", "full_name": "Ayesha Rahman", "phone": "+8801700000001",
			"line1": "12 Lake Road", "city": "Dhaka", "postal_code": "1207", "country": "BD"}' | jq -r .id)
		jq -r --arg address "$address" '[.access, $address, .user.id, .session_id] | join(" ")' <<<"$answer" >>"$stage/buyers"
	done
}

# Variants on sale in one currency, more than enough of each; pairs of them, the lower id first.
find_variants() {
	sql "UPDATE inventory SET on_hand = 1000000000 WHERE on_hand < 1000000000"
	sql "SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id WHERE p.currency = 'USD' AND p.status = 'published'
		AND p.deleted_at IS NULL AND v.deleted_at IS NULL ORDER BY v.id LIMIT 40000" >"$stage/variants"
	[ "$(wc -l <"$stage/variants")" -ge 64 ] || die "there are too few variants"
}

# Orders: values "token address user session variant variant", buyers and pairs of variants in turn.
write_order_values() {
	shuf --random-source=<(yes) "$stage/variants" | paste -d ' ' - - | awk '{if ($1 > $2) print $2, $1; else print}' |
		awk -v file="$stage/buyers" 'BEGIN {while ((getline line < file) > 0) buyer[n++] = line} {print buyer[NR % n], $0}' >"$stage/orders"
	cat >"$stage/order.request" <<-TEXT
	POST /api/v1/orders HTTP/1.1
	Host: localhost
	Authorization: Bearer {1}
	Content-Type: application/json
	Idempotency-Key: {new}

	{"shipping_address_id": "{2}", "shipping_method": "standard", "items": [{"variant_id": "{5}", "quantity": 1}, {"variant_id": "{6}", "quantity": 1}]}
	TEXT
}

# load_json ARGUMENT...: "per_second p50 p99"; a refused request ends the benchmark.
load() {
	local answer
	answer=$("$build/bench/load" --seconds="$seconds" "$@" 2>"$stage/log/load.log") || die "load fails: $(head -c 2000 "$stage/log/load.log")"
	[ "$(jq '.refused + .broken' <<<"$answer")" = 0 ] || die "requests were refused: $answer $(head -c 1000 "$stage/log/load.log")"
	jq -r '"\(.per_second) \(.p50_ms) \(.p99_ms)"' <<<"$answer"
}

bare() {
	local answer
	answer=$("$build/bench/bare-transaction" --database="$run/mariadb.sock" --password="$run/secrets/database" \
	    --since="$captured_ms" --seconds="$seconds" "$@" 2>"$stage/log/bare.log") || die "the bare transaction fails: $(cat "$stage/log/bare.log")"
	[ "$(jq .failed <<<"$answer")" = 0 ] || die "bare transactions failed: $answer $(cat "$stage/log/bare.log")"
	jq -r '"\(.per_second) - -"' <<<"$answer"
}

# The statements of one request of the load: sent twice, written down the second time.
capture_load() {
	local worker=$1 into=$2
	shift 2
	"$build/bench/load" --port="$(port_of capture)" --connections=1 --seconds=0.001 "$@" >"$stage/answer" 2>&1 || die "$(cat "$stage/answer")"
	: >"$stage/$worker.traffic"
	captured_ms=$(date +%s%3N)
	"$build/bench/load" --port="$(port_of capture)" --connections=1 --seconds=0.001 "$@" >"$stage/answer" 2>&1 || die "$(cat "$stage/answer")"
	cp "$stage/$worker.traffic" "$stage/$into.traffic"
}

measure_orders() {
	wanted "order of two lines" || wanted buyers || return 0
	say "orders"
	make_buyers
	find_variants
	write_order_values
	capture_load capture order --request="$stage/order.request" --values="$stage/orders" --start=0
	yard_order() { bare --sql="$stage/order.traffic" --values="$stage/orders" --processes="$workers" --fresh=ORD-; }
	shop_order() { load --port="$shop_port" --request="$stage/order.request" --values="$stage/orders" --start="$RANDOM"; }
	compare "order of two lines" "bare order transaction" 0.70 yard_order shop_order
}
measure_webhooks() { :; }
measure_buyers() { :; }
measure_half_load() { :; }
measure_size() { :; }
measure_restart() { :; }
measure_logins() { :; }
measure_flatness() { :; }
print_table() { column -t -s '|' "$stage/rows"; }
write_json() { :; }
