#include "base/encoding.h"
#include "base/ids.h"
#include "base/log.h"
#include "tests/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <json.h>
#include <sys/stat.h>
#include <unistd.h>

static char written[65536]; /* what went to stderr between capture and release */
static int  captured = -1, original = -1;

static void
capture(void)
{
	char name[] = "/tmp/haat-test-log-XXXXXX";

	original = dup(STDERR_FILENO);
	captured = mkstemp(name);
	REQUIRE(original >= 0 && captured >= 0);
	unlink(name);
	dup2(captured, STDERR_FILENO);
}

static const char *
release(void)
{
	ssize_t length;

	dup2(original, STDERR_FILENO);
	close(original);
	length = pread(captured, written, sizeof written - 1, 0);
	close(captured);
	written[length < 0 ? 0 : length] = '\0';
	return written;
}

/* The one line that was written, as JSON; checks that it is one. */
static struct json_object *
parsed(const char *line)
{
	struct json_tokener *tokener = json_tokener_new();
	size_t               length = strlen(line);
	struct json_object  *object;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	CHECK(length > 2 && length <= 8192 && strchr(line, '\n') == line + length - 1);
	object = json_tokener_parse_ex(tokener, line, (int)length);
	CHECK_INT(json_tokener_get_error(tokener), json_tokener_success);
	json_tokener_free(tokener);
	REQUIRE(object != NULL);
	return object;
}

static const char *
member(struct json_object *object, const char *name)
{
	struct json_object *value = json_object_object_get(object, name);

	return value == NULL ? NULL : json_object_get_string(value);
}

static const char *
masked(const char *text)
{
	static char into[8192];

	log_mask(text, into, sizeof into);
	return into;
}

static void
test_a_line(void)
{
	struct log_context  context = { .request_id = "r1", .trace_id = "t1", .route = "placeOrder", .user_id = "u1" };
	struct json_object *line;

	log_open("haatd", LOG_LEVEL_INFO);
	log_context(&context);
	capture();
	log_info("order placed", LOG_ID("order", "ORD-1"), LOG_NUMBER("lines", -2), LOG_TEXT("note", "say \"hi\"\n\x01\\"));
	line = parsed(release());
	CHECK_TEXT(member(line, "level"), "info");
	CHECK_TEXT(member(line, "message"), "order placed");
	CHECK_TEXT(member(line, "program"), "haatd");
	CHECK_TEXT(member(line, "order"), "ORD-1");
	CHECK_TEXT(member(line, "lines"), "-2");
	CHECK_TEXT(member(line, "note"), "say \"hi\"\n\x01\\");
	CHECK_TEXT(member(line, "request_id"), "r1");
	CHECK_TEXT(member(line, "user_id"), "u1");
	CHECK(member(line, "cut") == NULL);
	CHECK_INT(strncmp(written, "{\"time\":\"20", 11), 0);
	CHECK_INT(strlen(member(line, "time")), 24);
	json_object_put(line);
	log_context(NULL);
}

static void
test_without_fields_and_context(void)
{
	struct log_context  context = { .request_id = "r1", .user_id = "u1" };
	struct json_object *line;

	capture();
	log_warning("plain");
	line = parsed(release());
	CHECK(member(line, "request_id") == NULL && member(line, "place") == NULL);
	json_object_put(line);
	log_context(&context);
	capture();
	log_error("own request", LOG_ID("request_id", "mine"), LOG_TEXT("nothing", NULL)); /* no member twice */
	line = parsed(release());
	CHECK(strstr(written, "\"request_id\":\"mine\"") != NULL);
	CHECK(strstr(written, "r1") == NULL);
	CHECK(strstr(written, "\"route\"") == NULL);
	CHECK_TEXT(member(line, "nothing"), "");
	CHECK(member(line, "place") != NULL && strstr(member(line, "place"), "/test-log.c:") != NULL);
	CHECK_TEXT(member(line, "user_id"), "u1");
	json_object_put(line);
	log_context(NULL);
}

static void
test_levels(void)
{
	log_open("haatd", LOG_LEVEL_WARNING);
	capture();
	log_debug("no");
	log_info("no");
	CHECK_TEXT(release(), "");
	log_open("haatd", LOG_LEVEL_DEBUG);
	capture();
	log_debug("yes");
	json_object_put(parsed(release()));
}

static void
test_fields_are_masked_unless_trusted(void)
{
	capture();
	log_info("mail to rahim@example.test", LOG_TEXT("who", "+8801712345601"), LOG_ID("id", "+8801712345601"));
	json_object_put(parsed(release()));
	CHECK(strstr(written, "mail to r***@example.test") != NULL);
	CHECK(strstr(written, "\"who\":\"+88017*****01\"") != NULL);
	CHECK(strstr(written, "\"id\":\"+8801712345601\"") != NULL);
}

/* However long the text, whatever its last character: the line is valid JSON within 8 KiB and keeps its context. */
static void
test_long_texts_are_cut(void)
{
	static const char *const pieces[] = { "a", "é", "€", "😀", "\"", "\\", "\x01", "\xff", "x@y.z " };
	static char              text[40000];
	struct log_context       context = { .request_id = "kept" };

	log_context(&context);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		for (size_t shift = 0; shift < 8; shift++) {
			struct json_object *line;
			size_t              length = shift;

			memset(text, 'b', shift);
			for (; length + 8 < sizeof text; length += strlen(pieces[i]))
				memcpy(text + length, pieces[i], strlen(pieces[i]));
			text[length] = '\0';
			capture();
			log_info("long", LOG_TEXT("first", text), LOG_ID("second", text), LOG_NUMBER("third", 3));
			line = parsed(release());
			CHECK_TEXT(member(line, "cut"), "true");
			CHECK_TEXT(member(line, "request_id"), "kept");
			CHECK(strlen(written) > 7900);
			json_object_put(line);
		}
	}
	context.request_id = text;
	capture();
	log_info(text, LOG_NUMBER("number", 1));
	json_object_put(parsed(release()));
	log_context(NULL);
}

static void
test_invalid_utf8_becomes_valid_json(void)
{
	for (int i = 0; i < 2000; i++) {
		char bytes[40];

		random_bytes(bytes, sizeof bytes);
		bytes[sizeof bytes - 1] = '\0';
		capture();
		log_info(bytes, LOG_TEXT("text", bytes), LOG_ID("id", bytes));
		json_object_put(parsed(release()));
	}
	capture();
	log_info("a\xff"
		 "b\xe2\x82");
	json_object_put(parsed(release()));
	CHECK(strstr(written,
		  "a\xef\xbf\xbd"
		  "b\xef\xbf\xbd\xef\xbf\xbd\"") != NULL);
}

/* A reader that does not read must not stop us: the line is dropped, errno stays. */
static void
test_full_pipe_drops(void)
{
	int  ends[2];
	char filler[4096] = { 0 };

	REQUIRE(pipe2(ends, O_NONBLOCK) == 0);
	while (write(ends[1], filler, sizeof filler) > 0)
		continue;
	fcntl(ends[1], F_SETFL, 0); /* a write would wait now */
	alarm(20);
	original = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	log_open("haatd", LOG_LEVEL_INFO); /* it looks what stderr is */
	errno = ENOENT;
	log_error("dropped");
	CHECK_INT(errno, ENOENT);
	alarm(0);
	dup2(original, STDERR_FILENO);
	close(original);
	close(ends[0]);
	close(ends[1]);
}

/* Lines wait while they are held, in their order, but a warning waits for nothing and takes them along. */
static void
test_held_lines_wait(void)
{
	const char *lines;

	log_open("haatd", LOG_LEVEL_INFO);
	capture();
	log_hold();
	log_info("first");
	CHECK_INT(lseek(captured, 0, SEEK_END), 0);
	log_warning("second");
	CHECK(lseek(captured, 0, SEEK_END) > 0);
	log_info("third");
	log_flush();
	log_info("fourth");
	lines = release();
	REQUIRE(strstr(lines, "first") != NULL && strstr(lines, "fourth") != NULL);
	CHECK(strstr(lines, "first") < strstr(lines, "second"));
	CHECK(strstr(lines, "second") < strstr(lines, "third"));
	CHECK(strstr(lines, "third") < strstr(lines, "fourth"));
}

/* More than fits is written before its time. */
static void
test_many_held_lines_are_written(void)
{
	size_t count = 0;

	log_open("haatd", LOG_LEVEL_INFO);
	capture();
	log_hold();
	for (int i = 0; i < 100; i++)
		log_info("a line of some length, so that a hundred of them are more than are held");
	CHECK(lseek(captured, 0, SEEK_END) > 0);
	log_flush();
	for (const char *at = release(); (at = strchr(at, '\n')) != NULL; at++)
		count++;
	CHECK_INT(count, 100);
}

static void
test_emails(void)
{
	CHECK_TEXT(masked("rahim@example.test"), "r***@example.test");
	CHECK_TEXT(masked("<rahim.uddin+shop@example.test>, b@c.d"), "<r***@example.test>, b***@c.d");
	CHECK_TEXT(masked("Duplicate entry 'rahim@example.test' for key"), "Duplicate entry 'r***@example.test' for key");
	CHECK_TEXT(masked("/reset?email=rahim%40example.test&x=1"), "/reset?email=r***@example.test&x=1");
	CHECK_TEXT(masked("éric@exämple.test"), "é***@exämple.test");
	CHECK_TEXT(masked("rahim+8801712345678@example.test"), "r***@example.test");
	CHECK_TEXT(masked("at @ sign, @handle, x@ y"), "at @ sign, @handle, x@ y");
}

static void
test_phones(void)
{
	CHECK_TEXT(masked("+8801712345601"), "+88017*****01");
	CHECK_TEXT(masked("call +1 (555) 123-4567 now"), "call +15551*****67 now");
	CHECK_TEXT(masked("tel=%2B8801712345601&a"), "tel=+88017*****01&a");
	CHECK_TEXT(masked("+12345678"), "+12*****78");
	CHECK_TEXT(masked("+1234567 +5 minutes, 2026-11-20T10:00:00+06:00"), "+1234567 +5 minutes, 2026-11-20T10:00:00+06:00");
	CHECK_TEXT(masked("+8801712345601, +8801712345602"), "+88017*****01, +88017*****02");
}

static void
test_cards(void)
{
	CHECK_TEXT(masked("4242424242424242"), "4242********4242");
	CHECK_TEXT(masked("card 4242 4242 4242 4242, 12/30"), "card 4242********4242, 12/30");
	CHECK_TEXT(masked("4242-4242-4242-4242"), "4242********4242");
	CHECK_TEXT(masked("x4242424242424242x"), "x4242********4242x");
	CHECK_TEXT(masked("378282246310005"), "3782********0005");
	CHECK_TEXT(masked("7 4242424242424242"), "7 4242********4242");
	CHECK_TEXT(masked("4242424242424241"), "4242424242424241");
	CHECK_TEXT(masked("123456789012"), "123456789012");
	CHECK_TEXT(masked("42424242424242424242424242424242"), "42424242424242424242424242424242");
}

static void
test_secrets(void)
{
	CHECK_TEXT(masked("key hk_live_abcDEF123 used"), "key hk_*** used");
	CHECK_TEXT(masked("sk_test_4eC39HqLyjWDarjtT1zdp7dc"), "sk_***");
	CHECK_TEXT(masked("secret=whsec_a+b/c=,whsec_d"), "secret=whsec_***,whsec_***");
	CHECK_TEXT(masked("Authorization: Bearer abc.def"), "Authorization: Bearer ***");
	CHECK_TEXT(masked("authorization: bearer   xyz, next"), "authorization: bearer ***, next");
	CHECK_TEXT(masked("Basic dXNlcjpwYXNz"), "Basic ***");
	CHECK_TEXT(masked("basic knowledge of the bearer"), "basic knowledge of the bearer");
	CHECK_TEXT(masked("task_id risk_score ask_me"), "task_id risk_score ask_me");
	CHECK_TEXT(masked("pi_3Abc_secret_9xYz done"), "pi_3Abc_secret_*** done");
	CHECK_TEXT(masked("pi_3Abc is paid"), "pi_3Abc is paid");
	CHECK_TEXT(masked("t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln;"), "t=***;");
	CHECK_TEXT(masked("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0. end"), "*** end");
	CHECK_TEXT(masked("abcdefghijklmnop.abcdefghijklmnop.abcdefghijklmnop"), "***");
	CHECK_TEXT(masked("www.example.test and haat.conf.in and 1.2.3"), "www.example.test and haat.conf.in and 1.2.3");
	CHECK_TEXT(masked("refresh Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyMTI"), "refresh ***");
	CHECK_TEXT(masked("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	CHECK_TEXT(masked("019a9f3e-79b0-7cc3-98c4-dc0c0c07398f"), "019a9f3e-79b0-7cc3-98c4-dc0c0c07398f");
}

/* Only where stderr is the journal do lines begin with syslog's level, each of several that go out together. */
static void
test_levels_for_the_journal(void)
{
	char        stream[64];
	struct stat about;
	const char *text;

	capture();
	REQUIRE(fstat(STDERR_FILENO, &about) == 0);
	snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)about.st_dev, (unsigned long long)about.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_open("haatd", LOG_LEVEL_DEBUG);
	log_hold();
	log_debug("one");
	log_info("two");
	log_flush();
	log_warning("three");
	log_error("four");
	setenv("JOURNAL_STREAM", "1:2", 1); /* of the one who started us; our stderr is another file */
	log_open("haatd", LOG_LEVEL_INFO);
	log_error("five");
	unsetenv("JOURNAL_STREAM");
	text = release();
	CHECK(strncmp(text, "<7>{\"time\":", 11) == 0);
	CHECK(strstr(text, "\n<6>{\"time\":") != NULL);
	CHECK(strstr(text, "\n<4>{\"time\":") != NULL);
	CHECK(strstr(text, "\n<3>{\"time\":") != NULL);
	CHECK(strstr(text, "\n{\"time\":") != NULL);
}

static void
test_mask_cuts_at_characters(void)
{
	char into[16];

	for (size_t size = 1; size <= sizeof into; size++) {
		memset(into, '!', sizeof into);
		log_mask("é€😀é€😀", into, size);
		CHECK(strlen(into) < size);
		CHECK(strlen(into) + 4 >= size);
		CHECK(utf8_valid(into, strlen(into)));
	}
	log_mask("anything", into, 0);
	log_mask("", into, 1);
	CHECK_TEXT(into, "");
}

/* Texts made to send each scanner far ahead at each place: together they must not take noticeable time. */
static void
test_hostile_texts_take_linear_time(void)
{
	static const char *const units[] = { "a.", "a-", "a_", "eyJ.", "aaaaaaaaaaaaaaaaaaaa.", "1 ", "+1", "%2b", "bearer ",
		"pi_", "1-1 ", "aA1" };
	enum { SIZE = 1 << 20 };
	char   *text = malloc(SIZE + 1), into[8192];
	int64_t length = 0;
	clock_t before = clock();

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		for (size_t at = 0; at < SIZE; at++)
			text[at] = units[i][at % strlen(units[i])];
		text[SIZE] = '\0';
		log_mask(text, into, sizeof into);
		length += (int64_t)strlen(into);
	}
	CHECK(length > 0);
	CHECK((clock() - before) / CLOCKS_PER_SEC < 3);
	free(text);
}

SUITE("log", TEST(test_a_line), TEST(test_without_fields_and_context), TEST(test_levels),
    TEST(test_fields_are_masked_unless_trusted), TEST(test_long_texts_are_cut), TEST(test_invalid_utf8_becomes_valid_json),
    TEST(test_full_pipe_drops), TEST(test_held_lines_wait), TEST(test_many_held_lines_are_written), TEST(test_emails),
    TEST(test_phones), TEST(test_cards), TEST(test_secrets), TEST(test_mask_cuts_at_characters),
    TEST(test_levels_for_the_journal), TEST(test_hostile_texts_take_linear_time))
