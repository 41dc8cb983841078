# test-stages.sh: the stages of ./dev test and what each does.  Sourced by tools/run-tests, which runs them.

coverage_floor=90

# Builds: normal as it is installed, and where; checked with all that watches a run, and with counted lines; asan as the sanitizers
# see it with the arena as it is installed.
declare -A build_options=(
	[normal]='--enable-werror --prefix=/usr --sysconfdir=/etc'
	[checked]='--enable-werror --enable-asan --enable-arena-malloc --enable-coverage CFLAGS=-O1'
	[asan]='--enable-werror --enable-asan CFLAGS=-O1'
)
use_build() {
	export HAAT_BUILD=$work/build-$1 configure_options=${build_options[$1]}
	export ASAN_OPTIONS=abort_on_error=0:exitcode=99 UBSAN_OPTIONS=print_stacktrace=1
}

# Shops: each has its own folder and ports.  One is large, so that plans and pages are those of a large one; its workers
# write down what they ask the database.
shop_names=(large small checked asan)
large=(100000 20000) # products and orders
use_shop() {
	local name index=0
	for name in "${shop_names[@]}"; do
		[ "$name" != "$1" ] || break
		index=$((index + 1))
	done
	export HAAT_RUN=$work/$1 HAAT_PORT=$((base_port + 2 * index))
	export shop_products=1000 shop_orders=0 shop_memory=128M shop_mariadb=
	# The small one is stopped in the worst moments, as those of customers are; the others need not outlive a power cut.
	[ "$1" = small ] || export shop_mariadb='--innodb-flush-log-at-trx-commit=2 --innodb-doublewrite=0 --innodb-log-file-size=1G'
	[ "$1" = large ] || return 0
	export shop_memory=768M shop_products=${large[0]} shop_orders=${large[1]} HAAT_TEST_TRACE=$HAAT_RUN/statements
}

stages=()
declare -A lengths=() limits=() builds=() shops=() needs=() commands=()
# stage NAME short|long SECONDS BUILD SHOP|- "NEEDED..." "COMMAND WORD..."
# Needed stages have passed before; "after:STAGE" only waits for its end.  Stages of one shop run in this order.
stage() {
	stages+=("$1")
	lengths[$1]=$2 limits[$1]=$3 builds[$1]=$4 shops[$1]=$5 needs[$1]=$6 commands[$1]=$7
}

#     NAME            LENGTH TIME BUILD   SHOP    NEEDS                     COMMAND
stage configure       short   120 normal  -       ''                        make_configure
stage build           short   900 normal  -       configure                 make_programs
stage checked-build   short   900 checked -       configure                 make_programs
stage large-open      short   600 normal  large   build                     open_shop
stage machine         short   600 normal  -       build                     machine
stage checked-open    short   300 checked checked checked-build             open_shop
stage api             short  1500 normal  large   large-open                'folder api'
stage explain         short   120 normal  large   large-open                'folder explain'
stage large-close     short   300 normal  large   large-open                close_shop
stage checked-api     short  1200 checked checked checked-open              'folder api'
stage checked-conformance short 600 checked checked checked-open            'folder conformance'
stage small-open      short   120 normal  small   build                     open_shop
stage demo            short   400 normal  small   small-open                demo
stage peers           short   700 normal  small   small-open                'folder peers'
stage browser         short  1200 normal  small   small-open                'folder browser'
stage races           short   500 normal  small   small-open                'folder races'
stage faults          short  1200 normal  small   small-open                'folder faults'
stage watch         short   120 normal  small   small-open                'folder watch'
stage conformance     long    300 normal  small   small-open                'folder conformance'
stage browser-sets    long   3600 normal  small   small-open                'folder browser --every-set'
stage cached-reads    long    800 normal  small   small-open                cached_reads
stage causes        long    400 normal  small   small-open                'folder watch --causes'
stage large-files     long   1500 normal  small   small-open                large_files
stage small-close     short   120 normal  small   small-open                close_shop
stage checked-races   long    300 checked checked checked-open              'folder races'
stage checked-demo    long    300 checked checked checked-open              demo
stage checked-peers   long    900 checked checked checked-open              'folder peers'
stage checked-close   short   120 checked checked checked-open              close_shop
stage checked-unit    short  1200 checked -       checked-build             unit
stage unit            short   900 normal  -       build                     unit
stage dist            short   400 normal  -       build                     dist
stage analyse         short   300 normal  -       ''                        'analyse cppcheck'
stage format          short    60 normal  -       ''                        format
stage coverage        short   120 checked -       'checked-build after:checked-unit after:checked-api after:checked-close' "coverage $coverage_floor"
stage distcheck       long    900 normal  -       build                     distcheck
stage analyse-gcc     long    900 normal  -       build                     'analyse gcc'
stage fuzz            long    300 normal  -       build                     'folder fuzz'
stage bench           long    900 normal  -       build                     bench
stage bench-reports   long    900 normal  -       build                     bench_reports
stage claims          long    900 normal  -       build                     claims
stage long-trade      long    900 normal  -       build                     long_trade
stage asan-build      long    600 asan    -       configure                 make_programs
stage asan-open       long    300 asan    asan    asan-build                open_shop
stage asan-api        long    600 asan    asan    asan-open                 'folder api'
stage asan-peers      long    900 asan    asan    asan-open                 'folder peers'
stage asan-races      long    300 asan    asan    asan-open                 'folder races'
stage asan-conformance long   400 asan    asan    asan-open                 'folder conformance'
stage asan-faults     long    900 asan    asan    asan-open                 'folder faults'
stage asan-close      long    120 asan    asan    asan-open                 close_shop
stage asan-unit       long    600 asan    -       asan-build                unit

# What make would do in the source tree, done once before several build trees ask for it at the same time.
make_configure() {
	cd "$top" || return
	[ -x configure ] && [ -z "$(find configure.ac Makefile.am src sql conf tools docs nginx systemd bench tests \
		\( -name local.mk -o -name Makefile.am -o -name configure.ac \) -newer Makefile.in | head -n 1)" ] || autoreconf -i
}

# Everything, the programs of the tests too.  A tree that was configured otherwise is made anew.
make_programs() {
	cd "$top" || return
	[ "$(cat "$HAAT_BUILD/options" 2>/dev/null)" = "$configure_options" ] || rm -rf "$HAAT_BUILD"
	find "$HAAT_BUILD" -name '*.gcda' -delete 2>/dev/null
	mkdir -p "$HAAT_BUILD" && printf '%s' "$configure_options" >"$HAAT_BUILD/options"
	export HAAT_CONFIGURE=$configure_options
	./dev build && ./dev build check TESTS=
}

# unit [TEST...]: all that make check runs, or only those.
unit() {
	local status=0
	cd "$HAAT_BUILD" || return
	find tests src \( -name '*.trs' -o -name '*.log' \) -path '*test*' -delete
	make -k -j"$(nproc)" check ${1:+TESTS="$*"} || status=$?
	# The counts stand in the log of each test.
	find tests -name '*.log' ! -name test-suite.log -exec cat {} +
	return $status
}

# The distribution holds every file of the tree.
dist() {
	cd "$HAAT_BUILD" && make dist-gzip >dist.log 2>&1 || { tail -n 30 dist.log; return 1; }
	git -C "$top" rev-parse 2>/dev/null || return 0
	git -C "$top" ls-files | grep -v -e '^\.gitignore$' -e '^\.clang-format$' | sort >tracked.txt
	tar -tf haat-*.tar.gz | sed 's|^[^/]*/||' | sort >shipped.txt
	comm -23 tracked.txt shipped.txt >missing.txt
	[ ! -s missing.txt ] || { echo "not in the distribution:"; cat missing.txt; return 1; }
}

# It also builds, tests, installs and uninstalls by itself.
distcheck() {
	cd "$HAAT_BUILD" && make -j"$(nproc)" distcheck >distcheck.log 2>&1 || { tail -n 30 distcheck.log; return 1; }
}

# folder NAME [PROGRAM...]: the programs of a folder, or the script that knows better how to run them.
folder() {
	local program status=0 ran=0
	cd "$top" || return
	if [ -x "tests/$1/run" ]; then
		"tests/$1/run" "${@:2}"
		return
	fi
	for program in "$HAAT_BUILD/tests/$1"/test-*; do
		[ -x "$program" ] && [ ! -d "$program" ] || continue
		case " ${*:2} " in '  ' | *" ${program##*/test-} "*) ;; *) continue ;; esac
		ran=1
		"$program" || status=1
	done
	[ $ran -eq 1 ] || { echo "there are no such tests in tests/$1"; return 1; }
	return $status
}

# Ten minutes of what tests/faults does for one.
cached_reads() {
	cd "$top" && HAAT_TEST_SECONDS=600 tests/faults/run cached-reads
}

# Files of a large shop: what tests/faults does for a tenth and a fiftieth of the rows.
large_files() {
	cd "$top" || return
	HAAT_TEST_ROWS=100000 tests/faults/run killed-import && HAAT_TEST_ROWS=1000000 tests/faults/run large-export
}

open_shop() {
	cd "$top" || return
	# Of this command alone: programs of the tests take them for settings of theirs.
	export HAAT_PRODUCTS=$shop_products HAAT_ORDERS=$shop_orders HAAT_BUFFER_POOL=$shop_memory HAAT_MARIADB_OPTIONS=$shop_mariadb
	./dev reset && ./dev up
}

# After all that was done to the shop, everything in it agrees; no sanitizer may have written into its logs.
close_shop() {
	local consistent=0
	cd "$top" || return
	"$HAAT_BUILD/src/haatctl" --config "$HAAT_RUN/haat.conf" check --whole || consistent=1
	./dev down && [ $consistent -eq 0 ] || return
	! grep -hE 'ERROR: (Address|Leak)Sanitizer|runtime error:' -A 20 "$HAAT_RUN"/log/*.log
}

demo() { cd "$top" && ./dev demo; }

# An installed shop on a machine of its own.
machine() { HAAT_RUN=$work "$top/tests/machine/run"; }

# Every row of the benchmark can be measured, and none is slow at half load.
bench() { BENCH_RUN=$work/bench BENCH_PORT=$((base_port + 20)) "$top/bench/run" --quick --products 1000; }

# The same of reports, over 200,000 order lines, and none is over its bound.
bench_reports() { BENCH_RUN=$work/bench BENCH_PORT=$((base_port + 100)) "$top/bench/run" reports --quick; }

analyse() { "$top/tests/analyse" "$1"; }

# Are the sources laid out as .clang-format says?
format() { cd "$top" && ./dev format --check; }

# A hundred times as much that is done: bench/claims.sh alone does it with ten million.
claims() { "$top/bench/claims.sh" 1000000; }

# Four times the trade that `unit` has, and each question twice, of other currencies and sellers.
long_trade() { HAAT_LONG=1 "$HAAT_BUILD/tests/reports/test-random"; }

coverage() { "$top/tests/coverage" "$HAAT_BUILD" "$1"; }

# Stages run in shells of their own.
# shellcheck disable=SC2046  # names are words
export -f $(declare -F | awk '{ print $NF }')
