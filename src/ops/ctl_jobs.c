/* haatctl jobs, dlq, reconcile: the job queue, and dead jobs, webhooks and messages of SQS. */
#include "ops/command.h"

#include "base/arena.h"
#include "base/text.h"
#include "events/dead_letter.h"
#include "events/job.h"
#include "notify/sqs_dead.h"
#include "ops/drop.h"
#include "ops/seed.h"
#include "payments/provider.h"
#include "store/db.h"
#include "store/work.h"
#include "webhooks/dead_events.h"
#include "webhooks/inbox.h"
#include "webhooks/sender.h"

enum { LIST_MAX = 1000 };

static const char *
time_text(struct arena *arena, struct instant instant)
{
	char text[INSTANT_TEXT_SIZE];

	instant_write(instant, text);
	return arena_string(arena, text);
}

static const struct problem *
list_jobs(struct work *work, enum job_status status, size_t *count)
{
	struct job_record *jobs;

	TRY(job_list(work, status, NULL, LIST_MAX, &jobs, count));
	for (size_t i = 0; i < *count; i++)
		printf("%s  %-8s %-24s %s  %lld of %lld attempts  %s\n", uuid_text(work->arena, jobs[i].id.uuid),
		    job_status_values[status], jobs[i].kind, time_text(work->arena, jobs[i].run_at), (long long)jobs[i].attempts,
		    (long long)jobs[i].max_attempts, jobs[i].last_error == NULL ? "" : jobs[i].last_error);
	return OK;
}

/* Without a status: all. */
static int
run_jobs_list(struct control *control, int count, char **arguments)
{
	int                   only = count == 1 ? value_index(job_status_values, arguments[0]) : JOB_STATUS__COUNT;
	struct lane_counts    lanes[LANE__COUNT];
	const struct problem *problem = OK;
	size_t                listed;

	if (only < 0)
		return command_misused("'%s' is not a status: ready, running, dead", arguments[0]);
	for (int status = 0; status < JOB_STATUS__COUNT && problem == OK; status++)
		if (status == only || only == JOB_STATUS__COUNT)
			problem = list_jobs(control->work, (enum job_status)status, &listed);
	if (problem == OK)
		problem = job_count(control->work, lanes);
	if (problem != OK)
		return command_problem(problem);
	for (size_t i = 0; i < LANE__COUNT; i++)
		printf("%-8s  %lld due, %lld running, %lld dead; the oldest has waited %lld s\n", lanes[i].lane,
		    (long long)lanes[i].due, (long long)lanes[i].running, (long long)lanes[i].dead,
		    (long long)lanes[i].oldest_seconds);
	return COMMAND_OK;
}

static bool
read_id(const char *text, struct uuid *id)
{
	if (uuid_parse(text, id))
		return true;
	command_misused("'%s' is not an id", text);
	return false;
}

static int
run_jobs_show(struct control *control, int count, char **arguments)
{
	struct job_id         id;
	struct job_record    *job;
	const struct problem *problem;

	(void)count;
	if (!read_id(arguments[0], &id.uuid))
		return COMMAND_USAGE;
	problem = job_show(control->work, id, &job);
	if (problem != OK)
		return command_missing(problem);
	command_print(control->arena, &job_record_shape, job);
	return COMMAND_OK;
}

/* NOT_FOUND and CONFLICT are findings: haatctl has looked, and there is nothing to do. */
static int
outcome(const struct problem *problem, const char *done)
{
	if (problem == OK) {
		puts(done);
		return COMMAND_OK;
	}
	command_problem(problem);
	return problem_is(problem, PROBLEM_NOT_FOUND) || problem_is(problem, PROBLEM_CONFLICT) ? COMMAND_FINDING : COMMAND_CANNOT;
}

static int
run_jobs_replay(struct control *control, int count, char **arguments)
{
	struct job_id id;

	(void)count;
	if (!read_id(arguments[0], &id.uuid))
		return COMMAND_USAGE;
	return outcome(job_replay(control->work, id), "replayed");
}

/* ---- dead letters: jobs, webhooks and messages of SQS alike ---- */

/* What the event says of itself, as far as it can be read: the provider's transaction, and our reference of it. */
static const struct problem *
read_event(struct work *work, struct uuid id, const struct provider_event **event)
{
	struct provider_events *events = ARENA_NEW(work->arena, struct provider_events);
	const struct provider  *provider;
	struct stored_event    *stored;

	*event = NULL;
	TRY(show_stored_event(work, id, &stored));
	provider = sender_known(stored->provider);
	if (provider == NULL || provider->parse_events == NULL || stored->payload == NULL ||
	    provider->parse_events(
		work->arena, (struct bytes) { (const unsigned char *)stored->payload, strlen(stored->payload) }, events) != OK)
		return OK;
	*event = event_of_body(events, stored->event_id);
	return OK;
}

static const struct problem *
print_dead_event(struct work *work, const struct stored_event *stored)
{
	const struct provider_event *event;

	TRY(read_event(work, stored->id, &event));
	printf("%s  webhook  %-8s %-32s %s  %s  transaction %s  payment %s  %s\n", uuid_text(work->arena, stored->id),
	    stored->provider, stored->type, time_text(work->arena, stored->received_at), stored->event_id,
	    event == NULL || event->transaction_id == NULL ? "-" : event->transaction_id,
	    event == NULL || event->reference == NULL ? "-" : event->reference, stored->error == NULL ? "" : stored->error);
	return OK;
}

static const struct problem *
list_dead_events(struct work *work, size_t *count)
{
	struct stored_event *events;

	TRY(dead_events(work, LIST_MAX, &events, count));
	for (size_t i = 0; i < *count; i++)
		TRY(print_dead_event(work, &events[i]));
	return OK;
}

static const struct problem *
list_dead_messages(struct work *work, size_t *count)
{
	struct dead_message *messages;

	TRY(dead_messages(work, LIST_MAX, &messages, count));
	for (size_t i = 0; i < *count; i++)
		printf("%s  sqs      %-32s %s  %s  %s\n", uuid_text(work->arena, messages[i].event),
		    messages[i].type == NULL ? "-" : messages[i].type, time_text(work->arena, messages[i].created_at),
		    messages[i].group, messages[i].last_error == NULL ? "" : messages[i].last_error);
	return OK;
}

static int
run_dlq_list(struct control *control, int count, char **arguments)
{
	struct work          *work = control->work;
	size_t                n_jobs, n_events, n_messages;
	const struct problem *problem = list_jobs(work, JOB_DEAD, &n_jobs);

	(void)count, (void)arguments;
	if (problem == OK)
		problem = list_dead_events(work, &n_events);
	if (problem == OK)
		problem = list_dead_messages(work, &n_messages);
	if (problem != OK)
		return command_problem(problem);
	printf("%zu dead jobs, %zu dead webhooks, %zu dead SQS messages\n", n_jobs, n_events, n_messages);
	return n_jobs + n_events + n_messages == 0 ? COMMAND_OK : COMMAND_FINDING;
}

static int
run_dlq_show(struct control *control, int count, char **arguments)
{
	struct uuid           id;
	struct stored_event  *event;
	struct dead_message  *message;
	const struct problem *problem;

	if (!read_id(arguments[0], &id))
		return COMMAND_USAGE;
	problem = show_stored_event(control->work, id, &event);
	if (problem == OK)
		command_print(control->arena, &stored_event_shape, event);
	if (!problem_is(problem, PROBLEM_NOT_FOUND))
		return problem == OK ? COMMAND_OK : command_problem(problem);
	problem = show_refused_message(control->work, id, &message);
	if (problem == OK)
		command_print(control->arena, &dead_message_shape, message);
	if (!problem_is(problem, PROBLEM_NOT_FOUND))
		return problem == OK ? COMMAND_OK : command_problem(problem);
	return run_jobs_show(control, count, arguments);
}

static int
replay_all_dead(struct work *work)
{
	int64_t               jobs, events, messages;
	const struct problem *problem = job_replay_all(work, NULL, &jobs);

	if (problem == OK)
		problem = replay_dead_events(work, &events);
	if (problem == OK)
		problem = replay_dead_messages(work, &messages);
	if (problem != OK)
		return command_problem(problem);
	printf("replayed %lld jobs, %lld webhooks, %lld SQS messages\n", (long long)jobs, (long long)events, (long long)messages);
	return COMMAND_OK;
}

static int
run_dlq_replay(struct control *control, int count, char **arguments)
{
	struct uuid           id;
	const struct problem *problem;

	(void)count;
	if (strcmp(arguments[0], "all") == 0)
		return replay_all_dead(control->work);
	if (!read_id(arguments[0], &id))
		return COMMAND_USAGE;
	problem = replay_dead_event(control->work, id);
	if (problem_is(problem, PROBLEM_NOT_FOUND))
		problem = replay_dead_message(control->work, id);
	if (problem_is(problem, PROBLEM_NOT_FOUND))
		problem = job_replay(control->work, (struct job_id) { id });
	return outcome(problem, "replayed");
}

static int
run_dlq_drop(struct control *control, int count, char **arguments)
{
	struct uuid           id;
	const struct problem *problem;

	if (!read_id(arguments[0], &id))
		return COMMAND_USAGE;
	if (count != 3 || strcmp(arguments[1], "--reason") != 0 || *arguments[2] == '\0')
		return command_misused("a reason is required: haatctl dlq drop %s --reason TEXT", arguments[0]);
	problem = drop_dead_event(control->work, id, arguments[2]);
	if (problem_is(problem, PROBLEM_NOT_FOUND))
		problem = drop_dead_message(control->work, id, arguments[2]);
	if (problem_is(problem, PROBLEM_NOT_FOUND))
		problem = drop_dead_job(control->work, (struct job_id) { id }, arguments[2]);
	return outcome(problem, "dropped");
}

/* ---- reconcile ---- */

/* Every payment that is checked at some later time is checked now, and what ended without money lately, for it may have it, and what has
 * money, for some of it may have gone back; held and disputed ones, too, however old.  Of those of the demo no provider knows. */
static const struct problem *
schedule_checks_now(struct work *work, int64_t *payments)
{
	TRY(db_run(work->db, payments,
	    "UPDATE payments SET next_check_at = NOW(3) WHERE (status = 'disputed' OR hold_reason IS NOT NULL "
	    "OR (status IN ('pending', 'requires_action', 'processing') AND next_check_at IS NOT NULL) OR (status IN ('failed', 'cancelled', 'expired') "
	    "AND provider_transaction_id IS NOT NULL AND updated_at > NOW(3) - INTERVAL 30 DAY) "
	    "OR (status IN ('succeeded', 'partially_refunded', 'refunded') AND succeeded_at > NOW(3) - INTERVAL 90 DAY)) "
	    "AND IFNULL(provider_transaction_id, '') NOT LIKE '" SEEDED_PREFIX "%'"));
	return job_enqueue(work, JOB_RECONCILE_PAYMENTS, job_kind_name(JOB_RECONCILE_PAYMENTS), NULL, NULL, NULL);
}

static int
run_reconcile(struct control *control, int count, char **arguments)
{
	int64_t               payments = 0;
	const struct problem *problem = db_transaction(control->work, schedule_checks_now(control->work, &payments));

	(void)count, (void)arguments;
	if (problem != OK)
		return command_problem(problem);
	printf("haat-jobs will query the providers about %lld payments\n", (long long)payments);
	return COMMAND_OK;
}

const struct command job_commands[] = {
	{ "jobs list", "[STATUS]", "list all unfinished jobs, or those of one status", 0, 1, false, run_jobs_list },
	{ "jobs show", "ID", "print one job as JSON", 1, 1, false, run_jobs_show },
	{ "jobs replay", "ID", "run a dead job again", 1, 1, false, run_jobs_replay },
	{ "dlq list", "",
	    "list dead jobs, webhooks (with the provider's event and transaction and our payment) and SQS messages; exits with 1 if there are any",
	    0, 0, false, run_dlq_list },
	{ "dlq show", "ID", "print a dead job, webhook or SQS message as JSON; its id is that of its event", 1, 1, false,
	    run_dlq_show },
	{ "dlq replay", "ID | all", "run a dead job or webhook, or send a dead SQS message, or all, again", 1, 1, false,
	    run_dlq_replay },
	{ "dlq drop", "ID --reason TEXT", "discard a dead job, webhook or SQS message; the reason is recorded", 1, 3, false,
	    run_dlq_drop },
	{ "reconcile", "",
	    "query the providers now about open, held and disputed payments, those that ended in the last 30 days, and refunds of the last 90",
	    0, 0, false, run_reconcile },
	{ NULL },
};
