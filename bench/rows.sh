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

measure_orders() { :; }
measure_webhooks() { :; }
measure_buyers() { :; }
measure_half_load() { :; }
measure_size() { :; }
measure_restart() { :; }
measure_logins() { :; }
measure_flatness() { :; }
print_table() { column -t -s '|' "$stage/rows"; }
write_json() { :; }
