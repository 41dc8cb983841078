#!/bin/sh
# haatctl as an operator's script sees it: what it prints where, and its exit codes.
set -u
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ -z "${HAAT_TEST_DATABASE:-}" ]; then
	exec "$top/tests/private-db" run sh "$0"
fi
work=$(dirname "$HAAT_TEST_DATABASE")
passed=0
failed=0

# expect CODE WORDS COMMAND...: the exit code, and words that the output (either) holds
expect() {
	code=$1 words=$2
	shift 2
	output=$(src/haatctl "$@" 2>&1)
	got=$?
	if [ "$got" -ne "$code" ] || ! printf '%s\n' "$output" | grep -qF -- "$words"; then
		printf 'FAILED: haatctl %s: exit %s, expected %s and "%s" in:\n%s\n' "$*" "$got" "$code" "$words" "$output"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
}

cat >"$work/haat.conf" <<-END
	profile = development
	[database]
	socket = $HAAT_TEST_DATABASE
	user = root
	name = shop
END
printf 'profile = development\n[database]\nport = 70000\nnonsense = 1\n' >"$work/wrong.conf"
mariadb --no-defaults --user=root --socket="$HAAT_TEST_DATABASE" --execute='CREATE DATABASE shop'
export HAAT_CONFIG="$work/haat.conf"

expect 0 'migrate status' help
expect 0 'config get KEY' help config
expect 2 "unknown command 'nothing'" help nothing
expect 0 'haatctl ' --version
expect 2 'unrecognized option' --nothing
expect 2 'no command given'
expect 2 "unknown command 'nothing at'" nothing at all
expect 2 'migrate down [COUNT | all]' migrate
expect 2 'usage: haatctl config get KEY' config get

expect 0 'the configuration is valid' config check
expect 1 'database.port' --config "$work/wrong.conf" config check
expect 1 'nonsense' --config "$work/wrong.conf" config check
expect 3 'the configuration is not valid' --config "$work/wrong.conf" config show
expect 0 "$HAAT_TEST_DATABASE" config get database.socket
expect 2 "unknown key 'database.nothing'" config get database.nothing
expect 0 'database.name = shop' config show
expect 0 '[database]' config document
export HAAT_DATABASE_PASSWORD=hidden-word
expect 0 'database.password = (secret)' config show
expect 0 'hidden-word' config get database.password
unset HAAT_DATABASE_PASSWORD

expect 3 "cannot open directory '/nowhere'" --sql /nowhere migrate status
expect 1 '0 of ' --sql "$top/sql" migrate status
expect 0 'applied 0001 users' --sql "$top/sql" migrate up
expect 0 'nothing to do' --sql "$top/sql" migrate up
expect 0 'applied' --sql "$top/sql" migrate status
expect 2 'usage: haatctl migrate up' --sql "$top/sql" migrate up 3
expect 2 "'few' is neither a count nor 'all'" --sql "$top/sql" migrate down few
expect 0 'reverted' --sql "$top/sql" migrate down
expect 1 'pending' --sql "$top/sql" migrate status
expect 0 'reverted 0001 users' --sql "$top/sql" migrate down all
expect 0 'no migration is applied' --sql "$top/sql" migrate down
export HAAT_DATABASE_NAME=missing
expect 3 "cannot connect to the database 'missing'" --sql "$top/sql" migrate up

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
