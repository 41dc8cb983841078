# parts.sh: start, find and stop the daemons of a shop.  Sourced by ./dev.
#
# A running part has a file pid/PART with its process id and the time the process started, so that a number which went to
# another process meanwhile is never taken for ours.

# From first started to last; they are stopped the other way round.
parts=(mariadb memcached sandbox api auth pay hooks bulk jobs nginx)

# The start time of a process (field 22 of its stat; the name before may hold anything but ends with the last bracket).
start_time() {
	local stat
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	# shellcheck disable=SC2086  # fields are words
	set -- ${stat##*) }
	[ "$1" != Z ] && printf '%s\n' "${20}"
}

# Prints the process id of a part that runs.
pid_of() {
	local pid started
	read -r pid started 2>/dev/null <"$run/pid/$1" || return 1
	[ -n "$started" ] && [ "$(start_time "$pid")" = "$started" ] && printf '%s\n' "$pid"
}

# start PART PROGRAM ARGUMENT...: a process of its own session, whose output goes to log/PART.log.
start() {
	local part=$1 pid
	shift
	mkdir -p "$run/pid" "$run/log"
	setsid "$@" </dev/null >>"$run/log/$part.log" 2>&1 9>&- &
	pid=$!
	printf '%s %s\n' "$pid" "$(start_time "$pid")" >"$run/pid/$part"
}

# await SECONDS PART COMMAND...: until the command succeeds; false when the part died or the time is over.  Dead is dead, though
# the command may have asked somebody else.
await() {
	local deadline=$((SECONDS + $1)) part=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		pid_of "$part" >/dev/null && [ $SECONDS -lt $deadline ] || return 1
		sleep 0.05
	done
	pid_of "$part" >/dev/null
}

# A master has read its configuration and has workers: it starts none before.
has_workers() { [ -n "$(cat "/proc/$(pid_of "$1")/task/$(pid_of "$1")/children")" ]; }

# Does a process of the part itself listen on the port, and not another program that was there before?
listens() {
	local inode pid
	inode=$(awk -v port=":$(printf %04X "$2")\$" '$2 ~ port && $4 == "0A" {print $10; exit}' /proc/net/tcp)
	[ -n "$inode" ] || return 1
	for pid in $(family "$(pid_of "$1")"); do
		ls -l "/proc/$pid/fd" 2>/dev/null | grep -qF "socket:[$inode]" && return
	done
	return 1
}

gone() { ! pid_of "$1" >/dev/null; }

# Processes that a part left behind when it was killed: they are still of its session, whose number is free only after them.
left_behind() {
	local pid started
	read -r pid started 2>/dev/null <"$run/pid/$1" || return 1
	[ ! -e "/proc/$pid" ] || [ -z "$(start_time "$pid")" ] || return 1
	pgrep -s "$pid" -r D,R,S,T
}

# Ends them, gently first.
clear_up() {
	local signal=TERM deadline=$((SECONDS + 5)) members
	while members=$(left_behind "$1"); do
		# shellcheck disable=SC2086
		kill -$signal $members 2>/dev/null || true
		[ $SECONDS -lt $deadline ] || signal=KILL
		sleep 0.05
	done
	rm -f "$run/pid/$1"
}

# stop PART SIGNAL SECONDS: asks, waits, and insists when the time is over.
stop() {
	local part=$1 signal=$2 deadline=$((SECONDS + $3)) pid
	if pid=$(pid_of "$part"); then
		step "$part" "stopping"
		kill -"$signal" "$pid" 2>/dev/null || true
		until gone "$part"; do
			[ $SECONDS -lt $deadline ] || { step "$part" "does not stop; killing it"; kill -KILL "$pid"; }
			sleep 0.05
		done
	fi
	clear_up "$part"
}

# The ids of a process and of all that come from it.
family() {
	printf '%s\n' "$1"
	local child
	for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		family "$child"
	done
}

# RSS of the process itself, and of its whole family with shared pages counted once (PSS), in MB.
status() {
	local part pid members all=0 idle=0
	printf '%-10s %8s %10s %8s %8s\n' part pid processes rss_mb pss_mb
	for part in "${parts[@]}"; do
		if pid=$(pid_of "$part"); then
			members=$(family "$pid")
			# shellcheck disable=SC2046,SC2086
			printf '%-10s %8s %10s %8s %8s\n' "$part" "$pid" "$(wc -w <<<"$members")" \
			    "$(awk '/^VmRSS/ {printf "%.1f", $2 / 1024}' "/proc/$pid/status")" \
			    "$(cat $(printf '/proc/%s/smaps_rollup ' $members) 2>/dev/null | awk '/^Pss:/ {n += $2} END {printf "%.1f", n / 1024}')"
		else
			printf '%-10s %8s\n' "$part" "-"
			idle=1
		fi
	done
	return $idle
}
