/* Shapes of bodies: every kind read from JSON and from a query, and everything that a client can get wrong. */
#include "base/arena.h"
#include "base/shape.h"
#include "base/text.h"
#include "tests/suite.h"

static struct arena *arena;

static const char *const colours[] = { "red", "green", NULL };

struct part {
	int64_t      quantity;
	const char  *label;
	struct uuid *variant;
};

static const struct member part_members[] = {
	M_INTEGER(struct part, quantity, "quantity", 1, 99, .required = true),
	M_TEXT(struct part, label, "label", 10),
	M_ID(struct part, variant, "variant_id"),
};
SHAPE(struct part, part_shape, "Part", part_members);

/* A body with a member of every kind that a body can have. */
struct body {
	const char        *name, *note, *secret, *email;
	int64_t            count, *maybe;
	bool               live, *maybe_live;
	struct product_id  product;
	struct uuid       *maybe_id;
	struct decimal     price, *old_price;
	int                colour, *maybe_colour;
	struct instant     from, *until;
	struct part        main, *spare;
	struct part       *parts;
	size_t             n_parts;
	const char *const *tags;
	size_t             n_tags;
	const char        *options;
	struct bytes       hash;
	struct shape_seen  seen;
};

static const struct member body_members[] = {
	M_TEXT(struct body, name, "name", 10, .min = 2, .required = true),
	M_TEXT(struct body, note, "note", 40, .multiline = true, .nullable = true),
	M_TEXT(struct body, secret, "secret", 20, .verbatim = true),
	M_TEXT(struct body, email, "email", 254, .format = FORMAT_EMAIL),
	M_INTEGER(struct body, count, "count", -5, 1000, .defaulted = true, .preset = 7),
	M_INTEGER(struct body, maybe, "maybe", INT64_MIN, INT64_MAX, .nullable = true),
	M_BOOLEAN(struct body, live, "live", .defaulted = true, .preset = 1),
	M_BOOLEAN(struct body, maybe_live, "maybe_live"),
	M_ID(struct body, product, "product_id"),
	M_ID(struct body, maybe_id, "maybe_id", .nullable = true),
	M_DECIMAL(struct body, price, "price", .min = 1),
	M_DECIMAL(struct body, old_price, "old_price"),
	M_ENUM(struct body, colour, "colour", colours, .defaulted = true, .preset = 1),
	M_ENUM(struct body, maybe_colour, "maybe_colour", colours),
	M_TIME(struct body, from, "from"),
	M_TIME(struct body, until, "until"),
	M_OBJECT(struct body, main, "main", part_shape),
	M_OBJECT(struct body, spare, "spare", part_shape, .nullable = true),
	M_ARRAY(struct body, parts, n_parts, "parts", part_shape, 3),
	M_TEXTS(struct body, tags, n_tags, "tags", 3, .preset = 5),
	M_MAP(struct body, options, "options", 2),
	M_BYTES(struct body, hash, "hash", 32),
};
SHAPE_PATCH(struct body, body_shape, "Body", body_members, seen);

static void
begin(void)
{
	if (arena == NULL)
		arena = arena_new(64 << 20);
	arena_reset(arena);
}

static struct json_object *
json_of(const char *text)
{
	return json_read(arena, text, strlen(text));
}

/* "where: what" of every fault, one behind the other with "; "; "" when there is none. */
static const char *
listed(const struct faults *faults)
{
	struct text out = text_new(arena, 100);

	for (size_t i = 0; i < faults->count; i++)
		text_addf(&out, "%s%s: %s", i > 0 ? "; " : "", faults->list[i].where, faults->list[i].what);
	return out.bytes;
}

static const char *
parse_into(const char *text, struct body *body)
{
	struct faults       faults;
	struct json_object *json = json_of(text);
	bool                fine;

	memset(body, 0, sizeof *body);
	if (json == NULL)
		return "not JSON";
	fine = shape_parse(&body_shape, json, arena, body, &faults);
	CHECK(fine == (faults.count == 0));
	return listed(&faults);
}

static const char *
parse(const char *text)
{
	struct body body;

	return parse_into(text, &body);
}

/* The faults of {"name":"ab", <member>}. */
static const char *
parse_member(const char *member)
{
	return parse(arena_format(arena, "{\"name\":\"ab\",%s}", member));
}

static const char *
query(const char *text, struct body *body)
{
	struct faults faults;

	memset(body, 0, sizeof *body);
	shape_parse_query(&body_shape, text, arena, body, &faults);
	return listed(&faults);
}

static const char *
query_fault(const char *text)
{
	struct body body;

	return query(arena_format(arena, "name=ab&%s", text), &body);
}

static void
test_reads_every_kind(void)
{
	static const char whole[] =
	    "{\"name\":\"  মাটি  \",\"note\":\"a\\n\\tb\",\"secret\":\"  x \",\"email\":\"a@b.test\",\"count\":-5,"
	    "\"maybe\":-9223372036854775807,\"live\":false,\"maybe_live\":true,\"product_id\":\"0192F0C1-8F00-7000-8000-5A1B2C3D4E5F\","
	    "\"maybe_id\":\"0192f0c1-8f00-7000-8000-5a1b2c3d4e5f\",\"price\":\"12.50\",\"old_price\":12.5,\"colour\":\"red\","
	    "\"maybe_colour\":\"green\",\"from\":\"2026-01-31T08:00:00+06:00\",\"until\":\"2026-01-31T08:00:00.123Z\","
	    "\"main\":{\"quantity\":99},\"spare\":{\"quantity\":1,\"label\":\"s\"},"
	    "\"parts\":[{\"quantity\":2},{\"quantity\":3,\"variant_id\":\"0192f0c1-8f00-7000-8000-5a1b2c3d4e5f\"}],"
	    "\"tags\":[\"a\",\" b \"],\"options\":{\"size\":\"L\",\"colour\":\"red\"}}";
	struct body body;

	begin();
	CHECK_TEXT(parse_into(whole, &body), "");
	CHECK_TEXT(body.name, "মাটি");
	CHECK_TEXT(body.note, "a\n\tb");
	CHECK_TEXT(body.secret, "  x ");
	CHECK_TEXT(body.email, "a@b.test");
	CHECK_INT(body.count, -5);
	CHECK_INT(*body.maybe, -INT64_MAX);
	CHECK(!body.live && *body.maybe_live);
	CHECK(uuid_equal(body.product.uuid, *body.maybe_id));
	CHECK_INT(body.price.digits, 1250);
	CHECK_INT(body.price.scale, 2);
	CHECK_INT(body.old_price->digits, 125);
	CHECK_INT(body.old_price->scale, 1);
	CHECK_INT(body.colour, 0);
	CHECK_INT(*body.maybe_colour, 1);
	CHECK_INT(body.until->unix_ms - body.from.unix_ms, 6 * 3600 * 1000 + 123);
	CHECK_INT(body.main.quantity, 99);
	CHECK(body.main.label == NULL && body.main.variant == NULL);
	CHECK_TEXT(body.spare->label, "s");
	REQUIRE(body.n_parts == 2);
	CHECK_INT(body.parts[1].quantity, 3);
	CHECK(uuid_equal(*body.parts[1].variant, *body.maybe_id));
	REQUIRE(body.n_tags == 2);
	CHECK_TEXT(body.tags[1], "b");
	CHECK_TEXT(body.options, "{\"colour\":\"red\",\"size\":\"L\"}");
}

static void
test_absent_and_default(void)
{
	struct body body;

	begin();
	CHECK_TEXT(parse_into("{\"name\":\"ab\"}", &body), "");
	CHECK(body.note == NULL && body.secret == NULL && body.maybe == NULL && body.maybe_live == NULL && body.maybe_id == NULL);
	CHECK(body.old_price == NULL && body.maybe_colour == NULL && body.until == NULL && body.spare == NULL);
	CHECK(body.parts == NULL && body.n_parts == 0 && body.n_tags == 0 && body.options == NULL);
	CHECK_INT(body.count, 7);
	CHECK(body.live);
	CHECK_INT(body.colour, 1);
	CHECK_TEXT(parse_into("{\"name\":\"ab\",\"parts\":[],\"tags\":[],\"options\":{}}", &body), "");
	CHECK_INT(body.n_parts, 0);
	CHECK_TEXT(body.options, "{}");
}

static void
test_seen_tells_absent_from_null(void)
{
	struct body body;

	begin();
	CHECK_TEXT(parse_into("{\"name\":\"ab\",\"note\":null,\"spare\":null,\"maybe\":3}", &body), "");
	CHECK(body.note == NULL && body.spare == NULL);
	CHECK(shape_has(&body_shape, &body, "note") && shape_has(&body_shape, &body, "spare"));
	CHECK(shape_has(&body_shape, &body, "maybe") && shape_has(&body_shape, &body, "name"));
	CHECK(!shape_has(&body_shape, &body, "secret") && !shape_has(&body_shape, &body, "count"));
	CHECK_TEXT(parse_member("\"secret\":null,\"count\":null,\"parts\":null"),
	    "secret: must not be null; count: must not be null; parts: must not be null");
	CHECK_TEXT(parse("{\"name\":null}"), "name: must not be null");
}

static const struct shape whole_shape = { .name = "Whole",
	.size = sizeof(struct body),
	.members = body_members,
	.count = sizeof body_members / sizeof *body_members,
	.seen_offset = SEEN(struct body, seen),
	.whole = true };

/* A PATCH replaces what it names, null too; a whole body replaces everything. */
static void
test_merges(void)
{
	struct body         before, patch, merged;
	struct faults       faults;
	struct json_object *json;

	begin();
	CHECK_TEXT(
	    parse_into(
		"{\"name\":\"ab\",\"note\":\"old\",\"maybe\":4,\"live\":false,\"price\":\"1.50\",\"maybe_colour\":\"red\","
		"\"main\":{\"quantity\":1,\"label\":\"x\"},\"parts\":[{\"quantity\":1},{\"quantity\":2}],\"tags\":[\"t\"],\"email\":\"a@b.test\"}",
		&before),
	    "");
	CHECK_TEXT(
	    parse_into(
		"{\"name\":\"cd\",\"note\":null,\"parts\":[{\"quantity\":1,\"label\":\"r\"}],\"count\":9,\"maybe_live\":true}",
		&patch),
	    "");
	merged = before;
	shape_merge(&body_shape, &patch, &merged);
	CHECK_TEXT(merged.name, "cd");
	CHECK(merged.note == NULL);
	CHECK_TEXT(merged.email, "a@b.test");
	CHECK_INT(merged.count, 9);
	CHECK(merged.maybe != NULL && *merged.maybe == 4);
	CHECK(!merged.live && merged.maybe_live != NULL && *merged.maybe_live);
	CHECK(memcmp(&merged.price, &before.price, sizeof merged.price) == 0);
	CHECK_INT(*merged.maybe_colour, *before.maybe_colour);
	CHECK_TEXT(merged.main.label, "x");
	REQUIRE(merged.n_parts == 1);
	CHECK_TEXT(merged.parts[0].label, "r");
	CHECK_INT(merged.n_tags, 1);

	memset(&patch, 0, sizeof patch);
	json = json_of("{\"name\":\"ef\"}");
	REQUIRE(shape_parse(&whole_shape, json, arena, &patch, &faults));
	merged = before;
	shape_merge(&whole_shape, &patch, &merged);
	CHECK_TEXT(merged.name, "ef");
	CHECK(merged.email == NULL && merged.maybe == NULL && merged.maybe_colour == NULL && merged.parts == NULL);
	CHECK(merged.live && merged.count == 7 && merged.n_parts == 0 && merged.n_tags == 0);
}

static void
test_all_faults_at_once(void)
{
	begin();
	CHECK_TEXT(
	    parse("{\"name\":\"a\",\"email\":\"no\",\"count\":1001,\"live\":1,\"product_id\":\"x\",\"price\":\"-1\","
		  "\"colour\":\"blue\",\"from\":\"today\",\"main\":[],\"parts\":[{\"quantity\":0},{\"label\":\"12345678901\"},7],"
		  "\"tags\":[\"123456\",3],\"options\":[],\"other\":1}"),
	    "name: must be at least 2 characters; email: must be an e-mail address; count: must be at most 1000; "
	    "live: must be true or false; product_id: must be a UUID; price: must not be negative; "
	    "colour: must be one of red, green; from: must be a time like 2026-01-31T08:00:00Z; main: must be an object; "
	    "parts.0.quantity: must be at least 1; parts.1.quantity: is required; parts.1.label: must be at most 10 characters; "
	    "parts.2: must be an object; tags.0: must be at most 5 characters; tags.1: must be a string; "
	    "options: must be an object of strings; other: is unknown");
	CHECK_TEXT(parse("{}"), "name: is required");
	CHECK_TEXT(parse("[]"), "body: must be an object");
	CHECK_TEXT(parse_member("\"main\":{\"quantity\":1,\"deep\":{}},\"spare\":{\"quantity\":{}}"),
	    "main.deep: is unknown; spare.quantity: must be an integer");
}

static void
test_many_faults_are_bounded(void)
{
	struct text   out;
	struct faults faults;
	struct body   body = { .name = NULL };

	begin();
	out = text_new(arena, 1000);
	TEXT_ADD(&out, "{\"name\":\"ab\"");
	for (int i = 0; i < 1000; i++)
		text_addf(&out, ",\"x%d\":1", i);
	text_add_char(&out, '}');
	CHECK(!shape_parse(&body_shape, json_of(out.bytes), arena, &body, &faults));
	CHECK_INT(faults.count, 32);
}

static void
test_hidden_is_not_known(void)
{
	begin();
	CHECK_TEXT(parse_member("\"hash\":\"00\""), "hash: is unknown");
	CHECK_TEXT(query_fault("hash=00"), "hash: is unknown");
}

static void
test_texts(void)
{
	struct body body;

	begin();
	CHECK_TEXT(parse("{\"name\":\"\"}"), "name: must not be empty");
	CHECK_TEXT(parse("{\"name\":\"   \"}"), "name: must not be empty");
	CHECK_TEXT(parse("{\"name\":\"\\u09ae\\u09be\\u099f\\u09bf\\u09b0\\u09b9\\u09be\\u0981\\u09dc\\u09bf\"}"),
	    ""); /* ten characters, thirty bytes */
	CHECK_TEXT(parse("{\"name\":\"12345678901\"}"), "name: must be at most 10 characters");
	CHECK_TEXT(parse("{\"name\":\"a\\u0000b\"}"), "name: must not contain NUL");
	CHECK_TEXT(parse("{\"name\":\"a\\u0001b\"}"), "name: must not contain control characters");
	CHECK_TEXT(parse("{\"name\":\"a\\nb\"}"), "name: must not contain control characters");
	CHECK_TEXT(parse("{\"name\":\"a\\u007fb\"}"), "name: must not contain control characters");
	CHECK_TEXT(parse_member("\"note\":\"a\\r\\nb\""), "");
	CHECK_TEXT(parse_member("\"note\":\"a\\u001bb\""), "note: must not contain control characters");
	CHECK_TEXT(parse("{\"name\":5}"), "name: must be a string");
	CHECK_TEXT(parse("{\"name\":[\"ab\"]}"), "name: must be a string");
	CHECK_TEXT(parse_into("{\"name\":\"\\ud83d\\ude00!\"}", &body), "");
	CHECK_TEXT(body.name, "😀!");
}

static void
test_integers(void)
{
	static const char *const bad[] = { "1.0", "1e2", "\"1\"", "true", "null", "[]", "9223372036854775808",
		"18446744073709551615", "18446744073709551616", "99999999999999999999999999", "-9223372036854775809",
		"-99999999999999999999999999" };
	struct body              body;

	begin();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *says = parse_member(arena_format(arena, "\"count\":%s", bad[i]));

		CHECK(strncmp(says, "count: must ", 12) == 0 || strcmp(says, "not JSON") == 0);
	}
	CHECK_TEXT(parse_into("{\"name\":\"ab\",\"maybe\":9223372036854775807}", &body), "");
	CHECK_INT(*body.maybe, INT64_MAX);
	CHECK_TEXT(parse_member("\"maybe\":9223372036854775808"), "maybe: must be an integer");
	CHECK_TEXT(parse_member("\"count\":-6"), "count: must be at least -5");
	CHECK_TEXT(parse_member("\"count\":1000"), "");
}

static void
test_decimals(void)
{
	static const char *const bad[] = { "\"\"", "\"1,5\"", "\"1.\"", "\".5\"", "\"+1\"", "\"01\"", "\"1e2\"", "1e2", "1E400",
		"\" 1\"", "\"1.2345678\"", "1.2345678", "123456789012345678901", "\"NaN\"", "true", "{}", "-18446744073709551617",
		"-0", "-0.00", "\"-0\"", "\"-0.00\"", "\"1 \"", "1e0" };
	static const char *const bad_in_queries[] = { "-0", "-0.0", "+1", "%2B1", "%201", "1%20", "1e2", "1E0", "01", "" };
	struct body              body;

	begin();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_TEXT(parse_member(arena_format(arena, "\"old_price\":%s", bad[i])),
		    "old_price: must be a decimal number, like \"12.50\"");
	for (size_t i = 0; i < sizeof bad_in_queries / sizeof *bad_in_queries; i++)
		CHECK_TEXT(query_fault(arena_format(arena, "old_price=%s", bad_in_queries[i])),
		    "old_price: must be a decimal number, like \"12.50\"");
	CHECK_TEXT(parse_into("{\"name\":\"ab\",\"count\":-0}", &body), "");
	CHECK_TEXT(parse_member("\"price\":0"), "price: must be greater than 0");
	CHECK_TEXT(parse_member("\"price\":\"0.00\""), "price: must be greater than 0");
	CHECK_TEXT(parse_member("\"old_price\":-1"), "old_price: must not be negative");
	CHECK_TEXT(parse_into("{\"name\":\"ab\",\"price\":0.1,\"old_price\":0}", &body), "");
	CHECK_INT(body.price.digits, 1); /* as it stood there, not as a double has it */
	CHECK_INT(body.price.scale, 1);
	CHECK_TEXT(parse_into("{\"name\":\"ab\",\"price\":9007199254740993.25}", &body), "");
	CHECK_INT(body.price.digits, 900719925474099325);
	CHECK_INT(body.price.scale, 2);
}

static void
test_arrays_and_maps(void)
{
	struct body body;

	begin();
	CHECK_TEXT(parse_member("\"parts\":{}"), "parts: must be an array");
	CHECK_TEXT(parse_member("\"parts\":[{\"quantity\":1},{\"quantity\":1},{\"quantity\":1},{\"quantity\":1}]"),
	    "parts: must have at most 3 elements");
	CHECK_TEXT(parse_member("\"parts\":[null]"), "parts.0: must be an object");
	CHECK_TEXT(parse_member("\"parts\":[{\"quantity\":1},{\"quantity\":1,\"x\":2}]"), "parts.1.x: is unknown");
	CHECK_TEXT(parse_member("\"tags\":[\"a\",null]"), "tags.1: must be a string");
	CHECK_TEXT(parse_member("\"tags\":[\"\"]"), "tags.0: must not be empty");
	CHECK_TEXT(parse_member("\"options\":{\"a\":1}"), "options.a: must be a string");
	CHECK_TEXT(parse_member("\"options\":{\"a\":null}"), "options.a: must be a string");
	CHECK_TEXT(parse_member("\"options\":{\"a\":\"\"}"), "options.a: must not be empty");
	CHECK_TEXT(parse_member("\"options\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}"), "options: must have at most 2 members");
	CHECK_TEXT(parse_into("{\"name\":\"ab\",\"options\":{\"b\\\"c\":\"x\\\\y\",\"a\":\"1\"}}", &body), "");
	CHECK_TEXT(body.options, "{\"a\":\"1\",\"b\\\"c\":\"x\\\\y\"}");
}

static void
test_only_strict_json(void)
{
	static const char *const bad[] = { "", " ", "{", "}", "{}x", "{} {}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":'b'}",
		"{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":-Infinity}", "{\"a\":1}//x", "/* x */{}", "{\"a\":01}", "{\"a\":+1}",
		"{\"a\":.5}", "{\"a\":1.}", "{\"a\":tru}", "{\"a\":True}", "{\"a\":nul}", "{\"a\":\"\t\"}", "{\"a\":\"\\x\"}",
		"{\"a\":\"\\u12\"}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "[1,]", "[,1]", "7", "\"text\"", "null", "true",
		"{\"a\":1,\"a\":2}", "{\"x\":{\"a\":1,\"b\":2,\"a\":1}}", "[{\"a\":1,\"a\":1}]", "{\"a\":1e}", "{\"a\":-}",
		"{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\xff\"}", "{\"a\":\"\xf4\x90\x80\x80\"}",
		"{\"a\":\"\xe0\xa4\"}", "{\"\xff\":1}", "{\"a\":\"\xc0\xaf\"}", "\xef\xbb\xbf{}", "{\"a\\u0000b\":1}",
		"{\"a\":1,\"a\\u0000b\":1}" };
	static const char *const good[] = { "{}", "[]", " {} ", "\n{\"a\" : [ 1 , -2.5e-3 , true , false , null , \"x\" ] }\t",
		"{\"a:b\":\":\",\"c\":\"\\\":\"}", "{\"a\":{\"a\":{\"a\":1}}}", "{\"a\":\"\\\\\",\"b\":\"\\/\"}", "{\"\":0}",
		"{\"a\":\"\\u0000\"}" };

	begin();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (json_of(bad[i]) != NULL)
			printf("taken: %s\n", bad[i]);
		CHECK(json_of(bad[i]) == NULL);
	}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (json_of(good[i]) == NULL)
			printf("refused: %s\n", good[i]);
		CHECK(json_of(good[i]) != NULL);
	}
	CHECK(json_read(arena, "{}\0", 3) == NULL);
	CHECK(json_read(arena, "{\"a\":\"\0\"}", 9) == NULL);
}

static void
test_depth_is_bounded(void)
{
	char text[4000];

	begin();
	for (int depth = 1; depth <= 1000; depth += depth < 20 ? 1 : 99) {
		memset(text, '[', (size_t)depth);
		memset(text + depth, ']', (size_t)depth);
		text[2 * depth] = '\0';
		CHECK((json_of(text) != NULL) == (depth <= 16));
	}
}

static void
test_queries(void)
{
	static const char whole[] = "name=%E0%A6%AE+x&&email=a%40b.test&count=-5&live=0&maybe_live=true&price=12.50&colour=red&"
				    "product_id=0192f0c1-8f00-7000-8000-5a1b2c3d4e5f&from=2026-01-31T08:00:00%2B06:00&maybe=9";
	struct body       body;

	begin();
	CHECK_TEXT(query(whole, &body), "");
	CHECK_TEXT(body.name, "ম x");
	CHECK_TEXT(body.email, "a@b.test");
	CHECK_INT(body.count, -5);
	CHECK(!body.live && *body.maybe_live);
	CHECK_INT(body.price.digits, 1250);
	CHECK_INT(body.colour, 0);
	CHECK_INT(*body.maybe, 9);
	CHECK(shape_has(&body_shape, &body, "maybe") && !shape_has(&body_shape, &body, "until"));
	CHECK_TEXT(query("name=ab", &body), "");
	CHECK_INT(body.count, 7);
	CHECK_INT(body.colour, 1);
	CHECK_TEXT(query("", &body), "name: is required");
	CHECK_TEXT(query_fault("count=1&count=2&other=3&live=maybe&maybe=1x&maybe_id=&colour="),
	    "count: must not be repeated; other: is unknown; live: must be true or false; maybe: must be an integer; "
	    "maybe_id: must be a UUID; colour: must be one of red, green");
	CHECK_TEXT(query_fault("count"), "count: must be an integer");
	CHECK_TEXT(query_fault("count=%20"
			       "5"),
	    "count: must be an integer");
	CHECK_TEXT(query_fault("count=%2B5"), "count: must be an integer");
	CHECK_TEXT(query_fault("maybe=9223372036854775808"), "maybe: must be an integer");
	CHECK_TEXT(query_fault("email=%"), "email: must be valid percent-encoded UTF-8");
	CHECK_TEXT(query_fault("email=%00"), "email: must be valid percent-encoded UTF-8");
	CHECK_TEXT(query_fault("email=%ff"), "email: must be valid percent-encoded UTF-8");
	CHECK_TEXT(query_fault("%zz=1"), "query: is unknown");
	CHECK_TEXT(query_fault("=1"), "query: is unknown");
	CHECK_TEXT(query_fault("n%61me=x"), "name: must not be repeated");
}

static const struct {
	enum text_format format;
	const char      *good[12], *bad[24];
} formats[] = {
	{ FORMAT_EMAIL, { "a@b.co", "first.last+tag@sub.example.test", "x_y-z@1.example", "o'neill@example.test", "A@B.CO" },
	    { "", "a", "@b.co", "a@", "a@b", "a@@b.co", "a b@c.de", "a@b..co", "a@-b.co", "a@b-.co", "a@b.1", ".a@b.co",
		"a.@b.co", "a..b@c.de", "a@b.co.", "a@b_c.de", "\"a\"@b.co", "a<b@c.de", "\xe0\xa6\xae@b.co", "a@b.co\n",
		"a,b@c.de" } },
	{ FORMAT_PHONE, { "+8801700000001", "+12345678", "+123456789012345" },
	    { "", "+", "8801700000001", "+0801700000001", "+1234567", "+1234567890123456", "+88 01700000001", "+88a1700000001",
		"++8801700000001" } },
	{ FORMAT_SLUG, { "a", "clay-water-pitcher", "2-in-1", "\xe0\xa6\xae" },
	    { "", "-", "-a", "a-", "a--b", "A", "a b", "a_b", "a/b", "a.b" } },
	{ FORMAT_URL, { "https://shop.example", "http://a/b?c=d#e", "https://[::1]:8443/x", "https://1.2.3.4" },
	    { "", "shop.example", "ftp://a", "https://", "https:///x", "https:/a", "javascript:alert(1)", "https://a b",
		"https://a\"b", "https://a\nb", "HTTPS//a", "//a", "https://a<b>" } },
	{ FORMAT_COUNTRY, { "BD", "IN", "GB", "AD", "ZW", "OM" },
	    { "", "B", "BGD", "bd", "B1", "b ", "UK", "XX", "ZZ", "AA", "EU", "SU", "AN", "XK" } },
	{ FORMAT_CURRENCY, { "BDT", "INR", "USD", "JPY", "KWD" }, { "", "bdt", "XXX", "XAU", "BD", "BDTT", "ABC" } },
	{ FORMAT_NONE, { "", "anything at all" }, { NULL } },
};

static void
test_formats(void)
{
	begin();
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		for (size_t j = 0; formats[i].good[j] != NULL; j++) {
			if (format_fault(formats[i].format, formats[i].good[j]) != NULL)
				printf("refused: %s\n", formats[i].good[j]);
			CHECK(format_fault(formats[i].format, formats[i].good[j]) == NULL);
		}
		for (size_t j = 0; formats[i].bad[j] != NULL; j++) {
			if (format_fault(formats[i].format, formats[i].bad[j]) == NULL)
				printf("taken: %s\n", formats[i].bad[j]);
			CHECK(format_fault(formats[i].format, formats[i].bad[j]) != NULL);
		}
	}
	CHECK(format_fault(FORMAT_EMAIL, arena_format(arena, "%065d@b.co", 0)) != NULL);
	CHECK(format_fault(FORMAT_EMAIL, arena_format(arena, "%064d@b.co", 0)) == NULL);
	CHECK(format_fault(FORMAT_EMAIL, arena_format(arena, "a@%064d.co", 0)) != NULL);
}

static void
test_example_keeps_the_shape(void)
{
	struct text out;
	struct body body;

	begin();
	out = text_new(arena, 100);
	shape_example(&body_shape, SCHEMA_BODY, &out);
	CHECK_TEXT(parse_into(out.bytes, &body), "");
}

static const char *
schema_of(const struct shape *shape, enum schema_use use)
{
	struct text out = text_new(arena, 100);

	shape_schema(shape, use, &out);
	CHECK(json_of(out.bytes) != NULL);
	return out.bytes;
}

static void
test_body_schemas(void)
{
	const char *schema;

	begin();
	CHECK_TEXT(schema_of(&part_shape, SCHEMA_BODY),
	    "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
	    "\"quantity\":{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":1,\"maximum\":99},"
	    "\"label\":{\"type\":\"string\",\"minLength\":0,\"maxLength\":10},\"variant_id\":{\"type\":\"string\",\"format\":\"uuid\"}},"
	    "\"required\":[\"quantity\"]}");
	CHECK_TEXT(schema_of(&part_shape, SCHEMA_ANSWER),
	    "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
	    "\"quantity\":{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":1,\"maximum\":99},"
	    "\"label\":{\"type\":[\"string\",\"null\"],\"minLength\":0,\"maxLength\":10},"
	    "\"variant_id\":{\"type\":[\"string\",\"null\"],\"format\":\"uuid\"}},"
	    "\"required\":[\"quantity\",\"label\",\"variant_id\"]}");
	schema = schema_of(&body_shape, SCHEMA_BODY);
	CHECK(strstr(schema, "\"required\":[\"name\"]") != NULL);
	CHECK(strstr(schema, "\"price\":{\"type\":[\"string\",\"number\"]") != NULL);
	CHECK(strstr(schema, "\"maybe\":{\"type\":[\"integer\",\"null\"]") != NULL);
	CHECK(strstr(schema, "\"colour\":{\"type\":\"string\",\"enum\":[\"red\",\"green\"],\"default\":\"green\"}") != NULL);
	CHECK(strstr(schema, "\"live\":{\"type\":\"boolean\",\"default\":true}") != NULL);
	CHECK(strstr(schema, "\"spare\":{\"anyOf\":[{\"$ref\":\"#/components/schemas/Part\"},{\"type\":\"null\"}]}") != NULL);
	CHECK(
	    strstr(schema,
		"\"parts\":{\"type\":\"array\",\"minItems\":0,\"maxItems\":3,\"items\":{\"$ref\":\"#/components/schemas/Part\"}}") !=
	    NULL);
	CHECK(strstr(schema, "hash") == NULL);
}

static void
test_finds_members(void)
{
	begin();
	CHECK(shape_member(&part_shape, "label", 5) == &part_members[1]);
	CHECK(shape_member(&part_shape, "labels", 5) == &part_members[1]);
	CHECK(shape_member(&part_shape, "labels", 6) == NULL);
	CHECK(shape_member(&part_shape, "", 0) == NULL);
	CHECK_INT(value_index(colours, "green"), 1);
	CHECK_INT(value_index(colours, "Green"), -1);
}

SUITE("shape", TEST(test_reads_every_kind), TEST(test_absent_and_default), TEST(test_seen_tells_absent_from_null),
    TEST(test_merges), TEST(test_all_faults_at_once), TEST(test_many_faults_are_bounded), TEST(test_hidden_is_not_known),
    TEST(test_texts), TEST(test_integers), TEST(test_decimals), TEST(test_arrays_and_maps), TEST(test_only_strict_json),
    TEST(test_depth_is_bounded), TEST(test_queries), TEST(test_formats), TEST(test_example_keeps_the_shape),
    TEST(test_body_schemas), TEST(test_finds_members))
