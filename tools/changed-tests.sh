# changed-tests.sh: what ./dev test --changed runs.  Sourced by tools/run-tests.
#
# The files that differ from where this branch left the trunk (origin/main, else main), uncommitted and new ones too, say
# what can have broken:
#   - C sources and headers: the programs of make check into which an object made of them is linked, as the dependency files
#     of the build and the debug information of the programs tell; and by the folder of src what goes through a whole shop
#   - other files: what the rules below name
#   - what builds or runs the tests, and what no rule knows: everything
# Each choice is printed with the first file that it is made for.

# Programs of tests/api that go through a folder of src; "all" of them where every answer does.
declare -A api_of=(
	[base]=all [store]=all [http]=all [events]=all
	[net]=payments [verify]=payments [sandbox]=payments [ledger]=payments [webhooks]=payments
	[accounts]='accounts addresses sessions permissions limits http staff reserved products'
	[catalog]='categories products documents search wares cart permissions bounds budgets limits'
	[inventory]='inventory products documents cart orders'
	[cart]='cart orders'
	[orders]='orders payments reserved parts ops'
	[payments]='payments orders parts operator pay-page'
	[pages]='pay-page limits'
	[template]='pay-page'
	[ops]='ops'
)
# The stages on a shop that a folder of src is worth.
declare -A stages_of=(
	[base]='demo races' [store]='explain races faults' [net]='faults peers conformance' [verify]='peers conformance' [http]='demo peers faults'
	[events]='demo faults' [sandbox]='demo peers browser conformance' [ledger]='races conformance' [webhooks]='demo peers races conformance' [accounts]='races peers' [media]='peers'
	[catalog]='explain demo races faults' [inventory]='races demo' [cart]='races demo' [orders]='races demo explain'
	[payments]='demo peers browser races faults conformance' [pages]='browser' [template]='peers browser' [ops]=''
)

declare -A why=() # "STAGE WORD" (WORD is a test or "") to the file that asks for it

# chosen FILE STAGE [TEST...]
chosen() {
	local file=$1 name=$2 test
	shift 2
	for test in "${@:-}"; do
		[ -n "${why[$name $test]:-}" ] || why[$name $test]=$file
	done
}

changed_files() {
	local trunk base=
	for trunk in origin/main main; do
		base=$(git -C "$top" merge-base HEAD "$trunk" 2>/dev/null) && break
	done
	[ -n "$base" ] || die "there is no trunk (origin/main or main) to compare with"
	{
		git -C "$top" diff --name-only "$base"
		git -C "$top" ls-files --others --exclude-standard
	} | sort -u
}

# Reads paths as compilers write them, and prints those of the tree from its top.
from_top() { sed -e "s|^$top/||" -e 's|^\(\.\./\)*||'; }

# The sources whose objects are made of one of the changed files, each with that file.
changed_objects() {
	find "$work/build-normal" \( -name '*.Po' -o -name '*.Plo' \) -exec awk -v top="$top/" '
		NR == FNR { changed[$1]; next }
		FNR == 1 { source = "" }
		{
			for (i = 1; i <= NF; i++) {
				file = $i
				sub(/:$/, "", file)
				if (index(file, top) == 1)
					file = substr(file, length(top) + 1)
				sub(/^(\.\.\/)+/, "", file)
				if (source == "" && file ~ /\.c$/)
					source = file
				if (file in changed && !((source, file) in printed)) {
					printed[source, file]
					print source, file
				}
			}
		}' "$work/changed-files" {} + | sort -u -k1,1
}

# The sources from which a program was linked.
sources_of() {
	local program=$1
	[ ! -x "${program%/*}/.libs/${program##*/}" ] || program=${program%/*}/.libs/${program##*/}
	readelf --debug-dump=info --dwarf-depth=1 "$program" 2>/dev/null | awk '/DW_AT_name/ { print $NF }' | from_top | sort -u
}

# The programs of make check that have to do with a changed source.  The scripts among them run haatctl.
choose_programs() {
	local program build=$work/build-normal file
	changed_objects >"$work/changed-objects"
	for program in $(make -s -C "$build" -f - -f Makefile print-tests <<<'print-tests: ; @echo $(TESTS)'); do
		case $program in
		*.sh) file=src/haatctl ;;
		tests/unit/test-sandbox) file="$program src/haat-sandbox" ;;
		tests/nginx/run) file=tests/nginx/echo-worker ;;
		tests/*/*) file=$program ;;
		*) continue ;;
		esac
		file=$(for program_file in $file; do sources_of "$build/$program_file"; done | sort -u |
			join - "$work/changed-objects" | awk '{ print $2; exit }')
		[ -z "$file" ] || chosen "$file" unit "$program"
	done
}

choose_for() {
	local file=$1 folder name
	case $file in
	src/*/*.[ch])
		folder=${file#src/} folder=${folder%%/*}
		[ -n "${api_of[$folder]+known}" ] || { chosen "$file" everything; return; }
		for name in ${stages_of[$folder]}; do chosen "$file" "$name"; done
		# shellcheck disable=SC2086  # names are words
		chosen "$file" api ${api_of[$folder]} ;;
	src/haat-sandbox.c | src/haatctl.c | src/*.h | bench/*.[ch] | tests/unit/*.[ch] | tests/store/*.[ch] | tests/reports/*.[ch] | tests/ops/*.c | \
		tests/fuzz/*.[ch] | tests/nginx/*.c | tests/faults/test-reload.c) ;; # the programs they are linked into
	src/*.c) chosen "$file" everything ;;
	tests/api/test-*.c) name=${file#tests/api/test-}; chosen "$file" api "${name%.c}" ;;
	tests/api/*) chosen "$file" api all ;;
	tests/conformance/*) chosen "$file" conformance ;;
	tests/races/*) chosen "$file" races ;;
	tests/faults/*) chosen "$file" faults ;;
	web/*) chosen "$file" browser; chosen "$file" api pay-page; chosen "$file" machine ;;
	tests/browser/*) chosen "$file" browser ;;
	tests/peers/*) chosen "$file" peers ;;
	tests/explain/*) chosen "$file" api all; chosen "$file" explain ;;
	tests/analyse*) chosen "$file" analyse ;;
	tests/coverage) chosen "$file" coverage ;;
	tests/fuzz/corpus/*) chosen "$file" unit "tests/fuzz/fuzz-$(cut -d/ -f4 <<<"$file")" ;;
	tests/fuzz/run) chosen "$file" fuzz ;;
	tests/ops/*.sh | tests/nginx/run | tests/systemd/verify) chosen "$file" unit "$file" ;;
	tests/floors | tests/forms* | tests/words | tests/symbols* | tests/contract* | tests/migrating) ;; # they are always run
	sql/*) chosen "$file" unit tests/store/test-migrate tests/store/test-db tests/store/test-jobs tests/store/test-stock \
		tests/ops/test-purge tests/ops/test-haatctl.sh tests/ops/test-check.sh tests/ops/test-queues.sh tests/ops/test-user.sh \
		tests/ops/test-backup.sh
		chosen "$file" api all
		chosen "$file" explain
		chosen "$file" races ;;
	nginx/*) chosen "$file" unit tests/nginx/run; chosen "$file" api http limits; chosen "$file" machine ;;
	systemd/*) chosen "$file" unit tests/systemd/verify; chosen "$file" machine ;;
	docs/OPERATIONS.md) chosen "$file" machine; chosen "$file" unit tests/ops/test-alerts.sh ;;
	tests/machine/* | tools/machine) chosen "$file" machine ;;
	conf/prometheus.rules.yml | conf/grafana-dashboard.json | tests/ops/alerts.yml)
		chosen "$file" unit tests/ops/test-alerts.sh; chosen "$file" watch ;;
	tests/watch/*) chosen "$file" watch ;;
	conf/mail/*) chosen "$file" api mail; chosen "$file" peers ;;
	tools/audit) chosen "$file" unit tests/ops/test-audit.sh ;;
	tools/mail) chosen "$file" unit tests/ops/test-dev-mail.sh ;;
	conf/*) chosen "$file" unit tests/unit/test-config tests/ops/test-haatctl.sh ;;
	tools/demo) chosen "$file" demo ;;
	docs/* | *.md | bench/* | .gitignore | .clang-format | .ci/*) ;;
	*) chosen "$file" everything ;;
	esac
}

# Says what will run and why, and marks it.
want_chosen() {
	local choice name test
	if [ -n "${why[everything ]:-}" ]; then
		say "everything, because of ${why[everything ]}"
		want_all short
		return
	fi
	for choice in "${!why[@]}"; do
		name=${choice%% *} test=${choice#* }
		printf '%-10s %-32s because of %s\n' "$name" "$test" "${why[$choice]}"
	done | sort
	[ -n "${why[explain ]:-}" ] || large=(1000 0) # nobody will look at its plans
	for choice in "${!why[@]}"; do
		name=${choice%% *} test=${choice#* }
		want "$name"
		[ -z "$test" ] || [ -n "${why[$name all]:-}" ] || commands[$name]+=" $test"
	done
}

select_changed() {
	local file
	changed_files >"$work/changed-files"
	[ -s "$work/changed-files" ] || { say "nothing differs from the trunk"; trap - EXIT; exit 0; }
	want build
	run_stages
	[ "${state[build]}" = passed ] || return
	chosen "any change" unit tests/floors tests/forms tests/words tests/symbols tests/contract tests/migrating
	chosen "any change" dist
	! grep -q "\.[ch]$" "$work/changed-files" || chosen "changed sources" analyse
	while read -r file; do
		choose_for "$file"
	done <"$work/changed-files"
	[ -n "${why[everything ]:-}" ] || choose_programs
	want_chosen
}
