# writes.sh: orders and buyers, each request its own.  Sourced by bench/run after rows.sh.

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

# pairs_of CURRENCY COUNT: pairs of variants on sale in it, the lower id first, with the buyers in turn: lines "token address user
# session variant variant".
pairs_of() {
	sql "SELECT CAST(v.id AS UUID) FROM variants v JOIN products p ON p.id = v.product_id WHERE p.currency = '$1' AND p.status = 'published'
		AND p.deleted_at IS NULL AND v.deleted_at IS NULL ORDER BY v.id LIMIT 40000" >"$stage/variants"
	[ "$(wc -l <"$stage/variants")" -ge 64 ] || die "there are too few variants in $1"
	shuf --random-source=<(yes) "$stage/variants" | paste -d ' ' - - | awk 'NF == 2 {if ($1 > $2) print $2, $1; else print}' |
		awk -v count="$2" -v file="$stage/buyers" 'BEGIN {while ((getline line < file) > 0) buyer[n++] = line} {pair[NR - 1] = $0}
			END {for (i = 0; i < count; i++) print buyer[i % n], pair[i % NR]}'
}

# More than enough of each variant, and what the buyers buy of them.
find_variants() {
	sql "UPDATE inventory SET on_hand = 1000000000 WHERE on_hand < 1000000000"
	pairs_of USD 20000 >"$stage/orders"
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

# The yardstick of orders, started once.
lean_started=""
start_lean() {
	[ -z "$lean_started" ] || return 0
	start_sql_null lean lean-order --values="$stage/orders"
	lean_started=1
}
lean_order() { order_load --port="$(port_of lean)"; }

# The same order with a coupon of its buyer's, so that nobody waits for another's: its code is the user's id.
prepare_coupons() {
	local admin user
	admin=$(call POST /accounts/login "" '{"email": "admin@haat.test", "password": "Haat-demo-2026!"}' | jq -r .access)
	for user in $(cut -d ' ' -f 3 "$stage/buyers"); do
		user=${user//-/}
		[ "$(sql "SELECT COUNT(*) FROM coupons WHERE code = UPPER('$user')")" = 1 ] ||
			call POST /coupons "$admin" "{\"code\": \"$user\", \"kind\": \"percent\", \"value\": \"5\"}" >"$stage/answer"
	done
	awk '{code = $3; gsub(/-/, "", code); print $0, code}' "$stage/orders" >"$stage/coupons"
	sed 's/"shipping_method"/"coupon": "{7}", &/' "$stage/order.request" >"$stage/coupon.request"
}
coupon_order() {
	end_orders
	load --request="$stage/coupon.request" --headers="$stage/plain.headers" --values="$stage/coupons" --addresses --start="$RANDOM" "$@"
}

measure_coupons() {
	wanted "order with a coupon" || return 0
	say "orders with a coupon"
	prepare_orders
	prepare_coupons
	compare "order with a coupon" "order of two lines" 0.8 "shop_order --port=$shop_port" "coupon_order --port=$shop_port"
}

measure_orders() {
	wanted "order of two lines" || return 0
	say "orders"
	prepare_orders
	start_lean
	compare "order of two lines" "lean order" 0.75 lean_order "shop_order --port=$shop_port"
	[ -z "$peers" ] || compare "order of two lines beside the peer" "lean peer's order" 2 "order_load --tls --port=$(port_of node_tls)" \
	    "shop_order --tls --port=$(port_of shop_tls)"
}

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
