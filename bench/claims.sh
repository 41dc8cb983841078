#!/bin/sh
# claims.sh: does taking what is due cost the same at ten million done as at ten thousand?  Compares the rows that the server reads for it.
#
#   claims.sh [ROWS]   10,000,000 without ROWS: some 6 GB in TMPDIR and ten minutes
#
# tests/ops/test-claims fills a database of its own with so many events and deliveries that are done, and at most 200,000 jobs,
# deliveries and messages that wait, and says what each step has read; the gauges, which count up to 20,000, are told and not compared.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
build=${HAAT_BUILD:-$top/build}
rows=${1:-10000000}
directory=$(mktemp -d "${TMPDIR:-/tmp}/haat-claims.XXXXXX")
trap '"$top/tests/private-db" stop "$directory/db"; rm -rf "$directory"' EXIT
trap 'exit 130' INT TERM HUP

# claims ROWS: fills a new server, and prints what was read, a step a line.
claims() {
	rm -rf "$directory/db"
	socket=$("$top/tests/private-db" start "$directory/db" --innodb-buffer-pool-size=512M --innodb-log-file-size=1G \
		--innodb-doublewrite=0 --skip-log-bin)
	HAAT_TEST_DATABASE=$socket HAAT_CLAIMS_ROWS=$1 "$build/tests/ops/test-claims" >"$directory/out" || { cat "$directory/out"; exit 1; }
	"$top/tests/private-db" stop "$directory/db"
	sed -n 's/^ *\(.*rows read\).*/\1/p' "$directory/out"
}

claims 10000 >"$directory/few"
started=$(date +%s)
claims "$rows" >"$directory/many"
echo "at 10000 and at $rows (filled and read in $(($(date +%s) - started)) s):"
paste "$directory/few" "$directory/many"
# The last line is the gauges'.  Of larger tables the server may choose another way, but none that grows with them.
paste "$directory/few" "$directory/many" | sed '$d' | awk '{ if ($8 > 2 * $3) { print "claims: " $0; bad = 1 } } END { exit bad }'
