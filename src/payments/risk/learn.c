/*
 * What the points of the rules should be, by what became of the shop's own payments: logistic regression on which rules they
 * reached.  Fraud is what was disputed (and not won), declined by a review, or refunded with that word as the reason; honest is
 * what was approved, and what nobody has complained of for a month.  The older 70 % teach, the newest 30 % measure.
 * Everything here is in shadow until somebody switches it on (rules.c).
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "events/job.h"
#include "payments/risk/jobs.h"
#include "payments/risk/rules.h"
#include "payments/risk/signals.h"
#include "store/db.h"

#include <math.h>
#include <stdlib.h>

enum {
	SAMPLES_MAX = 50000,
	TAUGHT_MIN = 200,
	FRAUDS_MIN = 20,
	TAUGHT_PERCENT = 70,
	YEAR_DAYS = 365,
	MONTH_DAYS = 30,
	DAY_SECONDS = 24 * 3600,
	ROUNDS = 400,
	BASIS_POINTS = 10000,
	AT_ONCE = 1000,
	FORGET_DAYS = 60
};

/* To look at an honest payment for nothing costs as much as to miss so many frauds. */
static const double honest_weight = 5, penalty = 1, pace = 0.05;

/* Payments that reached the same rules and ended the same way. */
struct sample {
	uint64_t reached;
	bool     fraud;
	int64_t  count;
};

struct samples {
	struct sample        *list;
	size_t                count;
	struct risk_rule_set *set;
};

struct labelled {
	const char *facts;
	bool        fraud;
};

static const struct member labelled_members[] = {
	M_TEXT(struct labelled, facts, "risk_facts", 1000),
	M_BOOLEAN(struct labelled, fraud, "fraud"),
};
SHAPE(struct labelled, labelled_shape, "RiskLabelled", labelled_members);

static const struct problem *
take_sample(void *row, void *argument)
{
	const struct labelled *labelled = row;
	struct samples        *samples = argument;
	struct risk_facts      facts;

	risk_facts_read(labelled->facts, &facts);
	samples->list[samples->count++] =
	    (struct sample) { .reached = risk_reached(samples->set, &facts), .fraud = labelled->fraud, .count = 1 };
	return OK;
}

#define IS_FRAUD \
	"(IFNULL(p.review = 'declined', 0) OR EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = p.id AND d.created_at <= ? " \
	"AND d.status IN ('open', 'submitted', 'lost', 'accepted')) OR EXISTS (SELECT 1 FROM refunds r WHERE r.payment_id = p.id " \
	"AND LOWER(r.reason) LIKE '%fraud%'))"

/* Newest first. */
static const struct problem *
read_samples(struct work *work, struct instant now, struct samples *samples)
{
	struct instant year = instant_add_seconds(now, -(int64_t)YEAR_DAYS * DAY_SECONDS),
		       month = instant_add_seconds(now, -(int64_t)MONTH_DAYS * DAY_SECONDS);

	samples->list = ARENA_ARRAY(work->arena, SAMPLES_MAX, struct sample);
	return db_each(work->db, &labelled_shape, take_sample, samples,
	    "SELECT s.risk_facts, s.fraud FROM (SELECT p.id, p.risk_facts, p.review, p.created_at, " IS_FRAUD
	    " AS fraud FROM payments p "
	    "WHERE p.id >= ? AND p.id < ? AND p.risk_facts IS NOT NULL AND p.status IN ('succeeded', 'partially_refunded', 'refunded', "
	    "'disputed') ORDER BY p.id DESC LIMIT 50000) s WHERE s.fraud OR s.review = 'approved' OR s.created_at <= ? ORDER BY s.id DESC",
	    P(now), P(uuid_floor(year.unix_ms)), P(uuid_floor(now.unix_ms)), P(month));
}

static int
by_reached(const void *a, const void *b)
{
	const struct sample *one = a, *other = b;

	if (one->reached != other->reached)
		return one->reached < other->reached ? -1 : 1;
	return (int)one->fraud - (int)other->fraud;
}

/* The same ones joined; how many there are then. */
static size_t
join_samples(struct sample *list, size_t count)
{
	size_t kept = 0;

	if (count == 0)
		return 0;
	qsort(list, count, sizeof *list, by_reached);
	for (size_t i = 1; i < count; i++)
		if (by_reached(&list[i], &list[kept]) == 0)
			list[kept].count++;
		else
			list[++kept] = list[i];
	return kept + 1;
}

static int64_t
count_frauds(const struct sample *list, size_t count)
{
	int64_t frauds = 0;

	for (size_t i = 0; i < count; i++)
		frauds += list[i].fraud ? list[i].count : 0;
	return frauds;
}

enum { WEIGHTS = RISK_RULES_MAX + 1, BASE = RISK_RULES_MAX }; /* the last is what every payment has */

static double
chance_of(const double *weights, uint64_t matches)
{
	double sum = weights[BASE];

	for (size_t i = 0; i < RISK_RULES_MAX; i++)
		if (matches >> i & 1)
			sum += weights[i];
	return 1 / (1 + exp(-sum));
}

static void
add_slopes(const struct risk_rule_set *set, const struct sample *list, size_t count, const double *weights, double *slopes)
{
	for (size_t k = 0; k < WEIGHTS; k++)
		slopes[k] = k == BASE ? 0 : penalty * weights[k];
	for (size_t i = 0; i < count; i++) {
		uint64_t matches = risk_strictest(set, list[i].reached);
		double   weight = (double)list[i].count * (list[i].fraud ? 1 : honest_weight);
		double   error = weight * (chance_of(weights, matches) - (list[i].fraud ? 1 : 0));

		slopes[BASE] += error;
		for (size_t k = 0; k < set->count; k++)
			if (matches >> k & 1)
				slopes[k] += error;
	}
}

/* Steps down the slope, each weight at a pace of its own (D. Kingma, J. Ba, "Adam", 2015). */
static void
fit(const struct risk_rule_set *set, const struct sample *list, size_t count, double *weights)
{
	double slopes[WEIGHTS], mean[WEIGHTS] = { 0 }, square[WEIGHTS] = { 0 };

	for (size_t k = 0; k < WEIGHTS; k++)
		weights[k] = 0;
	weights[BASE] = -3;
	for (int round = 0; round < ROUNDS; round++) {
		add_slopes(set, list, count, weights, slopes);
		for (size_t k = 0; k < WEIGHTS; k++) {
			mean[k] = 0.9 * mean[k] + 0.1 * slopes[k];
			square[k] = 0.99 * square[k] + 0.01 * slopes[k] * slopes[k];
			weights[k] -= pace * mean[k] / (sqrt(square[k]) + 1e-9);
		}
	}
}

/* Points with which an even chance scores just what is looked at.  False: fraud is too common for that. */
static bool
to_points(const struct work *work, const double *weights, struct risk_rule_set *learned)
{
	double scale;

	if (weights[BASE] > -1)
		return false;
	scale = (double)work->config->risk.review_score / -weights[BASE];
	for (size_t k = 0; k < learned->count; k++) {
		double points = round(weights[k] * scale);

		learned->rules[k].points = (int64_t)(points > RISK_POINTS_MAX ? RISK_POINTS_MAX
			: points < -RISK_POINTS_MAX                           ? -RISK_POINTS_MAX
									      : points);
	}
	return true;
}

static int64_t *
rate(struct arena *arena, int64_t part, int64_t whole)
{
	int64_t *value = ARENA_NEW(arena, int64_t);

	*value = whole == 0 ? 0 : part * BASIS_POINTS / whole;
	return whole == 0 ? NULL : value;
}

static void
measure(struct work *work, const struct risk_rule_set *set, const struct sample *list, size_t count, int64_t **precision,
    int64_t **recall)
{
	int64_t found = 0, wrong = 0, frauds = count_frauds(list, count);

	for (size_t i = 0; i < count; i++)
		if (risk_score(set, risk_matches(set, list[i].reached)) >= work->config->risk.review_score)
			*(list[i].fraud ? &found : &wrong) += list[i].count;
	*precision = rate(work->arena, found, found + wrong);
	*recall = rate(work->arena, found, frauds);
}

static const struct problem *
write_model(struct work *work, const struct risk_model *model, const struct risk_rule_set *learned)
{
	for (size_t k = 0; k < learned->count; k++)
		TRY(db_run(work->db, NULL,
		    "UPDATE risk_rules SET learned_points = ?, updated_at = updated_at WHERE signal_name = ? AND bound = ?",
		    P(learned->rules[k].points), P(risk_signal_values[learned->rules[k].signal]), P(learned->rules[k].bound)));
	return db_run(work->db, NULL,
	    "INSERT INTO risk_models (id, payments, frauds, held_out, held_out_frauds, live_precision, live_recall, learned_precision, "
	    "learned_recall) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(uuid_new()), P(model->payments), P(model->frauds), P(model->held_out), P(model->held_out_frauds),
	    P(model->live_precision), P(model->live_recall), P(model->learned_precision), P(model->learned_recall));
}

static const struct problem *
read_rules(struct work *work, struct risk_rule_set *set)
{
	struct risk_model *ignored;
	struct risk_rule  *rules;
	size_t             count;

	TRY(list_rules(work, &rules, &count, &ignored));
	set->count = 0;
	for (size_t i = 0; i < count; i++)
		if (rules[i].enabled)
			set->rules[set->count++] = (struct risk_points) {
				.signal = rules[i].signal, .bound = rules[i].bound, .points = rules[i].points
			};
	return OK;
}

const struct problem *
risk_learn_points(struct work *work, struct instant now)
{
	struct risk_rule_set live, learned;
	struct samples       samples = { .set = &live };
	struct sample       *older;
	size_t               held_out, n_older, n_newer;
	double               weights[WEIGHTS];
	struct risk_model    model;

	TRY(read_rules(work, &live));
	TRY(read_samples(work, now, &samples));
	held_out = samples.count - samples.count * TAUGHT_PERCENT / 100;
	older = samples.list + held_out;
	n_older = samples.count - held_out;
	model = (struct risk_model) { .payments = (int64_t)samples.count,
		.frauds = count_frauds(samples.list, samples.count),
		.held_out = (int64_t)held_out,
		.held_out_frauds = count_frauds(samples.list, held_out) };
	if (n_older < TAUGHT_MIN || model.frauds - model.held_out_frauds < FRAUDS_MIN) {
		log_info(
		    "too few payments to learn from", LOG_NUMBER("payments", model.payments), LOG_NUMBER("frauds", model.frauds));
		return OK;
	}
	n_newer = join_samples(samples.list, held_out);
	n_older = join_samples(older, n_older);
	fit(&live, older, n_older, weights);
	learned = live;
	if (!to_points(work, weights, &learned)) {
		log_warning("fraud is too common to learn points from");
		return OK;
	}
	measure(work, &live, samples.list, n_newer, &model.live_precision, &model.live_recall);
	measure(work, &learned, samples.list, n_newer, &model.learned_precision, &model.learned_recall);
	return db_transaction(work, write_model(work, &model, &learned));
}

/* Where somebody paid from is forgotten after a while; what was made of it stays. */
static const struct problem *
forget_addresses(struct work *work, struct instant now, int64_t *changed)
{
	struct instant until = instant_add_seconds(now, -work->config->risk.address_days * DAY_SECONDS),
		       since = instant_add_seconds(until, -(int64_t)FORGET_DAYS * DAY_SECONDS);

	return db_run(work->db, changed,
	    "UPDATE payments SET risk_address = NULL, risk_network = NULL, risk_session = NULL, updated_at = updated_at "
	    "WHERE id >= ? AND id < ? AND (risk_address IS NOT NULL OR risk_session IS NOT NULL) LIMIT 1000",
	    P(uuid_floor(since.unix_ms)), P(uuid_floor(until.unix_ms)));
}

static const struct problem *
forget_declines(struct work *work, struct instant now, int64_t *changed)
{
	return db_run(work->db, changed, "DELETE FROM payment_declines WHERE declined_at < ? LIMIT 1000",
	    P(instant_add_seconds(now, -work->config->risk.address_days * DAY_SECONDS)));
}

const struct problem *
learn_risk_job(struct work *work, const struct job *job)
{
	const int64_t  steps = 4; /* what is usual, points, addresses, declines */
	struct instant now = instant_now();
	int64_t        changed;

	TRY(risk_learn_usual(work, now));
	TRY(job_progress(work, job, 1, &steps));
	TRY(risk_learn_points(work, now));
	do {
		TRY(job_progress(work, job, 2, &steps));
		TRY(db_transaction(work, forget_addresses(work, now, &changed)));
	} while (changed >= AT_ONCE);
	do {
		TRY(job_progress(work, job, 3, &steps));
		TRY(db_transaction(work, forget_declines(work, now, &changed)));
	} while (changed >= AT_ONCE);
	return OK;
}
