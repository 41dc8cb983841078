#!/bin/sh
# haatctl as an operator's script sees it: what it prints where, and its exit codes.
set -u
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
. "$top/tests/ops/shop.sh"

make_shop <<-END
	[cache]
	servers = --SOCKET="$work/memcached.sock"
END
printf 'profile = development\n[database]\nport = 70000\nnonsense = 1\n' >"$work/wrong.conf"
export HAAT_PAGES_TEMPLATES="$top/web/pages" HAAT_PAGES_MESSAGES="$top/web/messages"

expect 0 'migrate status' help
expect 0 'config get KEY' help config
expect 2 "unknown command 'nothing'" help nothing
expect 0 'haatctl ' --version
expect 2 'unrecognized option' --nothing
expect 2 'no command given'
expect 2 "unknown command 'nothing at'" nothing at all
expect 2 'migrate down [COUNT | all] [--yes]' migrate
expect 2 'usage: haatctl config get KEY' config get

expect 0 'the configuration is valid' config check
expect 0 'memcached is not reachable' config check
if command -v memcached >/dev/null; then
	memcached --user="$(id -un)" --unix-socket="$work/memcached.sock" &
	memcached=$!
	while [ ! -S "$work/memcached.sock" ]; do sleep 0.05; done
	output=$(src/haatctl config check 2>&1)
	[ "$output" = 'the configuration is valid' ] && pass || fail "config check with a cache: $output"
	kill $memcached
fi
(export HAAT_CACHE_SERVERS=; expect 0 'no cache is configured' config check; exit $failed) && pass || failed=$((failed + 1))
expect 1 'database.port' --config "$work/wrong.conf" config check
expect 1 'nonsense' --config "$work/wrong.conf" config check
expect 3 'the configuration is invalid' --config "$work/wrong.conf" config show
expect 0 "$HAAT_TEST_DATABASE" config get database.socket
expect 2 "unknown key 'database.nothing'" config get database.nothing
expect 0 'database.name = shop' config show
expect 0 '[database]' config document
(export HAAT_MEDIA_PUBLIC_URL=https://cdn.example/a; expect 0 '"" " https://cdn.example";' config nginx; exit $failed) && pass || failed=$((failed + 1))
export HAAT_DATABASE_PASSWORD=hidden-word
expect 0 'database.password = (secret)' config show
expect 0 'hidden-word' config get database.password
unset HAAT_DATABASE_PASSWORD

# Letters: what a shop lays over is shown as it would be sent, and what is wrong with it is told with file, line and tag.
(
	failed=0
	export HAAT_MAIL_TEMPLATES="$top/conf/mail" HAAT_MAIL_OWN_TEMPLATES="$work/own"
	expect 3 'mail is off: mail.host is empty' mail test amina@example.test
	mkdir -p "$work/own/en" "$work/letters"
	export HAAT_MAIL_DIRECTORY="$work/letters" HAAT_MAIL_FROM=shop@haat.test
	expect 0 'stock-low' mail preview --list
	expect 0 '2 x Brass bell (Size: large, BELL-2): 40.00 USD' mail preview order-paid --text
	expect 0 '<a href="https://carrier.example/track?number=PT-20417">' mail preview parcel-shipped
	expect 2 "there is no letter 'nothing'" mail preview nothing
	expect 2 "'--html' is not --text" mail preview order-paid --html
	echo 'Mine: {{number}}' >"$work/own/en/order-paid.txt"
	expect 0 'Mine: ORD-7K3M9Q2XAB' mail preview order-paid --text
	expect 0 'the configuration is valid' config check
	echo '{{#lines}}{{colour}}{{/lines}}' >"$work/own/en/order-paid.txt"
	wrong="template 'en/order-paid.txt' line 1: '{{colour}}'"
	expect 3 "$wrong" mail preview order-paid
	expect 3 "$wrong" mail preview verify-email
	expect 1 "$wrong" config check
	expect 2 "'amina' is not an e-mail address" mail test amina
	expect 2 "is not an e-mail address" mail test 'amina@example.test,all@example.test'
	expect 0 '@haat.test>' mail test amina@example.test
	grep -q 'amina@example.test' "$work"/letters/*.eml || fail 'mail test wrote no letter'
	exit $failed
) && pass || failed=$((failed + 1))

expect 3 "cannot open directory '/nowhere'" --sql /nowhere migrate status
expect 1 '0 of ' migrate status
expect 3 'no migrations applied' check
expect 0 'applied 0001 users' migrate up
expect 0 '0 violated' check
expect 0 'nothing to do' migrate up
expect 0 'applied' migrate status

sealed_with() { sql "SET foreign_key_checks = 0; INSERT INTO payment_methods (id, user_id, type, provider, sealed, sealed_with, token_digest) VALUES
	('$2', 'a-customer-s-id', 'card', 'stripe', 'x', '$1', '$2')"; }
expect 0 'no payment methods are stored' methods keys
export HAAT_PAYMENTS_METHOD_KEY=new:0123456789012345678901234567890123456789
sealed_with new 1
sealed_with new 2
expect 0 'new                      2 methods, the current key' methods keys
sealed_with old 3
expect 1 'old                      1 methods, NOT CONFIGURED: they cannot be charged' methods keys
export HAAT_PAYMENTS_METHOD_OLD_KEYS=old:9876543210987654321098765432109876543210
expect 1 'old                      1 methods, a former key' methods keys
sql "DELETE FROM payment_methods WHERE sealed_with = 'old'"
expect 0 'new                      2 methods, the current key' methods keys
sql 'DELETE FROM payment_methods'
unset HAAT_PAYMENTS_METHOD_KEY HAAT_PAYMENTS_METHOD_OLD_KEYS

expect 2 'usage: haatctl block ADDRESS|NETWORK' block 203.0.113.7
expect 2 'block takes a network and --reason' block 203.0.113.7 --for 1h
expect 2 'block takes a network and --reason' block 203.0.113.7 --reason ' '
expect 2 "'--why' is not --for or --reason" block 203.0.113.7 --why spam
expect 2 "'soon' is not a time" block 203.0.113.7 --for soon --reason spam
expect 2 "'0h' is not a time" block 203.0.113.7 --for 0h --reason spam
expect 2 "'99999999999999999999d' is not a time" block 203.0.113.7 --for 99999999999999999999d --reason spam
expect 3 'network: must be an address or a network' block 203.0.113.7/24 --reason spam
expect 3 'is too wide' block 0.0.0.0/0 --reason spam
expect 3 'is too wide' block ::/1 --reason spam
expect 3 'holds the machine itself' block 127.0.0.0/8 --reason spam
expect 0 '203.0.113.0/24' block 203.0.113.0/24 --for 90m --reason spam
expect 0 '2001:db8::/32' block 2001:DB8::/32 --reason 'tries cards'
expect 0 'until it is ended' blocks 2001:db8::7
expect 0 '203.0.113.0/24' blocks 203.0.113.9
expect 3 'address: must be' blocks nobody
expect 1 'not found' unblock 203.0.113.9
expect 0 'is no longer blocked' unblock 2001:db8:0::/32
[ "$(src/haatctl blocks | wc -l)" -eq 1 ] && pass || fail 'one block is left'

expect 2 'usage: haatctl migrate up' migrate up 3
expect 2 "'few' is neither a count nor 'all'" migrate down few
expect 2 'neither a count' migrate down 1 2
expect 2 'nothing was reverted' migrate down </dev/null
printf 'no\n' >"$work/no"
expect 2 'nothing was reverted' migrate down all <"$work/no"
expect 0 'applied' migrate status
printf 'yes\n' >"$work/yes"
expect 0 'reverted' migrate down <"$work/yes"
expect 1 'pending' migrate status
expect 3 'not all migrations are applied' check
# Production refuses the cheap hashes that tests use.
unset HAAT_AUTH_BCRYPT_COST
# What is wrong with a shop's own pages is told by file, line and tag before a worker reads them.
(
	failed=0
	own=$work/dress
	export HAAT_PAGES_OWN_TEMPLATES="$own"
	expect 1 "pages.own_templates: '$own': No such file or directory" config check
	mkdir -p "$own"
	# The examples of the documentation.
	awk -v own="$own" '/^```/ { file = file == "" && NF == 2 ? own "/" $2 : ""; next } file != "" { print >file }' "$top/docs/DRESSING.md"
	[ "$(ls "$own" | tr '\n' ' ')" = 'card.html en.json own.css ' ] || fail 'the examples of docs/DRESSING.md'
	expect 0 'the configuration is valid' config check
	printf '<li>\n{{colour}}\n</li>\n' >"$own/card.html"
	expect 1 "template '$own/card.html' line 2: '{{colour}}': ListView has no member 'colour'" config check
	printf '<li>\n\n{{@ basket.name}}</li>\n' >"$own/card.html"
	expect 1 "template '$own/card.html' line 3: '{{@ basket.name}}'" config check
	printf '<form action="{{site.base}}{{slug}}"></form>\n' >"$own/card.html"
	expect 1 "template '$own/card.html' line 1: '{{slug}}': a value directly behind" config check
	rm "$own/card.html"
	printf '<p>\n{{#paid}}</p>\n' >"$own/pay.html"
	expect 1 "template '$own/pay.html' line 2: '{{#paid}}'" config check
	rm "$own/pay.html"
	echo '{"basket.name": "Basket"}' >"$own/en.json"
	expect 1 "messages '$own/en.json': 'basket.name' is none of the pages' messages" config check
	echo '{"product.to_cart": "{{nothing}}"}' >"$own/en.json"
	expect 1 "{{nothing}}" config check
	echo '{"product.to_cart"' >"$own/en.json"
	expect 1 "messages '$own/en.json': it is no JSON object" config check
	rm "$own/en.json"
	head -c 300000 /dev/zero >"$own/large.png"
	expect 1 "pages.own_templates: '$own/large.png': too large" config check
	rm "$own/large.png"
	mkdir -p "$work/messages"
	grep -v '"product.to_cart"' "$top/web/messages/hi.json" >"$work/messages/hi.json"
	cp "$top/web/messages/en.json" "$top/web/messages/bn.json" "$work/messages"
	export HAAT_PAGES_MESSAGES="$work/messages"
	expect 1 "product.to_cart" config check
	export HAAT_PAGES_MESSAGES="$top/web/messages" HAAT_PAGES_LANGUAGES='en, xx'
	expect 1 "pages.languages: 'xx' is no language of the pages" config check
	exit $failed
) && pass || failed=$((failed + 1))

cat >"$work/production.conf" <<-END
	profile = production
	[database]
	socket = $HAAT_TEST_DATABASE
	user = root
	name = shop
	[auth]
	jwt_secret = 0123456789012345678901234567890123456789
	seal_secret = 0123456789012345678901234567890123456789
	[payments]
	providers = cod
	[cache]
	servers = --SERVER=127.0.0.1:1
END
expect 2 'this is production: pass --yes' --config "$work/production.conf" migrate down <"$work/yes"
expect 0 'reverted' --config "$work/production.conf" migrate down 1 --yes
expect 0 'is on the network, but the installed pools' --config "$work/production.conf" config check
expect 0 'reverted 0001 users' migrate down all --yes
expect 0 'no migrations are applied' migrate down --yes
expect 3 'no migrations applied' check
export HAAT_DATABASE_NAME=missing
expect 3 "cannot connect to the database 'missing'" migrate up

finish
