#!/bin/sh
# haatctl jobs, dlq, reconcile, cache and webhook: what an operator does when something has got stuck.
set -u
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
. "$top/tests/ops/shop.sh"

make_shop <<-END
	[cache]
	servers = --SOCKET="$work/nothing.sock"
	[payments.stripe]
	webhook_secret = whsec_demo_new, whsec_demo_old
END
expect 0 'the schema is at' migrate up

job=01890000-0000-7000-8000-000000000001
live=01890000-0000-7000-8000-000000000002
event=01890000-0000-7000-8000-000000000003
gone=01890000-0000-7000-8000-000000000004
sql "INSERT INTO jobs (id, kind, lane, status, attempts, last_error) VALUES ('$job', 'refund_payment', 'money', 'dead', 12, 'no luck'),
	('$live', 'purge', 'upkeep', 'ready', 0, NULL);
	INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, status, attempts, error) VALUES
	('$event', 'stripe', 'evt_1', 'payment_intent.succeeded', '{\"id\":\"evt_1\"}', REPEAT('x', 32), 'dead', 5, 'no such payment')"

expect 0 'purge' jobs list
expect 0 'money     0 due, 0 running, 1 dead' jobs list
expect 0 'upkeep    1 due, 0 running, 0 dead' jobs list
expect 0 'events    0 due' jobs list
expect 0 'no luck' jobs list dead
expect 2 "'done' is not a status" jobs list done
expect 2 "'lost' is not a status" jobs list lost
expect 0 '"last_error": "no luck"' jobs show $job
expect 0 '"payload": {' jobs show $job
expect 1 'job not found' jobs show $gone
expect 2 "'seven' is not an id" jobs show seven
expect 1 'not a dead letter' jobs replay $live
expect 1 'job not found' jobs replay $gone
expect 2 'is not an id' jobs replay seven

expect 1 '1 dead jobs, 1 dead webhooks' dlq list
expect 1 'no such payment' dlq list
expect 1 'evt_1  transaction -  payment -' dlq list
sql "UPDATE webhook_events SET payload = '{\"object\": \"event\", \"id\": \"evt_1\", \"type\": \"payment_intent.succeeded\", \"data\": {\"object\":
	{\"id\": \"pi_77\", \"status\": \"succeeded\", \"metadata\": {\"reference\": \"PAY-1234567890\"}}}}'"
expect 1 'evt_1  transaction pi_77  payment PAY-1234567890' dlq list
expect 0 '"reference": "PAY-1234567890"' dlq show $event
sql "UPDATE webhook_events SET payload = '{\"id\":\"evt_1\"}'"
expect 0 'evt_1' dlq show $event
expect 0 'no luck' dlq show $job
expect 1 'job not found' dlq show $gone
expect 2 'is not an id' dlq show seven
expect 2 'a reason is required' dlq drop $event
expect 2 'a reason is required' dlq drop $event --reason ''
expect 2 'is not an id' dlq drop seven --reason enough
expect 1 'job not found' dlq drop $gone --reason enough
expect 0 'replayed' dlq replay $event
holds 'deferred 0 1' "SELECT status, attempts, next_attempt_at <= NOW(3) FROM webhook_events"
holds '1' "SELECT COUNT(*) FROM jobs WHERE kind = 'replay_webhook' AND status = 'ready'"
expect 1 'the event is not dead' dlq replay $event
expect 0 'replayed' jobs replay $job
holds 'ready 0' "SELECT status, attempts FROM jobs WHERE id = '$job'"
expect 0 '0 dead jobs, 0 dead webhooks' dlq list
expect 2 'is not an id' dlq replay seven
sql "UPDATE jobs SET status = 'dead' WHERE id = '$job'; UPDATE webhook_events SET status = 'dead'"
expect 0 'replayed 1 jobs, 1 webhooks' dlq replay all
expect 0 'replayed 0 jobs, 0 webhooks' dlq replay all
sql "UPDATE jobs SET status = 'dead' WHERE id = '$job'; UPDATE webhook_events SET status = 'dead'"
expect 0 'dropped' dlq drop $event --reason 'paid by hand'
holds 'dropped dropped: paid by hand' "SELECT status, error FROM webhook_events"
expect 0 'dropped' dlq drop $job --reason 'paid by hand'
holds '0' "SELECT COUNT(*) FROM jobs WHERE id = '$job'"
holds 'paid by hand no luck' "SELECT JSON_VALUE(before_state, '\$.reason'), JSON_VALUE(before_state, '\$.last_error') FROM audit_records WHERE action = 'job.dropped'"
expect 1 'the event is not dead' dlq drop $event --reason again

# A letter is dropped with its job, whose worker may have been lost before it could write down that it was dead; one that was sent stays so.
dead=01890000-0000-7000-8000-000000000021
lost=01890000-0000-7000-8000-000000000022
sent=01890000-0000-7000-8000-000000000023
for letter in "$dead dead NULL" "$lost waiting NULL" "$sent sent NOW(3)"; do
	set -- $letter
	sql "INSERT INTO mails (id, kind, cause_id, about_id, recipient_kind, recipient_id, status, sent_at) VALUES
		('$1', 'merchant-active', '$1', '$gone', 'user', '$gone', '$2', $3);
		INSERT INTO jobs (id, kind, lane, status, payload) VALUES ('$1', 'send_letter', 'mail', 'dead', '{\"mail\":\"$1\"}')"
	expect 0 'dropped' dlq drop $1 --reason 'told by telephone'
done
expect 0 "$dead  dropped  merchant-active" mail list dropped
expect 0 'told by telephone' mail list dropped
holds 'dropped told by telephone' "SELECT status, outcome FROM mails WHERE id = '$lost'"
holds 'sent' "SELECT status FROM mails WHERE id = '$sent'"
# A job that names no letter can be dropped, too.
sql "DELETE FROM mails; INSERT INTO jobs (id, kind, lane, status, payload) VALUES ('$lost', 'send_letter', 'mail', 'dead', '{}'),
	('$sent', 'send_letter', 'mail', 'dead', '{\"mail\":\"$gone\"}')"
expect 0 'dropped' dlq drop $lost --reason 'it names nothing'
expect 0 'dropped' dlq drop $sent --reason 'its letter is gone'

# Messages that SQS has refused: dead ones alone are sent again or dropped.
message=01890000-0000-7000-8000-000000000011
second=01890000-0000-7000-8000-000000000012
waits=01890000-0000-7000-8000-000000000013
forgotten=01890000-0000-7000-8000-000000000014
sql "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload) VALUES ('$message', 'product.changed', 'product', '$gone', '{}'),
	('$second', 'product.changed', 'product', '$gone', '{}'), ('$waits', 'product.changed', 'product', '$gone', '{}');
	INSERT INTO sqs_queue (event_id, group_id, position, status, attempts, due_at, last_error) VALUES
	('$message', 'shop', 1, 'dead', 1, '2026-01-01', 'InvalidMessageContents: no'), ('$second', 'shop', 2, 'dead', 20, '2026-01-02', 'no luck'),
	('$waits', 'shop', 3, 'waiting', 2, '2026-01-03', 'throttled'), ('$forgotten', 'shop', 0, 'dead', 20, '2025-01-01', 'long ago')"
expect 1 '0 dead jobs, 0 dead webhooks, 3 dead SQS messages' dlq list
expect 1 'shop  InvalidMessageContents: no' dlq list
expect 0 '"last_error": "InvalidMessageContents: no"' dlq show $message
expect 0 '"type": "product.changed"' dlq show $message
expect 0 '"status": "waiting"' dlq show $waits
expect 1 'the message is not dead' dlq replay $waits
expect 1 'the message is not dead' dlq drop $waits --reason enough
expect 1 'no longer kept' dlq replay $forgotten
expect 2 'a reason is required' dlq drop $message
holds 'dead 1' "SELECT status, attempts FROM sqs_queue WHERE event_id = '$message'"
expect 0 'replayed' dlq replay $message
holds 'waiting 0 1' "SELECT status, attempts, due_at > '2026-01-01' AND due_at <= NOW(3) FROM sqs_queue WHERE event_id = '$message'"
holds 'dead waiting' "SELECT JSON_VALUE(before_state, '\$.status'), JSON_VALUE(after_state, '\$.status') FROM audit_records
	WHERE action = 'sqs_message.replayed' AND subject_id = '$message'"
expect 1 'the message is not dead' dlq replay $message
expect 0 'replayed 0 jobs, 0 webhooks, 1 SQS messages' dlq replay all
holds 'waiting' "SELECT status FROM sqs_queue WHERE event_id = '$second'"
holds '2 throttled' "SELECT attempts, last_error FROM sqs_queue WHERE event_id = '$waits'"
holds '1' "SELECT JSON_VALUE(after_state, '\$.messages') FROM audit_records WHERE action = 'sqs_messages.replayed'"
expect 0 'dropped' dlq drop $forgotten --reason 'the reader has it from us'
holds '0' "SELECT COUNT(*) FROM sqs_queue WHERE event_id = '$forgotten'"
holds 'the reader has it from us long ago' "SELECT JSON_VALUE(before_state, '\$.reason'), JSON_VALUE(before_state, '\$.last_error')
	FROM audit_records WHERE action = 'sqs_message.dropped' AND subject_id = '$forgotten'"
expect 1 'job not found' dlq drop $forgotten --reason again
expect 0 '0 dead SQS messages' dlq list
sql "DELETE FROM sqs_queue; DELETE FROM events"

expect 0 'about 0 payments' reconcile
holds '1' "SELECT COUNT(*) FROM jobs WHERE kind = 'reconcile_payments' AND unique_key = 'reconcile_payments' AND status = 'ready'"
sql "SET foreign_key_checks = 0; INSERT INTO payments (id, reference, purpose_kind, purpose_id, provider, amount_minor, currency, status, idempotency_key,
	next_check_at, hold_reason) VALUES (RANDOM_BYTES(16), 'PAY-1', 'order', RANDOM_BYTES(16), 'stripe', 100, 'USD', 'processing', 'a', NOW(3) + INTERVAL 1 HOUR, NULL),
	(RANDOM_BYTES(16), 'PAY-2', 'order', RANDOM_BYTES(16), 'stripe', 100, 'USD', 'processing', 'b', NULL, 'amount_mismatch'),
	(RANDOM_BYTES(16), 'PAY-3', 'order', RANDOM_BYTES(16), 'stripe', 100, 'USD', 'succeeded', 'c', NOW(3) + INTERVAL 1 HOUR, NULL)"
expect 0 'about 2 payments' reconcile
holds 'PAY-1,PAY-2' "SELECT GROUP_CONCAT(reference ORDER BY reference) FROM payments WHERE next_check_at <= NOW(3)"

sql "UPDATE payments SET provider_transaction_id = 'pi_1' WHERE reference = 'PAY-3'"
expect 2 '' webhook simulate stripe
expect 3 'is not enabled' webhook simulate nobody x PAY-3
expect 3 'is not enabled' webhook simulate paypal PAYMENT.CAPTURE.COMPLETED PAY-3
expect 3 'payment not found' webhook simulate stripe payment_intent.succeeded PAY-4
expect 3 'is not an event that can be simulated' webhook simulate stripe payment_intent.created PAY-3
expect 3 'the provider does not know the payment yet' webhook simulate stripe payment_intent.succeeded PAY-1
# Signed, verified and stored; its order is not here, so it waits.
expect 0 'deferred' webhook simulate stripe payment_intent.succeeded PAY-3
holds '1' "SELECT COUNT(*) FROM webhook_events WHERE provider = 'stripe' AND event_id LIKE 'evt\_simulated%' AND status = 'deferred'"

expect 1 'PAY-2' holds list
expect 1 'amount_mismatch' holds list
expect 1 '1 payments on hold' holds list

order=01890000-0000-7000-8000-000000000005
sql "SET foreign_key_checks = 0; INSERT INTO orders (id, number, user_id, currency, subtotal_minor, total_minor, shipping_method, shipping_address,
	billing_address) VALUES ('$order', 'ORD-1', '$gone', 'USD', 0, 0, 'pickup', '{}', '{}')"
expect 1 'order not found' history order ORD-1
sql "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload) VALUES ('$job', 'order.placed', 'order', '$order', '{\"status\": \"pending\"}'),
	('$live', 'product.changed', 'product', '$order', '{}')"
sql "DELETE FROM events"
expect 0 '"status": "pending"' history order ORD-1
expect 0 'order.placed' history order ORD-1
holds '1' "SELECT COUNT(*) FROM order_history"
expect 1 'order not found' history order ORD-2
# As it was at a time, which the last event until then tells.
sql "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload, created_at) VALUES
	('01890000-0000-7000-8000-0000000000a1', 'order.paid', 'order', '$order', '{\"status\": \"paid\"}', '2041-03-01 10:00:00.123456'),
	('01890000-0000-7000-8000-0000000000a2', 'order.cancelled', 'order', '$order', '{\"status\": \"cancelled\"}', '2041-03-02 10:00:00')"
sql "DELETE FROM events"
expect 1 'not placed yet at that time' history order ORD-1 --at 2001-01-01T00:00:00Z
expect 0 '"status": "pending"' history order ORD-1 --at 2041-03-01T10:00:00.122Z
expect 0 '"status": "paid"' history order ORD-1 --at 2041-03-01T10:00:00.123Z
expect 0 '"status": "paid"' history order ORD-1 --at 2041-03-02T11:59:59+02:00
expect 0 '"status": "cancelled"' history order ORD-1 --at 2041-03-02T12:00:00+02:00
expect 1 'order not found' history order ORD-2 --at 2041-03-02T12:00:00Z
expect 2 'is not a time' history order ORD-1 --at yesterday
expect 2 'history order takes' history order ORD-1 --until 2041-03-02T12:00:00Z
expect 2 'history order takes' history order ORD-1 --at

# A payment by each of its names, with what the provider said; an order with its attempts.
payment=01890000-0000-7000-8000-000000000006
refund=01890000-0000-7000-8000-000000000007
sql "SET foreign_key_checks = 0; UPDATE payments SET id = '$payment', purpose_id = '$order', provider_transaction_id = 'pi_3', client_secret = 'pi_3_secret_x',
	refund_claimed_minor = 40 WHERE reference = 'PAY-3';
	INSERT INTO refunds (id, payment_id, provider, amount_minor, currency, idempotency_key, failure_code) VALUES ('$refund', '$payment', 'stripe', 40, 'USD', 'x', 'lost_card');
	INSERT INTO payment_answers (id, payment_id, kind, http_status, body) VALUES ('$refund', '$payment', 'fetch', 402, '{\"error\":{\"code\":\"card_declined\"}}')"
for name in PAY-3 pay-3 pi_3 $refund; do
	expect 0 '"reference": "PAY-3"' payment show $name
	expect 0 '"order_number": "ORD-1"' payment show $name
	expect 0 '"code": "card_declined"' payment show $name
	expect 0 '"failure_code": "lost_card"' payment show $name
done
src/haatctl payment show PAY-3 | grep -q secret && fail 'payment show tells a secret'
expect 1 'payment not found' payment show PAY-4
expect 1 'refund not found' payment show $order
expect 2 'usage: haatctl payment show' payment show
for name in ORD-1 ord-1 $order; do
	expect 0 '"number": "ORD-1"' order show $name
	expect 0 '"provider_transaction_id": "pi_3"' order show $name
done
expect 1 'order not found' order show ORD-2

expect 2 "'stripe' is none of paypal" certificate stripe https://api.paypal.com/v1/notifications/certs/CERT-1
expect 3 'not one of the provider' certificate paypal https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1
expect 3 'not one of the provider' certificate sns https://sns.ap-southeast-1.amazonaws.com.evil.example/x.pem

expect 3 'cannot reach the cache' cache clear
if command -v memcached >/dev/null; then
	memcached --user="$(id -un)" --unix-socket="$work/memcached.sock" &
	memcached=$!
	while [ ! -S "$work/memcached.sock" ]; do sleep 0.05; done
	HAAT_CACHE_SERVERS="--SOCKET=\"$work/memcached.sock\"" expect 0 'the cache is empty' cache clear
	kill $memcached
fi

# A signature as Stripe makes it, at a time of its own.
printf '{"id":"evt_2"}' >"$work/body"
at=1760000000
digest=$( (printf '%s.' $at; cat "$work/body") | openssl dgst -sha256 -hmac whsec_demo_old | sed 's/.* //')
expect 0 'the signature is valid' webhook verify --provider stripe --header "t=$at,v1=$digest" --body "$work/body" --at $at
expect 0 'the signature is valid' webhook verify --provider stripe --header "stripe-signature: t=$at,v1=$digest" \
	--body "$work/body" --at 2025-10-09T08:58:20Z
expect 1 'refused: ' webhook verify --provider stripe --header "t=$at,v1=$digest" --body "$work/body" --at $((at + 301))
expect 1 'refused: ' webhook verify --provider stripe --header "t=$at,v1=$digest" --body "$work/body"
expect 1 'refused: ' webhook verify --provider stripe --header "t=$at,v1=$digest" --body "$work/haat.conf" --at $at
expect 1 'refused: ' webhook verify --provider stripe --header 'nothing' --body "$work/body"
expect 3 "cannot open '/nowhere'" webhook verify --provider stripe --header x --body /nowhere
expect 2 'are required' webhook verify --provider stripe
expect 2 "no provider 'cod'" webhook verify --provider cod --header x --body "$work/body"
expect 2 "'soon' is neither" webhook verify --provider stripe --header x --body "$work/body" --at soon
expect 2 'is not an option' webhook verify --provider stripe --header x --body "$work/body" more
expect 2 'unrecognized option' webhook verify --provider stripe --nothing
export HAAT_HTTP_WEBHOOK_BYTES=1024
head -c 2000 /dev/zero >"$work/large"
expect 3 'is larger than the limit for webhooks' webhook verify --provider stripe --header x --body "$work/large"

finish
