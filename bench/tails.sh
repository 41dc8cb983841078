# tails.sh: the latencies at half load.  Sourced by bench/run.
#
# Half load is where half of the machine's processor time is used, by those who answer and by the generator together: which
# rate that is gets looked for, since the processor time of a request is another one at each rate.  (Half of the peak's rate
# is far more than half of the load: a worker that is woken for each request alone works dearer than one that finds the next
# one waiting.)

slow_ms=500 # a P95 from here on fails the benchmark

# At a rate the generator comes first, where it may: what waits for it would seem slow, and customers do not wait for our processors.
first_of_all() { chrt --fifo 1 true 2>/dev/null && echo "chrt --fifo 1" || true; }
paced() { generator_priority=$(first_of_all) load "$@"; }

# half_rate PEAK LOAD ARGUMENT...: the rate at which half of the processor time is used.  Where others use the machine, too,
# there may be none: then it is three fifths of the peak, and the row's share tells.
half_rate() {
	local peak=$1 rate share tries
	shift
	rate=$(divide "$peak" 3)
	for ((tries = 0; tries < 6; tries++)); do
		share=$(seconds=1 paced --rate="$rate" "$@" | cut -d ' ' -f 6)
		awk -v share="$share" 'BEGIN {exit !(share > 0.48 && share < 0.52)}' && break
		rate=$(awk -v rate="$rate" -v share="$share" -v most="$(awk -v peak="$peak" 'BEGIN {print 0.6 * peak}')" \
		    'BEGIN {f = 0.5 / share; rate *= f > 2 ? 2 : f < 0.5 ? 0.5 : f; printf "%.1f", (rate > most ? most : rate)}')
	done
	printf '%s\n' "$rate"
}

# at_half WORK LOAD ARGUMENT...: its 99th percentile by its median, and its 95th, at half load.
at_half() {
	local work=$1 peak rate i
	shift
	wanted "$work" || wanted "half load" || return 0
	peak=$(seconds=1 load "$@" | cut -d ' ' -f 1)
	rate=$(half_rate "$peak" "$@")
	: >"$stage/half"
	for ((i = 0; i < rounds; i++)); do paced --rate="$rate" "$@" >>"$stage/half"; done
	add_row "$work at half load: p99 / p50" "$(column_median "$stage/half" 1)" "p50" \
	    "$(awk '{printf "%.3f\n", $3 / $2}' "$stage/half" | median)" "<5" "$(column_median "$stage/half" 2)" "$(column_median "$stage/half" 3)" \
	    "$(column_median "$stage/half" 4)" - "$(column_median "$stage/half" 5)" "$(column_median "$stage/half" 6)"
}

measure_half_load() {
	local name
	say "half load"
	get_request "$tree_url" tree
	get_request "$detail_url" detail
	get_request "$list_url" list
	for name in tree list detail; do
		at_half "$name" --port="$shop_port" --request="$stage/$name.request" --headers="$stage/plain.headers"
	done
	for name in list detail; do
		at_half "$name, not cached" --port="$(port_of uncached)" --request="$stage/$name.request" --headers="$stage/plain.headers"
	done
	wanted "order" || wanted "half load" || return 0
	prepare_orders
	end_orders
	at_half "order" --port="$shop_port" --request="$stage/order.request" --headers="$stage/plain.headers" --values="$stage/orders" --addresses \
	    --start="$RANDOM"
}

# Fails, with the names of the rows, when a healthy shop answers slowly at half load.
check_tails() {
	awk -F '|' -v slow="$slow_ms" '$1 ~ /at half load/ && $10 + 0 >= slow {sub(/:.*/, "", $1); printf "bench: %s: the P95 is %s ms\n", $1, $10; failed = 1}
		END {exit failed}' "$rows" >&2
}
