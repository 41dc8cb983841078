# payments.sh: what beginning to pay costs beside the provider's own time, and what a provider that hangs costs everybody else.
# Sourced by bench/run after writes.sh.

online="stripe USD
razorpay INR
paystack NGN
flutterwave NGN
bkash BDT
paypal USD"

# make_unpaid CURRENCY COUNT: so many new orders that nobody has begun to pay: lines "token order", of which take_unpaid takes the next.
make_unpaid() {
	end_orders
	pairs_of "$1" "$2" >"$stage/pairs"
	seconds=120 load --request="$stage/order.request" --headers="$stage/plain.headers" --values="$stage/pairs" --once --addresses \
	    --port="$shop_port" >"$stage/answer"
	sql "SELECT CAST(o.user_id AS UUID), CAST(o.id AS UUID) FROM orders o WHERE o.status = 'pending' AND o.user_id IN
		($(cut -d ' ' -f 3 "$stage/buyers" | sed "s/.*/'&'/" | paste -s -d ,)) ORDER BY o.id" |
		awk -v file="$stage/buyers" 'BEGIN {while ((getline line < file) > 0) {split(line, word, " "); token[word[3]] = word[1]}}
			{print token[$1], $2}' >"$stage/unpaid"
	unpaid_taken=0
}
take_unpaid() {
	sed -n "$((unpaid_taken + 1)),$((unpaid_taken + $1))p" "$stage/unpaid" >"$2"
	unpaid_taken=$((unpaid_taken + $1))
}

write_pay_request() {
	printf '%s\n' "POST /api/v1/payments HTTP/1.1" "Host: localhost" "Authorization: Bearer {1}" "Content-Type: application/json" \
	    "Idempotency-Key: {new}" "" "{\"order_id\": \"{2}\", \"provider\": \"$1\"}" >"$stage/pay-$1.request"
}

# For how long the workers have waited for the provider, in milliseconds.
waited_ms() {
	curl -fsS "http://127.0.0.1:$shop_port/metrics" |
		awk -v label="provider=\"$1\"" '/^haat_provider_duration_seconds_sum/ && index($0, label) {n += $NF} END {printf "%.3f", n * 1000}'
}

# own_time PROVIDER CURRENCY: ten payments, one after another, as often as there are turns: the time of each less what its worker
# has waited for the provider meanwhile.
own_time() {
	local name="POST /payments by $1: own time, ms" tries=$((5 * rounds + 3)) before i
	wanted "$name" || return 0
	prepare_orders
	write_pay_request "$1"
	make_unpaid "$2" $((10 * (tries + 1)))
	: >"$stage/own"
	for ((i = 0; i <= tries; i++)); do
		take_unpaid 10 "$stage/slice"
		before=$(waited_ms "$1")
		"$build/bench/load" --port="$shop_port" --request="$stage/pay-$1.request" --headers="$stage/plain.headers" --values="$stage/slice" \
		    --once --connections=1 --seconds=60 >"$stage/load" 2>"$stage/log/load.log" || die "load fails: $(cat "$stage/log/load.log")"
		[ "$(jq .answered "$stage/load")" = 10 ] || die "payments by $1 were refused: $(cat "$stage/log/load.log")"
		# The first ten begin with what is not connected yet.
		[ "$i" -eq 0 ] || jq -r --argjson before "$before" --argjson after "$(waited_ms "$1")" \
		    '"\((1000 * .seconds - $after + $before) / 10) \(.p50_ms) \(.p99_ms)"' "$stage/load" >>"$stage/own"
	done
	add_row "$name" "$(column_median "$stage/own" 1)" - - "<3" "$(column_median "$stage/own" 2)" "$(column_median "$stage/own" 3)" - -
}

measure_own_time() {
	local provider currency
	say "payments begun"
	while read -r provider currency <&3; do own_time "$provider" "$currency"; done 3<<<"$online"
}

# --- a provider that hangs -----------------------------------------------------------------------------------------------

# Some begin to pay with Stripe all the time, a few each second; meanwhile others are measured at a fixed rate.  When it hangs it does so
# for longer than is measured and shorter than the time-out, so that no circuit opens and all workers that it may have are held up.
trickle_rate=5 trickle_more=3 # for so many seconds more than is measured

set_hang() {
	local order
	while read -r _ order; do
		curl -fsS -o /dev/null -X POST "http://127.0.0.1:$((port + 1))/sandbox/switches/$order" -d "{\"hang_ms\": $1}" || die "the sandbox has no such switch"
	done <"$stage/trickle"
}

# beside_trickle HANG_MS LOAD ARGUMENT...: what the load measures while some begin to pay, with a provider that hangs so long.
beside_trickle() {
	local hang=$1 began trickle
	shift
	take_unpaid $((trickle_rate * (seconds + trickle_more))) "$stage/trickle"
	set_hang "$hang"
	began=$(date +%s%3N)
	"$build/bench/load" --port="$shop_port" --request="$stage/pay-stripe.request" --headers="$stage/plain.headers" --values="$stage/trickle" --once \
	    --rate=$trickle_rate --seconds=$((seconds + trickle_more)) >"$stage/trickled" 2>"$stage/log/trickle.log" &
	trickle=$!
	sleep 1
	"$@" >"$stage/beside"
	wait "$trickle" || true
	# Until those who were held up are free again.
	while [ $(($(date +%s%3N) - began)) -lt $((hang + 1500)) ]; do sleep 0.1; done
	set_hang 0
}

# Reads, or payments by another provider, each a request of its own.
beside_reads() { paced --port="$shop_port" --request="$stage/detail.request" --headers="$stage/plain.headers" --rate=500; }
beside_payments() {
	paced --port="$shop_port" --request="$stage/pay-paystack.request" --headers="$stage/plain.headers" --values="$stage/slice" --once --rate=40
}

# hanging_rows NAME LOAD: its processor time a request and its 99th percentile, each by that of a calm time, in the better turn.
hanging_rows() {
	local name=$1 state i
	: >"$stage/calm"
	: >"$stage/hung"
	for ((i = 0; i < rounds; i++)); do
		for state in calm hung; do
			take_unpaid $((40 * seconds)) "$stage/slice"
			beside_trickle "$([ $state = calm ] && echo 0 || echo $((1000 * (seconds + trickle_more + 1))))" "$2"
			cat "$stage/beside" >>"$stage/$state"
		done
	done
	hanging_row "$name beside a provider that hangs: cpu" "<1.05" 4
	hanging_row "$name beside a provider that hangs: p99" "<1.5" 3
}
hanging_row() {
	add_row "$1" "$(column_median "$stage/hung" 1)" "calm" \
	    "$(paste -d '|' "$stage/hung" "$stage/calm" | awk -F '|' -v c="$3" '{split($1, hung, " "); split($2, calm, " "); printf "%.3f\n", hung[c] / calm[c]}' | sort -n | head -n 1)" \
	    "$2" "$(column_median "$stage/hung" 2)" "$(column_median "$stage/hung" 3)" "$(column_median "$stage/hung" 4)" - \
	    "$(column_median "$stage/hung" 5)" "$(column_median "$stage/hung" 6)"
}

measure_hanging() {
	local seconds=$((seconds + 2)) # a second has too few payments for a percentile
	wanted "beside a provider that hangs" || return 0
	say "a provider that hangs"
	prepare_orders
	get_request "$detail_url" detail
	write_pay_request stripe
	write_pay_request paystack
	make_unpaid USD $((4 * rounds * (40 * seconds + trickle_rate * (seconds + trickle_more))))
	hanging_rows "product detail" beside_reads
	hanging_rows "payments" beside_payments
}
