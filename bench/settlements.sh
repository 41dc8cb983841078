# settlements.sh: how long a provider's settlement file takes, and how much memory.  Sourced by bench/run.
#
# The file's payments are made by SQL, every second one with its fee told already, so that the other half is posted; one row in a
# hundred differs.  They stay in the bench's shop, which is not checked.

settlement_rows=${BENCH_SETTLEMENT_ROWS:-1000000} # 20,000 with --quick

# make_settlement MARK ROWS: the payments, and the file that a provider would write of them.  MARK is the time in seconds; they are
# of more than a year ago, when the bench's shop had no others.
make_settlement() {
	local piece since=$(($1 - 393 * 86400))
	for ((piece = 0; piece < $2; piece += 100000)); do
		sql "SET unique_checks = 0, foreign_key_checks = 0;
			INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, provider, provider_transaction_id, amount_minor, currency,
			status, idempotency_key, succeeded_at, fee_minor, fee_currency)
			SELECT CONCAT(UNHEX(LPAD(HEX(1600000000000 + seq), 12, '0')), RANDOM_BYTES(10)), CONCAT('B$1-', seq), 'order', RANDOM_BYTES(16),
			NULL, 'stripe', CONCAT('pi_bench_$1_', seq), 2000, 'USD', 'succeeded', CONCAT('bench-$1-', seq),
			FROM_UNIXTIME($since + seq), IF(seq % 2 = 0, 88, NULL), IF(seq % 2 = 0, 'USD', NULL)
			FROM seq_$((piece + 1))_to_$((piece + 100000 < $2 ? piece + 100000 : $2))"
	done
	awk -v mark="$1" -v rows="$2" -v since="$since" 'BEGIN {
		print "automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,charge_id,payment_intent_id"
		for (i = 1; i <= rows; i++) {
			gross = i % 100 == 0 ? 1999 : 2000
			printf "po_bench,txn_bench_%s_%d,%s,usd,%.2f,0.88,%.2f,charge,ch_%d,ch_%d,pi_bench_%s_%d\n", mark, i,
				strftime("%Y-%m-%d %H:%M:%S", since + i, 1), gross / 100, (gross - 88) / 100, i, i, mark, i
		}
	}' >"$stage/settlement.csv"
}

# The most memory that any process of a part has had, in MB.
peak_rss() {
	local pid
	read -r pid _ <"$run/pid/$1"
	# shellcheck disable=SC2046
	cat $(family "$pid" | sed 's|.*|/proc/&/status|') 2>/dev/null | awk '/^VmHWM:/ && $2 > most {most = $2} END {printf "%.1f", most / 1024}'
}

api() { curl -sS --fail-with-body --max-time 600 --cacert "$run/tls/ca.pem" "$@"; }

measure_settlements() {
	local mark url=https://localhost:$port/api/v1 token id started status took uploaded
	wanted settlements || return 0
	say "settlements"
	[ "$seconds" -ne 1 ] || settlement_rows=20000
	mark=$(date +%s)
	make_settlement "$mark" "$settlement_rows"
	token=$(api -H 'Content-Type: application/json' -d '{"email": "admin@haat.test", "password": "Haat-demo-2026!"}' "$url/accounts/login" |
		sed -n 's/.*"access":"\([^"]*\)".*/\1/p')
	started=$(date +%s%3N)
	id=$(api -H "Authorization: Bearer $token" -H 'Content-Type: text/csv' -T "$stage/settlement.csv" -X POST "$url/settlements?provider=stripe" |
		sed -n 's/^{"id":"\([^"]*\)".*/\1/p')
	[ -n "$id" ] || die "the settlement file is not taken"
	uploaded=$(($(date +%s%3N) - started))
	started=$(date +%s%3N)
	until status=$(sql "SELECT status FROM readable_settlements WHERE id = '$id'") && [[ $status = done || $status = failed ]]; do sleep 0.2; done
	took=$(($(date +%s%3N) - started))
	[ "$status" = done ] || die "the settlement file failed"
	[ "$(sql "SELECT CONCAT(data_rows, ' ', matched, ' ', differences) FROM readable_settlements WHERE id = '$id'")" = \
		"$settlement_rows $settlement_rows $((settlement_rows / 100))" ] || die "the settlement file is read wrong"
	add_row "settlements: $settlement_rows rows sent, s" "$(divide "$uploaded" 1000)" - - - - -
	add_row "settlements: $settlement_rows rows reconciled, minutes" "$(divide "$took" 60000)" - - - - -
	add_row "settlements: peak RSS of a jobs worker, MB" "$(peak_rss jobs)" - - "<32" - -
	add_row "settlements: peak RSS of a bulk worker, MB" "$(peak_rss bulk)" - - "<32" - -
	rm -f "$stage/settlement.csv"
}
