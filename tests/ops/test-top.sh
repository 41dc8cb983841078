#!/bin/sh
# haatctl top: once and without end, as text and as JSON, on a terminal with its keys, and beside a database that does not answer.
set -u
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ -z "${HAAT_TEST_DATABASE:-}" ]; then
	exec "$top/tests/private-db" run sh "$0"
fi
work=$(dirname "$HAAT_TEST_DATABASE")
passed=0 failed=0 skipped=0

result() {
	if [ "$1" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
	printf '  %s ... %s\n' "$2" "$1"
}

# says WHAT FILE WORDS: the file holds them
says() {
	grep -qF -- "$3" "$2" && result ok "$1" || { cat "$2"; result FAILED "$1"; }
}

# until FILE WORDS: waits for them
until_says() {
	for look in $(seq 500); do
		grep -qF -- "$2" "$1" 2>/dev/null && return 0
		sleep 0.02
	done
	return 1
}

cat >"$work/haat.conf" <<-END
	profile = development
	run_directory = $work
	[database]
	socket = $HAAT_TEST_DATABASE
	user = root
	name = shop
	[cache]
	servers = --SOCKET="$work/nothing.sock"
	[certificates]
	watched_files = $work/server.pem, $work/missing.pem
END
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 5 -subj /CN=shop.test -keyout "$work/server.key" \
	-out "$work/server.pem" 2>/dev/null
mariadb --no-defaults --user=root --socket="$HAAT_TEST_DATABASE" --execute='CREATE DATABASE shop'
export HAAT_CONFIG="$work/haat.conf" TERM=xterm
ctl() { src/haatctl --sql "$top/sql" "$@"; }
ctl migrate up >/dev/null || exit 99

ctl top --once >"$work/once" 2>&1
[ $? -eq 1 ] && result ok 'exits with 1: no worker lives here' || result FAILED 'exits with 1'
says 'names the part, its state and the handbook' "$work/once" "see OPERATIONS.md#pools"
says 'the cache is away' "$work/once" 'memcached does not answer'
says 'a certificate ends soon' "$work/once" "certificate: 4 days left of $work/server.pem"
says 'another cannot be read' "$work/once" "'$work/server.pem' ends in 4 days"
grep -q "$(printf '\033')" "$work/once" && result FAILED 'text has no escapes' || result ok 'text has no escapes'

ctl top --once --json >"$work/json" 2>/dev/null
[ "$(wc -l <"$work/json")" -eq 1 ] && result ok 'JSON is a line' || result FAILED 'JSON is a line'
got=$(jq -r '[.status, (.parts | map(select(.name == "cache" or .name == "database") | .status) | join(" ")),
	(.pools | length), .migrations.applied == .migrations.expected, .certificates[0].days_left, .certificates[1].days_left] | join(" ")' "$work/json")
[ "$got" = 'down ok down 5 true 4 ' ] && result ok 'JSON has it all' || result FAILED "JSON has it all: $got"

# Without a terminal it goes on as text, until its reader is gone.
ctl top </dev/null 2>/dev/null | { for look in 1 2; do while read -r line && [ "${line#PART}" = "$line" ]; do :; done; echo seen; done; } >"$work/twice"
[ "$(grep -c seen "$work/twice")" -eq 2 ] && result ok 'every second without a terminal' || result FAILED 'every second without a terminal'

HAAT_DATABASE_SOCKET="$work/gone.sock" ctl top --once >"$work/away" 2>/dev/null
[ $? -eq 1 ] && result ok 'a database that is away is a finding' || result FAILED 'a database that is away is a finding'
says 'and is told' "$work/away" 'MariaDB does not answer'
says 'with what it knows' "$work/away" 'not known while the database does not answer'
HAAT_RUN_DIRECTORY=/nowhere ctl top --once >"$work/elsewhere" 2>&1
[ $? -eq 3 ] && result ok 'not where the shop does not run' || result FAILED 'not where the shop does not run'
ctl top --twice >"$work/usage" 2>&1
[ $? -eq 2 ] && result ok 'usage' || result FAILED 'usage'

if command -v script >/dev/null; then
	mkfifo "$work/keys"
	script -qfec "stty rows 60 columns 120; src/haatctl top; echo ended with \$?" "$work/screen" <"$work/keys" >/dev/null 2>&1 &
	exec 9>"$work/keys"
	until_says "$work/screen" 'every second, as listed' && result ok 'a screen of its own' || result FAILED 'a screen of its own'
	printf s >&9
	until_says "$work/screen" 'every second, by load' && result ok 's sorts' || result FAILED 's sorts'
	printf p >&9
	until_says "$work/screen" 'paused, by load' && result ok 'p pauses' || result FAILED 'p pauses'
	printf s >&9
	until_says "$work/screen" 'paused, by trouble' && result ok 'keys work while it is paused' || result FAILED 'keys work while it is paused'
	printf q >&9
	until_says "$work/screen" 'ended with 0' && result ok 'q quits' || result FAILED 'q quits'
	exec 9>&-
	wait
	says 'the terminal is as it was' "$work/screen" "$(printf '\033[?25h\033[?1049l')"
else
	echo 'skipped: script is not installed'
	skipped=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
