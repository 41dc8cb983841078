/* From facts to a score: see signals.h. */
#include "base/text.h"
#include "payments/risk/signals.h"

#include <stdlib.h>
#include <string.h>

const char *const risk_signal_values[] = {
#define X(name, text, side, meaning) text,
	RISK_SIGNALS(X)
#undef X
	    NULL
};

const char *const risk_signal_meanings[] = {
#define X(name, text, side, meaning) meaning,
	RISK_SIGNALS(X)
#undef X
};

enum side { AT_LEAST, AT_MOST };

static const enum side sides[] = {
#define X(name, text, side, meaning) side,
	RISK_SIGNALS(X)
#undef X
};

_Static_assert(RISK_RULES_MAX <= 64, "matches are the bits of a word");
_Static_assert(RISK__COUNT <= 32, "what is known are the bits of a word");

/* RISK__COUNT when unknown. */
static int
signal_of(const char *name, size_t length)
{
	int signal = 0;

	while (signal < RISK__COUNT &&
	    (strlen(risk_signal_values[signal]) != length || memcmp(risk_signal_values[signal], name, length) != 0))
		signal++;
	return signal;
}

/* Reads ":number" at *at and goes behind it. */
static int64_t
read_number(const char **at)
{
	char   *end;
	int64_t number = strtoll(*at + (**at == ':'), &end, 10);

	*at = end;
	return number;
}

void
risk_rules_read(const char *text, struct risk_rule_set *set)
{
	set->count = 0;
	while (text != NULL && *text != '\0' && set->count < RISK_RULES_MAX) {
		size_t             length = strcspn(text, ":,");
		struct risk_points rule = { .signal = signal_of(text, length) };

		text += length;
		rule.bound = read_number(&text);
		rule.points = read_number(&text);
		text += strcspn(text, ",");
		text += *text == ',';
		if (rule.signal < RISK__COUNT)
			set->rules[set->count++] = rule;
	}
}

static bool
is_reached(const struct risk_points *rule, const struct risk_facts *facts)
{
	int64_t value = facts->values[rule->signal];

	if ((facts->known >> rule->signal & 1) == 0)
		return false;
	return sides[rule->signal] == AT_MOST ? value <= rule->bound : value >= rule->bound;
}

uint64_t
risk_reached(const struct risk_rule_set *set, const struct risk_facts *facts)
{
	uint64_t reached = 0;

	for (size_t i = 0; i < set->count; i++)
		if (is_reached(&set->rules[i], facts))
			reached |= UINT64_C(1) << i;
	return reached;
}

static bool
weighs_more(const struct risk_points *rule, const struct risk_points *than)
{
	return llabs(rule->points) > llabs(than->points);
}

static bool
is_stricter(const struct risk_points *rule, const struct risk_points *than)
{
	return sides[rule->signal] == AT_MOST ? rule->bound < than->bound : rule->bound > than->bound;
}

/* Of the rules of each signal the one that goes before the others. */
static uint64_t
first_of_each(const struct risk_rule_set *set, uint64_t reached,
    bool (*goes_before)(const struct risk_points *rule, const struct risk_points *than))
{
	int      first[RISK__COUNT];
	uint64_t firsts = 0;

	for (int signal = 0; signal < RISK__COUNT; signal++)
		first[signal] = -1;
	for (size_t i = 0; i < set->count; i++) {
		int *held = &first[set->rules[i].signal];

		if ((reached >> i & 1) && (*held < 0 || goes_before(&set->rules[i], &set->rules[*held])))
			*held = (int)i;
	}
	for (int signal = 0; signal < RISK__COUNT; signal++)
		if (first[signal] >= 0)
			firsts |= UINT64_C(1) << first[signal];
	return firsts;
}

uint64_t
risk_matches(const struct risk_rule_set *set, uint64_t reached)
{
	return first_of_each(set, reached, weighs_more);
}

uint64_t
risk_strictest(const struct risk_rule_set *set, uint64_t reached)
{
	return first_of_each(set, reached, is_stricter);
}

int
risk_score(const struct risk_rule_set *set, uint64_t matches)
{
	int64_t sum = 0;

	for (size_t i = 0; i < set->count; i++)
		if (matches >> i & 1)
			sum += set->rules[i].points;
	return sum < 0 ? 0 : sum > RISK_POINTS_MAX ? RISK_POINTS_MAX : (int)sum;
}

const char *
risk_names(struct arena *arena, const struct risk_rule_set *set, uint64_t matches)
{
	struct text names = text_new(arena, 128);

	for (size_t i = 0; i < set->count; i++)
		if ((matches >> i & 1) && set->rules[i].points > 0)
			text_addf(&names, "%s%s", names.length == 0 ? "" : ",", risk_signal_values[set->rules[i].signal]);
	return names.bytes;
}

const char *
risk_facts_text(struct arena *arena, const struct risk_facts *facts)
{
	struct text text = text_new(arena, 256);

	for (int signal = 0; signal < RISK__COUNT; signal++)
		if (facts->known >> signal & 1)
			text_addf(&text, "%s%s:%lld", text.length == 0 ? "" : ",", risk_signal_values[signal],
			    (long long)facts->values[signal]);
	return text.bytes;
}

void
risk_facts_read(const char *text, struct risk_facts *facts)
{
	*facts = (struct risk_facts) { .known = 0 };
	while (text != NULL && *text != '\0') {
		size_t  length = strcspn(text, ":,");
		int     signal = signal_of(text, length);
		int64_t value;

		text += length;
		value = read_number(&text);
		text += strcspn(text, ",");
		text += *text == ',';
		if (signal < RISK__COUNT)
			risk_fact(facts, (enum risk_signal)signal, value);
	}
}
