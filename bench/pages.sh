# pages.sh: what the storefront is to an old phone on a slow line, in a browser that is held back (tests/browser/slow.mjs).
# Sourced by bench/run.

# A number that is over its bound does not keep its target.
measure_pages() {
	local turns=5 name words number most
	wanted pages || return 0
	[ "$rounds" -gt 1 ] || turns=3
	say "pages on a slow line"
	install_packages "${browser_packages[@]}" && "$top/tests/peers/install" >&2 || die "there is no browser"
	HAAT_RUN=$run HAAT_PORT=$port HAAT_BUILD=$build NODE_EXTRA_CA_CERTS=$run/tls/ca.pem node "$top/bench/pages.mjs" "$turns" >"$stage/pages" ||
		die "the pages cannot be measured"
	while IFS='|' read -r name words number most; do
		[ "$most" = - ] || most="<=$most"
		add_row "slow line, $name: $words" "$number" - - "$most" - - - - - -
	done <"$stage/pages"
}

# Fails when a page is over its bound: who asked for the pages alone wants to know.
check_pages() {
	local over
	[ "$only" = page ] || return 0
	over=$(awk -F '|' "$met"' met($4, $2, $5) == "no" && / page/ {print $1}' "$rows")
	[ -z "$over" ] || die "over their bounds: $(paste -sd ';' <<<"$over")"
}
