#!/usr/bin/env bash
# ./dev audit against a tracker and a registry of our own: what it must refuse, it refuses, and it says what.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
server=
passed=0 failed=0
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

for program in jq npm node dpkg-query curl; do
	command -v "$program" >/dev/null || { echo "skipped: '$program' is not installed"; echo "0 passed, 0 failed, 1 skipped"; exit 77; }
done

check() {
	if [ "$2" = "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf '%s: expected %s, got %s\n' "$1" "$3" "$2"; cat "$work/said"; fi
}

# A tree with what the audit reads, so that nothing is put into the true one.
tree=$work/tree
mkdir -p "$tree/tools"
cp "$top/tools/audit" "$top/tools/packages.sh" "$tree/tools/"
cp "$top/configure.ac" "$tree/"
for part in tests/peers bench/peers web/docs web/console; do
	mkdir -p "$tree/$part"
	cp "$top/$part/package.json" "$top/$part/package-lock.json" "$tree/$part/"
done

# A registry that knows one hole of a severity, or none.
cat >"$work/registry.mjs" <<'JS'
import http from 'node:http'
import fs from 'node:fs'
const [,, folder] = process.argv
http.createServer((request, response) => {
  request.resume().on('end', () => {
    const severity = fs.readFileSync(`${folder}/severity`, 'utf8')
    response.setHeader('content-type', 'application/json')
    if (severity === 'down') { response.statusCode = 503; return response.end('{}') }
    if (request.method !== 'POST') { response.statusCode = 404; return response.end('{}') }
    response.end(JSON.stringify(severity === 'none' ? {} : { stripe: [{
      id: severity.length, url: 'https://advisories.test/1', title: 'a hole', severity, vulnerable_versions: '*' }] }))
  })
}).listen(0, '127.0.0.1', function () { fs.writeFileSync(`${folder}/port`, String(this.address().port)) })
JS
printf none >"$work/severity"
node "$work/registry.mjs" "$work" &
server=$!
until [ -s "$work/port" ]; do kill -0 $server || exit 1; sleep 0.05; done
export npm_config_registry=http://127.0.0.1:$(cat "$work/port") npm_config_fetch_retries=0 npm_config_cache=$work/npm
export HAAT_AUDIT_TRACKER=file://$work/tracker.json HAAT_AUDIT_RELEASE=bookworm HAAT_BUILD=$work/none

# hole STATUS FIXED URGENCY: the tracker knows one hole of OpenSSL.
hole() {
	jq -n --arg status "$1" --arg fixed "$2" --arg urgency "$3" '{ openssl: { "CVE-2026-0001": { releases: {
		bookworm: { status: $status, fixed_version: $fixed, urgency: $urgency } } } } }' >"$work/tracker.json"
}
audit() { "$tree/tools/audit" "$work/out" >"$work/said" 2>&1; echo $?; }
says() { grep -c -e "$1" "$work/said"; }

hole resolved 1.0 "not yet assigned"
check "nothing wrong passes" "$(audit)" 0
check "the bill of materials names OpenSSL's version" \
	"$(jq -r '.components[] | select(.name == "openssl") | .version' "$work/out/sbom.json")" "$(dpkg-query -W -f '${Version}' openssl)"
check "and npm's packages" "$(jq -r '[.components[] | select(.purl | test("^pkg:npm/(stripe|fastify)@"))] | length' "$work/out/sbom.json")" 2

hole open "" "not yet assigned"
printf moderate >"$work/severity"
check "what is not high or critical passes" "$(audit)" 0
check "and is counted" "$(says '1 holes, 1 of them open')" 1

hole resolved 999:1 "not yet assigned"
printf high >"$work/severity"
printf 'key = %s%s\n' sk_live_ 0123456789abcdef0123 >"$tree/notes.txt"
check "three faults fail" "$(audit) $(tail -n 1 "$work/said")" "1 6 passed, 3 failed, 0 skipped"
check "an update that is out, by its version" "$(says 'CVE-2026-0001, mended in 999:1')" 1
check "a high hole at npm, by its package" "$(says '1 high and 0 critical holes: stripe')" 1
check "a secret, by its file" "$(says 'a secret: notes.txt')" 1
rm "$tree/notes.txt"

hole open "" "high"
printf down >"$work/severity"
check "three faults fail" "$(audit)" 1
check "an open hole of high urgency" "$(says 'CVE-2026-0001 of high urgency')" 1
check "a registry that does not answer, for all" "$(says 'npm could not be asked')" 4
printf none >"$work/severity"

echo '{}' >"$work/tracker.json"
check "a tracker that knows none of ours fails" "$(audit)" 1
echo '<html>' >"$work/tracker.json"
check "so does one that is none" "$(audit)" 1
check "and says what to set" "$(says 'set HAAT_AUDIT_TRACKER')" 1

printf '%d passed, %d failed, 0 skipped\n' $passed $failed
[ $failed -eq 0 ]
