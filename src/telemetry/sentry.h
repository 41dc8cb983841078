/*
 * sentry.h: errors of the log as events of Sentry, one envelope each (Sentry's developer docs, "Envelopes", "Event Payloads").
 *
 * An event says what the line says: message, cause, place, route, and what it is about.  Who asked is left out (user_id, key_id,
 * addresses), and what is no id of ours is masked once more.
 */
#ifndef SENTRY_H
#define SENTRY_H

#include "telemetry/outlet.h"

extern const struct collector sentry_collector;

/* The URL and the header that the DSN (which is one) stands for. */
const char *sentry_url(struct arena *arena, const char *dsn);
const char *sentry_authorization(struct arena *arena, const char *dsn);

/*
 * For how many seconds errors are not wanted: of X-Sentry-Rate-Limits ("60:error;default:organization, 10::key"), else of a 429's
 * Retry-After, else 60 with a 429.
 */
int64_t sentry_quiet_seconds(const char *rate_limits, int status, int64_t retry_after_seconds);

#endif
