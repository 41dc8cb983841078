# webhooks.sh: the providers' webhooks, each about a payment of its own.  Sourced by bench/run after writes.sh.

# Who signs with a secret what is applied at once: the event of a payment, the secret's file, the header of the event's id ("-": the
# body has it).
hooks="stripe payment_intent.succeeded stripe-webhook -
razorpay payment.captured razorpay-webhook X-Razorpay-Event-Id
paystack charge.success paystack -"

# begin_payment PROVIDER: one order of the first buyer and pair, and a payment begun for it.
begin_payment() {
	local token address answer first second
	read -r token address _ _ first second <"$stage/orders"
	answer=$(call POST /orders "$token" "{\"shipping_address_id\": \"$address\", \"shipping_method\": \"standard\",
		\"items\": [{\"variant_id\": \"$first\", \"quantity\": 1}, {\"variant_id\": \"$second\", \"quantity\": 1}]}")
	proto_order=$(jq -r .id <<<"$answer")
	answer=$(call POST /payments "$token" "{\"order_id\": \"$proto_order\", \"provider\": \"$1\"}")
	proto_payment=$(jq -r .id <<<"$answer")
	proto_reference=$(jq -r .reference <<<"$answer")
	proto_transaction=$(jq -r .provider_transaction_id <<<"$answer")
}

# The other columns of the table, for a copy of a row with some of them changed.
columns_but() {
	sql "SELECT GROUP_CONCAT(CONCAT('t.', column_name) ORDER BY ordinal_position) FROM information_schema.columns
		WHERE table_schema = 'haat' AND table_name = '$1' AND extra NOT LIKE '%GENERATED%' AND NOT FIND_IN_SET(column_name, '$2')"
}

# copy TABLE CHANGED VALUES WHERE: for each of the copies (c.*) the row with the changed columns set to the values.
copy_rows() {
	local rest
	rest=$(columns_but "$1" "$2")
	sql "INSERT INTO $1 ($2, ${rest//t./}) SELECT $3, $rest FROM bench_copies c JOIN $1 t ON $4"
}

# own_name TEXT: SQL of a name whose last ten characters are the copy's own.
own_name() { printf "INSERT(%s, CHAR_LENGTH(%s) - 9, 10, c.word)" "$1" "$1"; }

# As many orders with a payment under way as the webhooks will settle: copies of the first, each of other variants.
copy_payments() {
	local count=$1 tag
	tag=$(date +%s)
	sql "DROP TABLE IF EXISTS bench_variants, bench_copies;
		CREATE TABLE bench_variants (n INT AUTO_INCREMENT PRIMARY KEY, id BINARY(16) NOT NULL);
		INSERT INTO bench_variants (id) SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id WHERE p.currency = 'USD'
			AND p.status = 'published' AND p.deleted_at IS NULL AND v.deleted_at IS NULL ORDER BY MD5(v.id) LIMIT 40000;
		SET @half = (SELECT COUNT(*) DIV 2 FROM bench_variants), @ms = LPAD(HEX($tag * 1000), 12, '0');
		CREATE TABLE bench_copies (PRIMARY KEY (n)) SELECT s.seq AS n, $tag * 100000 + s.seq AS number,
			LPAD(CONV($tag * 100000 + s.seq, 10, 36), 10, '0') AS word, LEAST(a.id, b.id) AS first, GREATEST(a.id, b.id) AS second,
			UNHEX(CONCAT(@ms, '70008000', LPAD(HEX(s.seq), 12, '0'))) AS order_id,
			UNHEX(CONCAT(@ms, '70018000', LPAD(HEX(s.seq), 12, '0'))) AS payment_id,
			CONCAT(@ms, '701') AS line_ms
			FROM seq_1_to_$count s JOIN bench_variants a ON a.n = s.seq % @half + 1 JOIN bench_variants b ON b.n = s.seq % @half + 1 + @half"
	copy_rows orders id,number "c.order_id, CONCAT('ORD-', c.word)" "t.id = '$proto_order'"
	copy_rows order_lines id,order_id,variant_id "UNHEX(CONCAT(c.line_ms, t.position, '8000', LPAD(HEX(c.n), 12, '0'))), c.order_id,
		IF(t.position = 0, c.first, c.second)" "t.order_id = '$proto_order'"
	copy_rows order_merchants order_id c.order_id "t.order_id = '$proto_order'"
	copy_rows reservations order_id,variant_id "c.order_id, IF(t.variant_id = (SELECT MIN(variant_id) FROM reservations
		WHERE order_id = '$proto_order'), c.first, c.second)" "t.order_id = '$proto_order'"
	copy_rows payments id,purpose_id,reference,provider_transaction_id,idempotency_key,next_check_at "c.payment_id, c.order_id,
		CONCAT('PAY-', c.word), $(own_name t.provider_transaction_id), CONCAT('pay:', CAST(c.payment_id AS UUID)),
		NOW() + INTERVAL 1 DAY" "t.id = '$proto_payment'"
	sql "UPDATE inventory i JOIN (SELECT variant_id, SUM(quantity) AS held FROM reservations r JOIN bench_copies c
		ON c.order_id = r.order_id GROUP BY variant_id) h ON h.variant_id = i.variant_id SET i.reserved = i.reserved + h.held"
}

# What the sandbox has sent of that type about the payment, byte for byte: its journal has an event as it is sent, or as "sent".
sent_event() {
	tail -n 200 "$run/sandbox.state" | grep '^{"table":"[a-z_]*event"' | grep -F "\"$1\"" | grep -F "$proto_transaction" | tail -n 1 |
		sed -e 's/^{"table":"[a-z_]*","object"://' -e 's/}$//' -e 's/^{"id":"[^"]*","sent":\(.*\)}$/\1/'
}

# pay_payment PROVIDER TYPE: the payer pays and comes back, the shop takes the money where that is a call of its own, and the event comes: sets
# proto_event, its id, proto_charge, "-" for none, and proto_number, by which Paystack's are known.
pay_payment() {
	local tries
	HAAT_RUN=$run HAAT_PORT=$port "$top/dev" sandbox "$1" pay "$proto_transaction" >/dev/null || die "the sandbox does not take the payment"
	# Each provider looks at its own parameter only.
	curl -fsS -o /dev/null "http://127.0.0.1:$shop_port/api/v1/payments/return/$1?payment_intent=$proto_transaction&razorpay_order_id=$proto_transaction&reference=$proto_transaction" ||
		die "the payer cannot come back"
	for ((tries = 0; tries < 100; tries++)); do
		proto_event=$(sql "SELECT event_id FROM webhook_events WHERE provider = '$1' AND type = '$2' AND payload LIKE '%$proto_transaction%'")
		[ -z "$proto_event" ] || break
		sleep 0.1
	done
	[ -n "$proto_event" ] || die "no webhook of $1 came"
	proto_charge=$(sql "SELECT IFNULL(provider_charge, '-') FROM payments WHERE id = '$proto_payment'")
	proto_number=""
	[[ ! $proto_event =~ :([0-9]+)$ ]] || proto_number=${BASH_REMATCH[1]}
}

# The event with places for its ids, and a line of ids for each of the copies.
write_webhook_request() {
	local provider=$1 header=$3 event charge="'$proto_charge'"
	{
		printf '%s\n' "POST /api/v1/webhooks/$provider HTTP/1.1" "Host: localhost" "Content-Type: application/json"
		[ "$header" = - ] || echo "$header: {1}"
		echo
		sent_event "$2" | sed -e "s/$proto_event/{1}/g" -e "s/$proto_transaction/{2}/g" -e "s/$proto_reference/{3}/g" \
		    -e "s/$proto_order/{5}/g" ${proto_number:+-e "s/$proto_number/{8}/g"} -e "s/\"$proto_charge\"/\"{9}\"/g"
	} >"$stage/$provider.request"
	grep -q '{2}' "$stage/$provider.request" || die "the sandbox's journal does not have the event of $provider"
	event=$(own_name "'$proto_event'")
	[ -z "$proto_number" ] || event="REPLACE('$proto_event', '$proto_number', number)"
	[ "$proto_charge" = - ] || charge=$(own_name "$charge")
	sql "SELECT CONCAT_WS(' ', $event, $(own_name "'$proto_transaction'"), CONCAT('PAY-', word), CAST(payment_id AS UUID),
		CAST(order_id AS UUID), CAST(first AS UUID), CAST(second AS UUID), number, $charge) FROM bench_copies c ORDER BY n" >"$stage/$provider.payments"
	sql "DROP TABLE bench_variants, bench_copies"
}

# The next slice of the payments, behind the line that was captured.
next_slice() {
	slice=$((slice + 1))
	{
		sed -n 2p "$stage/$provider.payments"
		sed -n "$((3 + (slice - 1) * per_run)),$((2 + slice * per_run))p" "$stage/$provider.payments"
	} >"$stage/slice"
}
# A slice is taken before each run, in this shell.
next_slice_and() { next_slice; "$@"; }

# Each is held against its own statements without HTTP, and against the yardstick of orders.
measure_webhooks_of() {
	local provider=$1 type=$2 signer=$1:$run/secrets/$3 header=$4
	wanted "$provider webhook applied" || return 0
	prepare_orders
	start_lean
	slice=0 per_run=$((seconds * 1000))
	begin_payment "$provider"
	copy_payments $((2 + 2 * (rounds + 1) * per_run))
	pay_payment "$provider" "$type"
	write_webhook_request "$provider" "$type" "$header"
	capture_load capture_hooks webhook 1 --request="$stage/$provider.request" --values="$stage/$provider.payments" --sign="$signer"
	yard_webhook() { bare --sql="$stage/webhook.traffic" --values="$stage/slice" --once --processes=2; }
	shop_webhook() {
		load --port="$shop_port" --request="$stage/$provider.request" --values="$stage/slice" --start=1 --once --sign="$signer"
	}
	compare "$provider webhook applied" "bare settlement of $provider" 0.70 "next_slice_and yard_webhook" "next_slice_and shop_webhook" \
	    "lean order" 0.50 lean_order
}

measure_webhooks() {
	local provider type secret header
	say "webhooks"
	while read -r provider type secret header <&3; do measure_webhooks_of "$provider" "$type" "$secret" "$header"; done 3<<<"$hooks"
}
