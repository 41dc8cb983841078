/* Resolving ends in time though the name server says nothing: this program's getaddrinfo is the one that is asked. */
#include "net/resolve.h"

#include "tests/suite.h"

#include <dlfcn.h>
#include <netdb.h>
#include <semaphore.h>
#include <stdbool.h>
#include <string.h>

enum { SHORT_MS = 50, LONG_MS = 600 * 1000 };

static sem_t go_on, gone_on;

typedef int getaddrinfo_function(const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* What begins with "hangs" has no answer until the test says so. */
int
getaddrinfo(
    const char *restrict host, const char *restrict port, const struct addrinfo *restrict hints, struct addrinfo **restrict found)
{
	getaddrinfo_function *real;
	int                   result;
	bool                  hangs = strncmp(host, "hangs", 5) == 0;

	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	if (hangs)
		while (sem_wait(&go_on) != 0)
			;
	result = real(hangs ? "127.0.0.1" : host, port, hints, found);
	if (hangs)
		sem_post(&gone_on);
	return result;
}

static void
test_answers(void)
{
	struct addrinfo *found;

	REQUIRE(resolve_within("127.0.0.1", "443", LONG_MS, &found) == 0);
	CHECK(found != NULL && found->ai_family == AF_INET && found->ai_socktype == SOCK_STREAM);
	freeaddrinfo(found);
	CHECK(resolve_within("no host at all", "443", LONG_MS, &found) != 0);
	CHECK(found == NULL);
}

/* It returns at all: nobody answers before that.  What is answered later is given back. */
static void
test_hangs(void)
{
	struct addrinfo *found;

	for (int i = 0; i < 3; i++) {
		CHECK_INT(resolve_within("hangs.test", "443", SHORT_MS, &found), EAI_AGAIN);
		CHECK(found == NULL);
	}
	REQUIRE(resolve_within("127.0.0.1", "443", LONG_MS, &found) == 0);
	freeaddrinfo(found);
	for (int i = 0; i < 3; i++) {
		sem_post(&go_on);
		while (sem_wait(&gone_on) != 0)
			;
	}
}

int
main(void)
{
	static const struct test tests[] = { TEST(test_answers), TEST(test_hangs) };

	sem_init(&go_on, 0, 0);
	sem_init(&gone_on, 0, 0);
	return run_suite("resolving", tests, sizeof tests / sizeof *tests);
}
