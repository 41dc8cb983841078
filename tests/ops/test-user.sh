#!/bin/sh
# haatctl user as an operator's script sees it.
set -u
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
. "$top/tests/ops/shop.sh"

make_shop <<-END
	[auth]
	bcrypt_cost = 4
	common_passwords = $top/conf/common-passwords.txt
END
printf 'Rickshaw-7-Bells\n' >"$work/password"
printf 'weak\n' >"$work/weak"

expect 0 'applied' migrate up
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
expect 3 'the account has no second factor' user remove-totp clerk@haat.test
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

# Accounts of another shop, with the hashes that they had.
hash='pbkdf2_sha256$1000$seasalt$gHxIi9b7gq81mz8R12yI5DDuOXH8okdu1YR3lvJXR/Y='
cat >"$work/people.csv" <<-END
	E-Mail;x
END
expect 3 "the file's column 'e-mail' is not known; there are email, phone, full_name, role, password_hash, email_verified, created_at" user import "$work/people.csv"
printf 'email,phone,full_name,password_hash,email_verified,created_at,role\r\n' >"$work/people.csv"
{
	printf 'amina@Old.Test,+8801700000101,"Khatun, Amina",%s,true,2019-03-04T05:06:07Z,\r\n' "$hash"
	printf 'nobody,,Nobody,,,,\r\n'
	printf 'rahim@old.test,+8801700000101,Rahim,,,,\r\n'
	printf 'karim@old.test,,Karim,md5$x$y,,,\r\n'
	printf '\r\n'
	printf 'shop@old.test,,Shop,,,,shopkeeper\r\n'
	printf 'staff@old.test,,Staff,,,,warehouse\r\n'
	printf 'amina@old.test,,Again,,,,\r\n'
	printf 'many@old.test,,Many,,,,,,\r\n'
	printf 'staff2@old.test,,Staff Two,,1,,warehouse\r\n'
} >>"$work/people.csv"
before=$(sql 'SELECT COUNT(*) FROM users')
expect 1 'dry run: 2 made, 1 known before, 6 refused' user import --dry-run "$work/people.csv"
holds "$before" 'SELECT COUNT(*) FROM users'
expect 1 'row 4: phone: belongs to another account' user import "$work/people.csv"
holds "$((before + 2))" 'SELECT COUNT(*) FROM users'
expect 1 '0 made, 3 known before, 6 refused' user import "$work/people.csv"
for words in 'row 3: email' 'row 5: password_hash' 'row 7: role: a shopkeeper' 'row 8: role: staff need' 'row 10: has more cells'; do
	expect 1 "$words" user import --dry-run "$work/people.csv"
done
holds "amina@old.test Khatun, Amina $hash 1 customer 2019-03-04 05:06:07.000" "SELECT CONCAT_WS(' ', email, full_name, password_hash, \
	email_verified, role, created_at) FROM users WHERE phone = '+8801700000101'"
holds "$((before + 2))" 'SELECT COUNT(*) FROM users'
holds 2 "SELECT COUNT(*) FROM audit_records WHERE action = 'user.created' AND subject_id IN (SELECT id FROM users WHERE email LIKE '%old.test')"
# More than one transaction, in JSON lines, from standard input; a bad line costs itself alone.
seq 450 | sed 's/.*/{"email":"line&@old.test","full_name":"Line &","password_hash":"$2a$04$abcdefghijklmnopqrstuup.UOfTkOmTJtFDqTxAqwAdLZqMFzpOi"}/' >"$work/people.jsonl"
sed -i '7s/.*/{"email":"line7@old.test","nickname":"x"}/;9s/$/x/' "$work/people.jsonl"
expect 1 'dry run: 448 made, 0 known before, 2 refused' user import --dry-run "$work/people.jsonl"
holds 0 "SELECT COUNT(*) FROM users WHERE email LIKE 'line%@old.test'"
expect 1 '448 made, 0 known before, 2 refused' user import - <"$work/people.jsonl"
for what in "audit_records r ON r.action = 'user.created' AND r.subject_id = u.id AND r.after_state IS NOT NULL" \
	"events e ON e.type = 'user.created' AND e.aggregate_id = u.id AND JSON_VALUE(e.payload, '$.role') = 'customer'"; do
	holds 448 "SELECT COUNT(DISTINCT u.id) FROM users u JOIN $what WHERE u.email LIKE 'line%@old.test'"
done
expect 1 '0 made, 448 known before, 2 refused' user import "$work/people.jsonl"
# What is not UTF-8 costs its own row.
printf 'email,full_name\nbad@code.test,Bo\351\ngood@code.test,Bo\303\251\n\351@code.test,Bo\n' >"$work/latin.csv"
expect 1 'row 2: full_name: is not encoded in UTF-8' user import --dry-run "$work/latin.csv"
expect 1 'row 4: email: is not encoded in UTF-8' user import --dry-run "$work/latin.csv"
expect 1 '1 made, 0 known before, 2 refused' user import "$work/latin.csv"
printf '{"email":"bad@code.test","full_name":"Bo\351"}\n' >"$work/latin.jsonl"
expect 1 '0 made, 0 known before, 1 refused' user import "$work/latin.jsonl"
printf 'email,na\351\n' >"$work/latin.csv"
expect 3 'the file is not encoded in UTF-8' user import "$work/latin.csv"
# Who has deleted their account does not come back by an old file.
holds '' "UPDATE users SET status = 'deleted', deleted_at = NOW(3) WHERE email = 'line1@old.test'"
sed -n 1p "$work/people.jsonl" >"$work/deleted.jsonl"
expect 0 '0 made, 1 known before, 0 refused' user import "$work/deleted.jsonl"
expect 3 "cannot read '/nowhere'" user import /nowhere
expect 2 "'--wet-run' is not --dry-run" user import --wet-run "$work/people.csv"

finish
