# reads.sh: tree, list, detail, reviews and what is bought together, from the cache and without, plain and packed, and beside the lean peer.  Sourced by bench/run.

# The product that has the most rows of a table.
most_in() {
	local id
	id=$(sql "SELECT CAST(product_id AS UUID) FROM $1 GROUP BY product_id ORDER BY COUNT(*) DESC LIMIT 1")
	[ -n "$id" ] || die "the shop of '$run' has no $1; './dev reset' with HAAT_RUN there lets it be filled anew"
	printf '%s\n' "$id"
}

# A product with two variants in the middle of the shop, and a category to filter by.
find_wares() {
	local row
	row=$(sql "SELECT CAST(p.id AS UUID), c.slug FROM products p JOIN categories c ON c.id = p.category_id JOIN variants v ON v.product_id = p.id
		WHERE p.status = 'published' AND p.deleted_at IS NULL AND p.brand_id IS NOT NULL GROUP BY p.id HAVING COUNT(*) >= 2
		ORDER BY p.id LIMIT 1 OFFSET $((products / 4))")
	read -r product category <<<"$row"
	[ -n "${category:-}" ] || die "there is no product to measure with"
	detail_url=/api/v1/products/$product
	list_url="/api/v1/products?category=$category&limit=12"
	tree_url=/api/v1/categories/tree
	reviews_url=/api/v1/products/$(most_in reviews)/reviews
	together_url=/api/v1/products/$(most_in product_pairs)/bought-together
}

# What a browser sends; "gzip" with what it can unpack.
write_headers() {
	printf '%s\n' "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0" \
	    "Accept: application/json, text/plain, */*" "Accept-Language: en-GB,en;q=0.8,bn;q=0.5" "Referer: https://localhost/" \
	    "Connection: keep-alive" "Sec-Fetch-Dest: empty" "Sec-Fetch-Mode: cors" "Sec-Fetch-Site: same-origin" >"$stage/plain.headers"
	{ cat "$stage/plain.headers"; echo "Accept-Encoding: gzip, deflate, br, zstd"; } >"$stage/gzip.headers"
}

plain() { get http "$1" "$2" plain; }
packed() { get http "$1" "$2" gzip; }
browser() { get https "$1" "$2" gzip; }

# uncached_row NAME URL YARDSTICK_PORT YARDSTICK TARGET: without the cache.
uncached_row() { compare "$1, not cached" "$4" "$5" "plain $(port_of "$3") $2" "plain $(port_of uncached) $2"; }

# Cached, packed, and beside the peer, whose answers have the same sizes.
cached_rows() {
	local name=$1 url=$2 cached=$3 uncached=$4
	compare "$name" "null + cache 6 KB" 0.80 "plain $(port_of cache) $url" "plain $shop_port $url"
	compare "$name, with gzip" "the same $name without" 0.90 "plain $shop_port $url" "packed $shop_port $url"
	[ -n "$peers" ] || return 0
	compare "$name beside the peer" "lean peer's $name" "$cached" "browser $(port_of node_tls) $url" "browser $(port_of shop_tls) $url"
	[ -z "$uncached" ] ||
		compare "$name beside the peer, not cached" "lean peer's $name again" "$uncached" "browser $(port_of node_tls) $url" \
		    "browser $(port_of uncached_tls) $url"
}

slug_of() { sql "SELECT slug FROM products WHERE id = '$1'"; }

# kept_page NAME PATH: a page of the storefront, packed as every browser asks for it, and plain, which is told only: it is many times
# longer than what it is held against.
kept_page() {
	compare "$1, plain" "null + cache 6 KB" - "plain $(port_of cache) $tree_url" "plain $shop_port $2"
	compare "$1, with gzip" "null + cache 6 KB" 0.80 "plain $(port_of cache) $tree_url" "packed $shop_port $2"
}

measure_reads() {
	say "reads"
	write_headers
	if wanted null; then
		plain "$(port_of null)" "$detail_url" >"$stage/got.null"
		add_row null "$(cut -d ' ' -f 1 "$stage/got.null")" - - - "$(cut -d ' ' -f 2 "$stage/got.null")" "$(cut -d ' ' -f 3 "$stage/got.null")" -
	fi
	cached_rows "category tree" "$tree_url" 2.5 ""
	cached_rows "product list" "$list_url" 4.5 2.5
	cached_rows "product detail" "$detail_url" 3.5 2.5
	compare "review list" "null + cache 6 KB" 0.80 "plain $(port_of cache) $tree_url" "plain $shop_port $reviews_url"
	compare "bought together" "null + cache 6 KB" 0.80 "plain $(port_of cache) $tree_url" "plain $shop_port $together_url"
	kept_page "product page" "/products/$(slug_of "$product")"
	kept_page "list page" "/categories/$category"
	kept_page "home page" /
	uncached_row "product detail" "$detail_url" keyed "keyed row" 0.75
	uncached_row "product list" "$list_url" range "range of 12" 0.65
	wanted size || return 0
	answer_size "null + cache 6 KB" "$(port_of cache)" "$tree_url"
	answer_size "category tree" "$shop_port" "$tree_url"
	answer_size "keyed row" "$(port_of keyed)" "$detail_url"
	answer_size "product detail" "$shop_port" "$detail_url"
	answer_size "range of 12" "$(port_of range)" "$list_url"
	answer_size "product list" "$shop_port" "$list_url"
	answer_size "product page" "$shop_port" "/products/$(slug_of "$product")"
	answer_size "list page" "$shop_port" "/categories/$category"
	answer_size "home page" "$shop_port" /
}

# So that it can be seen whether both sides answer about as much.
answer_size() { add_row "answer's size: $1, bytes" "$(curl -fsS "http://127.0.0.1:$2$3" | wc -c)" - - - - - -; }
