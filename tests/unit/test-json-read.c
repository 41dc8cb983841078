/* What counts as a JSON text: more strictly than json-c, whose own laxness is what most of this is about. */
#include "base/arena.h"
#include "base/shape.h"
#include "tests/suite.h"

#include <json-c/json.h>
#include <string.h>

static bool
is_read(const char *bytes, size_t length)
{
	struct arena *arena = arena_new(1 << 20);
	bool          read = json_read(arena, bytes, length) != NULL;

	arena_free(arena);
	return read;
}

#define READ(text) is_read(text, sizeof(text) - 1)

static void
reads_json(void)
{
	CHECK(READ("{}"));
	CHECK(READ(" [1, -0, 1.5, 1E5, -1e-5, 0.0] \n"));
	CHECK(READ("{\"a\":{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\",\"b\":[true,false,null]}}"));
	CHECK(READ("{\"a:b\":\"c:d\",\"e\":\"\\\\\"}"));
}

/* A number prints as it stood, so that an amount sees its sign and its places; as an integer it is still 0. */
static void
keeps_the_sign_of_zero(void)
{
	static const char   text[] = "{\"-0\":[-0, 0, \"-0\", 7, {\"a\":null,\"b\":-0}],\"c\":-0.0,\"d\":-0,\"e\":-5}";
	struct arena       *arena = arena_new(1 << 20);
	struct json_object *json = json_read(arena, text, sizeof text - 1), *value;

	REQUIRE(json != NULL);
	CHECK_TEXT(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN),
	    "{\"-0\":[-0,0,\"-0\",7,{\"a\":null,\"b\":-0}],\"c\":-0.0,\"d\":-0,\"e\":-5}");
	CHECK(json_object_object_get_ex(json, "d", &value));
	CHECK_INT(json_object_get_int64(value), 0);
	CHECK(json_object_is_type(value, json_type_int));
	arena_free(arena);
}

static void
refuses_what_is_not_whole(void)
{
	CHECK(!READ(""));
	CHECK(!READ(" "));
	CHECK(!READ("{\"a\":1"));
	CHECK(!READ("{} {}"));
	CHECK(!READ("{}x"));
	CHECK(!READ("{}\0"));
	CHECK(!READ("{\"a\":1,}"));
	CHECK(!READ("[1,]"));
	CHECK(!READ("null"));
}

static void
refuses_what_json_c_takes(void)
{
	CHECK(!READ("{'a':1}"));
	CHECK(!READ("{\"a\":NaN}"));
	CHECK(!READ("{\"a\":Infinity}"));
	CHECK(!READ("{\"a\":-Infinity}"));
	CHECK(!READ("{\"a\":1/**/}"));
	CHECK(!READ("{\"a\":\"two\nlines\"}"));
	CHECK(!READ("{\"a\":\"\x01\"}"));
}

static void
refuses_numbers_of_another_form(void)
{
	CHECK(!READ("[007.5]"));
	CHECK(!READ("[01e2]"));
	CHECK(!READ("[01]"));
	CHECK(!READ("[-]"));
	CHECK(!READ("[+1]"));
	CHECK(!READ("[.5]"));
	CHECK(!READ("[1.]"));
	CHECK(!READ("[1.e2]"));
	CHECK(!READ("[1e]"));
	CHECK(!READ("[1e+]"));
	CHECK(!READ("[1.5.2]"));
	CHECK(!READ("[0x10]"));
}

static void
refuses_text_that_is_not_utf8(void)
{
	CHECK(!READ("{\"a\":\"\xff\"}"));
	CHECK(!READ("{\"a\":\"\xc3\"}"));
	CHECK(!READ("{\"a\":\"\xc0\xaf\"}"));
	CHECK(!READ("{\"a\":\"\xed\xa0\x80\"}"));
	CHECK(!READ("{\"a\":\"\xf4\x90\x80\x80\"}"));
	CHECK(READ("{\"a\":\"\xf0\x9f\x98\x80\"}"));
}

static void
refuses_members_twice(void)
{
	CHECK(!READ("{\"a\":1,\"a\":1}"));
	CHECK(!READ("{\"a\":1,\"\\u0061\":2}"));
	CHECK(!READ("[{\"b\":{\"a\":1,\"c\":{},\"a\":2}}]"));
	CHECK(READ("[{\"a\":1},{\"a\":1}]"));
}

/* json-c would take the name for "price". */
static void
refuses_names_with_nul(void)
{
	CHECK(!READ("{\"price\\u0000x\":1}"));
	CHECK(!READ("{\"\\u0000\" : 1}"));
	CHECK(READ("{\"price\":\"a\\u0000b\"}"));
	CHECK(READ("{\"a\":\"\\u0000\",\"b\":1}"));
}

static void
refuses_more_than_sixteen_levels(void)
{
	CHECK(READ("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"));
	CHECK(!READ("[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]"));
}

SUITE("json_read", TEST(reads_json), TEST(keeps_the_sign_of_zero), TEST(refuses_what_is_not_whole),
    TEST(refuses_what_json_c_takes), TEST(refuses_numbers_of_another_form), TEST(refuses_text_that_is_not_utf8),
    TEST(refuses_members_twice), TEST(refuses_names_with_nul), TEST(refuses_more_than_sixteen_levels))
