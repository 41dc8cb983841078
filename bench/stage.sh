# stage.sh: the shop and the yardsticks behind one nginx, and what they are asked.  Sourced by bench/run.
#
# Shop and yardsticks stand behind the same site of nginx, each on a port of its own, in plain HTTP on loopback: TLS would
# cost both the same and tell nothing about the workers.  The lean peer and what is held against it answer over TLS, since
# that is how browsers ask.
#
# Every limit is checked as in production, by nginx and by the workers, but its bound is out of reach.

stage=$run/bench
# As many workers as the shop has in its api pool if nobody says otherwise.
workers=$(awk '/^#api = / {print $3; exit}' "$top/conf/haat.conf")

# Ports, from the shop's own upwards: 2 the shop, 3 and on what else answers.
shop_port=$((port + 2))
sides=(null cache keyed range lean uncached capture node shop_tls uncached_tls node_tls)
port_of() {
	local i
	for i in "${!sides[@]}"; do
		[ "${sides[i]}" != "$1" ] || printf '%s\n' $((port + 3 + i))
	done
}

# Bounds as high as they go in windows as short as they go, from the list of settings, so that a new limit is met, too.
put_limits_out_of_reach() {
	local name value
	while read -r name value; do
		export "$name=$value"
	done < <(awk '/^\[/ {section = substr($0, 2, length($0) - 2)} /^# whole number from / {least = $5; most = $7 + 0}
		/^#[a-z_]+ = / && least != "" {
			key = substr($1, 2)
			if (section == "limits" || (section == "orders" && key ~ /^open_/))
				print toupper("HAAT_" section "_" key), section == "limits" && key ~ /_seconds$/ ? least : most
			least = ""
		}' "$top/conf/haat.conf")
	# Who signed in at the beginning stays so to the end.
	export HAAT_LIMITS_ENABLED=true HAAT_AUTH_ACCESS_SECONDS=86400
}

# A shop of its own, filled once; another number of products makes it anew.  Its orders are there for what was said of them.
shop() {
	HAAT_RUN=$run HAAT_PORT=$port HAAT_PRODUCTS=$1 HAAT_ORDERS=${shop_orders:-1000} HAAT_MERCHANTS=${shop_merchants:-5} HAAT_BUFFER_POOL=${buffer_pool:-512M} HAAT_BUILD=$build \
	    HAAT_MARIADB_OPTIONS=${mariadb_options:-} "$top/dev" "${@:2}"
}
open_shop() {
	[ "$(cat "$run/products" 2>/dev/null)" = "$1" ] || { shop "$1" reset >&2; rm -f "$run/products" "$run/filled" "$run/yardsticks"; }
	shop "$1" up >&2 || die "the shop does not open"
	[ ! -e "$run/products" ] || return 0
	analyze_tables
	echo "$1" >"$run/products"
}

# A shop that was filled a moment ago and is closed before InnoDB has counted its rows has plans for empty tables, for good.
analyze_tables() {
	sql "ANALYZE TABLE $(sql "SELECT GROUP_CONCAT(table_name) FROM information_schema.tables WHERE table_schema = 'haat' AND table_type = 'BASE TABLE'")" >/dev/null
}

close_all() {
	local count
	stop_sides
	[ -z "$keep" ] || return 0
	for count in "${!runs[@]}"; do in_shop "$count" shop "$count" down >/dev/null 2>&1 || true; done
}

# Runs statements; their ids in quotes are text here and bytes in the columns.
sql() {
	printf '%s\n' "$1" | sed -E "s/'([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})'/x'\1\2\3\4\5'/g" |
		mariadb --no-defaults --socket="$run/mariadb.sock" --user="$(id -un)" --batch --skip-column-names haat
}

# await WHAT COMMAND...: until it succeeds.
await() {
	local deadline=$((SECONDS + 15)) what=$1
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $deadline ] || die "$what does not come up; see '$stage/log'"
		sleep 0.05
	done
}
await_socket() { await "'$1'" test -S "$1"; }

# start_side NAME PROGRAM ARGUMENT...: runs beside the shop until the benchmark ends; in a session of its own like the parts
# of the shop, since Linux shares the processors out among sessions first.
started=()
start_side() {
	local name=$1
	shift
	setsid "$@" </dev/null >>"$stage/log/$name.log" 2>&1 &
	started+=($!)
}

stop_sides() {
	local pid
	for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
	for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
	started=()
}

# The shop's own server block of the site: the last that answers over TLS.
site() {
	awk '/^server \{/ {text = ""; inside = 1} inside {text = text $0 "\n"}
		/^\}/ {if (inside && text ~ /ssl_certificate/) shop = text; inside = 0} END {printf "%s", shop}' "$run/nginx/haat.conf"
}

# server NAME|shop UPSTREAM|"" [tls]: the site on the port of that name, its pools replaced by one socket ("" keeps them).
server() {
	local at=$shop_port
	[ "$1" = shop ] || at=$(port_of "$1")
	site | sed -e "s|access\.log|bench-access.log|" ${2:+-e "s|fastcgi_pass .*|fastcgi_pass $2;|"} |
		if [ "${3:-}" = tls ]; then
			sed "s|listen [^ ]* ssl|listen 127.0.0.1:$at ssl|"
		else
			sed -e "s|listen .*|listen 127.0.0.1:$at;|" -e '/ssl_certificate/d'
		fi
}

# The same for the lean peer: TLS, gzip, headers and log of the site before another program.
node_server() {
	site | awk '/^\t(ssl_certificate|access_log|server_name|include .*common\.conf|gzip)/ {print}' | sed "s|access\.log|bench-access.log|" |
		{
			printf 'server {\n\tlisten 127.0.0.1:%s ssl http2;\n' "$(port_of node_tls)"
			cat
			printf '\tlocation / {\n\t\tproxy_pass http://bench_node;\n\t\tproxy_http_version 1.1;\n\t\tproxy_set_header Connection "";\n\t}\n}\n'
		}
}

write_site() {
	local side
	# The hosts of providers are the shop's own nginx.
	sed -e "s|@user@|$([ "$(id -u)" -ne 0 ] || echo 'user root;')|" -e "s|@modules@|$(grep '^load_module' "$run/nginx/nginx.conf")|" -e "s|@run@|$stage|g" -e '/^\t# Stands in/,/^\t}/d' "$top/nginx/nginx.conf.in" >"$stage/nginx/nginx.conf"
	{
		awk '/^server \{/ {exit} {print}' "$run/nginx/haat.conf"
		for side in null cache keyed range lean uncached capture; do
			printf 'upstream bench_%s { server unix:%s/%s.sock; keepalive 64; keepalive_timeout 5s; keepalive_requests 1000; }\n' \
			    "$side" "$stage" "$side"
		done
		printf 'upstream bench_capture_hooks { server unix:%s/capture_hooks.sock; }\n' "$stage"
		printf 'upstream bench_node { server 127.0.0.1:%s; keepalive 64; }\n' "$(port_of node)"
		server shop ""
		server shop_tls "" tls
		for side in null cache keyed range lean uncached; do server "$side" "bench_$side"; done
		server uncached_tls bench_uncached tls
		# Webhooks go to a worker of their pool.
		server capture bench_capture | awk '/haat-pool\/hooks/ {hooks = 1}
			hooks && /fastcgi_pass/ {sub(/bench_capture/, "bench_capture_hooks"); hooks = 0} {print}'
		node_server
	} | sed -E -e 's/(limit_req_zone .*)rate=[^;]*/\1rate=1000000r\/s/' -e 's/burst=[0-9]+/burst=1000000/' \
	    -e 's/(limit_conn haat_[a-z]+) [0-9]+/\1 60000/' >"$stage/nginx/haat.conf"
}

# start_pool NAME POOL CONFIG WORKERS: workers of the shop beside its own.
start_pool() {
	start_side "$1" "$build/tools/haat-listen" "$stage/$1.sock" 0660 -- "$build/src/haatd" --config "$3" --pool "$2" --workers "$4"
	await_socket "$stage/$1.sock"
}

# A worker of the shop whose statements are written down; stopped with the others.
start_capture() { BENCH_CAPTURE=$stage/$1.traffic LD_PRELOAD=$build/bench/.libs/capture.so start_pool "$1" "$2" "$run/haat.conf" 1; }

answers() { curl -fs -o /dev/null "$1"; }

start_stage() {
	local side
	mkdir -p "$stage/nginx" "$stage/log"
	rm -f "$stage"/*.sock "$stage"/*.traffic
	write_site
	# What is not cached is asked of workers that have no memcached at all.
	sed 's|^servers = .*|servers =|' "$run/haat.conf" >"$stage/uncached.conf"
	start_pool uncached api "$stage/uncached.conf" "$workers"
	start_capture capture api
	start_capture capture_hooks hooks
	start_side nginx nginx -e "$stage/log/nginx.log" -p "$stage/nginx" -c "$stage/nginx/nginx.conf"
	for side in "$shop_port" "$(port_of uncached)" "$(port_of capture)"; do await "a worker" answers "http://127.0.0.1:$side/health"; done
}
