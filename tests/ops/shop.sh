# shop.sh: what tests of haatctl have in common: a database server of their own, a configuration that names it, and what is expected of
# commands and of rows.  Sourced in the build directory, once `top` is set; `finish` is their last line.

[ -n "${HAAT_TEST_DATABASE:-}" ] || exec "$top/tests/private-db" run sh "$0"
work=$(dirname "$HAAT_TEST_DATABASE")
passed=0
failed=0

pass() { passed=$((passed + 1)); }
fail() {
	printf 'FAILED: %s\n' "$1"
	failed=$((failed + 1))
}
finish() {
	echo "$passed passed, $failed failed, 0 skipped"
	[ "$failed" -eq 0 ]
}

# expect CODE WORDS COMMAND...: haatctl's exit code, and words that its output (either) holds, which stays in `output`
expect() {
	code=$1 words=$2
	shift 2
	output=$(src/haatctl --sql "$top/sql" "$@" 2>&1)
	got=$?
	if [ "$got" -eq "$code" ] && printf '%s\n' "$output" | grep -qF -- "$words"; then
		pass
	else
		fail "$(printf 'haatctl %s: exit %s, expected %s and "%s" in:\n%s' "$*" "$got" "$code" "$words" "$output")"
	fi
}

# Runs statements; their ids in quotes are text here and bytes in the columns.
sql() {
	printf '%s\n' "$1" | sed -E "s/'([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})'/x'\1\2\3\4\5'/g" |
		mariadb --no-defaults --user=root --socket="$HAAT_TEST_DATABASE" --batch --skip-column-names shop
}

# holds VALUE QUERY: what the database says, with a space between columns and between rows
holds() {
	got=$(sql "$2" | tr '\t\n' '  ')
	if [ "${got% }" = "$1" ]; then
		pass
	else
		fail "$2: \"${got% }\", expected \"$1\""
	fi
}

# An empty database and the configuration of its shop; standard input adds settings to it.
make_shop() {
	{
		printf '%s\n' 'profile = development' "run_directory = $work" '[database]' "socket = $HAAT_TEST_DATABASE" 'user = root' 'name = shop'
		cat
	} >"$work/haat.conf"
	mariadb --no-defaults --user=root --socket="$HAAT_TEST_DATABASE" --execute='CREATE DATABASE shop'
	export HAAT_CONFIG="$work/haat.conf"
}
