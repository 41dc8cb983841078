# stage.sh: the shop and the yardsticks behind one nginx, and what they are asked.  Sourced by bench/run.
#
# Both sides stand behind the same site of nginx, each on a port of its own, in plain HTTP on loopback: TLS would cost
# both the same and tell nothing about the workers.

stage=$run/bench
workers=4

# Ports, from the shop's own upwards: 2 the shop, 3 and on the yardsticks and the workers that are listened to.
shop_port=$((port + 2))
sides=(null cache detail list capture)
port_of() {
	local i
	for i in "${!sides[@]}"; do
		[ "${sides[i]}" != "$1" ] || printf '%s\n' $((port + 3 + i))
	done
}

# Runs statements; their ids in quotes are text here and bytes in the columns.
sql() {
	printf '%s\n' "$1" | sed -E "s/'([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})'/x'\1\2\3\4\5'/g" |
		mariadb --no-defaults --socket="$run/mariadb.sock" --user="$(id -un)" --batch --skip-column-names haat
}

await_socket() {
	local deadline=$((SECONDS + 10))
	until [ -S "$1" ]; do
		[ $SECONDS -lt $deadline ] || die "'$1' does not appear; see '$stage/log'"
		sleep 0.05
	done
}

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

# One server block of the site, plain, on its own port, with its pools replaced by one socket ("" keeps them).
plain_server() {
	local at=$1 upstream=$2
	awk '/^server \{/ {n++} n == 2' "$run/nginx/haat.conf" |
		sed -e "s|listen .*|listen 127.0.0.1:$at;|" -e '/ssl_certificate/d' \
		    -e "s|access\.log|bench-access.log|" \
		    ${upstream:+-e "s|fastcgi_pass .*|fastcgi_pass $upstream;|"}
}

write_site() {
	local side
	sed -e "s|@user@|$([ "$(id -u)" -ne 0 ] || echo 'user root;')|" -e "s|@run@|$stage|g" "$top/nginx/nginx.conf.in" >"$stage/nginx/nginx.conf"
	{
		awk '/^server \{/ {exit} {print}' "$run/nginx/haat.conf"
		for side in "${sides[@]}"; do
			printf 'upstream bench_%s { server unix:%s/%s.sock; keepalive 64; keepalive_timeout 5s; keepalive_requests 1000; }\n' \
			    "$side" "$stage" "$side"
		done
		printf 'upstream bench_capture_hooks { server unix:%s/capture_hooks.sock; }\n' "$stage"
		plain_server "$shop_port" ""
		for side in "${sides[@]}"; do
			if [ "$side" = capture ]; then
				# Webhooks go to a worker of their pool.
				plain_server "$(port_of capture)" bench_capture | awk '/haat-pool\/hooks/ {hooks = 1}
					hooks && /fastcgi_pass/ {sub(/bench_capture/, "bench_capture_hooks"); hooks = 0} {print}'
			else
				plain_server "$(port_of "$side")" "bench_$side"
			fi
		done
	} >"$stage/nginx/haat.conf"
}

# A worker of the shop whose statements are written down: capture POOL NAME; stopped with the others.
start_capture() {
	BENCH_CAPTURE=$stage/$2.traffic LD_PRELOAD=$build/bench/.libs/capture.so start_side "$2" \
	    "$build/tools/haat-listen" "$stage/$2.sock" 0660 -- "$build/src/haatd" --config "$run/haat.conf" --pool "$1" --workers 1
	await_socket "$stage/$2.sock"
}

# captured NAME URL...: the statements of one GET, taken the second time, when the worker is connected and has prepared.
capture_get() {
	local into=$1 url=$2
	curl -fsS -o /dev/null "http://127.0.0.1:$(port_of capture)$url" || die "the shop does not answer '$url'"
	: >"$stage/capture.traffic"
	curl -fsS -o /dev/null "http://127.0.0.1:$(port_of capture)$url"
	cp "$stage/capture.traffic" "$stage/$into.traffic"
	[ -s "$stage/$into.traffic" ] || die "nothing was captured of '$url'"
}

start_nulls() {
	local null="$build/bench/null-worker --workers=$workers" database="--database=$run/mariadb.sock --password=$run/secrets/database"
	curl -fsS "http://127.0.0.1:$shop_port/api/v1/categories/tree" >"$stage/tree.json"
	# shellcheck disable=SC2086  # the options are words
	{
		start_side null $null --socket="$stage/null.sock"
		start_side cache $null --socket="$stage/cache.sock" --cache="$run/memcached.sock" --answer="$stage/tree.json"
		start_side detail $null --socket="$stage/detail.sock" --sql="$stage/detail.traffic" $database
		start_side list $null --socket="$stage/list.sock" --sql="$stage/list.traffic" $database
	}
	for side in null cache detail list; do await_socket "$stage/$side.sock"; done
}

start_stage() {
	mkdir -p "$stage/nginx" "$stage/log"
	rm -f "$stage"/*.sock "$stage"/*.traffic
	write_site
	start_capture api capture
	start_capture hooks capture_hooks
	start_side nginx nginx -e "$stage/log/nginx.log" -p "$stage/nginx" -c "$stage/nginx/nginx.conf"
	local deadline=$((SECONDS + 10))
	until curl -fs -o /dev/null "http://127.0.0.1:$shop_port/health"; do
		[ $SECONDS -lt $deadline ] || die "nginx does not answer; see '$stage/log'"
		sleep 0.1
	done
}
