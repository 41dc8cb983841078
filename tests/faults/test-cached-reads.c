/*
 * What everybody reads, while it changes and memcached is killed, filled, stopped and emptied at random.
 *
 * Writers change products, stock and a category one after the other, each in a process of its own, and note when a write begins
 * and when it was answered.  Readers ask for details, lists and the tree in all ways there are, and hold each answer against
 * that: it may lack only writes that had not been answered when its request began, and have none that had not begun when it
 * came.  HAAT_TEST_SECONDS: how long; a minute without it.
 */
#include "tests/api/check.h"
#include "tests/faults/stack.h"

#include "base/arena.h"
#include "base/instant.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PRODUCTS = 6, WRITERS = 3, READERS = 5, SECONDS = 60, STOCK = 3, PAGES = 3, WRITE_TRIES = 40 };

/* Of a product: the number in its name; whether it is in stock, and whether it is published: both when the number is odd. */
enum aspect { NAME, IN_STOCK, PUBLISHED, ASPECTS };
/* Of the category: the number in its name. */

struct progress {
	_Atomic int64_t begun, answered;
};

static struct shared {
	struct progress products[PRODUCTS][ASPECTS], category;
	_Atomic bool    over;
	_Atomic int64_t writes, reads, unchanged, packed, wrong;
	_Atomic int     told;
	char            says[8][1000];
} * shared;

static struct person admin, seller;
static const char   *category, *category_slug;
static struct {
	const char *id, *variant, *slug;
} products[PRODUCTS];

static void
complain(const char *what)
{
	int at = atomic_fetch_add(&shared->told, 1);

	shared->wrong++;
	if (at < 8)
		snprintf(shared->says[at], sizeof shared->says[at], "%s", what);
}

/* ---- writing ---- */

/* Until it is done: what was sent twice is the same, or has a key. */
static void
write_until_done(struct progress *progress, struct call call, int64_t number)
{
	progress->begun = number;
	for (int tries = 0; tries < WRITE_TRIES; tries++) {
		struct answer answer;

		api_calls(&call, 1, &answer);
		if (answer.status >= 200 && answer.status < 300) {
			progress->answered = number;
			shared->writes++;
			return;
		}
		pause_ms(50);
	}
	complain(form("%s %s %s was never done", call.method, call.path, call.body));
	progress->answered = number;
}

static void
change_product(size_t p, enum aspect aspect)
{
	struct progress *progress = &shared->products[p][aspect];
	int64_t          number = progress->begun + 1;
	bool             odd = number % 2 == 1;
	struct call      call = { .method = "PATCH", .token = seller.access, .path = form("/products/%s", products[p].id) };

	switch (aspect) {
	case NAME:
		call.body = form("{\"name\": \"Kept %lld\"}", (long long)number);
		break;
	case PUBLISHED:
		call.body = odd ? "{\"status\": \"published\"}" : "{\"status\": \"draft\"}";
		break;
	default:
		call.method = "POST";
		call.path = form("/inventory/%s/adjustments", products[p].variant);
		call.body = form("{\"delta\": %d, \"reason\": \"count\"}", odd ? STOCK : -STOCK);
		call.headers = HEADERS(form("Idempotency-Key: kept-%s-%lld", products[p].variant, (long long)number));
		write_until_done(progress, call, number);
		return;
	}
	write_until_done(progress, call, number);
}

static void
write_at_random(int writer)
{
	while (!shared->over) {
		struct arena_mark mark = arena_mark(api_arena());
		long              dice = random() % 16;

		if (writer == 0 && dice == 0)
			write_until_done(&shared->category,
			    (struct call) { "PATCH", form("/categories/%s", category), admin.access,
				form("{\"name\": \"Kept %lld\"}", (long long)shared->category.begun + 1), NULL },
			    shared->category.begun + 1);
		else
			change_product((size_t)(writer + WRITERS * (random() % (PRODUCTS / WRITERS))),
			    dice < 7        ? NAME
				: dice < 13 ? IN_STOCK
					    : PUBLISHED);
		arena_release(api_arena(), mark);
		pause_ms(random() % 60);
	}
}

/* ---- reading ---- */

/* All that was answered before a request, or had begun when its answer came. */
struct moment {
	int64_t products[PRODUCTS][ASPECTS], category;
};

static struct moment
what_is(bool answered)
{
	struct moment moment;

	for (size_t p = 0; p < PRODUCTS; p++)
		for (int a = 0; a < ASPECTS; a++)
			moment.products[p][a] = answered ? shared->products[p][a].answered : shared->products[p][a].begun;
	moment.category = answered ? shared->category.answered : shared->category.begun;
	return moment;
}

/* What an answer shows; -1: nothing of it. */
struct seen {
	int64_t names[PRODUCTS], available[PRODUCTS], in_stock[PRODUCTS], published[PRODUCTS], category;
};

static const char *asked; /* for complaints */

static void
hold_number(const char *what, int64_t seen, int64_t before, int64_t after)
{
	if (seen >= 0 && (seen < before || seen > after))
		complain(form(
		    "%s: %s is %lld, not from %lld to %lld", asked, what, (long long)seen, (long long)before, (long long)after));
}

/* A state that is there while the number is odd. */
static void
hold_state(const char *what, int64_t seen, int64_t before, int64_t after)
{
	if (seen >= 0 && before == after && seen != before % 2)
		complain(form("%s: %s is %lld at %lld", asked, what, (long long)seen, (long long)before));
}

static void
hold(const struct seen *seen, const struct moment *before, const struct moment *after)
{
	for (size_t p = 0; p < PRODUCTS; p++) {
		hold_number("the name", seen->names[p], before->products[p][NAME], after->products[p][NAME]);
		hold_state("in_stock", seen->in_stock[p], before->products[p][IN_STOCK], after->products[p][IN_STOCK]);
		if (seen->available[p] >= 0)
			hold_state(
			    "available", seen->available[p] > 0, before->products[p][IN_STOCK], after->products[p][IN_STOCK]);
		hold_state("published", seen->published[p], before->products[p][PUBLISHED], after->products[p][PUBLISHED]);
	}
	hold_number("the category's name", seen->category, before->category, after->category);
}

static int64_t
number_in(const char *name)
{
	return name == NULL || strncmp(name, "Kept ", 5) != 0 ? -1 : strtoll(name + 5, NULL, 10);
}

static void
see_product(const struct answer *answer, const char *at, size_t p, struct seen *seen)
{
	seen->published[p] = 1;
	seen->names[p] = number_in(text_at(answer, form("%sname", at)));
	seen->in_stock[p] = bool_at(answer, form("%sin_stock", at));
	if (has_at(answer, form("%svariants.0.id", at)))
		seen->available[p] = number_at(answer, form("%svariants.0.available", at));
	seen->category = number_in(text_at(answer, form("%scategory.name", at)));
}

/* A page of the category, in which all of them have room. */
static void
see_page(const struct answer *answer, struct seen *seen)
{
	for (size_t p = 0; p < PRODUCTS; p++)
		seen->published[p] = 0;
	for (size_t i = 0; i < length_at(answer, "results"); i++)
		for (size_t p = 0; p < PRODUCTS; p++)
			if (strcmp(text_at(answer, form("results.%zu.id", i)), products[p].id) == 0)
				see_product(answer, form("results.%zu.", i), p, seen);
}

static void
see_tree(const struct answer *answer, struct seen *seen)
{
	for (size_t i = 0; i < length_at(answer, "results"); i++)
		if (strcmp(text_at(answer, form("results.%zu.id", i)), category) == 0)
			seen->category = number_in(text_at(answer, form("results.%zu.name", i)));
}

/* What a reader asks for: details by id and by slug, pages, the tree. */
enum { QUESTIONS = 2 * PRODUCTS + PAGES + 1 };

static const char *
path_of(size_t question)
{
	if (question < PRODUCTS)
		return form("/products/%s", products[question].id);
	if (question < 2 * PRODUCTS)
		return form("/products/%s", products[question - PRODUCTS].slug);
	switch (question - 2 * PRODUCTS) {
	case 0:
		return form("/products?category=%s", category);
	case 1:
		return form("/products?category=%s&ordering=name", category_slug);
	case 2:
		return form("/products?limit=100&category=%s&ordering=-sales", category);
	default:
		return "/categories/tree";
	}
}

static void
see(const struct answer *answer, size_t question, struct seen *seen)
{
	memset(seen, 0xff, sizeof *seen); /* nothing of anything */
	if (question < 2 * PRODUCTS && answer->status == 404)
		seen->published[question % PRODUCTS] = 0;
	else if (question < 2 * PRODUCTS)
		see_product(answer, "", question % PRODUCTS, seen);
	else if (question < 2 * PRODUCTS + PAGES)
		see_page(answer, seen);
	else
		see_tree(answer, seen);
}

static void
read_at_random(void)
{
	struct seen had[QUESTIONS];
	char        tags[QUESTIONS][100] = { "" };

	while (!shared->over) {
		struct arena_mark mark = arena_mark(api_arena());
		size_t            question = (size_t)random() % QUESTIONS;
		bool              packed = random() % 2, known = tags[question][0] != '\0' && random() % 3 > 0;
		const char       *headers[3] = { NULL }, *tag;
		struct moment     before, after;
		struct answer     answer;
		struct seen       seen;
		size_t            n = 0;

		if (packed)
			headers[n++] = "Accept-Encoding: gzip";
		if (known)
			headers[n++] = form("If-None-Match: %s", tags[question]);
		asked = path_of(question);
		before = what_is(true);
		answer = api_call("GET", asked, NULL, NULL, headers);
		after = what_is(false);
		tag = header_of(&answer, "ETag");
		if (answer.status == 200 || (answer.status == 404 && question < 2 * PRODUCTS)) {
			see(&answer, question, &seen);
		} else if (answer.status == 304 && known) {
			seen = had[question];
			shared->unchanged++;
		} else {
			complain(form("GET %s: %d %s", asked, answer.status, answer.body));
			memset(&seen, 0xff, sizeof seen);
		}
		hold(&seen, &before, &after);
		had[question] = seen;
		snprintf(tags[question], sizeof tags[question], "%s", tag == NULL ? "" : tag);
		shared->reads++;
		shared->packed += header_of(&answer, "Content-Encoding") != NULL;
		arena_release(api_arena(), mark);
	}
}

/* ---- memcached ---- */

static int
connect_cache(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int                wire = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s/memcached.sock", shop_directory());
	if (connect(wire, (struct sockaddr *)&address, sizeof address) == 0)
		return wire;
	close(wire);
	return -1;
}

/* More than it has room for, of all sizes, so that it must throw out what the shop keeps there. */
static void
fill_cache(void)
{
	static char junk[20000];
	int         wire = connect_cache();
	char        head[80];
	bool        sent = wire >= 0;

	memset(junk, 'x', sizeof junk);
	for (int i = 0; i < 12000 && sent; i++) {
		int size = i % 2 ? 40 + (int)(random() % 100) : (int)(random() % (long)sizeof junk);
		int length = snprintf(head, sizeof head, "set junk:%d:%ld 0 0 %d noreply\r\n", i, random(), size);

		sent = write(wire, head, (size_t)length) == length && write(wire, junk, (size_t)size) == size &&
		    write(wire, "\r\n", 2) == 2;
	}
	if (wire >= 0)
		close(wire);
}

static void
empty_cache(void)
{
	int wire = connect_cache();

	if (wire < 0)
		return;
	CHECK(write(wire, "flush_all\r\n", 11) == 11);
	close(wire);
}

static void
hang_cache(void)
{
	part_signal("memcached", SIGSTOP);
	pause_ms(20 + random() % 900);
	part_signal("memcached", SIGCONT);
}

static void
break_at_random(int64_t until)
{
	for (int round = 0; monotonic_ms() < until; round++) {
		pause_ms(300 + random() % 2500);
		switch (round % 5) {
		case 0:
		case 2:
			hang_cache();
			break;
		case 1:
			fill_cache();
			break;
		case 3:
			empty_cache();
			break;
		default:
			part_kill("memcached");
			pause_ms(random() % 1000);
			part_start("memcached");
		}
	}
}

/* ---- the test ---- */

static void
prepare(void)
{
	struct answer answer;

	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(shared != MAP_FAILED);
	admin = person_new("admin");
	seller = person_new("shopkeeper");
	answer = api_post("/categories", admin.access, "{\"name\": \"Kept 0\"}");
	EXPECT(answer, 201);
	category = text_at(&answer, "id");
	/* A slug of its own: what it gets from its name would change with that. */
	category_slug = form("kept-%s", category);
	EXPECT(api_patch(form("/categories/%s", category), admin.access, form("{\"slug\": \"%s\"}", category_slug)), 200);
	for (size_t p = 0; p < PRODUCTS; p++) {
		answer = api_post("/products", seller.access,
		    form("{\"name\": \"Kept 0\", \"price\": \"1.00\", \"status\": \"published\", \"category_id\": \"%s\", "
			 "\"description\": \"%0*d\", \"variants\": [{\"sku\": \"KEPT-%s-%zu\", \"on_hand\": %d}]}",
			category, 1500, 0, category, p, STOCK));
		EXPECT(answer, 201);
		products[p].id = text_at(&answer, "id");
		products[p].slug = text_at(&answer, "slug");
		products[p].variant = text_at(&answer, "variants.0.id");
		for (int a = IN_STOCK; a < ASPECTS; a++)
			shared->products[p][a].begun = shared->products[p][a].answered = 1;
	}
}

static pid_t
start_process(int number)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	srandom((unsigned)number + 1);
	if (number < WRITERS)
		write_at_random(number);
	else
		read_at_random();
	_exit(0);
}

static void
test_reads_lack_no_answered_write(void)
{
	const char *seconds = getenv("HAAT_TEST_SECONDS");
	int64_t     until;
	pid_t       processes[WRITERS + READERS];
	int         status;

	prepare();
	fflush(NULL);
	for (int i = 0; i < WRITERS + READERS; i++)
		processes[i] = start_process(i);
	srandom(99);
	until = monotonic_ms() + (seconds == NULL ? SECONDS : strtol(seconds, NULL, 10)) * 1000L;
	break_at_random(until);
	shared->over = true;
	for (int i = 0; i < WRITERS + READERS; i++) {
		waitpid(processes[i], &status, 0);
		CHECK_INT(status, 0);
	}
	for (int i = 0; i < shared->told && i < 8; i++)
		printf("\n    %s", shared->says[i]);
	CHECK_INT(shared->wrong, 0);
	printf("%lld writes, %lld reads, of them %lld packed, %lld unchanged\n", (long long)shared->writes,
	    (long long)shared->reads, (long long)shared->packed, (long long)shared->unchanged);
	CHECK(shared->writes > 100);
	CHECK(shared->reads > 1000);
	CHECK(shared->packed > 100);
	CHECK(shared->unchanged > 100);
	EXPECT_CONSISTENT();
}

SUITE("cached reads", TEST(test_reads_lack_no_answered_write))
