/* Long jobs tell how far they have come, which GET /jobs/{id} shows: run here without a worker, which would take the rows away. */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "events/job.h"
#include "payments/method.h"
#include "payments/risk/jobs.h"
#include "settlements/settlement.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"
#include "tests/suite.h"

#include <mysql.h>
#include <stdlib.h>
#include <unistd.h>

static struct config config;
static struct arena *arena;
static MYSQL        *root;
static struct work   work;
static char          directory[] = "/tmp/haat-progress-XXXXXX";

static const struct problem *
enqueue(struct work *w, enum job_kind kind, const struct shape *shape, const void *payload)
{
	return job_enqueue(w, kind, job_kind_name(kind), NULL, shape, payload);
}

/* Runs the job's handler as its worker would, but leaves the job: done / total. */
static const char *
progress_of(enum job_kind kind, const struct problem *(*handler)(struct work *, const struct job *), const struct shape *shape,
    const void *payload)
{
	struct job *job;
	int64_t     done, total;

	REQUIRE(db_transaction(&work, enqueue(&work, kind, shape, payload)) == OK);
	REQUIRE(job_claim(&work, LANE_UPKEEP, &job) == OK && job != NULL);
	CHECK(handler(&work, job) == OK);
	done = private_value(root, "SELECT done FROM jobs");
	total = private_value(root, "SELECT IFNULL(total, -1) FROM jobs");
	CHECK(private_run(root, "DELETE FROM jobs") == 0);
	return arena_format(arena, "%lld/%lld", (long long)done, (long long)total);
}

static void
test_learning(void)
{
	CHECK_TEXT(progress_of(JOB_LEARN_RISK, learn_risk_job, NULL, NULL), "3/4");
}

/* What cannot be opened has been looked at too. */
static void
test_resealing(void)
{
	CHECK(private_run(root,
		  "INSERT INTO users (id, email, full_name, role) VALUES (REPEAT('u', 16), 'a@b.test', 'A', 'customer')") == 0);
	for (int i = 0; i < 120; i++)
		CHECK(
		    private_run(root,
			arena_format(arena,
			    "INSERT INTO payment_methods (id, user_id, type, provider, sealed, sealed_with, token_digest) VALUES "
			    "(UNHEX(MD5('%d')), REPEAT('u', 16), 'card', 'stripe', 'broken', 'old', UNHEX(SHA2('%d', 256)))",
			    i, i)) == 0);
	CHECK_TEXT(progress_of(JOB_RESEAL_METHODS, reseal_methods_job, NULL, NULL), "120/120");
}

static void
test_a_settlement_file(void)
{
	static const char     rows[] = "id,reference,amount,fees,currency,paid_at\n1,PAY-NOBODY,100,1,NGN,\n";
	struct settlement_job payload = { NEW_ID(settlement_id) };
	FILE *file = fopen(arena_format(arena, "%s/%s", directory, settlement_file(arena, payload.settlement)), "w");

	REQUIRE(file != NULL);
	CHECK(fputs(rows, file) >= 0 && fclose(file) == 0);
	CHECK(private_run(root,
		  arena_format(arena,
		      "INSERT INTO settlements (id, provider, digest, bytes) VALUES ('%s', 'paystack', "
		      "REPEAT('d', 32), %zu)",
		      uuid_text(arena, payload.settlement.uuid), sizeof rows - 1)) == 0);
	CHECK_TEXT(progress_of(JOB_RECONCILE_SETTLEMENT, reconcile_settlement_job, &settlement_job_shape, &payload),
	    arena_format(arena, "%zu/%zu", sizeof rows - 1, sizeof rows - 1));
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM settlements WHERE status = 'done' AND data_rows = 1"), 1);
}

static const struct test tests[] = { TEST(test_learning), TEST(test_resealing), TEST(test_a_settlement_file) };

int
main(int argc, char **argv)
{
	static const char *const old_keys[] = { "old:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", NULL };
	static const char *const columns[] = { NULL };
	int                      failed;

	(void)argc;
	private_database(argv);
	arena = arena_new(64 << 20);
	config = (struct config) {
		.http = { .import_directory = mkdtemp(directory) },
		.jobs = { .lease_seconds = 60, .attempts = 5 },
		.payments = { .method_key = "new:BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=", .method_old_keys = old_keys },
		.settlements = { .paystack_columns = columns },
		.risk = { .address_days = 30, .review_score = 70 },
	};
	if (config.http.import_directory == NULL)
		return 99;
	root = private_shop("progress", &config, arena, &work);
	if (root == NULL)
		return 99;
	failed = run_suite("progress of jobs", tests, sizeof tests / sizeof *tests);
	rmdir(directory);
	return failed;
}
