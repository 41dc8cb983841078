/* Payment methods and the keys that seal them, against a MariaDB of its own with the whole schema. */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "events/job.h"
#include "payments/method.h"
#include "payments/provider.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"
#include "tests/suite.h"

#include <mysql.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARENA_BYTES = 64 << 20, MANY = 250 };

#define KEY_1 "1:0123456789abcdef0123456789abcdef"
#define KEY_2 "2:fedcba9876543210fedcba9876543210"

static const char *const no_keys[] = { NULL };
static const char *const former_1[] = { KEY_1, NULL };
static const char *const former_2[] = { KEY_2, NULL };

static struct config config;
static struct arena *arena;
static MYSQL        *root;
static struct work   work;
static struct job   *job; /* as whose the jobs run */

static void
use_keys(const char *current, const char *const *former)
{
	config.payments.method_key = current;
	config.payments.method_old_keys = former;
}

/* Somebody with an account, on whose behalf the work is done. */
static struct method_owner
owner_new(void)
{
	static int            number;
	static struct user_id ids[32];
	struct user_id       *id = &ids[number];

	*id = NEW_ID(user_id);
	number++;
	CHECK_INT(
	    private_run(root,
		arena_format(arena,
		    "INSERT INTO users (id, email, full_name, role) VALUES ('%s', 'payer%d@example.test', 'A Payer', 'customer')",
		    uuid_text(arena, id->uuid), number)),
	    0);
	work.viewer = (struct viewer) { .user = *id };
	return (struct method_owner) { .id = id->uuid, .user = id, .email = "payer@example.test", .name = "A Payer" };
}

static void
store(const struct method_owner *owner, const char *token)
{
	struct kept_token kept = { .stored = { token, "cus_1", owner->email, NULL }, .type = METHOD_CARD };

	CHECK(keep_token(&work, owner, provider_known("stripe"), &kept) == OK);
}

static struct payment_method *
methods_of(size_t *count)
{
	struct payment_method *methods;

	REQUIRE(list_methods(&work, &methods, count) == OK);
	return methods;
}

/* All that the owner has opens, and holds what was stored. */
static size_t
opened(void)
{
	size_t                 count, good = 0;
	struct payment_method *methods = methods_of(&count);

	for (size_t i = 0; i < count; i++) {
		struct stored_token stored;

		good += open_token(&work, &methods[i], &stored) == OK && strncmp(stored.token, "pm_", 3) == 0 &&
		    strcmp(stored.customer, "cus_1") == 0 && strcmp(stored.email, "payer@example.test") == 0;
	}
	return good;
}

static int64_t
sealed_with(const char *key)
{
	return private_value(root, arena_format(arena, "SELECT COUNT(*) FROM payment_methods WHERE sealed_with = '%s'", key));
}

static void
forget_all(void)
{
	CHECK_INT(private_run(root, "DELETE FROM payment_methods"), 0);
}

/* Rows of several owners, since one has not so many: copies with tokens of their own are made by keep_token. */
static struct method_owner
store_many(size_t count)
{
	struct method_owner owner = { .email = NULL };

	for (size_t i = 0; i < count; i++) {
		if (i % METHODS_MAX == 0)
			owner = owner_new();
		store(&owner, arena_format(arena, "pm_%zu", i));
	}
	return owner;
}

static void
test_a_changed_key_seals_all_anew(void)
{
	struct key_use     *uses;
	size_t              count;
	struct method_owner owner;

	forget_all();
	use_keys(KEY_1, no_keys);
	owner = store_many(MANY);
	CHECK_INT(sealed_with("1"), MANY);
	use_keys(KEY_2, former_1);
	CHECK_INT(opened(), METHODS_MAX);
	REQUIRE(reseal_methods_job(&work, job) == OK);
	CHECK_INT(sealed_with("1"), 0);
	CHECK_INT(sealed_with("2"), MANY);
	/* Nobody has changed them: If-Match still fits, and the former key is needed no more. */
	CHECK_INT(private_value(root, "SELECT MAX(version) FROM payment_methods WHERE NOT is_default"), 1);
	use_keys(KEY_2, no_keys);
	CHECK_INT(opened(), METHODS_MAX);
	REQUIRE(method_key_uses(&work, &uses, &count) == OK);
	CHECK(count == 1 && uses[0].current && uses[0].known && uses[0].rows == MANY);
	/* The same token is still the same method. */
	store(&owner, arena_format(arena, "pm_%d", MANY - 1));
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM payment_methods"), MANY);
}

static void
test_a_token_of_a_former_key_is_known(void)
{
	struct method_owner owner;
	size_t              count;

	forget_all();
	use_keys(KEY_1, no_keys);
	owner = owner_new();
	store(&owner, "pm_same");
	use_keys(KEY_2, former_1);
	store(&owner, "pm_same");
	methods_of(&count);
	CHECK_INT(count, 1);
	CHECK_INT(sealed_with("2"), 1);
}

static void
test_a_missing_key_changes_nothing(void)
{
	struct key_use        *uses;
	struct payment_method *methods;
	struct stored_token    stored;
	size_t                 count;

	forget_all();
	use_keys(KEY_1, no_keys);
	store_many(3);
	use_keys(KEY_2, no_keys);
	CHECK(reseal_methods_job(&work, job) == OK);
	CHECK_INT(sealed_with("1"), 3);
	methods = methods_of(&count);
	CHECK(problem_is(open_token(&work, &methods[0], &stored), PROBLEM_INTERNAL));
	REQUIRE(method_key_uses(&work, &uses, &count) == OK);
	CHECK(count == 1 && !uses[0].known && !uses[0].current);
	use_keys(KEY_2, former_1);
	CHECK_INT(opened(), 3);
}

/* A sealed token is of its row, its owner and its provider. */
static void
test_moved_elsewhere_it_does_not_open(void)
{
	struct payment_method *methods, moved;
	struct stored_token    stored;
	struct user_id         other = NEW_ID(user_id);
	struct merchant_id     merchant = { other.uuid };
	size_t                 count;

	forget_all();
	use_keys(KEY_1, no_keys);
	store_many(2);
	methods = methods_of(&count);
	REQUIRE(count == 2);
	moved = methods[0];
	CHECK(open_token(&work, &moved, &stored) == OK);
	moved.sealed = methods[1].sealed;
	CHECK(open_token(&work, &moved, &stored) != OK);
	moved = methods[0];
	moved.user = &other;
	CHECK(open_token(&work, &moved, &stored) != OK);
	moved = methods[0];
	moved.merchant = &merchant;
	CHECK(open_token(&work, &moved, &stored) != OK);
	moved = methods[0];
	moved.provider = "paypal";
	CHECK(open_token(&work, &moved, &stored) != OK);
}

/* A worker on a connection of its own, that seals from one key to the other and back until it is killed. */
static pid_t
start_sealer(void)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	work.arena = arena_new(ARENA_BYTES);
	work.db = db_open(&config, work.arena);
	for (int i = 0;; i++) {
		use_keys(i % 2 == 0 ? KEY_2 : KEY_1, i % 2 == 0 ? former_1 : former_2);
		if (reseal_methods_job(&work, job) != OK)
			_exit(1);
		arena_reset(work.arena);
	}
}

static void
kill_sealer(pid_t sealer)
{
	int status;

	kill(sealer, SIGKILL);
	CHECK(waitpid(sealer, &status, 0) == sealer && WIFSIGNALED(status));
}

static void
test_a_killed_worker_leaves_all_readable(void)
{
	forget_all();
	use_keys(KEY_1, no_keys);
	store_many(METHODS_MAX);
	for (int i = 0; i < 5; i++) {
		pid_t sealer = start_sealer();

		usleep(30000);
		kill_sealer(sealer);
		use_keys(KEY_1, former_2);
		CHECK_INT(opened(), METHODS_MAX);
	}
	use_keys(KEY_2, former_1);
	REQUIRE(reseal_methods_job(&work, job) == OK);
	use_keys(KEY_2, no_keys);
	CHECK_INT(opened(), METHODS_MAX);
}

/* Owners change, delete and store again while the keys change; nothing of that is lost. */
static void
test_owners_change_meanwhile(void)
{
	struct method_owner    owner;
	struct payment_method *methods;
	size_t                 count;
	pid_t                  sealer;

	forget_all();
	use_keys(KEY_1, former_2);
	owner = store_many(METHODS_MAX);
	methods = methods_of(&count);
	sealer = start_sealer();
	use_keys(KEY_1, former_2);
	for (size_t i = 0; i < count; i++) {
		struct payment_method *changed, body = { .label = "mine" };

		body.seen.bits = 1; /* the label */
		if (i % 3 == 0)
			CHECK(db_transaction(&work, delete_method(&work, methods[i].id, NULL)) == OK);
		else if (i % 3 == 1)
			CHECK(db_transaction(&work, update_method(&work, methods[i].id, &body, NULL, &changed)) == OK);
		else
			store(&owner, arena_format(arena, "pm_%zu", count - 1 - i));
	}
	kill_sealer(sealer);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM payment_methods WHERE deleted_at IS NOT NULL AND sealed IS NOT NULL"),
	    (METHODS_MAX + 2) / 3);
	methods_of(&count);
	CHECK_INT(opened(), count);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM payment_methods WHERE label = 'mine' AND deleted_at IS NULL"),
	    (METHODS_MAX + 1) / 3);
	CHECK(private_value(root, "SELECT COUNT(*) FROM payment_methods WHERE is_default AND deleted_at IS NULL") <= 1);
}

static const struct test tests[] = { TEST(test_a_changed_key_seals_all_anew), TEST(test_a_token_of_a_former_key_is_known),
	TEST(test_a_missing_key_changes_nothing), TEST(test_moved_elsewhere_it_does_not_open),
	TEST(test_a_killed_worker_leaves_all_readable), TEST(test_owners_change_meanwhile) };

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	arena = arena_new(ARENA_BYTES);
	config = (struct config) {
		.jobs = { .lease_seconds = 600 },
	};
	root = private_shop("methods", &config, arena, &work);
	if (root == NULL)
		return 99;
	use_keys(KEY_1, no_keys);
	const struct problem *problem = db_transaction(&work, job_enqueue_recurring(&work));

	if (problem != OK)
		fprintf(stderr, "%s\n", problem->message);
	private_run(root, "UPDATE jobs SET run_at = NOW(3) - INTERVAL 1 HOUR");
	if (problem != OK || job_claim(&work, LANE_UPKEEP, &job) != OK || job == NULL) {
		fputs("cannot take a job\n", stderr);
		return 99;
	}
	return run_suite("methods", tests, sizeof tests / sizeof *tests);
}
