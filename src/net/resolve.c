#include "net/resolve.h"

#include "base/instant.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { STACK_BYTES = 512 << 10 };

/* Of who asks and of the thread: the one that comes last gives it back. */
struct question {
	pthread_mutex_t  lock;
	pthread_cond_t   answered;
	bool             over, left; /* there is an answer; nobody waits for it */
	int              result;
	struct addrinfo *found;
	char            *host, *port;
};

static struct question *
question_new(const char *host, const char *port)
{
	struct question   *question = calloc(1, sizeof *question);
	pthread_condattr_t steady;

	if (question == NULL)
		abort();
	question->host = strdup(host);
	question->port = strdup(port);
	if (question->host == NULL || question->port == NULL || pthread_condattr_init(&steady) != 0 ||
	    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC) != 0 || pthread_cond_init(&question->answered, &steady) != 0 ||
	    pthread_mutex_init(&question->lock, NULL) != 0)
		abort();
	pthread_condattr_destroy(&steady);
	return question;
}

static void
question_free(struct question *question)
{
	pthread_mutex_destroy(&question->lock);
	pthread_cond_destroy(&question->answered);
	free(question->host);
	free(question->port);
	free(question);
}

static void *
ask(void *argument)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct question      *question = argument;
	struct addrinfo      *found = NULL;
	int                   result = getaddrinfo(question->host, question->port, &hints, &found);
	bool                  left;

	pthread_mutex_lock(&question->lock);
	question->result = result;
	question->found = found;
	question->over = true;
	left = question->left;
	pthread_cond_signal(&question->answered);
	pthread_mutex_unlock(&question->lock);
	if (!left)
		return NULL;
	if (result == 0)
		freeaddrinfo(found);
	question_free(question);
	return NULL;
}

static bool
start(struct question *question)
{
	pthread_attr_t attributes;
	pthread_t      thread;
	sigset_t       all, before;
	int            error;

	sigfillset(&all);
	if (pthread_attr_init(&attributes) != 0)
		return false;
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, &attributes, ask, question);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return error == 0;
}

int
resolve_within(const char *host, const char *port, int64_t milliseconds, struct addrinfo **found)
{
	struct question      *question = question_new(host, port);
	const int64_t         until_ms = monotonic_ms() + milliseconds;
	const struct timespec until = { until_ms / 1000, until_ms % 1000 * 1000000 };
	int                   result, waited = 0;

	*found = NULL;
	if (!start(question)) {
		question_free(question);
		return EAI_MEMORY;
	}
	pthread_mutex_lock(&question->lock);
	while (!question->over && waited == 0)
		waited = pthread_cond_timedwait(&question->answered, &question->lock, &until);
	if (!question->over) {
		question->left = true;
		pthread_mutex_unlock(&question->lock);
		return EAI_AGAIN;
	}
	*found = question->found;
	result = question->result;
	pthread_mutex_unlock(&question->lock);
	question_free(question);
	return result;
}
