# writes.sh: orders, webhooks and buyers, each request its own.  Sourced by bench/run after rows.sh.

# call METHOD PATH TOKEN BODY: the shop's answer, over the plain listener.
call() {
	curl -fsS -X "$1" "http://127.0.0.1:$shop_port/api/v1$2" -H 'Content-Type: application/json' \
	    ${3:+-H "Authorization: Bearer $3"} ${4:+-d "$4"} || die "$1 $2 is refused"
}

# Whether the buyers of the last run are still signed in.
has_buyers() {
	[ -e "$stage/buyers" ] && [ "$(wc -l <"$stage/buyers")" -ge "$buyers" ] &&
		[ "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $(head -n 1 "$stage/buyers" | cut -d ' ' -f 1)" \
			"http://127.0.0.1:$shop_port/api/v1/addresses")" = 200 ]
}

# Customers with an address: a line "token address user session" each.
make_buyers() {
	local i tag answer token address
	! has_buyers || return 0
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

# Variants on sale in one currency, more than enough of each; pairs of them, the lower id first, with the buyers in turn: values
# "token address user session variant variant".
find_variants() {
	sql "UPDATE inventory SET on_hand = 1000000000 WHERE on_hand < 1000000000"
	sql "SELECT CAST(v.id AS UUID) FROM variants v JOIN products p ON p.id = v.product_id WHERE p.currency = 'USD' AND p.status = 'published'
		AND p.deleted_at IS NULL AND v.deleted_at IS NULL ORDER BY v.id LIMIT 40000" >"$stage/variants"
	[ "$(wc -l <"$stage/variants")" -ge 64 ] || die "there are too few variants"
	shuf --random-source=<(yes) "$stage/variants" | paste -d ' ' - - | awk 'NF == 2 {if ($1 > $2) print $2, $1; else print}' |
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

# Buyers and what they buy, once for each shop.
declare -A has_orders=()
prepare_orders() {
	[ -z "${has_orders[$stage]:-}" ] || return 0
	say "  buyers"
	make_buyers
	find_variants
	has_orders[$stage]=1
}

bare() {
	local answer
	answer=$("$build/bench/bare-transaction" --database="$run/mariadb.sock" --password="$run/secrets/database" \
	    --since="$captured_ms" --seconds="$seconds" "$@" 2>"$stage/log/bare.log") || die "the bare transaction fails: $(cat "$stage/log/bare.log")"
	[ "$(jq .failed <<<"$answer")" = 0 ] || die "bare transactions failed: $answer $(cat "$stage/log/bare.log")"
	jq -r '"\(.per_second) - - -"' <<<"$answer"
}

# capture_load WORKER NAME LINE ARGUMENT...: the statements of one request of the load: sent first with line 0 of the values,
# then, written down, with that line.
capture_load() {
	local worker=$1 into=$2 line=$3
	shift 3
	"$build/bench/load" --port="$(port_of capture)" --connections=1 --seconds=0.001 "$@" >"$stage/answer" 2>&1 || die "$(cat "$stage/answer")"
	: >"$stage/$worker.traffic"
	captured_ms=$(date +%s%3N)
	"$build/bench/load" --port="$(port_of capture)" --connections=1 --seconds=0.001 --start="$line" "$@" >"$stage/answer" 2>&1 || die "$(cat "$stage/answer")"
	cp "$stage/$worker.traffic" "$stage/$into.traffic"
}

# Customers have a few orders, not thousands, and what is unpaid is counted: those of the last run go to somebody else, as expired.
end_orders() {
	sql "UPDATE orders SET status = 'expired', open_from = NULL, user_id = (SELECT id FROM users WHERE email = 'customer@haat.test')
		WHERE status = 'pending' AND user_id IN ($(cut -d ' ' -f 3 "$stage/buyers" | sed "s/.*/'&'/" | paste -s -d ,))"
}

# Each connection is from an address of its own, as customers are.
order_load() { load --request="$stage/order.request" --headers="$stage/plain.headers" --values="$stage/orders" --addresses --start="$RANDOM" "$@"; }
shop_order() { end_orders; order_load "$@"; }

measure_orders() {
	wanted "order of two lines" || return 0
	say "orders"
	prepare_orders
	start_sql_null lean lean-order --values="$stage/orders"
	compare "order of two lines" "lean order" 0.75 "order_load --port=$(port_of lean)" "shop_order --port=$shop_port"
	[ -z "$peers" ] || compare "order of two lines beside the peer" "lean peer's order" 2 "order_load --tls --port=$(port_of node_tls)" \
	    "shop_order --tls --port=$(port_of shop_tls)"
}

# One order of the first buyer and pair, and a payment begun for it: sets proto_order, proto_payment, proto_intent.
begin_payment() {
	local token address answer first second
	read -r token address _ _ first second <"$stage/orders"
	answer=$(call POST /orders "$token" "{\"shipping_address_id\": \"$address\", \"shipping_method\": \"standard\",
		\"items\": [{\"variant_id\": \"$first\", \"quantity\": 1}, {\"variant_id\": \"$second\", \"quantity\": 1}]}")
	proto_order=$(jq -r .id <<<"$answer")
	answer=$(call POST /payments "$token" "{\"order_id\": \"$proto_order\", \"provider\": \"stripe\"}")
	proto_payment=$(jq -r .id <<<"$answer")
	proto_reference=$(jq -r .reference <<<"$answer")
	proto_intent=$(jq -r .provider_transaction_id <<<"$answer")
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

# As many orders with a payment under way as the webhooks will settle: copies of the first, each of other variants.
copy_payments() {
	local count=$1 tag
	tag=$(date +%s)
	sql "DROP TABLE IF EXISTS bench_variants, bench_copies;
		CREATE TABLE bench_variants (n INT AUTO_INCREMENT PRIMARY KEY, id BINARY(16) NOT NULL);
		INSERT INTO bench_variants (id) SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id WHERE p.currency = 'USD'
			AND p.status = 'published' AND p.deleted_at IS NULL AND v.deleted_at IS NULL ORDER BY MD5(v.id) LIMIT 40000;
		SET @half = (SELECT COUNT(*) DIV 2 FROM bench_variants), @ms = LPAD(HEX($tag * 1000), 12, '0');
		CREATE TABLE bench_copies (PRIMARY KEY (n)) SELECT s.seq AS n, LPAD(CONV($tag * 100000 + s.seq, 10, 36), 10, '0') AS word,
			LEAST(a.id, b.id) AS first, GREATEST(a.id, b.id) AS second,
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
		CONCAT('PAY-', c.word), CONCAT('pi_', LPAD(c.word, 24, '0')), CONCAT('pay:', CAST(c.payment_id AS UUID)), NOW() + INTERVAL 1 DAY" \
	    "t.id = '$proto_payment'"
	sql "UPDATE inventory i JOIN (SELECT variant_id, SUM(quantity) AS held FROM reservations r JOIN bench_copies c
		ON c.order_id = r.order_id GROUP BY variant_id) h ON h.variant_id = i.variant_id SET i.reserved = i.reserved + h.held"
	sql "SELECT CONCAT_WS(' ', CONCAT('evt_', LPAD(word, 24, '0')), CONCAT('pi_', LPAD(word, 24, '0')), CONCAT('PAY-', word),
		CAST(payment_id AS UUID), CAST(order_id AS UUID), CAST(first AS UUID), CAST(second AS UUID)) FROM bench_copies ORDER BY n" >"$stage/payments"
	sql "DROP TABLE bench_variants, bench_copies"
}

# The event as the sandbox sends it when the payer pays, with places for the ids.
write_webhook_request() {
	local payload= tries
	HAAT_RUN=$run HAAT_PORT=$port "$top/dev" sandbox stripe pay "$proto_intent" >/dev/null || die "the sandbox does not take the payment"
	for ((tries = 0; tries < 50; tries++)); do
		payload=$(sql "SELECT CONVERT(payload USING utf8mb4) FROM webhook_events WHERE type = 'payment_intent.succeeded' AND payload LIKE '%$proto_intent%'")
		[ -z "$payload" ] || break
		sleep 0.1
	done
	[ -n "$payload" ] || die "no webhook came"
	payload=$(sed -e "s/$proto_intent/{2}/g" -e "s/$proto_reference/{3}/g" -e "s/$proto_order/{5}/g" \
	    -e 's/"id": *"evt_[^"]*"/"id":"{1}"/' <<<"$payload")
	printf '%s\n' "POST /api/v1/webhooks/stripe HTTP/1.1" "Host: localhost" "Content-Type: application/json" "" "$payload" >"$stage/webhook.request"
}

# The next slice of the payments, behind the line that was captured.
next_slice() {
	slice=$((slice + 1))
	{
		sed -n 2p "$stage/payments"
		sed -n "$((3 + (slice - 1) * per_run)),$((2 + slice * per_run))p" "$stage/payments"
	} >"$stage/slice"
}

measure_webhooks() {
	wanted webhook || return 0
	say "webhooks"
	prepare_orders
	slice=0 per_run=$((seconds * 3000))
	begin_payment
	copy_payments $((2 + 2 * (rounds + 1) * per_run))
	write_webhook_request
	capture_load capture_hooks webhook 1 --request="$stage/webhook.request" --values="$stage/payments" --sign="$run/secrets/stripe-webhook"
	yard_webhook() { bare --sql="$stage/webhook.traffic" --values="$stage/slice" --once --processes=2; }
	shop_webhook() {
		load --port="$shop_port" --request="$stage/webhook.request" --values="$stage/slice" --start=1 --once --sign="$run/secrets/stripe-webhook"
	}
	# A slice is taken before each run, in this shell.
	compare "webhook applied" "bare settlement" 0.70 "next_slice_and yard_webhook" "next_slice_and shop_webhook"
}
next_slice_and() { next_slice; "$@"; }

# One line each: all of one variant, or of as many variants as there are buyers.
measure_buyers() {
	wanted "32 buyers on one variant" || return 0
	say "buyers on one variant"
	prepare_orders
	sed 's/, {"variant_id": "{6}", "quantity": 1}//' "$stage/order.request" >"$stage/buyer.request"
	head -n 32 "$stage/orders" >"$stage/apart"
	awk 'NR == 1 {one = $5} {$5 = one; print}' "$stage/apart" >"$stage/together"
	buyers_of() { end_orders; load --port="$shop_port" --request="$stage/buyer.request" --addresses --values="$stage/$1"; }
	compare "32 buyers on one variant" "32 buyers on 32 variants" 0.50 "buyers_of apart" "buyers_of together"
}
