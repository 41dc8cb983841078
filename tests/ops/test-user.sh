#!/bin/sh
# haatctl user as an operator's script sees it.
set -u
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top=$(cd "$top" && pwd)
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

# holds VALUE SQL: what the database says
holds() {
	got=$(mariadb --no-defaults --user=root --socket="$HAAT_TEST_DATABASE" --skip-column-names --execute="$2" people)
	if [ "$got" != "$1" ]; then
		printf 'FAILED: %s: "%s", expected "%s"\n' "$2" "$got" "$1"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
}

cat >"$work/people.conf" <<-END
	profile = development
	[database]
	socket = $HAAT_TEST_DATABASE
	user = root
	name = people
	[auth]
	bcrypt_cost = 4
	common_passwords = $top/conf/common-passwords.txt
END
mariadb --no-defaults --user=root --socket="$HAAT_TEST_DATABASE" --execute='CREATE DATABASE people'
export HAAT_CONFIG="$work/people.conf"
printf 'Rickshaw-7-Bells\n' >"$work/password"
printf 'weak\n' >"$work/weak"

expect 0 'applied' --sql "$top/sql" migrate up
expect 0 'boss@haat.test is admin' user create boss@Haat.Test admin 'Boss One' "$work/password"
expect 0 'password: ' user create clerk@haat.test warehouse 'Clerk Two'
expect 3 'email_taken' user create BOSS@haat.test admin 'Boss One' "$work/password"
expect 3 'must be at least 8 characters' user create weak@haat.test admin 'Weak' "$work/weak"
expect 3 "cannot read a password from '/nowhere'" user create x@haat.test admin 'X' /nowhere
expect 2 'is not an e-mail address' user create nobody admin 'X'
expect 2 'is not one of these roles' user create x@haat.test boss 'X'
expect 2 'is not one of these roles' user create x@haat.test shopkeeper 'X'
expect 2 'the name must have' user create x@haat.test admin ''
expect 2 'usage: haatctl user create EMAIL' user create x@haat.test
holds 'admin' "SELECT role FROM users WHERE email = 'boss@haat.test' AND password_hash LIKE '\$2b\$04\$%'"
holds '2' 'SELECT COUNT(*) FROM users'

expect 0 'clerk@haat.test has report:sales' user grant clerk@haat.test report:sales
expect 0 'clerk@haat.test has report:sales' user grant clerk@haat.test report:sales
expect 0 'clerk@haat.test has accountant' user grant clerk@haat.test accountant
expect 3 'the role shopkeeper requires an account with a shop' user grant clerk@haat.test shopkeeper
expect 0 'clerk@haat.test is verified' user verify clerk@haat.test
expect 3 'not_found' user verify nobody@haat.test
expect 3 'not_found' user grant nobody@haat.test report:sales
expect 2 'neither a permission nor a role' user grant clerk@haat.test everything
holds 'accountant report:sales' "SELECT CONCAT(role, ' ', permission) FROM users JOIN user_permissions ON user_id = id"
expect 0 'no longer has' user revoke clerk@haat.test report:sales
expect 2 'is not a permission' user revoke clerk@haat.test admin
holds '0' 'SELECT COUNT(*) FROM user_permissions'
holds '7' 'SELECT COUNT(*) FROM audit_records'

# The last active admin stays, whichever way they would go.
expect 3 'the last active admin cannot be changed' user disable boss@haat.test
expect 3 'the last active admin cannot be changed' user grant boss@haat.test warehouse
holds 'active admin' "SELECT CONCAT(status, ' ', role) FROM users WHERE email = 'boss@haat.test'"
expect 0 'clerk@haat.test is disabled' user disable clerk@haat.test
expect 0 'clerk@haat.test has admin' user grant clerk@haat.test admin
expect 3 'the last active admin cannot be changed' user disable boss@haat.test
expect 0 'clerk@haat.test is active' user enable clerk@haat.test
expect 0 'boss@haat.test is disabled' user disable boss@haat.test
expect 3 'the last active admin cannot be changed' user disable clerk@haat.test
expect 0 'boss@haat.test is active' user enable boss@haat.test
expect 3 'not_found' user enable nobody@haat.test
# Two that end each other in the same moment: one of them is too late.
for round in 1 2 3 4 5 6 7 8; do
	src/haatctl user disable boss@haat.test >/dev/null 2>&1 &
	first=$!
	src/haatctl user disable clerk@haat.test >/dev/null 2>&1 &
	wait $first
	wait $!
	holds 1 "SELECT COUNT(*) FROM users WHERE role = 'admin' AND status = 'active'"
	src/haatctl user enable boss@haat.test >/dev/null 2>&1
	src/haatctl user enable clerk@haat.test >/dev/null 2>&1
done

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
