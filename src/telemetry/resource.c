#include "telemetry/resource.h"

#include "base/config.h"

#include <string.h>
#include <unistd.h>

enum { HOST_BYTES = 256 };

const char *
telemetry_environment(const struct config *config)
{
	if (*config->telemetry.environment != '\0')
		return config->telemetry.environment;
	return config->profile == PROFILE_PRODUCTION ? "production" : "development";
}

const char *
telemetry_host(void)
{
	static char name[HOST_BYTES];

	if (name[0] == '\0')
		gethostname(name, sizeof name - 1);
	return name;
}
