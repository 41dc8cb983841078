/* A shop where nobody has set up sign-in by Google or phone: their calls say so. */
#include "tests/api/lone_worker.h"

#include <string.h>

static struct answer
call(const char *method, const char *path, const char *body)
{
	static bool started;

	if (!started)
		lone_workers_start(
		    (const char *const[]) { "HAAT_AUTH_GOOGLE_CLIENT_ID=", "HAAT_AUTH_FIREBASE_PROJECT_ID=", NULL });
	started = true;
	return lone_call("192.0.2.77", method, path, NULL, body);
}

static void
calls_say_so(void)
{
	static const char *const calls[][3] = {
		{ "GET", "/auth/google?return_url=https://localhost/", NULL },
		{ "GET", "/auth/google/callback?code=x&state=y", NULL },
		{ "POST", "/auth/phone-login", "{\"id_token\": \"a.b.c\"}" },
	};
	struct answer answer;

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		answer = call(calls[i][0], calls[i][1], calls[i][2]);
		EXPECT_PROBLEM(answer, 404, "sign_in_disabled");
	}
	answer = call("GET", "//signin/phone", NULL);
	CHECK_INT(answer.status, 404);
	CHECK(strstr(answer.body, "Nobody is signed in here that way.") != NULL);
	CHECK(strstr(answer.body, "Continue with") == NULL);
	CHECK_INT(call("GET", "//signin/google", NULL).status, 404);
	answer = call("GET", "//register", NULL);
	CHECK_INT(answer.status, 200);
	CHECK(strstr(answer.body, "Continue with") == NULL);
}

SUITE("api: sign-in that is not set up", TEST(calls_say_so))
