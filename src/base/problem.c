#include "base/problem.h"

#include "base/arena.h"

#include <assert.h>

static const struct {
	int         status;
	const char *name, *meaning;
} problems[PROBLEM__COUNT] = {
#define X(name_, status_, code_, meaning_) [PROBLEM_##name_] = { status_, code_, meaning_ },
	PROBLEMS(X)
#undef X
};

const struct problem *
problem_faults(struct arena *arena, enum problem_code code, const char *message, const struct faults *faults)
{
	struct problem *problem = ARENA_NEW(arena, struct problem);
	struct faults  *copy = ARENA_NEW(arena, struct faults);

	*copy = *faults;
	*problem = (struct problem) { .code = code, .message = message, .faults = copy };
	return problem;
}

const struct problem *
problem_at(struct arena *arena, enum problem_code code, const char *where, const char *what)
{
	struct faults faults = { .count = 0 };

	faults_add(&faults, where, what);
	return problem_faults(arena, code, what, &faults);
}

const struct problem *
problem_later(struct arena *arena, enum problem_code code, const char *message, int seconds)
{
	struct problem *problem = ARENA_NEW(arena, struct problem);

	*problem = (struct problem) { .code = code, .message = message, .retry_after_seconds = seconds };
	return problem;
}

const struct problem *
problem_waits(struct arena *arena, enum problem_code code, const char *message, int seconds)
{
	struct problem *problem = ARENA_NEW(arena, struct problem);

	*problem = (struct problem) { .code = code, .message = message, .retry_after_seconds = seconds, .again = AGAIN_WAITS };
	return problem;
}

const struct problem *
problem_useless(struct arena *arena, enum problem_code code, const char *message)
{
	struct problem *problem = ARENA_NEW(arena, struct problem);

	*problem = (struct problem) { .code = code, .message = message, .again = AGAIN_USELESS };
	return problem;
}

void
faults_add(struct faults *faults, const char *where, const char *what)
{
	if (faults->count < sizeof faults->list / sizeof *faults->list)
		faults->list[faults->count++] = (struct fault) { where, what };
}

const struct problem *
faults_problem(struct arena *arena, const struct faults *faults)
{
	if (faults->count == 0)
		return OK;
	return problem_faults(arena, PROBLEM_VALIDATION_FAILED, "some members of the body are invalid; see details", faults);
}

int
problem_status(enum problem_code code)
{
	assert(code < PROBLEM__COUNT);
	return problems[code].status;
}

const char *
problem_name(enum problem_code code)
{
	assert(code < PROBLEM__COUNT);
	return problems[code].name;
}

const char *
problem_meaning(enum problem_code code)
{
	assert(code < PROBLEM__COUNT);
	return problems[code].meaning;
}

bool
problem_is(const struct problem *problem, enum problem_code code)
{
	return problem != NULL && problem->code == code;
}
