# rows.sh: the rows of the table, each measured against its yardstick.  Sourced by bench/run.
#
# A row is a line of the rows: work|per second|against|ratio|target|p50|p99|cpu|cpu ratio|p95|share, with "-" for what it has
# not.  The processor time of a request, of all that answers it (nginx, workers, memcached, MariaDB), is told beside the rates:
# when others use the machine, too, it is what can be trusted.

wanted() { [ -z "$only" ] || [[ $1 == *"$only"* ]]; }

add_row() { local IFS='|'; printf '%s\n' "$*" >>"$rows"; say "  $*"; }

median() { sort -n | awk '{v[NR] = $1} END {print NR == 0 ? "-" : NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
divide() { awk -v a="$1" -v b="$2" 'BEGIN {if (a + 0 > 0 && b + 0 > 0) printf "%.3f", a / b; else printf "-"}'; }

cpu_parts="api hooks auth pay memcached mariadb" # whose processor time is a request's, besides what else is on the stage

# The processor time that all on the stage have used, in microseconds.
stage_cpu() {
	local pid file part
	# A part that has ended meanwhile has no processor time to tell.
	for pid in "${started[@]}"; do family "$pid"; done >"$stage/family"
	for part in $cpu_parts; do
		for file in "$main_run"{,-*}/pid/"$part"; do
			[ ! -s "$file" ] || { read -r pid _ <"$file" && family "$pid"; }
		done
	done >>"$stage/family"
	while read -r pid; do cat "/proc/$pid/task"/*/schedstat; done <"$stage/family" 2>/dev/null | awk '{n += $1} END {printf "%.0f", n / 1000}'
}

family() {
	printf '%s\n' "$1"
	local child
	for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do family "$child"; done
}

# get http|https PORT URL HEADERS: "requests-per-second p50_ms p99_ms cpu_us" of 32 connections.
get() {
	local line headers=() tls=()
	if ! command -v wrk >/dev/null; then
		[ "$1" = http ] || tls=(--tls)
		get_request "$3" get
		load --port="$2" --request="$stage/get.request" --headers="$stage/$4.headers" "${tls[@]}"
		return
	fi
	while read -r line; do headers+=(-H "$line"); done <"$stage/$4.headers"
	with_cpu wrk -t 1 -c 32 -d "${seconds}s" --latency "${headers[@]}" "$1://127.0.0.1:$2$3" >"$stage/wrk" 2>&1 || die "wrk fails: $(cat "$stage/wrk")"
	awk -v used="$used_us" '
		function ms(t) {return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000}
		$1 == "50%" {p50 = ms($2)} $1 == "99%" {p99 = ms($2)} /Non-2xx/ {bad = 1} /^Requests\/sec/ {n = $2} /requests in/ {all = $1}
		END {if (bad || n == 0) exit 1; printf "%.1f %.3f %.3f %.1f\n", n, p50, p99, used / all}' "$stage/wrk" || die "'$3' on port $2 fails under load"
}

get_request() { printf '%s\n' "GET $1 HTTP/1.1" "Host: localhost" >"$stage/$2.request"; }

# with_cpu COMMAND...: runs it and sets used_us, the processor time that those on the stage spent meanwhile.
with_cpu() {
	local before status=0
	before=$(stage_cpu)
	"$@" || status=$?
	used_us=$(($(stage_cpu) - before))
	return $status
}

# load ARGUMENT...: "per_second p50 p99 cpu_us p95 share", where share is how much of the machine's processor time went to the
# stage and to the generator; a refused request ends the benchmark.
load() {
	# shellcheck disable=SC2086  # its options are words
	with_cpu ${generator_priority:-} "$build/bench/load" --seconds="$seconds" "$@" >"$stage/load" 2>"$stage/log/load.log" || die "load fails: $(head -c 2000 "$stage/log/load.log")"
	[ "$(jq '.refused + .broken' "$stage/load")" = 0 ] || die "requests were refused: $(cat "$stage/load") $(tail -c 600 "$stage/log/load.log")"
	jq -r --argjson used "$used_us" --argjson cores "$(nproc)" \
	    '"\(.per_second) \(.p50_ms) \(.p99_ms) \(100 * $used / .answered | round / 100) \(.p95_ms) \(($used + .cpu_us) / .seconds / 1e6 / $cores * 1000 | round / 1000)"' "$stage/load"
}

# Of a file of lines "per_second p50 p99 cpu", by column; "-" where there is none.
column_median() { awk -v c="$2" '$c != "" && $c != "-" {print $c}' "$1" | median; }

# compare WORK AGAINST TARGET YARDSTICK SUBJECT [AGAINST TARGET YARDSTICK]: commands that print "per_second p50 p99 ...", in turns;
# the subject against one yardstick or two.
compare() {
	local work=$1 against=$2 target=$3 yardstick=$4 subject=$5 other=${8:-} measured_seconds=$seconds i
	wanted "$work" || return 0
	# Once unmeasured, for what is compiled, prepared, cached or connected at the first request.
	seconds=1
	for i in "$yardstick" "$subject" "$other"; do $i >"$stage/warm"; done
	seconds=$measured_seconds
	: >"$stage/yardstick"
	: >"$stage/subject"
	: >"$stage/other"
	for ((i = 0; i < rounds; i++)); do
		$yardstick >>"$stage/yardstick"
		$subject >>"$stage/subject"
		$other >>"$stage/other"
	done
	add_compared "$work" "$against" "$target" "$stage/yardstick"
	[ -z "$other" ] || add_compared "$work, beside the $6" "$6 beside the $work" "$7" "$stage/other"
}

# add_compared WORK AGAINST TARGET FILE: the rows of a yardstick and of the subject.  The ratio is the median of those of the
# turns: what disturbs the machine for a while disturbs both sides of a turn.
add_compared() {
	add_row "$2" "$(column_median "$4" 1)" - - - "$(column_median "$4" 2)" "$(column_median "$4" 3)" "$(column_median "$4" 4)" -
	add_row "$1" "$(column_median "$stage/subject" 1)" "$2" \
	    "$(paste -d '|' "$stage/subject" "$4" | awk -F '|' '{printf "%.3f\n", ($1 + 0) / ($2 + 0)}' | median)" "$3" \
	    "$(column_median "$stage/subject" 2)" "$(column_median "$stage/subject" 3)" "$(column_median "$stage/subject" 4)" \
	    "$(divide "$(column_median "$4" 4)" "$(column_median "$stage/subject" 4)")"
}

# Whether a row keeps its target: a ratio or a number against ">= x", "<x" or "<=x".
met='function met(ratio, number, target) {
	if (target == "-" || target == "") return "-"
	if (substr(target, 1, 2) == "<=") return number + 0 <= substr(target, 3) + 0 ? "yes" : "no"
	if (substr(target, 1, 1) == "<") return (ratio != "-" ? ratio : number) + 0 < substr(target, 2) + 0 ? "yes" : "no"
	return ratio + 0 >= target + 0 ? "yes" : "no"
}'

print_table() {
	{
		echo "work|per second|against|ratio|target|p50 ms|p95 ms|p99 ms|met|cpu us|by cpu|share"
		awk -F '|' "$met"' function or_none(x) {return x == "" ? "-" : x}
			BEGIN {OFS = "|"} {print $1, $2, $3, $4, $5, $6, or_none($10), $7, met($4, $2, $5), or_none($8), or_none($9), or_none($11)}' "$rows"
	} | column -t -s '|'
}

write_json() {
	local machine
	machine="$(nproc) cores of $(awk -F ': ' '/^model name/ {print $2; exit}' /proc/cpuinfo), $(awk '/^MemTotal/ {printf "%.0f", $2 / 1048576}' /proc/meminfo) GB, Linux $(uname -r)"
	jq -R -n --arg machine "$machine" --arg date "$(date -u +%FT%TZ)" --argjson products "$products" --argjson seconds "$seconds" \
	    --argjson rounds "$rounds" --argjson workers "$workers" --arg load "$load_before" \
	    --arg generator "$(command -v wrk >/dev/null && echo wrk || echo bench/load)" '
		def number: if . == null or . == "-" or . == "" then null else (tonumber? // .) end;
		{$machine, $date, $products, $seconds, $rounds, $workers, load_average_before: $load, generator: $generator,
		 transport: "loopback, plain HTTP; beside the lean peer TLS, as browsers ask",
		 rows: [inputs | split("|") | {work: .[0], per_second: (.[1] | number), against: (if .[2] == "-" then null else .[2] end),
		   ratio: (.[3] | number), target: (.[4] | number), p50_ms: (.[5] | number), p99_ms: (.[6] | number), cpu_us: (.[7] | number), cpu_ratio: (.[8] | number), p95_ms: (.[9] | number), share: (.[10] | number)}]}' \
	    "$rows" >"$run/bench.json"
	mkdir -p "$top/.run" && cp "$run/bench.json" "$top/.run/bench.json"
	say "the numbers are in '$top/.run/bench.json'"
}
