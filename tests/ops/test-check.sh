#!/bin/sh
# haatctl seed and check: a seeded shop keeps every rule, the same call makes the same shop, and each rule finds what
# breaks it.
set -u
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
. "$top/tests/ops/shop.sh"

# names WHERE RULE: does the output name the rule, with a row that holds WHERE?
names() {
	printf '%s\n' "$output" | awk -v rule=": $2" -v row="$1" '
		/^[a-zA-Z]/ { here = substr($0, length($0) - length(rule) + 1) == rule }
		here && /^  / && index($0, row) { found = 1 }
		END { exit !found }'
}

# breaks CODE RULE WHERE SQL UNDO: with the change the rule is named, with a row that holds WHERE; undone it holds again.
# Only that rule is asked; `mended` asks them all.  A warning has CODE 0.
breaks() {
	sql "SET foreign_key_checks = 0, check_constraint_checks = 0; $4" || fail "cannot run: $4"
	output=$(src/haatctl check --rule "$2" 2>&1)
	got=$?
	if [ "$got" -ne "$1" ] || ! names "$3" "$2"; then
		fail "$(printf 'exit %s, and "%s" does not name "%s" after %s:\n%s' "$got" "$2" "$3" "$4" "$output")"
	else
		pass
	fi
	sql "SET foreign_key_checks = 0, check_constraint_checks = 0; $5" || fail "cannot run: $5"
	output=$(src/haatctl check --rule "$2" 2>&1)
	case $output in
	*' 0 violated (0 rows), 0 warnings (0 rows)') ;;
	*) fail "$(printf 'not undone: %s\n%s' "$5" "$output")" ;;
	esac
}

# warns ...: breaks 0 ..., where no other rule is broken by it
warns() {
	sql "SET foreign_key_checks = 0, check_constraint_checks = 0; $3"
	expect 0 "$2" check
	sql "SET foreign_key_checks = 0, check_constraint_checks = 0; $4"
	breaks 0 "$@"
}

# What was broken until here is whole again.
mended() { expect 0 ' 0 violated (0 rows), 0 warnings (0 rows)' check --whole; }

make_shop <<-END
	[auth]
	bcrypt_cost = 4
END

# Seeding.
expect 0 'the schema is at' migrate up
expect 2 '--accounts requires a password' seed --accounts
expect 2 "'few' is not a number in range" seed --products few
expect 2 "'more' is not an option" seed more
expect 2 'unrecognized option' seed --nothing
expect 0 'seeded: 30 products' seed --products 30 --merchants 7 --orders 20
shop() {
	for table in users merchants brands categories category_ancestors products variants product_documents product_listings inventory \
		inventory_movements coupons orders order_lines order_merchants fulfilments reservations payments ledger_accounts \
		ledger_transactions ledger_entries reviews returns return_lines product_pairs; do
		sql "SELECT * FROM $table ORDER BY 1, 2" | sed 's/[0-9-]* [0-9:]*\.[0-9]*$//' | cksum
	done
}
first=$(shop)
expect 0 'already seeded: 30 products' seed --products 30 --merchants 7 --orders 20
[ "$(shop)" = "$first" ] && pass || fail 'seeding again has changed the shop'
expect 1 'with another seed value' seed --seed-value 2
[ "$(shop)" = "$first" ] && pass || fail 'another seed value has changed the shop'
expect 0 '' check
expect 0 'seeded: 700 products' seed --products 700 --merchants 7 --orders 600 --accounts --password Haat-test-1
expect 0 'already seeded' seed --products 700 --merchants 7 --orders 600 --accounts --password Another-1
counts=$(sql "SELECT (SELECT COUNT(*) FROM products), (SELECT COUNT(*) FROM orders), (SELECT COUNT(*) FROM categories),
	(SELECT COUNT(DISTINCT currency) FROM merchants), (SELECT MAX(depth) FROM categories),
	(SELECT COUNT(*) FROM product_listings), (SELECT COUNT(*) FROM users WHERE password_hash LIKE '\$2b\$04\$%' AND email IN
	('admin@haat.test', 'shop@haat.test', 'customer@haat.test')), (SELECT COUNT(DISTINCT password_hash) FROM users),
	(SELECT COUNT(*) FROM addresses WHERE is_default), (SELECT COUNT(DISTINCT status) FROM returns)" | tr '\t' ' ')
[ "$counts" = '700 600 50 5 3 2800 3 1 1 3' ] && pass || fail "the shop has $counts"
expect 0 '0 violated (0 rows), 0 warnings' check

# Breaking.  What is append-only must be undone here.
for trigger in inventory_movements ledger_transactions ledger_entries; do
	sql "DROP TRIGGER ${trigger}_no_update; DROP TRIGGER ${trigger}_no_delete"
done
sql "DROP TRIGGER IF EXISTS audit_records_no_delete"
order=$(sql "SELECT CAST(id AS UUID) FROM orders WHERE status = 'completed' AND payment_method = 'online' ORDER BY id LIMIT 1")
number=$(sql "SELECT number FROM orders WHERE id = '$order'")
payment=$(sql "SELECT CAST(id AS UUID) FROM payments WHERE order_id = '$order'")
reference=$(sql "SELECT reference FROM payments WHERE id = '$payment'")
total=$(sql "SELECT amount_minor FROM payments WHERE id = '$payment'")
currency=$(sql "SELECT currency FROM payments WHERE id = '$payment'")
variant=$(sql "SELECT CAST(variant_id AS UUID) FROM order_lines WHERE order_id = '$order' ORDER BY position LIMIT 1")
user=$(sql "SELECT CAST(user_id AS UUID) FROM orders WHERE id = '$order'")
merchant=$(sql "SELECT CAST(merchant_id AS UUID) FROM order_lines WHERE order_id = '$order' LIMIT 1")
posting=$(sql "SELECT CAST(id AS UUID) FROM ledger_transactions WHERE payment_id = '$payment'")
account=$(sql "SELECT CAST(account_id AS UUID) FROM ledger_entries WHERE transaction_id = '$posting' AND amount_minor > 0")
earned=$(sql "SELECT CAST(account_id AS UUID) FROM ledger_entries WHERE transaction_id = '$posting' AND amount_minor < 0 LIMIT 1")
nobody=ffffffff-ffff-7fff-bfff-ffffffffffff
other=ffffffff-ffff-7fff-bfff-fffffffffffe
of="WHERE order_id = '$order'"

product=$(sql "SELECT CAST(product_id AS UUID) FROM search_documents WHERE number = 1")
breaks 1 'the search knows every listed product and no other' "$product is not known" \
	"UPDATE search_documents SET product_id = x'ff' WHERE number = 1" "UPDATE search_documents SET product_id = '$product' WHERE number = 1"
breaks 1 'the search knows every listed product and no other' 'is not listed' \
	"UPDATE search_documents SET product_id = x'ff' WHERE number = 1" "UPDATE search_documents SET product_id = '$product' WHERE number = 1"
breaks 1 'the search filters and orders by what the listing says' "$product" \
	"UPDATE search_documents SET sales_count = sales_count + 1 WHERE number = 1" \
	"UPDATE search_documents SET sales_count = sales_count - 1 WHERE number = 1"
breaks 1 'the words of the search belong to products that it knows' 'document 4000000000' \
	"INSERT INTO search_postings VALUES (4000000000, 1, 1, 1, 1, 1, 1, 1)" "DELETE FROM search_postings WHERE document = 4000000000"
sql "UPDATE search_documents SET merchant_id = NULL WHERE number = 1"
expect 0 "run 'haatctl search fill'" migrate up
expect 0 '1 products added' search fill
breaks 1 'every variant has an inventory row' "$nobody" \
	"INSERT INTO variants (id, product_id, sku) SELECT '$nobody', product_id, 'lost' FROM variants WHERE id = '$variant'" \
	"DELETE FROM variants WHERE id = '$nobody'"
breaks 1 'the movements of a variant sum to its quantity on hand' "$variant" \
	"UPDATE inventory SET on_hand = on_hand + 1 WHERE variant_id = '$variant'" \
	"UPDATE inventory SET on_hand = on_hand - 1 WHERE variant_id = '$variant'"
breaks 1 'the reserved quantity of a variant is the sum of its reservations' "$variant" \
	"UPDATE inventory SET reserved = reserved + 1 WHERE variant_id = '$variant'" \
	"UPDATE inventory SET reserved = reserved - 1 WHERE variant_id = '$variant'"
breaks 1 'stock on hand is never negative or below the reserved quantity' "$variant" \
	"UPDATE inventory SET on_hand = on_hand - 1000 WHERE variant_id = '$variant'" \
	"UPDATE inventory SET on_hand = on_hand + 1000 WHERE variant_id = '$variant'"
product=$(sql "SELECT CAST(product_id AS UUID) FROM variants WHERE id = '$variant'")
category=$(sql "SELECT CAST(category_id AS UUID) FROM products WHERE id = '$product'")
breaks 1 'a category is shown while it and all above it are active' "$category" \
	"UPDATE categories SET is_shown = FALSE WHERE id = '$category'" "UPDATE categories SET is_shown = TRUE WHERE id = '$category'"
breaks 1 'every listed product has a document and its listings' "$product" \
	"UPDATE product_listings SET product_id = '$nobody' WHERE product_id = '$product'" \
	"UPDATE product_listings SET product_id = '$product' WHERE product_id = '$nobody'"
breaks 1 'the stock state and the prices of a document are those of its variants' "$product" \
	"UPDATE product_documents SET price_minor = price_minor + 1 WHERE product_id = '$product';
	UPDATE product_listings SET price_minor = price_minor + 1, price_order = CONCAT(currency, LPAD(price_minor, 19, '0')) WHERE product_id = '$product'" \
	"UPDATE product_documents SET price_minor = price_minor - 1 WHERE product_id = '$product';
	UPDATE product_listings SET price_minor = price_minor - 1, price_order = CONCAT(currency, LPAD(price_minor, 19, '0')) WHERE product_id = '$product'"
breaks 1 'a listing says what the product and its document say' "$product" \
	"UPDATE product_listings SET sales_count = sales_count + 1 WHERE product_id = '$product'" \
	"UPDATE product_listings SET sales_count = sales_count - 1 WHERE product_id = '$product'"
review=$(sql "SELECT CAST(id AS UUID) FROM reviews ORDER BY id LIMIT 1")
reviewed=$(sql "SELECT CAST(product_id AS UUID) FROM reviews WHERE id = '$review'")
breaks 1 "a product's rating is that of its visible reviews" "$reviewed" \
	"UPDATE products SET updated_at = updated_at, rating_sum = rating_sum + 1 WHERE id = '$reviewed'" \
	"UPDATE products SET updated_at = updated_at, rating_sum = rating_sum - 1 WHERE id = '$reviewed'"
breaks 1 'a product shows its most liked reviews' "$reviewed" \
	"UPDATE products SET updated_at = updated_at, top_reviews = REPLACE(top_reviews, '\"likes\":', '\"liked\":') WHERE id = '$reviewed'" \
	"UPDATE products SET updated_at = updated_at, top_reviews = REPLACE(top_reviews, '\"liked\":', '\"likes\":') WHERE id = '$reviewed'"
breaks 1 "a review's counts are its likes and replies" "$review" \
	"UPDATE reviews SET replies_count = replies_count + 1 WHERE id = '$review'; UPDATE products SET updated_at = updated_at, top_reviews = REPLACE(top_reviews, '\"replies_count\":0', '\"replies_count\":1') WHERE id = '$reviewed'" \
	"UPDATE reviews SET replies_count = replies_count - 1 WHERE id = '$review'; UPDATE products SET updated_at = updated_at, top_reviews = REPLACE(top_reviews, '\"replies_count\":1', '\"replies_count\":0') WHERE id = '$reviewed'"
breaks 1 'a review is of a product that its author has ordered' "$review" \
	"UPDATE reviews SET order_id = '$nobody' WHERE id = '$review'" \
	"UPDATE reviews SET order_id = (SELECT l.order_id FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.product_id = '$reviewed' AND o.user_id = reviews.user_id LIMIT 1) WHERE id = '$review'"
sql "UPDATE product_documents SET summary = CONCAT(summary, ' ') WHERE product_id = '$product'"
expect 1 "$product" check --whole
expect 2 "'--half' is not an option" check --half
expect 2 "'--rule' is not an option" check --rule
expect 2 "'all is well' is not a rule" check --rule 'all is well'
expect 0 'check: 1 rules, 0 violated' check --rule 'every variant has an inventory row'
expect 0 '0 products listed anew, 1 documents printed' documents rebuild
sql "UPDATE product_documents SET summary = CONCAT(summary, ' ')"
expect 1 'the printed document of a product is what would be printed now' check
expect 0 '0 products listed anew' documents rebuild
sql "UPDATE product_documents SET form = 0 WHERE product_id = '$product'"
expect 0 '0 violated' check --whole
expect 0 '0 products listed anew, 1 documents printed' documents rebuild
pair=$(sql "SELECT CAST(product_id AS UUID), CAST(other_id AS UUID), orders_count FROM product_pairs ORDER BY 1, 2 LIMIT 1")
set -- $pair
breaks 1 'what is bought together is counted on its orders' "products $1 and $2: $(($3 + 1)), orders $3" \
	"UPDATE product_pairs SET orders_count = orders_count + 1 WHERE product_id = '$1' AND other_id = '$2'" \
	"UPDATE product_pairs SET orders_count = orders_count - 1 WHERE product_id = '$1' AND other_id = '$2'"
breaks 1 'what is bought together is counted on its orders' "products $1 and $2: 0, orders $3" \
	"DELETE FROM product_pairs WHERE product_id = '$1' AND other_id = '$2'" \
	"INSERT INTO product_pairs VALUES ('$1', '$2', $3)"
sold=$(sql "SELECT status FROM fulfilments WHERE order_id = '$order' LIMIT 1")
breaks 0 'of what was cancelled nothing counts as bought together after a day' "$number: product" \
	"UPDATE fulfilments SET status = 'cancelled', updated_at = '2026-01-01' WHERE order_id = '$order'" \
	"UPDATE fulfilments SET status = '$sold', updated_at = created_at WHERE order_id = '$order'"
told() { # AGGREGATE ID STATE
	printf '%s' "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload) VALUES ('$nobody', '$1.paid', '$1', '$2', '$3')"
}
untold="DELETE FROM events WHERE id IN ('$nobody', '$other'); DELETE FROM order_history WHERE event_id IN ('$nobody', '$other');
	DELETE FROM subject_history WHERE event_id IN ('$nobody', '$other')"
breaks 1 'the last event of an order tells what the order is' "$number: completed, paid, told shipped, paid" \
	"$(told order "$order" '{"status": "shipped", "payment_status": "paid"}')" "$untold"
breaks 1 'the last event of an order tells what the order is' "$number: completed, paid, told completed, refunded" \
	"$(told order "$order" '{"status": "completed", "payment_status": "refunded"}')" "$untold"
breaks 1 'the last event of a payment tells what the payment is' "$reference: succeeded, told refunded" \
	"$(told payment "$payment" '{"status": "refunded"}')" "$untold"
fulfilment=$(sql "SELECT CAST(id AS UUID) FROM fulfilments WHERE order_id = '$order' LIMIT 1")
breaks 1 'the last event of a fulfilment tells what the fulfilment is' "$fulfilment: delivered, told packed" \
	"$(told fulfilment "$fulfilment" '{"status": "packed"}')" "$untold"
breaks 1 'the last event of an order tells what the order is' "$number: completed, paid, told completed, paid, of 0.01 refunded 0.00" \
	"$(told order "$order" '{"status": "completed", "payment_status": "paid", "total": "0.01", "refunded": "0.00"}')" "$untold"
breaks 1 'the last event of a payment tells what the payment is' "$reference: succeeded, told succeeded, of 0.01 refunded 0.00" \
	"$(told payment "$payment" '{"status": "succeeded", "amount": "0.01", "refunded": "0.00"}')" "$untold"
breaks 1 'the last event of a fulfilment tells what the fulfilment is' "$fulfilment: delivered, told delivered, refunded 0.01, collected 0.00" \
	"$(told fulfilment "$fulfilment" '{"status": "delivered", "refunded": "0.01", "collected": "0.00"}')" "$untold"
breaks 1 'the last event of a refund tells what the refund is' "$nobody: failed, told pending" \
	"INSERT INTO refunds (id, payment_id, provider, amount_minor, currency, status, idempotency_key)
	VALUES ('$nobody', '$payment', 'stripe', 7, '$currency', 'failed', 'test'); $(told refund "$nobody" '{"status": "pending"}')" \
	"DELETE FROM refunds WHERE id = '$nobody'; $untold"
breaks 1 'stock is held exactly for orders whose history says that they wait' "$order, variant $variant: committed, told pending" \
	"$(told order "$order" '{"status": "pending"}')" "$untold"
steps() { # AGGREGATE ID FROM TO: a history that takes that step
	told "$1" "$2" "{\"status\": \"$3\"}"
	printf '; '
	told "$1" "$2" "{\"status\": \"$4\"}" | sed "s/'$nobody'/'$other'/"
}
breaks 1 'an order has come to its status by steps that it may take' "$order: order.paid from shipped to completed" \
	"$(steps order "$order" shipped completed)" "$untold"
breaks 1 'a payment has come to its status by steps that it may take' "$payment: payment.paid from succeeded to pending" \
	"$(steps payment "$payment" succeeded pending)" "$untold"
breaks 1 'a fulfilment has come to its status by steps that it may take' "$fulfilment: fulfilment.paid from delivered to packed" \
	"$(steps fulfilment "$fulfilment" delivered packed)" "$untold"
breaks 1 'a return has come to its status by steps that it may take' "$order: return.paid from refunded to requested" \
	"$(steps return "$order" refunded requested)" "$untold"
# Refunds of before told nothing of their payment, and bounced ones nothing of their order.
refunded="INSERT INTO refunds (id, payment_id, provider, amount_minor, currency, reason, status, idempotency_key, finished_at)
	SELECT '$nobody', id, provider, 1, currency, 'x', 'bounced', 'x'"
tells() { # WHETHER FINISHED: is the rule named, with a refund from then?
	sql "SET check_constraint_checks = 0; $refunded, $2 FROM payments WHERE id = '$payment'"
	output=$(src/haatctl check --whole 2>&1)
	for rule in 'the last event of an order' 'the last event of a payment'; do
		got=no
		case $output in *"$rule"*) got=yes ;; esac
		if [ $got = "$1" ]; then pass; else fail "$rule, with a refund of $2: $output"; fi
	done
	sql "DELETE FROM refunds WHERE id = '$nobody'"
}
sql "$(told order "$order" '{"status": "shipped", "payment_status": "paid"}')"
sql "$(told payment "$payment" '{"status": "refunded"}' | sed "s/'$nobody'/'$other'/")"
tells yes 'NOW(3)'
tells no 'NOW(3) - INTERVAL 1 DAY'
sql "$untold"
sql "$(told order "$order" '{"status": "shipped", "payment_status": "paid"}')"
expect 0 '0 violated' check
sql "$untold"
mended
# What is not listed, and is not to be, is left alone.
sql "UPDATE products SET status = 'archived' WHERE id = '$product'"
expect 0 '1 products listed anew' documents rebuild
expect 0 '0 products listed anew' documents rebuild
sql "UPDATE products SET status = 'published' WHERE id = '$product'"
expect 0 '1 products listed anew' documents rebuild
expect 0 '0 products listed anew, 0 documents printed' documents rebuild
sql "UPDATE product_listings SET in_stock = NOT in_stock WHERE product_id = '$product'"
expect 0 '1 products listed anew' documents rebuild
sql "DELETE FROM product_documents WHERE product_id = '$product'"
expect 0 '1 products listed anew' documents rebuild
expect 0 '0 violated' check --whole
breaks 1 "an order's stock movements match its committed reservations" "$order" \
	"UPDATE inventory_movements SET delta_on_hand = delta_on_hand - 1 $of AND variant_id = '$variant';
	UPDATE inventory SET on_hand = on_hand - 1 WHERE variant_id = '$variant'" \
	"UPDATE inventory_movements SET delta_on_hand = delta_on_hand + 1 $of AND variant_id = '$variant';
	UPDATE inventory SET on_hand = on_hand + 1 WHERE variant_id = '$variant'"
breaks 1 'an order that is paid or confirmed has a fulfilment for each of its sellers' "$number (completed)" \
	"UPDATE fulfilments SET order_id = '$nobody' $of" "UPDATE fulfilments SET order_id = '$order' WHERE order_id = '$nobody'"
parts='an order is where its fulfilments are'
breaks 1 "$parts" "$number (completed): its fulfilments shipped" \
	"UPDATE fulfilments SET status = 'shipped' $of" "UPDATE fulfilments SET status = 'delivered' $of"
for status in paid confirmed processing shipped cancelled; do
	breaks 1 "$parts" "$number ($status): its fulfilments delivered" \
		"UPDATE orders SET status = '$status' WHERE id = '$order'" "UPDATE orders SET status = 'completed' WHERE id = '$order'"
done
returned="INSERT INTO returns (id, order_id, merchant_id, user_id, status, amount_minor)
	SELECT '$nobody', f.order_id, f.merchant_id, o.user_id, 'received', 0 FROM fulfilments f JOIN orders o ON o.id = f.order_id
	WHERE f.order_id = '$order' LIMIT 1; INSERT INTO return_lines (return_id, line_id, quantity)
	SELECT '$nobody', id, quantity FROM order_lines $of AND variant_id = '$variant'"
unreturned="DELETE FROM return_lines; DELETE FROM returns; $untold"
breaks 1 'no more of an order line is sent back than was bought' "$order" \
	"$returned; UPDATE return_lines SET quantity = quantity + 1" "$unreturned"
breaks 1 'what is back on the shelf of an order is what its returns say' "$order, variant $variant: 0, returns 1" \
	"$returned; UPDATE return_lines SET accepted = 1, restocked = TRUE" "$unreturned"
breaks 1 "the refund of a return is of its amount, and of its order's payment" "$nobody (received): 7, refund none" \
	"$returned; UPDATE returns SET amount_minor = 7" "$unreturned"
breaks 1 'the last event of a return tells what the return is' "$nobody: received, told approved" \
	"$returned; $(told return "$nobody" '{"status": "approved"}')" "$unreturned"
breaks 1 'what was claimed for the fulfilments of an order was claimed of its payments' "$order: 1, refunds 0" \
	"UPDATE fulfilments SET refunded_minor = 1 $of LIMIT 1" "UPDATE fulfilments SET refunded_minor = 0 $of"
breaks 1 "an order's stock movements match its committed reservations" "$order" \
	"UPDATE reservations SET restocked = 1 $of AND variant_id = '$variant'" \
	"UPDATE reservations SET restocked = 0 $of AND variant_id = '$variant'"
breaks 1 'every order has lines' ORD-EMPTY \
	"INSERT INTO orders SELECT * FROM orders WHERE FALSE; INSERT INTO orders (id, number, user_id, currency, subtotal_minor,
	total_minor, shipping_method, shipping_address, billing_address) VALUES ('$nobody', 'ORD-EMPTY', '$user', '$currency', 0, 0,
	'pickup', '{}', '{}')" \
	"DELETE FROM orders WHERE id = '$nobody'"
lines="every order line's reservation matches the order's status"
for status in held released; do
	breaks 1 "$lines" "$number (completed), variant $variant" \
		"UPDATE reservations SET status = '$status' $of AND variant_id = '$variant'" \
		"UPDATE reservations SET status = 'committed' $of AND variant_id = '$variant'"
done
breaks 1 "$lines" "$number (completed), variant $variant: line" \
	"UPDATE reservations SET quantity = quantity + 1 $of AND variant_id = '$variant'" \
	"UPDATE reservations SET quantity = quantity - 1 $of AND variant_id = '$variant'"
for status in pending expired; do
	breaks 1 "$lines" "$number ($status)" \
		"UPDATE orders SET status = '$status' WHERE id = '$order'" \
		"UPDATE orders SET status = 'completed' WHERE id = '$order'"
done
breaks 1 'every reservation belongs to an order line' "$order has no line" \
	"UPDATE reservations SET variant_id = '$nobody' $of AND variant_id = '$variant'" \
	"UPDATE reservations SET variant_id = '$variant' $of AND variant_id = '$nobody'"
breaks 1 "an order's amounts are the sums of its lines, plus shipping in the total" "$number" \
	"UPDATE order_lines SET unit_price_minor = unit_price_minor + 1, total_minor = total_minor + quantity $of" \
	"UPDATE order_lines SET unit_price_minor = unit_price_minor - 1, total_minor = total_minor - quantity $of"
breaks 1 "a seller's part of an order is the sum of the seller's lines" "$order" \
	"UPDATE order_merchants SET subtotal_minor = subtotal_minor + 1, total_minor = total_minor + 1 $of" \
	"UPDATE order_merchants SET subtotal_minor = subtotal_minor - 1, total_minor = total_minor - 1 $of"
coupon="SELECT id FROM coupons WHERE code = 'WELCOME10'"
breaks 1 'a coupon is used as often as orders have it that are neither cancelled nor expired' 'coupon WELCOME10: 2 uses; orders: 0' \
	"UPDATE coupons SET uses = 2 WHERE code = 'WELCOME10'" "UPDATE coupons SET uses = 0 WHERE code = 'WELCOME10'"
breaks 1 'an order with a coupon has a discount' "order $number, coupon WELCOME10" \
	"UPDATE orders SET coupon_id = ($coupon), coupon = 'WELCOME10' WHERE id = '$order'" \
	"UPDATE orders SET coupon_id = NULL, coupon = NULL WHERE id = '$order'"
breaks 1 'no customer has used a coupon more often than it allows' "WELCOME10, of 0: customer $user has used it 1" \
	"UPDATE orders SET coupon_id = ($coupon), coupon = 'WELCOME10' WHERE id = '$order';
	UPDATE coupons SET limit_per_user = 0 WHERE code = 'WELCOME10'" \
	"UPDATE orders SET coupon_id = NULL, coupon = NULL WHERE id = '$order';
	UPDATE coupons SET limit_per_user = 1 WHERE code = 'WELCOME10'"
free="exactly what the shop's coupons paid whole is posted to its sellers, less what ended or came back"
breaks 1 "$free" "$fulfilment (delivered): 7 of " \
	"UPDATE orders SET total_minor = 0 WHERE id = '$order'; UPDATE order_merchants SET discount_minor = 7 $of" \
	"UPDATE orders SET total_minor = $total WHERE id = '$order'; UPDATE order_merchants SET discount_minor = 0 $of"
commission=$(sql "SELECT CAST(id AS UUID) FROM ledger_accounts WHERE kind = 'commission' AND currency = '$currency'")
breaks 1 "$free" "back 0; posted: 0, left 0, earned 5" \
	"INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id) VALUES ('$nobody', 'free_sale', '$fulfilment', '$fulfilment');
	INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency) VALUES
	('$nobody', '$nobody', '$commission', -5, '$currency'), ('$other', '$nobody', '$account', 5, '$currency')" \
	"DELETE FROM ledger_entries WHERE transaction_id = '$nobody'; DELETE FROM ledger_transactions WHERE id = '$nobody'"
breaks 1 "every seller of an order has a part in it, in the order's currency" "$number ($currency), merchant $merchant: XTS" \
	"UPDATE order_merchants SET currency = 'XTS' $of" "UPDATE order_merchants SET currency = '$currency' $of"

paid='a paid order has exactly one payment, of its total; an unpaid order has none'
breaks 1 "$paid" "$number (pending)" "UPDATE orders SET payment_status = 'pending' WHERE id = '$order'" \
	"UPDATE orders SET payment_status = 'paid' WHERE id = '$order'"
breaks 1 "$paid" "$number (paid): total $total" "UPDATE payments SET amount_minor = amount_minor + 1 WHERE id = '$payment'" \
	"UPDATE payments SET amount_minor = amount_minor - 1 WHERE id = '$payment'"
breaks 1 "$paid" "$number (paid)" "UPDATE payments SET status = 'failed' WHERE id = '$payment'" \
	"UPDATE payments SET status = 'succeeded' WHERE id = '$payment'"
together="an order's status is consistent with its payment status"
breaks 1 "$together" "$number: paid, payment failed" "UPDATE orders SET status = 'paid', payment_status = 'failed' WHERE id = '$order'" \
	"UPDATE orders SET status = 'completed', payment_status = 'paid' WHERE id = '$order'"
breaks 1 "$together" "$number: refunded, payment paid" "UPDATE orders SET status = 'refunded' WHERE id = '$order'" \
	"UPDATE orders SET status = 'completed' WHERE id = '$order'"
breaks 1 "$together" "$number: completed, payment pending" "UPDATE orders SET payment_status = 'pending' WHERE id = '$order'" \
	"UPDATE orders SET payment_status = 'paid' WHERE id = '$order'"
breaks 1 "an order's refunded amount equals that of its payment" "$number: refunded 1, its payment 0" \
	"UPDATE orders SET refunded_minor = 1, payment_status = 'partially_refunded' WHERE id = '$order'" \
	"UPDATE orders SET refunded_minor = 0, payment_status = 'paid' WHERE id = '$order'"
breaks 1 "an order's payment status matches its refunded amount" "$number (partially_refunded): refunded 0" \
	"UPDATE orders SET payment_status = 'partially_refunded' WHERE id = '$order'" \
	"UPDATE orders SET payment_status = 'paid' WHERE id = '$order'"
mended

# Subscriptions.
period="INSERT INTO subscription_periods (id, subscription_id, number, plan_id, starts_at, ends_at, amount_minor, currency, status, payment_id)"
unperiod="DELETE FROM subscription_periods WHERE subscription_id = '$nobody'"
once="a paid period has exactly one payment that it took, by its subscription's method or its link; any other has none"
breaks 1 "$once" "$nobody, period 1 (paid): payments that it took: none" \
	"$period VALUES ('$nobody', '$nobody', 1, '$nobody', NOW(3), NOW(3) + INTERVAL 1 DAY, 100, 'USD', 'paid', '$other')" "$unperiod"
breaks 1 "$once" "$nobody, period 1 (void): payments that it took: $payment" \
	"UPDATE payments SET purpose_kind = 'subscription_period', purpose_id = '$nobody', merchant_id = '$merchant' WHERE id = '$payment';
	$period VALUES ('$nobody', '$nobody', 1, '$nobody', NOW(3), NOW(3) + INTERVAL 1 DAY, 100, 'USD', 'void', NULL)" \
	"UPDATE payments SET purpose_kind = 'order', purpose_id = '$order', merchant_id = NULL WHERE id = '$payment'; $unperiod"
breaks 1 'no time of a subscription is paid twice' "$nobody: period 2 begins before period 1 ends" \
	"$period VALUES ('$nobody', '$nobody', 1, '$nobody', NOW(3), NOW(3) + INTERVAL 2 DAY, 100, 'USD', 'paid', '$other'),
	('$other', '$nobody', 2, '$nobody', NOW(3) + INTERVAL 1 DAY, NOW(3) + INTERVAL 3 DAY, 100, 'USD', 'paid', '$other')" "$unperiod"
subscription="INSERT INTO subscriptions (id, user_id, merchant_id, plan_id, status, anchor_at, current_period_start, current_period_end)
	SELECT '$nobody', '$user', '$merchant', '$nobody', 'active', NOW(3)"
unsubscription="DELETE FROM subscriptions WHERE id = '$nobody'"
breaks 1 "a subscription's period that is due is charged within a day" "$nobody (active): due since" \
	"$subscription, NOW(3) - INTERVAL 40 DAY, NOW(3) - INTERVAL 25 HOUR" "$unsubscription"
breaks 1 "a subscription's period that is due is charged within a day" "$nobody (active): due since" \
	"$subscription, NOW(3) - INTERVAL 4 DAY, NOW(3) + INTERVAL 25 HOUR;
	$period VALUES ('$nobody', '$nobody', 1, '$nobody', NOW(3), NOW(3) + INTERVAL 2 DAY, 100, 'USD', 'due', NULL);
	UPDATE subscription_periods SET next_attempt_at = NOW(3) - INTERVAL 25 HOUR WHERE id = '$nobody'" "$unperiod; $unsubscription"

asked='a paid payment request has exactly one payment that it took, the one that counts, of its amount; any other has none'
request="INSERT INTO payment_requests (id, reference, merchant_id, amount_minor, currency, status, attempt_id, return_url, expires_at, paid_at,
	ended_at) SELECT '$nobody', 'PAY-ASKED', merchant_id"
unrequest="DELETE FROM payment_requests WHERE id = '$nobody'"
of_order="FROM order_merchants WHERE order_id = '$order' LIMIT 1"
breaks 1 "$asked" "PAY-ASKED (paid): $total $currency, payments that it took: none" \
	"$request, $total, '$currency', 'paid', '$payment', 'https://x.test/', NOW(), NOW(), NOW() $of_order" "$unrequest"
asks="UPDATE payments SET purpose_kind = 'request', purpose_id = '$nobody' WHERE id = '$payment'"
unasks="UPDATE payments SET purpose_kind = 'order', purpose_id = '$order' WHERE id = '$payment'"
breaks 1 "$asked" "PAY-ASKED (open)" \
	"$request, $total, '$currency', 'open', NULL, 'https://x.test/', NOW(), NULL, NULL $of_order; $asks" "$unasks; $unrequest"
breaks 1 "$asked" "PAY-ASKED (paid)" \
	"$request, $total + 1, '$currency', 'paid', '$payment', 'https://x.test/', NOW(), NOW(), NOW() $of_order; $asks" "$unasks; $unrequest"
mine="what is paid by an attempt is what its payment request asks for, and what counts of one is its own"
breaks 1 "$mine" "PAY-ASKED: payment $reference of $total $currency to nobody" \
	"$request, $total, '$currency', 'paid', '$payment', 'https://x.test/', NOW(), NOW(), NOW() $of_order; $asks" "$unasks; $unrequest"
breaks 1 "$mine" "PAY-ASKED: payment $reference of $total $currency to $merchant" \
	"$request, $total + 1, '$currency', 'open', NULL, 'https://x.test/', NOW(), NULL, NULL $of_order; $asks;
	UPDATE payments SET merchant_id = '$merchant' WHERE id = '$payment'" \
	"$unasks; $unrequest; UPDATE payments SET merchant_id = NULL WHERE id = '$payment'"
breaks 1 "$mine" "PAY-ASKED: payment $reference of $total $currency to somebody else" \
	"$request, $total, '$currency', 'open', '$payment', 'https://x.test/', NOW(), NULL, NULL $of_order" "$unrequest"
breaks 1 "a period is paid by its amount, to its subscription's merchant" "$nobody, period 1: 100 $currency, payment $reference" \
	"$subscription, NOW(3), NOW(3) + INTERVAL 25 HOUR;
	$period VALUES ('$nobody', '$nobody', 1, '$nobody', NOW(3), NOW(3) + INTERVAL 1 DAY, 100, '$currency', 'paid', '$payment')" \
	"$unperiod; $unsubscription"
of_whom='a payment is posted to the merchants who sold what it paid for, and to no other'
breaks 1 "$of_whom" "$reference: " \
	"UPDATE ledger_accounts SET merchant_id = '$nobody' WHERE kind = 'merchant' AND merchant_id = '$merchant'" \
	"UPDATE ledger_accounts SET merchant_id = '$merchant' WHERE merchant_id = '$nobody'"
as_said="an order's discount, tax, shipping and what its sellers and the shop earn are posted as it says"
for kind in tax discount; do
	breaks 1 "$as_said" "$number: " \
		"INSERT INTO ledger_accounts (id, kind, currency) VALUES ('$nobody', '$kind', 'XTS');
		INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency) VALUES
		('$nobody', '$posting', '$nobody', 5, '$currency'), ('$other', '$posting', '$earned', -5, '$currency')" \
		"DELETE FROM ledger_entries WHERE id IN ('$nobody', '$other'); DELETE FROM ledger_accounts WHERE id = '$nobody'"
done
received='exactly the payments received are posted to the ledger, with their amounts'
breaks 1 "$received" "$reference" "UPDATE payments SET received_minor = amount_minor + 1 WHERE id = '$payment'" \
	"UPDATE payments SET received_minor = NULL WHERE id = '$payment'"
breaks 1 "$received" "$reference (succeeded)" "UPDATE ledger_transactions SET source_id = '$nobody', origin_id = '$nobody' WHERE id = '$posting'" \
	"UPDATE ledger_transactions SET source_id = '$payment', origin_id = '$payment' WHERE id = '$posting'"
breaks 1 "$received" "$reference (cancelled)" "UPDATE payments SET status = 'cancelled' WHERE id = '$payment'" \
	"UPDATE payments SET status = 'succeeded' WHERE id = '$payment'"
breaks 1 "$received" "$reference (succeeded)" \
	"INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency) VALUES
	('$nobody', '$posting', '$account', 5, '$currency'), ('$other', '$posting', '$earned', -5, '$currency')" \
	"DELETE FROM ledger_entries WHERE id IN ('$nobody', '$other')"

refund="INSERT INTO refunds (id, payment_id, provider, amount_minor, currency, status, idempotency_key) VALUES ('$nobody', '$payment', 'stripe', 7, '$currency'"
unrefund="DELETE FROM refunds WHERE id = '$nobody'; UPDATE payments SET refund_claimed_minor = 0 WHERE id = '$payment'"
breaks 1 'exactly the refunds that succeeded are posted to the ledger, with their amounts' "$nobody (succeeded)" \
	"$refund, 'succeeded', 'test')" "$unrefund"
breaks 1 "what is refunded for a seller's part is taken from that seller" "$reference, merchant" \
	"$refund, 'succeeded', 'test'); UPDATE refunds SET merchant_id = (SELECT merchant_id FROM order_merchants $of LIMIT 1)
	WHERE id = '$nobody'" "$unrefund"
breaks 1 'exactly the bounced refunds are taken back from the ledger, with their amounts' "$nobody (bounced)" \
	"$refund, 'bounced', 'test')" "$unrefund"
# Cash, parcel by parcel.
cash=$(sql "SELECT CAST(id AS UUID) FROM payments WHERE provider = 'cod' ORDER BY id LIMIT 1")
cash_name=$(sql "SELECT reference FROM payments WHERE id = '$cash'")
parcel=$(sql "SELECT CAST(f.id AS UUID) FROM fulfilments f JOIN payments p ON p.order_id = f.order_id WHERE p.id = '$cash' LIMIT 1")
strike="INSERT INTO refunds (id, payment_id, provider, amount_minor, currency, kind, status, idempotency_key)
	SELECT '$nobody', id, provider, 7, currency, 'not_collected', 'succeeded', 'x' FROM payments WHERE id = '$cash'"
collected='what was collected of a payment is what its parcels brought, and with what was struck all that it asked for'
breaks 1 "$collected" "$cash_name (succeeded)" "UPDATE payments SET collected_minor = collected_minor - 1 WHERE id = '$cash'" \
	"UPDATE payments SET collected_minor = collected_minor + 1 WHERE id = '$cash'"
breaks 1 "$collected" "$cash_name (succeeded)" "$strike" "DELETE FROM refunds WHERE id = '$nobody'"
breaks 1 'a payment in cash waits only for parcels that may still bring money' "$cash_name" \
	"UPDATE payments SET status = 'processing' WHERE id = '$cash'" "UPDATE payments SET status = 'succeeded' WHERE id = '$cash'"
breaks 1 'exactly the payments received are posted to the ledger, with their amounts' "$cash_name (processing)" \
	"UPDATE payments SET status = 'processing', collected_minor = collected_minor - 1 WHERE id = '$cash'" \
	"UPDATE payments SET status = 'succeeded', collected_minor = collected_minor + 1 WHERE id = '$cash'"
posted='the cash for a parcel is posted as its part of the order says'
breaks 1 "$posted" "$parcel: collected, earned, tax, discount nothing" \
	"UPDATE fulfilments SET collected_at = NULL WHERE id = '$parcel'" \
	"UPDATE fulfilments SET collected_at = delivered_at WHERE id = '$parcel'"
breaks 1 "$posted" "$nobody: collected, earned, tax, discount nothing; posted: a transaction" \
	"INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id) VALUES ('$nobody', 'collection', '$nobody', '$cash')" \
	"DELETE FROM ledger_transactions WHERE id = '$nobody'"
breaks 1 'exactly the refunds that succeeded are posted to the ledger, with their amounts' "$nobody (not_collected)" \
	"$strike; INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id) VALUES ('$nobody', 'refund', '$nobody', '$cash')" \
	"DELETE FROM ledger_transactions WHERE id = '$nobody'; DELETE FROM refunds WHERE id = '$nobody'"
breaks 1 "a payment's refund totals match its refunds" "$reference" \
	"UPDATE payments SET refund_claimed_minor = 3 WHERE id = '$payment'" "$unrefund"
breaks 1 "a payment's refund totals match its refunds" "$reference" \
	"UPDATE payments SET status = 'refunded' WHERE id = '$payment'" \
	"UPDATE payments SET status = 'succeeded' WHERE id = '$payment'"
breaks 1 "a refund has its payment's currency" "$nobody: XTS" "$refund, 'failed', 'test'); UPDATE refunds SET currency = 'XTS'" \
	"$unrefund"
breaks 1 'every ledger transaction sums to zero in each currency' "$posting: 5 $currency" \
	"INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency) VALUES
	('$nobody', '$posting', '$account', 5, '$currency')" "DELETE FROM ledger_entries WHERE id = '$nobody'"
breaks 1 'the ledger sums to zero in each currency' "-5 $currency" \
	"INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency) VALUES
	('$nobody', '$posting', '$account', -5, '$currency')" "DELETE FROM ledger_entries WHERE id = '$nobody'"
breaks 1 'every ledger transaction has entries' "$nobody" \
	"INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id) VALUES ('$nobody', 'payment', '$nobody', '$nobody')" \
	"DELETE FROM ledger_transactions WHERE id = '$nobody'"
breaks 1 'the balances of accounts by day are the sums of their entries' "$account, 2020-01-01: 0 in 0 entries; written: 5 in 1" \
	"INSERT INTO ledger_days (account_id, day, balance_minor, entries) VALUES ('$account', '2020-01-01', 5, 1)" \
	'DELETE FROM ledger_days'
# What its finding names sets it right.
sql "INSERT INTO ledger_days (account_id, day, balance_minor, entries) VALUES ('$account', '2020-01-01', 5, 1)"
expect 1 "'haatctl ledger refold' adds them up anew" check
expect 0 'the balances are added up anew' ledger refold
expect 0 'rules, 0 violated' check
sql 'DELETE FROM ledger_days; DELETE FROM ledger_fold'
breaks 1 'the balances of accounts by day are the sums of their entries' "$account, " \
	"INSERT INTO ledger_fold (mark) VALUES (REPEAT(CHAR(255), 16))" 'DELETE FROM ledger_fold'
breaks 1 'an import that is done has read its file whole, and keeps its first errors' "import $nobody (done): 3 rows of 4, 0 errors" \
	"INSERT INTO imports (id, merchant_id, format, status, bytes, done_bytes, done_rows, total_rows)
	VALUES ('$nobody', '$nobody', 'csv', 'done', 9, 9, 3, 4)" 'DELETE FROM imports'
breaks 1 'an import that is done has read its file whole, and keeps its first errors' "import $nobody (running): 3 rows of none, 2 errors" \
	"INSERT INTO imports (id, merchant_id, format, status, bytes, done_rows, refused, error_count)
	VALUES ('$nobody', '$nobody', 'csv', 'running', 9, 3, 1, 2)" 'DELETE FROM imports'
breaks 1 'exactly the rows of settlement files that say so are posted to the ledger, once' "row txn_1 (fee): expected 7; posted: nothing" \
	"INSERT INTO settlement_rows (id, settlement_id, number, provider, row_key, kind, gross_minor, fee_minor, currency, posted)
	VALUES ('$nobody', '$nobody', 1, 'stripe', 'txn_1', 'fee', 0, 7, '$currency', TRUE)" 'DELETE FROM settlement_rows'
breaks 1 'exactly the rows of settlement files that say so are posted to the ledger, once' "row txn_1 (payout): expected 27; posted: nothing" \
	"INSERT INTO settlement_rows (id, settlement_id, number, provider, row_key, kind, gross_minor, fee_minor, currency, posted)
	VALUES ('$nobody', '$nobody', 1, 'stripe', 'txn_1', 'payout', -20, 7, '$currency', TRUE)" 'DELETE FROM settlement_rows'
breaks 1 'exactly the rows of settlement files that say so are posted to the ledger, once' "row $nobody (unknown)" \
	"INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id) VALUES ('$nobody', 'settlement', '$nobody', '$other');
	INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency) VALUES
	('$nobody', '$nobody', '$account', 5, '$currency'), ('$other', '$nobody', '$account', -5, '$currency')" \
	"DELETE FROM ledger_entries WHERE id IN ('$nobody', '$other'); DELETE FROM ledger_transactions WHERE id = '$nobody'"
breaks 1 'exactly the steps that payouts have made are posted to the ledger' "$nobody (approved): merchant, due, bank expected 5 -5 0; posted: nothing" \
	"INSERT INTO payouts (id, merchant_id, amount_minor, currency, status) VALUES ('$nobody', '$nobody', 5, '$currency', 'approved')" \
	"DELETE FROM payouts WHERE id = '$nobody'"
breaks 1 'exactly the steps that payouts have made are posted to the ledger' "$nobody (unknown)" \
	"INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id) VALUES ('$nobody', 'payout', '$nobody', '$nobody');
	INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency) VALUES
	('$nobody', '$nobody', '$account', 5, '$currency'), ('$other', '$nobody', '$account', -5, '$currency')" \
	"DELETE FROM ledger_entries WHERE id IN ('$nobody', '$other'); DELETE FROM ledger_transactions WHERE id = '$nobody'"
two='a payout that was approved was drafted by one person and approved by another'
payout="INSERT INTO payouts (id, merchant_id, amount_minor, currency, status, created_by, approved_by, approved_at, reason, ended_at)
	VALUES ('$nobody', '$merchant', 5, '$currency', 'rejected'"
for people in "'$user', '$user'" "NULL, '$user'" "'$user', NULL"; do
	breaks 1 "$two" "$nobody (rejected): drafted by " "$payout, $people, NOW(), 'x', NOW())" "DELETE FROM payouts WHERE id = '$nobody'"
done
breaks 1 "every ledger entry has its account's currency" "$nobody: XTS" \
	"INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency) VALUES
	('$nobody', '$posting', '$account', 5, 'XTS'), ('$other', '$posting', '$account', -5, 'XTS')" \
	"DELETE FROM ledger_entries WHERE id IN ('$nobody', '$other')"
mended

# Reviews.
breaks 1 'what a review has declined is given back' "$reference (succeeded)" \
	"UPDATE payments SET review = 'declined', reviewed_at = NOW(3) - INTERVAL 2 HOUR WHERE id = '$payment'" \
	"UPDATE payments SET review = NULL, reviewed_at = NULL WHERE id = '$payment'"
warns 'no payment is under review' "$reference (succeeded)" \
	"UPDATE payments SET review = 'pending' WHERE id = '$payment'" "UPDATE payments SET review = NULL WHERE id = '$payment'"
mended

# Disputes.
dispute="INSERT INTO disputes (id, payment_id, provider, provider_dispute_id, status, amount_minor, currency) VALUES
	('$nobody', '$payment', 'stripe', 'du_1', 'open', 7, '$currency'); UPDATE payments SET status = 'disputed' WHERE id = '$payment'"
undispute="DELETE FROM dispute_postings WHERE dispute_id = '$nobody'; DELETE FROM disputes WHERE id = '$nobody';
	UPDATE payments SET status = 'succeeded', disputed_minor = 0 WHERE id = '$payment'"
posted="INSERT INTO dispute_postings (id, dispute_id, kind, amount_minor, currency) VALUES ('$other', '$nobody'"
told="UPDATE disputes SET fee_minor = 7, fee_currency = '$currency'"
row="INSERT INTO settlement_rows (id, settlement_id, number, provider, row_key, kind, subject_id, gross_minor, fee_minor, currency, posted)
	VALUES ('$nobody', '$nobody', 1, 'stripe', 'txn_1'"
filed="INSERT INTO filed_dispute_fees (row_id, provider, named, undone_by) VALUES ('$nobody', 'stripe', 'du_1'"
unrow="DELETE FROM filed_dispute_fees; DELETE FROM settlement_rows"
breaks 1 'exactly the fees that providers told of are posted to the ledger' "$reference (succeeded): 5 $currency" \
	"UPDATE payments SET fee_minor = 5, fee_currency = '$currency' WHERE id = '$payment'" \
	"UPDATE payments SET fee_minor = NULL, fee_currency = NULL WHERE id = '$payment'"
breaks 1 'a payment is disputed exactly while a dispute of it is at stake or lost' "$reference (disputed): 0 disputes" \
	"$dispute; UPDATE disputes SET status = 'won'" "$undispute"
breaks 1 'what is disputed of a payment is what its disputes hold' "$reference: disputed 3, held 0" \
	"UPDATE payments SET disputed_minor = 3 WHERE id = '$payment'" "$undispute"
breaks 1 "a payment's refund totals match its refunds" "$reference" \
	"UPDATE payments SET disputed_minor = amount_minor + 1 WHERE id = '$payment'" "$undispute"
breaks 1 'what is posted for a dispute is as the dispute stands' "$nobody (open): hold 0, take 0" \
	"$dispute; UPDATE disputes SET money_moved = TRUE" "$undispute"
breaks 1 'no row of a settlement file posts a fee that its dispute posts' "row txn_1: 7 $currency, dispute $nobody" \
	"$dispute; $told; $row, 'dispute_fee', '$nobody', 0, 7, '$currency', TRUE)" "$unrow; $undispute"
breaks 1 'no row of a settlement file posts a fee that its dispute posts' "row txn_1: 7 $currency, dispute $nobody" \
	"$dispute; $told; $row, 'fee', NULL, 0, 7, '$currency', TRUE); $filed, NULL)" "$unrow; $undispute"
breaks 1 'what a settlement file posted and a dispute tells is taken back whole, once' "row txn_1: 7; taken back: nothing" \
	"$row, 'fee', NULL, 0, 7, '$currency', TRUE); $filed, '$other')" "$unrow"
breaks 1 'a lost dispute leaves nothing in the disputed account' "$nobody: 7" \
	"$dispute; UPDATE disputes SET money_moved = TRUE, status = 'lost'; $posted, 'take', 7, '$currency')" "$undispute"
breaks 1 'exactly what is posted for disputes stands in the ledger' "$other (fee): 7 $currency; ledger: nothing" \
	"$dispute; $posted, 'fee', 7, '$currency')" "$undispute"
breaks 1 'exactly what is posted for disputes stands in the ledger' "$other (unknown)" \
	"INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id) VALUES ('$other', 'dispute', '$other', '$payment')" \
	"DELETE FROM ledger_transactions WHERE id = '$other'"
warns 'no dispute awaits evidence' "$nobody" "$dispute" "$undispute"
mended

# Stored methods: charged for another owner or by another provider; of what was sent nobody knows; deleted and not forgotten.
method="INSERT INTO payment_methods (id, user_id, type, provider, sealed, sealed_with, token_digest) SELECT '$other', user_id, 'card', provider, 'x', '1',
	REPEAT('x', 32) FROM payments WHERE id = '$payment'; UPDATE payments SET payment_method_id = '$other' WHERE id = '$payment'"
unmethod="UPDATE payments SET payment_method_id = NULL, charge_sent_at = NULL WHERE id = '$payment'; DELETE FROM payment_methods WHERE id = '$other'"
breaks 1 'a payment method is charged for its owner only, by its provider' "$reference" \
	"$method; UPDATE payment_methods SET user_id = '$nobody' WHERE id = '$other'" "$unmethod"
breaks 1 'a payment method is charged for its owner only, by its provider' "$reference" \
	"$method; UPDATE payment_methods SET provider = 'another' WHERE id = '$other'" "$unmethod"
breaks 1 'no exchange rate is of a day to come' 'currency USD, 2999-01-01' \
	"INSERT INTO exchange_rates (id, currency, day, rate, source) VALUES ('$nobody', 'USD', '2999-01-01', 1.16, 'typed')" \
	"DELETE FROM exchange_rates WHERE id = '$nobody'"
warns 'exchange rates that prices are shown at are of the last seven days' 'currency USD: the newest is of ' \
	"UPDATE exchange_rates SET day = day - INTERVAL 8 DAY WHERE currency = 'USD' ORDER BY day" \
	"UPDATE exchange_rates SET day = day + INTERVAL 8 DAY WHERE currency = 'USD' ORDER BY day DESC"
warns 'no exchange rate of the last thirty days is twice or half the one before it' ' after 103.' \
	"UPDATE exchange_rates SET rate = rate * 100 WHERE currency = 'INR' ORDER BY day DESC LIMIT 1" \
	"UPDATE exchange_rates SET rate = rate / 100 WHERE currency = 'INR' ORDER BY day DESC LIMIT 1"
warns 'the tokens of deleted payment methods are forgotten within a day' "$other" \
	"$method; UPDATE payment_methods SET deleted_at = NOW(3) - INTERVAL 2 DAY, forget_at = NOW(3) WHERE id = '$other'" "$unmethod"
warns 'what became of every charge is known within a day' PAY-SENT \
	"INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, provider, amount_minor, currency, status, idempotency_key, payment_method_id,
	charge_sent_at) SELECT '$other', 'PAY-SENT', 'order', '$order', '$user', 'stripe', 7, currency, 'pending', 'sent', '$nobody', NOW(3) - INTERVAL 2 DAY
	FROM payments WHERE id = '$payment'" \
	"DELETE FROM payments WHERE id = '$other'"

warns 'every charge of a stored method is sent within a day' PAY-UNSENT \
	"INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, provider, amount_minor, currency, status, idempotency_key, payment_method_id,
	created_at) SELECT '$other', 'PAY-UNSENT', 'order', '$order', '$user', 'stripe', 7, currency, 'pending', 'unsent', '$nobody', NOW(3) - INTERVAL 2 DAY
	FROM payments WHERE id = '$payment'" \
	"DELETE FROM payments WHERE id = '$other'"
mended

# Money that no order took: without a refund it is broken, with one under way it is a warning, until its job or a day is over.
unapplied="INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, provider, amount_minor, currency, status, idempotency_key) VALUES
	('$nobody', 'PAY-TWICE', 'order', '$order', '$user', 'stripe', 7, '$currency', 'succeeded', 'twice');
	INSERT INTO ledger_accounts (id, kind, currency) VALUES ('$nobody', 'unapplied', '$currency');
	INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id) VALUES ('$nobody', 'payment', '$nobody', '$nobody');
	INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency) VALUES
	('$nobody', '$nobody', '$account', 7, '$currency'), ('$other', '$nobody', '$nobody', -7, '$currency')"
unapply="DELETE FROM refunds WHERE payment_id = '$nobody'; DELETE FROM ledger_entries WHERE transaction_id = '$nobody';
	DELETE FROM ledger_transactions WHERE id = '$nobody'; DELETE FROM ledger_accounts WHERE id = '$nobody';
	DELETE FROM payments WHERE id = '$nobody'"
breaks 1 'payments that could not be applied to an order are refunded' "PAY-TWICE: 7 $currency" "$unapplied" "$unapply"
returning="$unapplied; UPDATE payments SET refund_claimed_minor = 7 WHERE id = '$nobody'; INSERT INTO refunds (id, payment_id, provider,
	amount_minor, currency, idempotency_key) VALUES ('$nobody', '$nobody', 'stripe', 7, '$currency', 'twice')"
dead="INSERT INTO jobs (id, kind, lane, status, unique_key) VALUES ('$nobody', 'refund_payment', 'money', 'dead',
	CONCAT('refund:', CAST(UNHEX('$(echo $nobody | tr -d -)') AS UUID)))"
warns 'no refund is pending' PAY-TWICE "$returning" "$unapply"
breaks 1 'payments that could not be applied to an order are refunded' "PAY-TWICE: 7 $currency" "$returning; $dead" \
	"$unapply; DELETE FROM jobs WHERE id = '$nobody'"
breaks 1 'payments that could not be applied to an order are refunded' "PAY-TWICE: 7 $currency" \
	"$returning; UPDATE refunds SET created_at = NOW(3) - INTERVAL 25 HOUR WHERE id = '$nobody'" "$unapply"
mended

# Warnings: the exit code stays 0.
warns 'no payment is on hold' "$reference" "UPDATE payments SET hold_reason = 'amount_mismatch' WHERE id = '$payment'" \
	"UPDATE payments SET hold_reason = NULL WHERE id = '$payment'"
warns 'no webhook event is dead' 'payment_intent.succeeded' \
	"INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, status) VALUES
	('$nobody', 'stripe', 'evt_1', 'payment_intent.succeeded', '{}', REPEAT('x', 32), 'dead')" \
	"DELETE FROM webhook_events"
warns 'no job is dead' 'refund_payment' \
	"INSERT INTO jobs (id, kind, lane, status) VALUES ('$nobody', 'refund_payment', 'money', 'dead')" "DELETE FROM jobs WHERE id = '$nobody'"
warns 'no job has exceeded its lease' 'refund_payment' \
	"INSERT INTO jobs (id, kind, lane, status, lease_until) VALUES ('$nobody', 'refund_payment', 'money', 'running', NOW(3) - INTERVAL 1 MINUTE)" \
	"DELETE FROM jobs WHERE id = '$nobody'"
cancelled="UPDATE orders SET status = 'cancelled' WHERE id = '$order'; UPDATE reservations SET status = 'released' $of;
	UPDATE fulfilments SET status = 'cancelled' $of;
	UPDATE inventory_movements SET order_id = NULL, reason = 'adjustment', note = 'parked' $of"
uncancelled="UPDATE orders SET status = 'completed', cancelled_at = NULL WHERE id = '$order'; UPDATE reservations SET status = 'committed' $of;
	UPDATE fulfilments SET status = 'delivered' $of;
	UPDATE inventory_movements SET order_id = '$order', reason = 'sale', note = '' WHERE note = 'parked';
	DELETE FROM jobs WHERE id = '$nobody'; $unrefund"
keeps='cancelled orders are refunded within a day'
breaks 1 "$keeps" "$number" "$cancelled; UPDATE orders SET cancelled_at = NOW(3) - INTERVAL 25 HOUR WHERE id = '$order'" "$uncancelled"
breaks 1 "$keeps" "$number" "$cancelled; INSERT INTO jobs (id, kind, lane, status, payload) VALUES ('$nobody', 'refund_order', 'money', 'dead',
	CONCAT('{\"event_id\": null, \"aggregate_id\": \"', CAST(UNHEX('$(echo $order | tr -d -)') AS UUID), '\"}'))" "$uncancelled"
breaks 1 "$keeps" "$number" "$cancelled; $refund, 'failed', 'test')" "$uncancelled"
breaks 1 "$keeps" "$number" "$cancelled; $refund, 'pending', 'test'); UPDATE payments SET refund_claimed_minor = 7 WHERE id = '$payment';
	$dead" "$uncancelled"
warns 'no cancelled order is awaiting its refund' "$number" "$cancelled; $refund, 'pending', 'test'); UPDATE payments SET refund_claimed_minor = 7 WHERE id = '$payment'" "$uncancelled"
warns 'no cancelled order is awaiting its refund' "$number" \
	"UPDATE orders SET status = 'cancelled' WHERE id = '$order'; UPDATE reservations SET status = 'released' $of;
	UPDATE fulfilments SET status = 'cancelled' $of;
	UPDATE inventory_movements SET order_id = NULL, reason = 'adjustment', note = 'parked' $of" \
	"UPDATE orders SET status = 'completed' WHERE id = '$order'; UPDATE reservations SET status = 'committed' $of;
	UPDATE fulfilments SET status = 'delivered' $of;
	UPDATE inventory_movements SET order_id = '$order', reason = 'sale', note = '' WHERE note = 'parked'"
mended

# Invoices.  What is append-only must be undone here, too.
for trigger in no_update no_delete; do
	sql "DROP TRIGGER invoices_$trigger"
done
invoice="INSERT INTO invoices (id, kind, order_id, merchant_id, source_id, year, sequence, number, currency, total_minor, document, issued_at) VALUES"
uninvoice="DELETE FROM invoices; DELETE FROM invoice_counters"
counted="INSERT INTO invoice_counters VALUES ('$merchant', 'invoice', 2026, 1)"
whole_total=$(sql "SELECT total_minor FROM orders WHERE id = '$order'")
breaks 1 'the numbers of invoices and credit notes have no gaps' "$merchant" \
	"$invoice ('$nobody', 'invoice', '$order', '$merchant', '$order', 2026, 2, 'INV-2026-00002', '$currency', $whole_total, '{}', NOW(3)); $counted" "$uninvoice"
breaks 1 'the invoices of an order add up to its total' "$number" \
	"$invoice ('$nobody', 'invoice', '$order', '$merchant', '$order', 2026, 1, 'INV-2026-00001', '$currency', $whole_total + 1, '{}', NOW(3)); $counted" "$uninvoice"
breaks 1 'no invoice is credited for more than it was' 'INV-2026-00001' \
	"$invoice ('$nobody', 'invoice', '$order', '$merchant', '$order', 2026, 1, 'INV-2026-00001', '$currency', $whole_total, '{}', NOW(3)),
	('$user', 'credit_note', '$order', '$merchant', '$user', 2026, 1, 'CN-2026-00001', '$currency', $whole_total + 1, '{}', NOW(3)); $counted;
	INSERT INTO invoice_counters VALUES ('$merchant', 'credit_note', 2026, 1)" "$uninvoice"
breaks 1 'every picture is used as often as it counts' "$nobody: counts 3, is named 0" \
	"INSERT INTO media (id, kind, uses) VALUES ('$nobody', 'image', 3)" "DELETE FROM media WHERE id = '$nobody'"
mended

# Bulk actions.
bulk="INSERT INTO bulk_actions (id, user_id, action, status, total, done) SELECT '$nobody', id, 'pack', 'done', 2, 1 FROM users LIMIT 1;
	INSERT INTO bulk_rows (bulk_id, position, subject_id, status) VALUES ('$nobody', 1, '$nobody', 'done')"
no_bulk="DELETE FROM bulk_rows WHERE bulk_id = '$nobody'; DELETE FROM bulk_actions WHERE id = '$nobody'"
bulk_rule='a bulk action has as many rows done and failed as it counts, and none left when it is done'
breaks 1 "$bulk_rule" "$nobody (done): 2 1 0, rows 1 1 0" "$bulk" "$no_bulk"
breaks 1 "$bulk_rule" "$nobody (done): 2 1 0, rows 2 1 0" \
	"$bulk; INSERT INTO bulk_rows (bulk_id, position, subject_id) VALUES ('$nobody', 2, '$nobody')" "$no_bulk"
mended

# Reports: what nobody has counted yet waits in its queue.
sql "INSERT IGNORE INTO report_queue SELECT id FROM ledger_transactions; DELETE FROM report_facts; DELETE FROM report_quarters;
	DELETE FROM report_merchant_days; DELETE FROM report_product_days; DELETE FROM report_product_months; DELETE FROM report_months;
	DELETE FROM report_customers; DELETE FROM report_tax_days; DELETE FROM report_shop_quarters; DELETE FROM report_shop_tax_days"
posted=$(sql "SELECT HEX(t.id) FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id WHERE a.kind = 'merchant' AND e.currency = 'USD' LIMIT 1")
counted_now="INSERT INTO report_facts (transaction_id, position, kind, subject, posted_at, sold_at, quarter, currency, gross_minor)
	VALUES (x'$posted', 0, 'sale', 'line', NOW(3), NOW(3), NOW(), 'USD', 1)"
not_counted="DELETE FROM report_facts; INSERT IGNORE INTO report_queue VALUES (x'$posted')"
sql "$counted_now; UPDATE report_facts SET r_currency = 'EUR'"
for whole in '' --whole; do
	expect 1 '1 facts are in EUR, and reports.currency is USD' check $whole
done
sql "UPDATE report_facts SET r_currency = 'USD'"
output=$(src/haatctl check 2>&1)
names 'reports.currency' 'what reports show in the reporting currency was converted to it' && fail 'facts in the reporting currency are no finding'
sql "$not_counted"
for rule in 'the facts of a ledger transaction sum to its entries' 'the facts of every ledger transaction sum to its entries'; do
	breaks 1 "$rule" 'counted: nothing' "DELETE FROM report_queue WHERE transaction_id = x'$posted'" "$not_counted"
	breaks 1 "$rule" 'counted: 1 0 0 0 0' "$counted_now; DELETE FROM report_queue WHERE transaction_id = x'$posted'" "$not_counted"
done
for rule in 'the quarters of an hour of reports are the sums of their facts' 'every quarter of an hour of reports is the sum of its facts'; do
	breaks 1 "$rule" 'gross -1' "$counted_now" "$not_counted"
done
for rule in "the whole shop's quarters of an hour are the sums of their facts" 'every quarter of an hour of the whole shop is the sum of its facts'; do
	breaks 1 "$rule" 'converted gross -3' "$counted_now; UPDATE report_facts SET r_gross_minor = 3" "$not_counted"
done
sold_now="INSERT INTO report_facts (transaction_id, position, kind, subject, posted_at, sold_at, quarter, merchant_id, product_id, user_id,
	currency, gross_minor) VALUES (x'$posted', 0, 'sale', 'line', NOW(3), NOW(3), NOW(), '$merchant', '$nobody', '$user', 'USD', 7)"
while read -r names rule; do
	breaks 1 "$rule" "$names -7" "$sold_now" "$not_counted"
done <<-end
	revenue the merchants' days of reports are the sums of their facts
	revenue every merchant's day of reports is the sum of its facts
	revenue the products' days of reports are the sums of their facts
	revenue every product's day of reports is the sum of its facts
	taxed the days of taxes of reports are the sums of their facts
	taxed every day of taxes of reports is the sum of its facts
	taxed the whole shop's days of taxes are the sums of their facts
	taxed every day of taxes of the whole shop is the sum of its facts
	net the last buyers of reports have bought what their facts say
	net every customer of reports has bought what their facts say
end
for rule in "the products' last month of reports is the one before and its days" "every product's month of reports is the one before and its days"; do
	breaks 1 "$rule" 'revenue 7' "INSERT INTO report_months VALUES (LAST_DAY(NOW()));
		INSERT INTO report_product_months VALUES (LAST_DAY(NOW()), '$merchant', 'USD', '$nobody', 0, 1, 0, 7, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0)" \
		"DELETE FROM report_product_months; DELETE FROM report_months"
done
sql "INSERT INTO report_payment_queue (payment_id) SELECT id FROM payments; DELETE FROM report_payment_facts; DELETE FROM report_payments;
	DELETE FROM report_payment_days"
for rule in 'payments are counted as they ended' 'every payment is counted as it ended'; do
	breaks 1 "$rule" 'counted: nothing' "DELETE FROM report_payment_queue WHERE payment_id = '$payment'" \
		"INSERT INTO report_payment_queue (payment_id) VALUES ('$payment')"
done
breaks 1 'every sum of payments is that of its payments' 'payments 1, amount 5' \
	"INSERT INTO report_payments VALUES ('$merchant', '2026-01-01', 'stripe', 'succeeded', '', 'USD', 1, 5, 5)" "DELETE FROM report_payments"
breaks 1 'every day of payments is the sum of its quarters of an hour' '2026-01-01 stripe succeeded' \
	"INSERT INTO report_payment_days VALUES ('$merchant', '2026-01-01', 'stripe', 'succeeded', '', 'USD', 1, 5, 5)" "DELETE FROM report_payment_days"
breaks 1 'carts are counted as often as they were started' '0 carts, counted 1' \
	"INSERT INTO report_cart_queue VALUES (x'$posted', 'USD', CAST(DATE_FORMAT(NOW(), '%Y-%m-%d %H:00:00') AS DATETIME))" "DELETE FROM report_cart_queue"
sql "INSERT INTO imported_orders (id, number, status, currency, item_count, subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor,
	refunded_minor, placed_at) VALUES (x'$posted', 'OLD-1', 'completed', 'USD', 1, 1000, 0, 0, 0, 1000, 0, '2024-03-05 10:07:00');
	INSERT INTO report_imported (merchant_id, currency, quarter, orders, gross_minor) VALUES (REPEAT(CHAR(0), 16), 'USD', '2024-03-05 10:00:00', 1, 1000)"
breaks 1 'imported orders are counted as they are in reports of their own' '2024-03-05 10:00:00 USD: orders 0, gross 100' \
	"UPDATE report_imported SET gross_minor = 900" "UPDATE report_imported SET gross_minor = 1000"
mended

# More rows than are shown.
sql 'UPDATE inventory SET reserved = reserved + 1 WHERE on_hand > 0 ORDER BY variant_id LIMIT 103'
expect 1 '  and 3 more' check
expect 1 '1 violated (103 rows)' check
export HAAT_DATABASE_NAME=missing
expect 3 "'missing'" check

finish
