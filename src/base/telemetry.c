#include "base/telemetry.h"

#include "base/config.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un address;
static int64_t            sample_percent;

static void
send_error(const char *line, size_t length)
{
	telemetry_send(TELEMETRY_ERRORS, 1, line, length);
}

void
telemetry_open(const struct config *config)
{
	address = (struct sockaddr_un) { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof address.sun_path, "%s/doorbell-telemetry", config->run_directory);
	log_errors_to(*config->telemetry.sentry_dsn != '\0' ? send_error : NULL);
	sample_percent = *config->telemetry.otlp_url != '\0' ? config->telemetry.sample_percent : 0;
}

int64_t
telemetry_sample_percent(void)
{
	return sample_percent;
}

void
telemetry_send(enum telemetry_kind kind, size_t count, const char *bytes, size_t length)
{
	static int            fd = -1;
	struct telemetry_head head = { .kind = (unsigned char)kind, .count = (unsigned char)count };
	struct iovec          parts[] = { { &head, sizeof head }, { (void *)bytes, length } };
	struct msghdr         message = { &address, sizeof address, parts, 2, NULL, 0, 0 };
	int                   saved = errno;
	bool                  fits = sizeof head + length <= TELEMETRY_BYTES_MAX;

	if (fd < 0)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (!fits || fd < 0 || sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		metric_add(METRIC_TELEMETRY, kind, TELEMETRY_DROPPED, (int64_t)count);
	errno = saved;
}
