/*
 * How fast events leave the shop of HAAT_RUN: `out deliveries SECONDS`, `out sqs EVENTS` and `out sqs-of-one EVENTS`.
 *
 * deliveries: 2,000 a minute to 100 endpoints of which 20 take a request and never answer; how late each came to the others, from
 * the time of its event.  sqs: so many events of 200 merchants, fanned out already, to the stand-in of SQS; how many a second.
 * sqs-of-one: the same of one merchant.
 * One line is printed: what was measured, as words and numbers.
 */
#include "tests/api/receiver.h"
#include "tests/api/shopping.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SELLERS = 5, OF_SELLER = 20, HANGING = 4, A_MINUTE = 2000, LATE_MS = 5000, MERCHANTS = 200 };

static int64_t
wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t
steady_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
wait_until(int64_t at_ms)
{
	struct timespec until = { at_ms / 1000, at_ms % 1000 * 1000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0)
		;
}

static void
register_endpoints(const struct person *seller, struct receiver *well, struct receiver *hanging)
{
	for (int i = 0; i < OF_SELLER; i++) {
		const char *url = receiver_url(i < HANGING ? hanging : well, form("%d", i));

		EXPECT(api_post("/webhook-endpoints", seller->access,
			   form("{\"url\": \"%s\", \"event_types\": [\"product.changed\"]}", url)),
		    201);
	}
}

/* Milliseconds from the time in the body to when it came. */
static int64_t
delay_of(const struct received *got, int64_t steady_to_wall)
{
	struct json_object *body = json_tokener_parse(got->body);
	const char         *said = json_object_get_string(json_object_object_get(body, "timestamp"));
	struct tm           utc = { 0 };
	int64_t             at = (int64_t)(strptime(said, "%Y-%m-%dT%H:%M:%S", &utc) == NULL ? 0 : timegm(&utc)) * 1000;

	at += strtol(said + 20, NULL, 10);
	json_object_put(body);
	return got->at_ms + steady_to_wall - at;
}

static int
compare(const void *a, const void *b)
{
	const int64_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

static void
report_delays(struct receiver *well, size_t expected, int64_t took_ms)
{
	size_t   count = receiver_wait(well, expected), late = 0;
	int64_t *delays = calloc(count + 1, sizeof *delays), steady_to_wall = wall_ms() - steady_ms();

	for (size_t i = 0; i < count; i++) {
		struct received got = receiver_got(well, i);

		delays[i] = delay_of(&got, steady_to_wall);
		late += delays[i] > LATE_MS;
	}
	qsort(delays, count, sizeof *delays, compare);
	printf("\ndeliveries %zu expected %zu a_minute %.0f p50_ms %lld p99_ms %lld worst_ms %lld late %zu\n", count, expected,
	    (double)expected * OF_SELLER / (OF_SELLER - HANGING) * 60000 / (double)took_ms, (long long)delays[count / 2],
	    (long long)delays[count * 99 / 100], (long long)delays[count == 0 ? 0 : count - 1], late);
	free(delays);
}

static void
measure_deliveries(void)
{
	static struct person sellers[SELLERS];
	static struct goods  goods[SELLERS];
	struct receiver     *well = receiver_new(), *hanging = receiver_new();
	int64_t seconds = strtol(getenv("OUT_AMOUNT"), NULL, 10), changes = seconds * A_MINUTE / 60 / OF_SELLER, began;

	receiver_manner(hanging, HANGS, 200, "");
	for (int i = 0; i < SELLERS; i++) {
		sellers[i] = person_new("shopkeeper");
		goods[i] = goods_new(&sellers[i], "20.00", 5);
		register_endpoints(&sellers[i], well, hanging);
	}
	began = steady_ms();
	for (int64_t i = 0; i < changes; i++) {
		const struct person *seller = &sellers[i % SELLERS];

		wait_until(began + i * seconds * 1000 / changes);
		EXPECT(api_patch(form("/products/%s", goods[i % SELLERS].product), seller->access,
			   form("{\"name\": \"change %lld\"}", (long long)i)),
		    200);
	}
	report_delays(well, (size_t)changes * (OF_SELLER - HANGING), steady_ms() - began);
	for (int i = 0; i < SELLERS; i++)
		sql_run("DELETE FROM webhook_endpoints WHERE merchant_id = '%s'", sellers[i].merchant);
}

/* Events as the fan-out leaves them, behind its last batch; all at once, when its number is raised. */
static void
measure_sqs_of(const char *name, int merchants)
{
	int64_t count = strtol(getenv("OUT_AMOUNT"), NULL, 10), batch = sql_number("SELECT MAX(batch) FROM event_fan_out"), began,
		took;
	int64_t batches = (count + 63) / 64;

	sql_run(
	    "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload, pending, batch) SELECT "
	    "UNHEX(CONCAT(LPAD(HEX(%lld), 12, '0'), '70008000', LPAD(HEX(seq), 12, '0'))), 'product.changed', 'product', "
	    "UNHEX(LPAD(HEX(seq), 32, '0')), JSON_OBJECT('merchant_id', CONCAT('01890000-0000-7000-8000-', LPAD(HEX(seq %% %d), 12, '0')), "
	    "'status', 'published'), NULL, %lld + 1 + (seq - 1) DIV 64 FROM seq_1_to_%lld",
	    (long long)wall_ms(), merchants, (long long)batch, (long long)count);
	began = steady_ms();
	sql_run("UPDATE event_fan_out SET batch = %lld", (long long)(batch + batches));
	WAIT_FOR(form("%lld", (long long)(batch + batches)), "SELECT batch FROM event_cursors WHERE consumer = 'sqs'");
	took = steady_ms() - began;
	printf("\n%s events %lld seconds %.2f a_second %.0f\n", name, (long long)count, (double)took / 1000,
	    (double)count * 1000 / (double)took);
}

static void
measure_sqs(void)
{
	measure_sqs_of("sqs", MERCHANTS);
}

static void
measure_sqs_of_one(void)
{
	measure_sqs_of("sqs-of-one", 1);
}

int
main(int argc, char **argv)
{
	struct test test = { .name = argc == 3 ? argv[1] : "" };

	if (argc != 3 || setenv("OUT_AMOUNT", argv[2], 1) != 0)
		return 2;
	test.run = strcmp(argv[1], "sqs") == 0   ? measure_sqs
	    : strcmp(argv[1], "sqs-of-one") == 0 ? measure_sqs_of_one
						 : measure_deliveries;
	return run_suite("bench: out", &test, 1);
}
