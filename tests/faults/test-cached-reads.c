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

enum { PRODUCTS = 6, WRITERS = 3, READERS = 5, SECONDS = 60, PAGES = 4, WRITE_TRIES = 40 };

/*
 * Of a product: the number in its name; the place in `levels` of its stock; and whether it is published, stands in the category
 * and not beside it, and is of a shop that is open: each when the number is odd.  Of the category and the brand: the number in
 * the name.
 */
enum aspect { NAME, STOCK, PUBLISHED, PLACED, OPEN, ASPECTS };

/* From one to the next it crosses zero, or does not. */
static const int64_t levels[] = { 0, 3, 2, 5 };
enum { LEVELS = 4 };

/*
 * The one whose shop is closed and opened.  A detail knows at once; lists when a job has gone through the shop's products, which
 * may take as long as RELISTED_MS.
 */
enum { APART = PRODUCTS - 1, RELISTED_MS = 5000, OPEN_MS = 8000 };

struct progress {
	_Atomic int64_t begun, answered, answered_at; /* the last: by the monotonic clock */
};

static struct shared {
	struct progress products[PRODUCTS][ASPECTS], category, brand;
	_Atomic bool    over;
	_Atomic int64_t writes, reads, unchanged, packed, wrong;
	_Atomic int     told;
	char            says[8][1000];
} * shared;

static struct person admin, seller, other;
static const char   *category, *category_slug, *beside, *brand;
static struct {
	const char *id, *variant, *slug;
} products[PRODUCTS];

static int64_t     began; /* for complaints */
static const char *asked;

static void
complain(const char *what)
{
	int at = atomic_fetch_add(&shared->told, 1);

	shared->wrong++;
	if (at < 8)
		snprintf(shared->says[at], sizeof shared->says[at], "%lld ms: %s", (long long)(monotonic_ms() - began), what);
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
			progress->answered_at = monotonic_ms();
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
	struct progress  *progress = &shared->products[p][aspect];
	int64_t           number = progress->begun + 1;
	bool              odd = number % 2 == 1;
	const char *const headers[] = { form("Idempotency-Key: kept-%s-%lld", products[p].variant, (long long)number), NULL };
	struct call       call = { .method = "PATCH", .path = form("/products/%s", products[p].id) };

	call.token = p == APART ? other.access : seller.access;
	switch (aspect) {
	case NAME:
		call.body = form("{\"name\": \"Kept %lld\"}", (long long)number);
		break;
	case PUBLISHED:
		call.body = odd ? "{\"status\": \"published\"}" : "{\"status\": \"draft\"}";
		break;
	case PLACED:
		call.body = form("{\"category_id\": \"%s\"}", odd ? category : beside);
		break;
	case OPEN:
		call.method = "POST";
		call.token = admin.access;
		call.path = form("/merchants/%s/%s", other.merchant, odd ? "activate" : "suspend");
		call.body = "{}";
		break;
	default:
		call.method = "POST";
		call.headers = headers;
		call.path = form("/inventory/%s/adjustments", products[p].variant);
		call.body = form("{\"delta\": %lld, \"reason\": \"count\"}",
		    (long long)(levels[number % LEVELS] - levels[(number - 1) % LEVELS]));
	}
	write_until_done(progress, call, number);
}

static void
rename_shared(const char *what, const char *id, struct progress *progress)
{
	int64_t number = progress->begun + 1;

	write_until_done(progress,
	    (struct call) { "PATCH", form("/%s/%s", what, id), admin.access,
		form("{\"name\": \"Kept %lld of %s\"}", (long long)number, seller.id), NULL },
	    number);
}

static void
write_at_random(int writer)
{
	static const enum aspect aspects[] = { NAME, NAME, NAME, STOCK, STOCK, STOCK, STOCK, PUBLISHED, PUBLISHED, PLACED };

	while (!shared->over) {
		struct arena_mark mark = arena_mark(api_arena());
		long              dice = random() % 16;
		size_t            p = (size_t)(writer + WRITERS * (random() % (PRODUCTS / WRITERS)));
		struct progress  *open = &shared->products[APART][OPEN];

		if (writer == 0 && dice == 0)
			rename_shared("categories", category, &shared->category);
		else if (writer == 1 && dice == 0)
			rename_shared("brands", brand, &shared->brand);
		else if (p == APART && monotonic_ms() - open->answered_at > OPEN_MS)
			change_product(p, OPEN);
		else if (p != APART || open->answered % 2 == 1)
			change_product(p, aspects[random() % (long)(sizeof aspects / sizeof *aspects)]);
		arena_release(api_arena(), mark);
		pause_ms(random() % 60);
	}
}

/* ---- reading ---- */

/* All that was answered before a request, or had begun when its answer came. */
struct moment {
	int64_t products[PRODUCTS][ASPECTS], category, brand;
	bool    relisted;
};

static struct moment
what_is(bool answered)
{
	struct moment moment;

	for (size_t p = 0; p < PRODUCTS; p++)
		for (int a = 0; a < ASPECTS; a++)
			moment.products[p][a] = answered ? shared->products[p][a].answered : shared->products[p][a].begun;
	moment.category = answered ? shared->category.answered : shared->category.begun;
	moment.brand = answered ? shared->brand.answered : shared->brand.begun;
	moment.relisted = monotonic_ms() - shared->products[APART][OPEN].answered_at > RELISTED_MS;
	return moment;
}

/* What an answer shows; -1: nothing of it. */
struct seen {
	int64_t names[PRODUCTS], available[PRODUCTS], in_stock[PRODUCTS], category, brand;
	int64_t shown[PRODUCTS], placed[PRODUCTS], listed[PRODUCTS], listed_beside[PRODUCTS];
};

static void
hold_number(const char *what, int64_t seen, int64_t before, int64_t after)
{
	if (seen >= 0 && (seen < before || seen > after))
		complain(form(
		    "%s: %s is %lld, not from %lld to %lld", asked, what, (long long)seen, (long long)before, (long long)after));
}

/* A product's state that follows from some of its numbers, while none of them moves. */
static void
hold_state(const char *what, size_t p, int64_t seen, int64_t right, bool still)
{
	if (seen >= 0 && still && seen != right)
		complain(form("%s: %s of product %zu is %lld, not %lld", asked, what, p, (long long)seen, (long long)right));
}

static void
hold_product(const struct seen *seen, size_t p, const int64_t before[ASPECTS], const int64_t after[ASPECTS], bool relisted)
{
	bool    still[ASPECTS], shown, shows, lists;
	int64_t level = levels[before[STOCK] % LEVELS];

	for (int a = 0; a < ASPECTS; a++)
		still[a] = before[a] == after[a];
	shown = before[PUBLISHED] % 2 == 1 && before[OPEN] % 2 == 1;
	shows = still[PUBLISHED] && still[OPEN];
	lists = shows && still[PLACED] && (p != APART || relisted);
	hold_number("the name", seen->names[p], before[NAME], after[NAME]);
	hold_state("in_stock", p, seen->in_stock[p], level > 0, still[STOCK]);
	hold_state("available", p, seen->available[p], level, still[STOCK]);
	hold_state("shown", p, seen->shown[p], shown, shows);
	hold_state("in its category", p, seen->placed[p], before[PLACED] % 2, still[PLACED]);
	hold_state("listed", p, seen->listed[p], shown && before[PLACED] % 2 == 1, lists);
	hold_state("listed beside", p, seen->listed_beside[p], shown && before[PLACED] % 2 == 0, lists);
}

static void
hold(const struct seen *seen, const struct moment *before, const struct moment *after)
{
	for (size_t p = 0; p < PRODUCTS; p++)
		hold_product(seen, p, before->products[p], after->products[p], before->relisted);
	hold_number("the category's name", seen->category, before->category, after->category);
	hold_number("the brand's name", seen->brand, before->brand, after->brand);
}

static int64_t
number_in(const char *name)
{
	return name == NULL || strncmp(name, "Kept ", 5) != 0 ? -1 : strtoll(name + 5, NULL, 10);
}

static void
see_product(const struct answer *answer, const char *at, size_t p, struct seen *seen)
{
	seen->names[p] = number_in(text_at(answer, form("%sname", at)));
	seen->in_stock[p] = bool_at(answer, form("%sin_stock", at));
	if (has_at(answer, form("%svariants.0.id", at)))
		seen->available[p] = number_at(answer, form("%svariants.0.available", at));
	seen->placed[p] = strcmp(text_at(answer, form("%scategory.id", at)), category) == 0;
	if (seen->placed[p])
		seen->category = number_in(text_at(answer, form("%scategory.name", at)));
	seen->brand = number_in(text_at(answer, form("%sbrand.name", at)));
}

/* A page of a category, in which all of them have room. */
static void
see_page(const struct answer *answer, int64_t *listed, struct seen *seen)
{
	for (size_t p = 0; p < PRODUCTS; p++)
		listed[p] = 0;
	for (size_t i = 0; i < length_at(answer, "results"); i++)
		for (size_t p = 0; p < PRODUCTS; p++)
			if (strcmp(text_at(answer, form("results.%zu.id", i)), products[p].id) == 0) {
				listed[p] = 1;
				see_product(answer, form("results.%zu.", i), p, seen);
			}
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
	case 3:
		return form("/products?category=%s", beside);
	default:
		return "/categories/tree";
	}
}

static void
see(const struct answer *answer, size_t question, struct seen *seen)
{
	memset(seen, 0xff, sizeof *seen); /* nothing of anything */
	if (question < 2 * PRODUCTS) {
		seen->shown[question % PRODUCTS] = answer->status != 404;
		if (answer->status != 404)
			see_product(answer, "", question % PRODUCTS, seen);
	} else if (question < 2 * PRODUCTS + PAGES) {
		see_page(answer, question < 2 * PRODUCTS + PAGES - 1 ? seen->listed : seen->listed_beside, seen);
	} else {
		see_tree(answer, seen);
	}
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
	other = person_new("shopkeeper");
	answer = api_post("/categories", admin.access, form("{\"name\": \"Kept 0 of %s\"}", seller.id));
	EXPECT(answer, 201);
	category = text_at(&answer, "id");
	/* A slug of its own: what it gets from its name would change with that. */
	category_slug = form("kept-%s", category);
	EXPECT(api_patch(form("/categories/%s", category), admin.access, form("{\"slug\": \"%s\"}", category_slug)), 200);
	answer = api_post("/categories", admin.access, form("{\"name\": \"Beside %s\"}", seller.id));
	EXPECT(answer, 201);
	beside = text_at(&answer, "id");
	answer = api_post("/brands", admin.access, form("{\"name\": \"Kept 0 of %s\"}", seller.id));
	EXPECT(answer, 201);
	brand = text_at(&answer, "id");
	for (size_t p = 0; p < PRODUCTS; p++) {
		answer = api_post("/products", p == APART ? other.access : seller.access,
		    form(
			"{\"name\": \"Kept 0\", \"price\": \"1.00\", \"status\": \"published\", \"category_id\": \"%s\", "
			"\"brand_id\": \"%s\", \"description\": \"%0*d\", \"variants\": [{\"sku\": \"KEPT-%s-%zu\", \"on_hand\": %lld}]}",
			category, brand, 1500, 0, category, p, (long long)levels[1]));
		EXPECT(answer, 201);
		products[p].id = text_at(&answer, "id");
		products[p].slug = text_at(&answer, "slug");
		products[p].variant = text_at(&answer, "variants.0.id");
		for (int a = STOCK; a < ASPECTS; a++)
			shared->products[p][a].begun = shared->products[p][a].answered = 1;
	}
}

/* How often the workers have found in memcached what they were asked for. */
static int64_t
documents_found(void)
{
	static const char name[] = "haat_cached_documents_total{outcome=\"found\"} ";
	struct answer     answer = api_get("/metrics", NULL);
	const char       *at = strstr(answer.body, name);

	EXPECT(answer, 200);
	return at == NULL ? 0 : strtoll(at + strlen(name), NULL, 10);
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
	int64_t     until, found;
	pid_t       processes[WRITERS + READERS];
	int         status;

	prepare();
	began = monotonic_ms();
	found = documents_found();
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
	found = documents_found() - found;
	printf("%lld writes, %lld reads, of them %lld packed, %lld unchanged, %lld kept documents found\n",
	    (long long)shared->writes, (long long)shared->reads, (long long)shared->packed, (long long)shared->unchanged,
	    (long long)found);
	CHECK(shared->writes > 100);
	CHECK(shared->reads > 1000);
	CHECK(shared->packed > 100);
	CHECK(shared->unchanged > 100);
	CHECK(found > 200); /* the database alone would be right, too */
	EXPECT_CONSISTENT();
}

SUITE("cached reads", TEST(test_reads_lack_no_answered_write))
