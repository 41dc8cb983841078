/* Shapes of answers: printed, checked, described by schema and example. */
#include "base/arena.h"
#include "base/shape.h"
#include "base/text.h"
#include "tests/suite.h"

#include <json-c/json.h>

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

struct answer {
	struct order_id    id;
	const char        *name, *gone, *left_out;
	int64_t            count, *maybe;
	bool               live;
	int                colour, *maybe_colour;
	struct money       total, *discount;
	struct instant     at, *until;
	struct part        main, *spare;
	struct part       *parts;
	size_t             n_parts;
	const char *const *tags;
	size_t             n_tags;
	const char        *options, *snapshot;
	struct bytes       hash;
};

static const struct member answer_members[] = {
	M_ID(struct answer, id, "id"),
	M_TEXT(struct answer, name, "name", 20, .required = true),
	M_TEXT(struct answer, gone, "gone", 20),
	M_TEXT(struct answer, left_out, "left_out", 20, .omitted = true),
	M_INTEGER(struct answer, count, "count", INT64_MIN, INT64_MAX),
	M_INTEGER(struct answer, maybe, "maybe", 0, 10),
	M_BOOLEAN(struct answer, live, "live"),
	M_ENUM(struct answer, colour, "colour", colours),
	M_ENUM(struct answer, maybe_colour, "maybe_colour", colours),
	M_MONEY(struct answer, total, "total"),
	M_MONEY(struct answer, discount, "discount"),
	M_TIME(struct answer, at, "at"),
	M_TIME(struct answer, until, "until"),
	M_OBJECT(struct answer, main, "main", part_shape),
	M_OBJECT(struct answer, spare, "spare", part_shape),
	M_ARRAY(struct answer, parts, n_parts, "parts", part_shape, 3),
	M_TEXTS(struct answer, tags, n_tags, "tags", 3),
	M_MAP(struct answer, options, "options", 4),
	M_JSON(struct answer, snapshot, "snapshot", part_shape, 1000),
	M_BYTES(struct answer, hash, "hash", 32),
};
SHAPE(struct answer, answer_shape, "Answer", answer_members);

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

static struct answer
full_answer(void)
{
	static struct part       parts[] = { { 1, "a", NULL }, { 2, NULL, NULL } };
	static const char *const tags[] = { "x\"y", "z" };
	static int64_t           nine = 9;
	static int               green = 1;
	static struct money      discount = { -5, "JPY" };
	static struct instant    until = { 1 };
	struct answer            answer = { .name = "মাটি \"\\",
			   .count = -INT64_MAX,
			   .maybe = &nine,
			   .live = true,
			   .maybe_colour = &green,
			   .total = { 129900, "INR" },
			   .discount = &discount,
			   .at = { 1706688000123 },
			   .until = &until,
			   .main = { 5, "m", NULL },
			   .spare = &parts[0],
			   .parts = parts,
			   .n_parts = 2,
			   .tags = tags,
			   .n_tags = 2,
			   .options = "{\"size\":\"L\"}",
			   .snapshot = "[{\"quantity\":1,\"label\":null,\"variant_id\":null}]",
			   .left_out = "in",
			   .gone = "g" };

	uuid_parse("0192f0c1-8f00-7000-8000-5a1b2c3d4e5f", &answer.id.uuid);
	return answer;
}

static const char *
printed(const struct answer *answer)
{
	struct text out = text_new(arena, 8);

	shape_print(&answer_shape, answer, &out);
	CHECK_INT(strlen(out.bytes), out.length);
	return out.bytes;
}

static const char *
check(const char *text)
{
	struct faults       faults;
	struct json_object *json = json_of(text);

	if (json == NULL)
		return "not JSON";
	shape_check(&answer_shape, json, arena, &faults);
	return listed(&faults);
}

static void
test_prints_every_kind(void)
{
	struct answer answer, empty = { .name = "", .total = { 0, "KWD" }, .main = { 1, NULL, NULL }, .snapshot = "[]" };

	begin();
	answer = full_answer();
	CHECK_TEXT(printed(&answer),
	    "{\"id\":\"0192f0c1-8f00-7000-8000-5a1b2c3d4e5f\",\"name\":\"মাটি \\\"\\\\\",\"gone\":\"g\",\"left_out\":\"in\","
	    "\"count\":-9223372036854775807,\"maybe\":9,\"live\":true,\"colour\":\"red\",\"maybe_colour\":\"green\","
	    "\"total\":\"1299.00\",\"discount\":\"-5\",\"at\":\"2024-01-31T08:00:00.123Z\",\"until\":\"1970-01-01T00:00:00.001Z\","
	    "\"main\":{\"quantity\":5,\"label\":\"m\",\"variant_id\":null},\"spare\":{\"quantity\":1,\"label\":\"a\",\"variant_id\":null},"
	    "\"parts\":[{\"quantity\":1,\"label\":\"a\",\"variant_id\":null},{\"quantity\":2,\"label\":null,\"variant_id\":null}],"
	    "\"tags\":[\"x\\\"y\",\"z\"],\"options\":{\"size\":\"L\"},\"snapshot\":[{\"quantity\":1,\"label\":null,\"variant_id\":null}]}");
	CHECK_TEXT(printed(&empty),
	    "{\"id\":\"00000000-0000-0000-0000-000000000000\",\"name\":\"\",\"gone\":null,"
	    "\"count\":0,\"maybe\":null,\"live\":false,\"colour\":\"red\",\"maybe_colour\":null,"
	    "\"total\":\"0.000\",\"discount\":null,\"at\":\"1970-01-01T00:00:00.000Z\",\"until\":null,"
	    "\"main\":{\"quantity\":1,\"label\":null,\"variant_id\":null},\"spare\":null,\"parts\":[],\"tags\":[],\"options\":null,\"snapshot\":[]}");
	CHECK_TEXT(check(printed(&empty)), "");
}

static void
test_prints_arrays(void)
{
	struct part parts[] = { { 1, "a", NULL }, { 2, NULL, NULL } };
	struct text out;

	begin();
	out = text_new(arena, 0);
	shape_print_array(&part_shape, parts, 2, &out);
	CHECK_TEXT(out.bytes,
	    "[{\"quantity\":1,\"label\":\"a\",\"variant_id\":null},{\"quantity\":2,\"label\":null,\"variant_id\":null}]");
	out.length = 0;
	shape_print_array(&part_shape, NULL, 0, &out);
	CHECK_TEXT(out.bytes, "[]");
}

struct shelf {
	const char  *name;
	int64_t      left;
	struct part *parts;
	size_t       n_parts;
};

static const struct member live_part_members[] = {
	M_INTEGER(struct part, quantity, "quantity", 0, 9, .live = 'q'),
	M_TEXT(struct part, label, "label", 9),
};
SHAPE(struct part, live_part_shape, "LivePart", live_part_members);

static const struct member shelf_members[] = {
	M_TEXT(struct shelf, name, "name", 9),
	M_INTEGER(struct shelf, left, "left", 0, 9, .live = 'l'),
	M_ARRAY(struct shelf, parts, n_parts, "parts", live_part_shape, 9),
};
SHAPE(struct shelf, shelf_shape, "Shelf", shelf_members);

static void
fill_upwards(char live, struct text *out, void *argument)
{
	text_addf(out, "%c%d", live == 'l' ? '1' : '2', (*(int *)argument)++);
}

/* A text that is not the shape's own cannot make a hole. */
static void
test_stores_with_holes(void)
{
	struct part  parts[] = { { 1, "a\x01q", NULL }, { 2, NULL, NULL } };
	struct shelf shelf = { "top", 3, parts, 2 };
	struct text  stored, out;
	int          next = 0;

	begin();
	stored = text_new(arena, 0);
	out = text_new(arena, 0);
	shape_print_stored(&shelf_shape, &shelf, &stored);
	shape_fill(stored.bytes, stored.length, &out, fill_upwards, &next);
	CHECK_TEXT(out.bytes,
	    "{\"name\":\"top\",\"left\":10,\"parts\":[{\"quantity\":21,\"label\":\"a\\u0001q\"},{\"quantity\":22,\"label\":null}]}");
	CHECK_INT(next, 3);
	out.length = 0;
	shape_fill("", 0, &out, fill_upwards, &next);
	CHECK_INT(out.length, 0);
}

static void
test_forms_differ(void)
{
	static const struct member other_members[] = {
		M_TEXT(struct shelf, name, "name", 9),
		M_INTEGER(struct shelf, left, "left", 0, 9),
		M_ARRAY(struct shelf, parts, n_parts, "parts", live_part_shape, 9),
	};
	static const struct shape other = SHAPE_IS_(struct shelf, "Shelf", other_members);

	CHECK(shape_form(&shelf_shape) == shape_form(&shelf_shape) && shape_form(&shelf_shape) != 0);
	CHECK(shape_form(&shelf_shape) != shape_form(&other));
	CHECK(shape_form(&shelf_shape) != shape_form(&part_shape));
}

/* One text of an answer replaced by another. */
static const char *
altered(const char *from, const char *to)
{
	struct answer answer = full_answer();
	const char   *whole = printed(&answer), *at = strstr(whole, from);

	REQUIRE(at != NULL);
	return check(arena_format(arena, "%.*s%s%s", (int)(at - whole), whole, to, at + strlen(from)));
}

static void
test_checks_answers(void)
{
	struct answer answer;

	begin();
	answer = full_answer();
	CHECK_TEXT(check(printed(&answer)), "");
	CHECK_TEXT(altered(",\"gone\":\"g\"", ",\"gone\":null"), "");
	CHECK_TEXT(altered(",\"left_out\":\"in\"", ""), "");
	CHECK_TEXT(altered(",\"gone\":\"g\"", ""), "gone: is required");
	CHECK_TEXT(altered("\"live\":true", "\"live\":true,\"extra\":1"), "extra: is unknown");
	CHECK_TEXT(altered("\"live\":true", "\"live\":true,\"hash\":1"), "hash: is unknown");
	CHECK_TEXT(altered("\"live\":true", "\"live\":null"), "live: must not be null");
	CHECK_TEXT(altered("মাটি ", "\\u0007"), "name: must not contain control characters");
	CHECK_TEXT(altered("\"name\":\"মাটি \\\"\\\\\"", "\"name\":null"), "name: must not be null");
	CHECK_TEXT(altered("\"1299.00\"", "1299.00"), "total: must be an amount as a string");
	CHECK_TEXT(altered("\"1299.00\"", "\"1299.00 INR\""), "total: must be an amount as a string");
	CHECK_TEXT(altered("\"maybe\":9", "\"maybe\":11"), "maybe: must be at most 10");
	CHECK_TEXT(altered("\"colour\":\"red\"", "\"colour\":\"blue\""), "colour: must be one of red, green");
	CHECK_TEXT(altered("[{\"quantity\":1,\"label\":\"a\"", "[{\"quantity\":100,\"label\":\"a\""),
	    "parts.0.quantity: must be at most 99");
	CHECK_TEXT(altered("\"snapshot\":[{\"quantity\":1", "\"snapshot\":[{\"quantity\":\"1\""),
	    "snapshot.0.quantity: must be an integer");
	CHECK_TEXT(altered("\"snapshot\":[", "\"snapshot\":[7,"), "snapshot.0: must be an object");
	CHECK_TEXT(altered("{\"size\":\"L\"}", "{\"size\":1}"), "options.size: must be a string");
	CHECK_TEXT(
	    altered("2024-01-31T08:00:00.123Z", "2024-02-31T08:00:00.123Z"), "at: must be a time like 2026-01-31T08:00:00Z");
}

/* Text of a string member may be anything: what is printed is read back the same. */
static void
test_text_round_trip(void)
{
	begin();
	for (int c = 1; c < 0x80; c++) {
		struct answer       answer = full_answer();
		char                text[3] = { (char)c, 'x', '\0' };
		struct json_object *json, *value;

		answer.name = text;
		json = json_of(printed(&answer));
		REQUIRE(json != NULL);
		REQUIRE(json_object_object_get_ex(json, "name", &value));
		CHECK_TEXT(json_object_get_string(value), text);
	}
}

/* Small members at the edges of what an example must keep to. */
struct edges {
	const char        *wide, *tight, *phone, *url, *slug, *country, *currency;
	int64_t            low, high;
	struct part       *many;
	size_t             n_many;
	const char *const *one;
	size_t             n_one;
};

static const struct member edges_members[] = {
	M_TEXT(struct edges, wide, "wide", 60, .min = 40, .required = true),
	M_TEXT(struct edges, tight, "a_long_name_for_a_short_text", 4, .required = true),
	M_TEXT(struct edges, phone, "phone", 20, .format = FORMAT_PHONE),
	M_TEXT(struct edges, url, "url", 100, .format = FORMAT_URL),
	M_TEXT(struct edges, slug, "slug", 100, .format = FORMAT_SLUG),
	M_TEXT(struct edges, country, "country", 2, .format = FORMAT_COUNTRY),
	M_TEXT(struct edges, currency, "currency", 3, .format = FORMAT_CURRENCY),
	M_INTEGER(struct edges, low, "low", -9, -3),
	M_INTEGER(struct edges, high, "high", 50, 60),
	M_ARRAY(struct edges, many, n_many, "many", part_shape, 5, .min = 3),
	M_TEXTS(struct edges, one, n_one, "one", 1, .preset = 3),
};
SHAPE(struct edges, edges_shape, "Edges", edges_members);

static void
test_examples_keep_the_shape(void)
{
	struct text   out;
	struct edges  edges = { .wide = NULL };
	struct faults faults;

	begin();
	out = text_new(arena, 100);
	shape_example(&answer_shape, SCHEMA_ANSWER, &out);
	CHECK_TEXT(check(out.bytes), "");
	out.length = 0;
	shape_example(&edges_shape, SCHEMA_BODY, &out);
	REQUIRE(json_of(out.bytes) != NULL);
	shape_parse(&edges_shape, json_of(out.bytes), arena, &edges, &faults);
	CHECK_TEXT(listed(&faults), "");
	out.length = 0;
	shape_example(&edges_shape, SCHEMA_ANSWER, &out);
	shape_check(&edges_shape, json_of(out.bytes), arena, &faults);
	CHECK_TEXT(listed(&faults), "");
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
test_answer_schema(void)
{
	const char *schema;

	begin();
	schema = schema_of(&answer_shape, SCHEMA_ANSWER);
	CHECK(strstr(schema, "\"maybe_colour\":{\"type\":[\"string\",\"null\"],\"enum\":[\"red\",\"green\",null]}") != NULL);
	CHECK(strstr(schema, "\"total\":{\"type\":\"string\",\"pattern\"") != NULL);
	CHECK(strstr(strstr(schema, "\"required\":["), "\"left_out\"") == NULL);
	CHECK(strstr(strstr(schema, "\"required\":["), "\"gone\"") != NULL);
}

SUITE("shape of answers", TEST(test_prints_every_kind), TEST(test_prints_arrays), TEST(test_stores_with_holes),
    TEST(test_forms_differ), TEST(test_checks_answers), TEST(test_text_round_trip), TEST(test_examples_keep_the_shape),
    TEST(test_answer_schema))
