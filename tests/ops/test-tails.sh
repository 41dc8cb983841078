#!/usr/bin/env bash
# The benchmark fails when a healthy route is slow at half load, and says which.  Prints "N passed, N failed, N skipped".
set -u

top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rows=$work/rows
passed=0 failed=0
. "$top/bench/tails.sh"

check() { # WHAT GOT EXPECTED
	if [ "$2" = "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "$1: expected $3, got $2"; fi
}
# Rows as at_half adds them, with these 95th percentiles.
row() { echo "$1 at half load: p99 / p50|900|p50|3.1|<5|0.9|2.8|200|-|$2|0.50"; }

{ row tree 0.5; row list 499.9; echo "order|900|lean order|0.8|0.75|0.9|600|200|-|700|-"; } >"$rows"
check "below the bound, and rows of full load" "$(check_tails 2>"$work/said"; echo $?) $(cat "$work/said")" "0 "
row detail 500 >>"$rows"
check "one that reaches it" "$(check_tails 2>"$work/said"; echo $?) $(cat "$work/said")" "1 bench: detail at half load: the P95 is 500 ms"

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
