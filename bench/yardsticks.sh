# yardsticks.sh: what the shop is held against.  Sourced by bench/run.
#
# Fixed, in bench/yardsticks/, and asked of tables of their own: they do not follow the shop, so a statement of the shop that
# is too dear shows.  The lean peer, bench/peers/, asks the same.

cache_bytes=6144

# The tables are as long as the shop's and are made anew with it.
fill_tables() {
	[ "$(cat "$run/yardsticks" 2>/dev/null)" != "$(cksum <"$top/bench/yardsticks/tables.sql") $products" ] || return 0
	say "  filling the tables of the yardsticks"
	sql "DROP DATABASE IF EXISTS bench"
	sql "$(sed "s|@rows@|$products|g" "$top/bench/yardsticks/tables.sql")"
	echo "$(cksum <"$top/bench/yardsticks/tables.sql") $products" >"$run/yardsticks"
}

start_null() {
	start_side "$1" "$build/bench/null-worker" --workers="$workers" --socket="$stage/$1.sock" "${@:2}"
	await_socket "$stage/$1.sock"
}

# start_sql_null NAME YARDSTICK ARGUMENT...
start_sql_null() {
	start_null "$1" --sql="$top/bench/yardsticks/$2.traffic" --database="$run/mariadb.sock" --password="$run/secrets/database" "${@:3}"
}

# The peer's programs are installed once for each lock file.
install_peers() (
	cd "$top/bench/peers" || return
	cmp -s package-lock.json node_modules/.installed && return
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || return
	cp package-lock.json node_modules/.installed
)

peers=""
start_peer() {
	if ! command -v node >/dev/null || ! install_peers; then
		say "  node or its packages are not here: the lean peer is left out"
		return 0
	fi
	curl -fsS "http://127.0.0.1:$shop_port$tree_url" >"$stage/tree.json"
	start_side node node "$top/bench/peers/server.mjs" "$(port_of node)" "$run/mariadb.sock" "$run/secrets/database" "$stage/tree.json"
	await "the lean peer" answers "http://127.0.0.1:$(port_of node)$tree_url"
	peers=1
}

start_yardsticks() {
	fill_tables
	start_null null
	start_null cache --cache="$run/memcached.sock" --answer=$cache_bytes
	start_sql_null keyed keyed-row
	start_sql_null range range-of-12
	start_peer
}
