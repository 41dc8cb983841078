#!/bin/sh
# haatctl backup verify: a good copy is told from a bad one, and the shop's own database is never touched.
set -u
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top=$(cd "$top" && pwd)
if [ -z "${HAAT_TEST_DATABASE:-}" ]; then
	exec "$top/tests/private-db" run sh "$0"
fi
command -v mariadb-dump >/dev/null || { echo "0 passed, 0 failed, 1 skipped"; exit 77; }
work=$(dirname "$HAAT_TEST_DATABASE")
passed=0
failed=0

result() {
	if [ "$1" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'FAILED: %s\n' "$2"; fi
}
sql() { mariadb --no-defaults --user=root --socket="$HAAT_TEST_DATABASE" --batch --skip-column-names --execute="$1"; }

# expect CODE WORDS FILE: the exit code, words that the output holds, and that nothing is left behind
expect() {
	output=$(src/haatctl --sql "$top/sql" backup verify "$3" 2>&1)
	got=$?
	[ "$got" -eq "$1" ] && printf '%s\n' "$output" | grep -qF -- "$2"
	result $? "$(printf 'backup verify %s: exit %s, expected %s and "%s" in:\n%s' "$3" "$got" "$1" "$2" "$output")"
	[ "$(sql "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = 'shop_verify'")" = 0 ]
	result $? "a database is left behind by $3"
}
dump() { mariadb-dump --no-defaults --user=root --socket="$HAAT_TEST_DATABASE" --single-transaction --routines --triggers "$@"; }

cat >"$work/haat.conf" <<-END
	profile = development
	[database]
	socket = $HAAT_TEST_DATABASE
	user = root
	name = shop
END
sql "CREATE DATABASE shop; CREATE USER shop_verify@localhost; GRANT ALL ON shop_verify.* TO shop_verify@localhost"
export HAAT_CONFIG="$work/haat.conf"
src/haatctl --sql "$top/sql" migrate up >/dev/null && src/haatctl seed --products 20 --merchants 5 --orders 20 >/dev/null
result $? 'a shop cannot be made'

dump shop >"$work/good.sql"
expect 0 'the backup is valid' "$work/good.sql"
expect 0 '0 violated' "$work/good.sql"
for program in zstd gzip xz; do
	command -v $program >/dev/null || continue
	$program -qc "$work/good.sql" >"$work/good.$program"
	expect 0 'the backup is valid' "$work/good.$program"
	head -c 3000 "$work/good.$program" >"$work/cut.$program"
	expect 3 'failed' "$work/cut.$program"
	: | $program -qc >"$work/empty.$program"
	expect 3 'it is empty' "$work/empty.$program"
done
: >"$work/empty.sql"
expect 3 'it is empty' "$work/empty.sql"
head -c 40000 "$work/good.sql" >"$work/cut.sql"
expect 3 'truncated' "$work/cut.sql"
expect 3 'cannot open' "$work/none.sql"
printf 'INSERT INTO nowhere VALUES (1);\n-- Dump completed\n' >"$work/wrong.sql"
expect 3 "'mariadb' failed" "$work/wrong.sql"

# One that would go into the shop itself, also where the word stands across two pieces.
before=$(dump --skip-dump-date shop | cksum)
dump --databases shop >"$work/names.sql"
expect 3 'it names its database' "$work/names.sql"
for length in 65534 65535 65536; do
	{ printf -- '-- '; head -c $((length - 4)) /dev/zero | tr '\0' x; printf '\nUSE `shop`;\nDROP TABLE jobs;\n-- Dump completed\n'; } >"$work/across.sql"
	expect 3 'it names its database' "$work/across.sql"
done
printf 'USE shop' >"$work/short.sql"
expect 3 'it names its database' "$work/short.sql"
dump --databases shop --add-drop-database >"$work/drops.sql"
grep -q '^/[*]!40000 DROP DATABASE' "$work/drops.sql"
result $? "mariadb-dump does not write its DROP DATABASE in a comment"
expect 3 'it names its database' "$work/drops.sql"
while read -r statement; do
	# After a good dump: nothing of it is loaded before all of it was looked at.
	{ cat "$work/good.sql"; printf '%b\n-- Dump completed\n' "$statement"; } >"$work/named.sql"
	expect 3 'it names its database' "$work/named.sql"
done <<'END'
/*!50000 USE shop*/;
/*M!50000 use `shop`*/;
\0040\tUSE shop;
USE`shop`;
\tDROP SCHEMA shop;
/*!50000 DROP  DATABASE IF EXISTS shop*/;
/*! ALTER DATABASE shop COLLATE utf8mb4_bin */;
DROP TABLE IF EXISTS `shop`.`jobs`;
drop table shop.jobs;
DROP TABLE `shop` . `jobs`;
/*!50001 DROP VIEW IF EXISTS `shop`.`readable_orders`*/;
INSERT INTO `shop`.`jobs` VALUES (1);
DELETE FROM shop.jobs;
UPDATE shop.users SET role = 'admin';
END
# What nobody can see from outside is refused by the account that loads it.
printf 'SELECT 1; USE shop; DROP TABLE jobs;\n-- Dump completed\n' >"$work/hidden.sql"
expect 3 "'mariadb' failed" "$work/hidden.sql"
printf 'SELECT 1; DROP DATABASE shop;\n-- Dump completed\n' >"$work/hidden.sql"
expect 3 "'mariadb' failed" "$work/hidden.sql"
[ "$(dump --skip-dump-date shop | cksum)" = "$before" ]
result $? "the shop's own database was changed"
sql 'GRANT SELECT ON shop.* TO shop_verify@localhost'
expect 3 'must have no rights' "$work/good.sql"
sql 'REVOKE SELECT ON shop.* FROM shop_verify@localhost'
sql 'RENAME USER shop_verify@localhost TO other@localhost'
expect 3 "an account 'shop_verify'" "$work/good.sql"
sql 'RENAME USER other@localhost TO shop_verify@localhost'

# Books that do not agree; an older schema; a database that is there already.
sql 'UPDATE shop.inventory SET reserved = reserved + 1 WHERE on_hand > 0 LIMIT 1'
dump shop >"$work/broken.sql"
expect 1 '1 violated' "$work/broken.sql"
sql 'UPDATE shop.inventory SET reserved = reserved - 1 WHERE reserved > 0 LIMIT 1'
src/haatctl --sql "$top/sql" migrate down --yes >/dev/null
dump shop >"$work/older.sql"
expect 0 'applied' "$work/older.sql"
sql 'CREATE DATABASE shop_verify'
output=$(src/haatctl --sql "$top/sql" backup verify "$work/good.sql" 2>&1)
[ $? -eq 3 ] && printf '%s' "$output" | grep -qF 'drop it unless another verification is running'
result $? "a database that is there: $output"

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
