# imports.sh: how fast a file of products is read, what others feel of it meanwhile, and an export.  Sourced by bench/run after
# payments.sh and settlements.sh.
#
# Every fourth product has three variants, each has a description of some thirty words, and all are published in a category of the third level.
# They stay in the bench's shop.

import_rows=${BENCH_IMPORT_PRODUCTS:-50000} # 5,000 with --quick

# make_import MARK PRODUCTS: the file.
make_import() {
	awk -v mark="$1" -v products="$2" -v category="$category" 'BEGIN {
		split("clay steel cotton bamboo copper linen silk jute glass oak walnut brass", kinds, " ")
		split("pitcher lamp basket kettle shirt bowl stool rug tray vase clock shelf mirror", things, " ")
		text = "made by hand in small batches and finished with natural oil, so that each one looks a little different and lasts for years of daily use at home or at work"
		srand(1)
		print "sku,name,category,price,status,on_hand,description,variant_options"
		for (i = 0; i < products; i++) {
			name = kinds[1 + int(rand() * 12)] " " things[1 + int(rand() * 13)]
			line = sprintf("%s %d,%s,%.2f,published", name, i % 997, category, 5 + rand() * 500)
			if (i % 4) {
				printf "%s-%d,%s,%d,\"A %s, %s\",\n", mark, i, line, rand() * 90, name, text
				continue
			}
			printf "%s-%d-S,%s,%d,\"A %s, %s\",size=S\n", mark, i, line, rand() * 90, name, text
			printf "%s-%d-M,,,,,%d,,size=M\n%s-%d-L,,,,,%d,,size=L\n", mark, i, rand() * 90, mark, i, rand() * 90
		}
	}'
}

import_call() { api -H "Authorization: Bearer $import_token" "$@"; }
import_url() { printf 'https://localhost:%s/api/v1/%s' "$port" "$1"; }

# Sends a file; its id.
send_import() {
	import_call -H 'Content-Type: text/csv' -T "$1" -X POST "$(import_url products/import)" | jq -r .id
}
import_is() { [[ $(sql "SELECT status FROM readable_imports WHERE id = '$1'") =~ ^($2)$ ]]; }

await_import() { until import_is "$1" 'done|failed'; do sleep 0.1; done; }

# Reading a whole file, from the first batch to the last; its processor time is that of MariaDB and of all jobs, those that follow from it too.
import_whole() {
	local id took parts=$cpu_parts
	make_import "B$(date +%s)" "$import_rows" >"$stage/import.csv"
	id=$(send_import "$stage/import.csv")
	cpu_parts="jobs mariadb"
	with_cpu await_import "$id"
	cpu_parts=$parts
	[ "$(sql "SELECT CONCAT(status, ' ', created) FROM readable_imports WHERE id = '$id'")" = "done $import_rows" ] || die "the import failed"
	took=$(sql "SELECT TIMESTAMPDIFF(MICROSECOND, started_at, finished_at) / 1e6 FROM readable_imports WHERE id = '$id'")
	add_row "import: products of one file" "$(divide "$import_rows" "$took")" "2000 a second" "$(divide "$(divide "$import_rows" "$took")" 2000)" 1.0 - - \
	    "$(divide "$used_us" "$import_rows")" -
}

# Sends 200 pictures, five at a time, and waits until the first has its sizes.
send_pictures() {
	local picture=$stage/picture.jpg i before
	[ -s "$picture" ] || vips gaussnoise "$picture" 1600 1200 --mean 128 --sigma 40 || die "no picture can be made"
	before=$(sql "SELECT COUNT(*) FROM media WHERE status = 'ready'")
	for ((i = 0; i < 40; i++)); do
		import_call -o /dev/null -F "files=@$picture" -F "files=@$picture" -F "files=@$picture" -F "files=@$picture" -F "files=@$picture" \
		    "$(import_url media)" || die "a picture is refused"
	done
	until [ "$(sql "SELECT COUNT(*) FROM media WHERE status = 'ready'")" -gt "$before" ]; do sleep 0.05; done
}
pictures_wait() { [ "$(sql "SELECT COUNT(*) FROM jobs WHERE kind = 'make_sizes'")" -gt 0 ]; }

# Nothing of them runs in the next calm time; what is pending and shown nowhere is removed by itself.
forget_pictures() {
	sql "DELETE FROM jobs WHERE kind = 'make_sizes' AND status = 'ready'"
	while pictures_wait; do sleep 0.05; done
}

# Product details at a fixed rate, calm and while 200 pictures get their sizes and a file is read that is too long to end; MariaDB's time is
# the import's, and the workers find the details in memcached.
import_beside() {
	local state i id parts=$cpu_parts
	get_request "$detail_url" detail
	cpu_parts="api memcached"
	: >"$stage/calm"
	: >"$stage/hung"
	for ((i = 0; i < rounds; i++)); do
		beside_reads >>"$stage/calm"
		make_import "C$(date +%s)" 200000 >"$stage/import.csv"
		id=$(send_import "$stage/import.csv")
		until import_is "$id" running; do sleep 0.05; done
		send_pictures
		beside_reads >>"$stage/hung"
		import_is "$id" running || die "the import ended before its time"
		pictures_wait || die "the pictures were ready before their time"
		forget_pictures
		import_call -o /dev/null -X POST "$(import_url "imports/$id/cancel")"
	done
	cpu_parts=$parts
	hanging_row "product detail beside an import and pictures: cpu" "<1.05" 4
	hanging_row "product detail beside an import and pictures: p99" "<1.5" 3
}

export_whole() {
	local count started took
	started=$(date +%s%3N)
	import_call "$(import_url 'products/export?format=jsonl')" >"$stage/export.jsonl"
	took=$(($(date +%s%3N) - started))
	count=$(wc -l <"$stage/export.jsonl")
	[ "$count" -ge "$import_rows" ] || die "the export has $count products"
	add_row "export: products of one shop" "$(divide "$((1000 * count))" "$took")" - - - - - -
	add_row "export: peak RSS of a bulk worker, MB" "$(peak_rss bulk)" - - "<32" - -
	rm -f "$stage/export.jsonl" "$stage/import.csv"
}

# "--only import", or one of its rows.
measure_imports() {
	local seconds=$((seconds + 2)) category id
	wanted import || [ "${only%%:*}" = import ] || return 0
	say "imports"
	[ "$rounds" -gt 1 ] || import_rows=${BENCH_IMPORT_PRODUCTS:-5000}
	category=$(sql "SELECT slug FROM categories WHERE is_active AND depth = 2 ORDER BY slug LIMIT 1")
	import_token=$(api -H 'Content-Type: application/json' -d '{"email": "shop@haat.test", "password": "Haat-demo-2026!"}' "$(import_url accounts/login)" | jq -r .access)
	# A run that was interrupted has left its file, and a merchant's files wait for each other.
	for id in $(sql "SELECT id FROM readable_imports WHERE status IN ('queued', 'running')"); do
		import_call -o /dev/null -X POST "$(import_url "imports/$id/cancel")"
	done
	import_whole
	import_beside
	export_whole
	add_row "import: peak RSS of a jobs worker, MB" "$(peak_rss jobs)" - - "<64" - -
}
