#!/bin/sh
# ./dev up says so, and exits with 1, when a part that was asked for does not start, or the build fails.
set -u
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
passed=0
failed=0
command -v memcached >/dev/null && command -v openssl >/dev/null || { echo "0 passed, 0 failed, 1 skipped"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/haat-up.XXXXXX") || exit 99
export HAAT_RUN="$work/run" HAAT_BUILD="$PWD" HAAT_PORT=$((20000 + $$ % 20000))
# A program that checks itself for leaks at its end forks for that: a child, which would be taken for a worker.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
trap 'bash "$top/dev" down >/dev/null 2>&1; rm -rf "$work"' EXIT

# up CODE WORDS PART [SETTING]
up() {
	output=$(env ${4:+"$4"} bash "$top/dev" up "$3" 2>&1)
	got=$?
	if [ "$got" -eq "$1" ] && printf '%s\n' "$output" | grep -qF -- "$2"; then
		passed=$((passed + 1))
	else
		printf 'FAILED: %s dev up %s: exit %s, expected %s and "%s" in:\n%s\n' "${4:-}" "$3" "$got" "$1" "$2" "$output"
		failed=$((failed + 1))
	fi
}

up 1 "'jobs' does not start" jobs HAAT_JOBS_LEASE_SECONDS=soon
up 1 'jobs.lease_seconds: must be a whole number' jobs HAAT_JOBS_LEASE_SECONDS=soon
up 1 "mail templates: cannot open '/nowhere'" jobs HAAT_MAIL_TEMPLATES=/nowhere
up 1 "'api' does not start" api HAAT_HTTP_JSON_BYTES=many
up 1 "'sandbox' does not start" sandbox HAAT_SANDBOX_STATE_FILE=/nowhere/state
up 1 "no part 'nothing'" nothing
up 0 'sandbox      started' sandbox
bash "$top/dev" down sandbox >/dev/null 2>&1
# says CODE WORDS COMMAND...: and nothing of tail's own
says() {
	code=$1 words=$2
	shift 2
	output=$(bash "$top/dev" "$@" 2>&1)
	got=$?
	if [ "$got" -eq "$code" ] && printf '%s\n' "$output" | grep -qF -- "$words" && ! printf '%s\n' "$output" | grep -q '^tail:'; then
		passed=$((passed + 1))
	else
		printf 'FAILED: dev %s: exit %s, expected %s and "%s" in:\n%s\n' "$*" "$got" "$code" "$words" "$output"
		failed=$((failed + 1))
	fi
}
echo 'a line of the log' >>"$HAAT_RUN/log/sandbox.log"
says 0 'a line of the log' logs sandbox
says 0 'a line of the log' logs
says 1 "no log 'nothing'; there are: " logs nothing
# What a shop keeps is forgotten, and nothing else that is there.
mkdir -p "$HAAT_RUN/media/local" "$HAAT_RUN/screenshots"
touch "$HAAT_RUN/media/local/picture" "$HAAT_RUN/imports/file"
says 0 '' reset
if [ -e "$HAAT_RUN" ]; then
	printf 'FAILED: dev reset left %s\n' "$(ls -A "$HAAT_RUN" | paste -sd ' ')"
	failed=$((failed + 1))
fi
# A build that fails opens no shop.  All packages are there, says what is asked for them: this test installs none.
mkdir "$work/bin" "$work/broken"
cat >"$work/bin/dpkg-query" <<'END'
#!/bin/sh
shift 3
printf 'installed %s\n' "$@"
END
chmod 755 "$work/bin/dpkg-query"
printf 'all:\n\t@echo a fault of the compiler; false\n' >"$work/broken/Makefile"
opened=$(PATH="$work/bin:$PATH" HAAT_BUILD="$work/broken" bash "$top/dev" up 2>&1)
if [ $? -ne 1 ] || ! printf '%s\n' "$opened" | grep -q 'a fault of the compiler' || ! printf '%s\n' "$opened" | grep -q 'the build failed' ||
	printf '%s\n' "$opened" | grep -q certificate; then
	printf 'FAILED: dev up of a build that fails:\n%s\n' "$opened"
	failed=$((failed + 1))
else
	passed=$((passed + 1))
fi
# Another program has the port: what answers there is not ours.
memcached --user="$(id -un)" --listen=127.0.0.1 --port=$((HAAT_PORT + 1)) &
other=$!
until bash -c "exec 3<>/dev/tcp/127.0.0.1/$((HAAT_PORT + 1))" 2>/dev/null; do sleep 0.05; done
up 1 "'sandbox' does not start" sandbox
kill $other

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
