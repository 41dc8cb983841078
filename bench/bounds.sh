# bounds.sh: no anonymous request of the catalogue costs more processor time than 20 times the yardstick.  Sourced by bench/run.
#
# tests/api/test-bounds.c walks all filters and orderings and counts rows; here are the dearest of them, measured.  Asked of the
# workers without memcached, since what is kept costs nothing.

# bound_row WORK TARGET AGAINST QUERY YARDSTICK: how many times the processor time of the yardstick a request takes.
bound_row() {
	local work=$1 target=$2 against=$3 query=$4 yardstick=$5 i
	wanted "$work" || return 0
	get_request "/api/v1/products$query" bound
	: >"$stage/bound"
	bound_request >"$stage/warm"
	for ((i = 0; i < rounds; i++)); do
		$yardstick >"$stage/yardstick"
		bound_request >"$stage/subject"
		printf '%s %s\n' "$(cat "$stage/subject")" "$(cut -d ' ' -f 4 "$stage/yardstick")" >>"$stage/bound"
	done
	add_row "$work" "$(column_median "$stage/bound" 1)" "$against, of its cpu" \
	    "$(awk '{printf "%.2f\n", $4 / $7}' "$stage/bound" | median)" "$target" "$(column_median "$stage/bound" 2)" \
	    "$(column_median "$stage/bound" 3)" "$(column_median "$stage/bound" 4)" -
}

bound_request() { load --port="$(port_of uncached)" --request="$stage/bound.request" --headers="$stage/plain.headers" --connections=4; }
bound_range() { plain "$(port_of range)" "$list_url"; }
bound_list() { plain "$(port_of uncached)" "$list_url"; }

# The words that most products have, and who sells most.
common_words() {
	sql "SELECT GROUP_CONCAT(text SEPARATOR '+') FROM (SELECT text FROM search_words WHERE text RLIKE '^[a-z]{5,}\$'
		ORDER BY products DESC, text LIMIT $1) w"
}

measure_bounds() {
	local one three five merchant
	wants_bounds || return 0
	say "bounds"
	one=$(common_words 1) three=$(common_words 3) five=$(common_words 5)
	merchant=$(sql "SELECT CAST(merchant_id AS UUID) FROM product_listings WHERE category_id = x'00000000000000000000000000000000'
		GROUP BY merchant_id ORDER BY COUNT(*) DESC LIMIT 1")
	bound_row "bound: search of a common word, filtered" "<20" "range of 12" "?search=$one&rating_gte=5&is_featured=true" bound_range
	bound_row "bound: the same ordered by price" "<20" "range of 12" "?search=$one&ordering=price" bound_range
	bound_row "bound: the same ordered by name" "<20" "range of 12" "?search=$one&ordering=name" bound_range
	bound_row "bound: search of three common words" "<20" "range of 12" "?search=$three" bound_range
	bound_row "bound: search of five common words" "<20" "range of 12" "?search=$five&ordering=price&merchant=$merchant" bound_range
	bound_row "bound: search of a word begun" "<20" "range of 12" "?search=$one+${three:0:4}&ordering=price" bound_range
	bound_row "bound: search of what nobody has" "<20" "range of 12" "?search=$three&currency=XAF&min_price=1" bound_range
	bound_row "bound: list of two filters" "<20" "range of 12" "?merchant=$merchant&is_featured=true&ordering=-name" bound_range
	bound_row "bound: list of no stock, rated" "<20" "range of 12" "?in_stock=false&rating_gte=5&ordering=sales" bound_range
	bound_row "bound: facets of all" "<20" "range of 12" "?facets=true" bound_range
	bound_row "bound: facets of what has no stock" "<20" "range of 12" "?facets=true&in_stock=false" bound_range
	bound_row "bound: suggestions" "<2" "product list, not cached" "/suggest?q=${one:0:4}" bound_list
	bound_row "bound: suggestions for two words" "<2" "product list, not cached" "/suggest?q=$one+${three:0:4}" bound_list
}

# "--only bound", or one of its rows.
wants_bounds() { wanted bound || [ "${only%%:*}" = bound ]; }
