# out.sh: what leaves the shop: deliveries to webhook endpoints, some of which hang, and messages to the stand-in of SQS.
# Sourced by bench/run.

# out WORD AMOUNT: the line of numbers that bench/out prints.
out() {
	HAAT_RUN=$main_run HAAT_PORT=$port HAAT_TEST_DIR=$stage "$build/bench/out" "$1" "$2" >"$stage/out" || die "$1: $(cat "$stage/out")"
	grep -E "^($1|deliveries|sqs) " "$stage/out"
}

number_in() { awk -v name="$1" '{for (i = 1; i < NF; i++) if ($i == name) print $(i + 1)}'; }

# 2,000 deliveries a minute to 100 endpoints of which 20 hang: at the others none may be later than five seconds.
measure_deliveries() {
	local line seconds=60
	wanted deliveries || return 0
	[ "$rounds" -gt 1 ] || seconds=20
	line=$(out deliveries "$seconds")
	say "  $line"
	add_row "deliveries a minute, 20 of 100 endpoints hang" "$(number_in a_minute <<<"$line")" \
		"late: $(number_in late <<<"$line"), worst $(number_in worst_ms <<<"$line") ms" - - \
		"$(number_in p50_ms <<<"$line")" "$(number_in p99_ms <<<"$line")" - - - -
	[ "$(number_in late <<<"$line")" = 0 ] || die "deliveries: $line"
}

# From one process, to a stand-in on the same machine; and of one merchant, whose messages go one after the other.
measure_sqs() {
	local line events=30000 of_one=6000
	wanted sqs || return 0
	[ "$rounds" -gt 1 ] || { events=10000 of_one=2000; }
	line=$(out sqs "$events")
	say "  $line"
	add_row "SQS messages of one process" "$(number_in a_second <<<"$line")" "3000 a second" "$(divide "$(number_in a_second <<<"$line")" 3000)" \
		1.0 - - - - - -
	line=$(out sqs-of-one "$of_one")
	say "  $line"
	add_row "SQS messages of one merchant" "$(number_in a_second <<<"$line")" - - - - - - - - -
}
