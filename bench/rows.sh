# rows.sh: the rows of the table, each measured against its yardstick.  Sourced by bench/run.
#
# A row is a line of stage/rows: work|per second|against|ratio|target|p50|p99|cpu|cpu ratio, with "-" for what it has not.
# The processor time of a request, of all that answers it (nginx, workers, memcached, MariaDB), is told beside the rates:
# when others use the machine, too, it is what can be trusted.

wanted() { [ -z "$only" ] || [[ $1 == *"$only"* ]]; }

add_row() { local IFS='|'; printf '%s\n' "$*" >>"$stage/rows"; say "  $*"; }

median() { sort -n | awk '{v[NR] = $1} END {print NR == 0 ? "-" : NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
divide() { awk -v a="$1" -v b="$2" 'BEGIN {if (b + 0 > 0) printf "%.3f", a / b; else printf "-"}'; }

# The processor time that all on the stage have used, in microseconds.
stage_cpu() {
	local pid file
	# A part that has ended meanwhile has no processor time to tell.
	for pid in "${started[@]}"; do family "$pid"; done >"$stage/family"
	for file in "$top_run"{,-*}/pid/{api,memcached,mariadb}; do
		[ ! -s "$file" ] || { read -r pid _ <"$file" && family "$pid"; }
	done >>"$stage/family"
	while read -r pid; do cat "/proc/$pid/task"/*/schedstat; done <"$stage/family" 2>/dev/null | awk '{n += $1} END {printf "%.0f", n / 1000}'
}

# get PORT URL: "requests-per-second p50_ms p99_ms cpu_us" of 32 connections.
get() {
	local before
	before=$(stage_cpu)
	wrk -t 1 -c 32 -d "${seconds}s" --latency "http://127.0.0.1:$1$2" | awk '
		function ms(t) {return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000}
		$1 == "50%" {p50 = ms($2)} $1 == "99%" {p99 = ms($2)} /Non-2xx/ {bad = 1} /^Requests\/sec/ {n = $2} /requests in/ {all = $1}
		END {if (bad || n == 0) exit 1; printf "%.1f %.3f %.3f %d\n", n, p50, p99, all}' >"$stage/got" || die "'$2' on port $1 fails under load"
	awk -v used="$(($(stage_cpu) - before))" '{printf "%s %s %s %.1f\n", $1, $2, $3, used / $4}' "$stage/got"
}

# Of a file of lines "per_second p50 p99 cpu", by column; "-" where there is none.
column_median() { awk -v c="$2" '$c != "" && $c != "-" {print $c}' "$1" | median; }

# compare WORK AGAINST TARGET YARDSTICK SUBJECT: two commands that print "per_second p50 p99 ...", in turns.  The ratio is
# the median of those of the turns: what disturbs the machine for a while disturbs both sides of a turn.
compare() {
	local work=$1 against=$2 target=$3 yardstick=$4 subject=$5 i
	wanted "$work" || return 0
	: >"$stage/yardstick"
	: >"$stage/subject"
	for ((i = 0; i < rounds; i++)); do
		$yardstick >>"$stage/yardstick"
		$subject >>"$stage/subject"
	done
	add_row "$against" "$(column_median "$stage/yardstick" 1)" - - - "$(column_median "$stage/yardstick" 2)" \
	    "$(column_median "$stage/yardstick" 3)" "$(column_median "$stage/yardstick" 4)" -
	add_row "$work" "$(column_median "$stage/subject" 1)" "$against" \
	    "$(paste -d ' ' "$stage/subject" "$stage/yardstick" | awk '{printf "%.3f\n", $1 / $(NF / 2 + 1)}' | median)" "$target" \
	    "$(column_median "$stage/subject" 2)" "$(column_median "$stage/subject" 3)" "$(column_median "$stage/subject" 4)" \
	    "$(divide "$(column_median "$stage/yardstick" 4)" "$(column_median "$stage/subject" 4)")"
}

# A product with two variants in the middle of the shop, and a category to filter by.
find_wares() {
	local row
	row=$(sql "SELECT CAST(p.id AS UUID), c.slug FROM products p JOIN categories c ON c.id = p.category_id JOIN variants v ON v.product_id = p.id
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

# at_half WORK REQUEST [LOAD ARGUMENT...]: the work's 99th percentile at half of what it can do, in medians of the same run.
at_half() {
	local work=$1 request=$2 peak numbers
	shift 2
	peak=$(awk -F '|' -v w="$work" '$1 == w {print $2}' "$stage/rows")
	[ -n "$peak" ] || return 0
	numbers=$(load --port="$shop_port" --request="$request" --rate="$(divide "$peak" 2)" "$@")
	read -r rate p50 p99 _ <<<"$numbers"
	add_row "$work at half load: p99 / p50" "$rate" "p50" "$(divide "$p99" "$p50")" "<5" "$p50" "$p99"
}

get_request() { printf '%s\n' "GET $1 HTTP/1.1" "Host: localhost" "" "" >"$stage/$2.request"; }

measure_half_load() {
	say "half load"
	get_request "$tree_url" tree
	get_request "$detail_url" detail
	get_request "$list_url" list
	at_half "category tree" "$stage/tree.request"
	at_half "product detail" "$stage/detail.request"
	at_half "product list, 12 of $products" "$stage/list.request"
	at_half "order of two lines" "$stage/order.request" --values="$stage/orders"
}

# From the death of every worker of the pool to the first /ready: milliseconds.
measure_restart() {
	local master started
	wanted restart || return 0
	read -r master _ <"$run/pid/api"
	started=$(date +%s%3N)
	pkill -KILL -P "$master"
	until curl -fs -o /dev/null --max-time 1 "http://127.0.0.1:$shop_port/ready"; do sleep 0.01; done
	add_row "ready after all workers were killed, ms" "$(($(date +%s%3N) - started))" - - "<1000" - -
}

pss_kb() { cat $(printf '/proc/%s/smaps_rollup ' "$@") 2>/dev/null | awk '/^Pss:/ {n += $2} END {print n + 0}'; }

family() {
	printf '%s\n' "$1"
	local child
	for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do family "$child"; done
}

# size LABEL: the largest worker and the whole shop, in MB of memory with shared pages counted once.
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

# The same reads of another shop with so many products, in turns with this one.
flat_against() {
	local count=$1 target=$2 here_run=$run here_port=$port here_stage=$stage here_shop=$shop_port here_products=$products
	local here_detail=$detail_url here_list=$list_url there_detail there_list there_port
	run=$run-$count port=$((port + 20)) stage=$run/bench shop_port=$((port + 2)) products=$count
	open_shop "$count"
	mkdir -p "$stage/nginx" "$stage/log"
	write_site
	start_side nginx nginx -e "$stage/log/nginx.log" -p "$stage/nginx" -c "$stage/nginx/nginx.conf"
	find_wares
	there_detail=$detail_url there_list=$list_url there_port=$shop_port
	until curl -fs -o /dev/null "http://127.0.0.1:$there_port$there_detail"; do sleep 0.1; done
	there() { get "$there_port" "$1"; }
	here() { get "$here_shop" "$1"; }
	stage=$here_stage
	compare "flatness: product detail of $here_products" "product detail of $count" "$target" "there $there_detail" "here $here_detail"
	compare "flatness: product list of $here_products" "product list of $count" "$target" "there $there_list" "here $here_list"
	[ "$count" != 1000 ] || ! wanted size || size_rows "1000 products" "<512"
	shop "$count" down >/dev/null 2>&1
	run=$here_run port=$here_port stage=$here_stage shop_port=$here_shop products=$here_products
	detail_url=$here_detail list_url=$here_list
}

measure_flatness() {
	wanted flatness || wanted size || return 0
	say "flatness"
	flat_against 1000 0.80
	[ -z "$million" ] || flat_against 1000000 -
}

# Whether a row keeps its target: a ratio or a number against ">= x" or "<x".
met='function met(ratio, number, target) {
	if (target == "-" || target == "") return "-"
	if (substr(target, 1, 1) == "<") return (ratio != "-" ? ratio : number) + 0 < substr(target, 2) + 0 ? "yes" : "no"
	return ratio + 0 >= target + 0 ? "yes" : "no"
}'

print_table() {
	{
		echo "work|per second|against|ratio|target|p50 ms|p99 ms|met|cpu us|by cpu"
		awk -F '|' "$met"' BEGIN {OFS = "|"} {print $1, $2, $3, $4, $5, $6, $7, met($4, $2, $5), $8 == "" ? "-" : $8, $9 == "" ? "-" : $9}' "$stage/rows"
	} | column -t -s '|'
}

write_json() {
	local machine
	machine="$(nproc) cores of $(awk -F ': ' '/^model name/ {print $2; exit}' /proc/cpuinfo), $(awk '/^MemTotal/ {printf "%.0f", $2 / 1048576}' /proc/meminfo) GB, Linux $(uname -r)"
	jq -R -n --arg machine "$machine" --arg date "$(date -u +%FT%TZ)" --argjson products "$products" --argjson seconds "$seconds" \
	    --argjson rounds "$rounds" --argjson workers "$workers" --arg load "$load_before" '
		def number: if . == null or . == "-" or . == "" then null else (tonumber? // .) end;
		{$machine, $date, $products, $seconds, $rounds, $workers, load_average_before: $load, transport: "plain HTTP on loopback, both sides",
		 rows: [inputs | split("|") | {work: .[0], per_second: (.[1] | number), against: (if .[2] == "-" then null else .[2] end),
		   ratio: (.[3] | number), target: (.[4] | number), p50_ms: (.[5] | number), p99_ms: (.[6] | number), cpu_us: (.[7] | number), cpu_ratio: (.[8] | number)}]}' \
	    "$stage/rows" >"$run/bench.json"
	mkdir -p "$top/.run" && cp "$run/bench.json" "$top/.run/bench.json"
	say "the numbers are in '$top/.run/bench.json'"
}
