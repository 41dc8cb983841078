/* haatctl cache: memcached holds nothing that is not in the database, so it may be cleared at any time. */
#include "ops/command.h"

#include "store/cache.h"
#include "store/work.h"

static int
run_clear(struct control *control, int count, char **arguments)
{
	(void)count, (void)arguments;
	if (!cache_clear(control->work->cache))
		return command_cannot("cannot reach the cache");
	puts("the cache is empty");
	return COMMAND_OK;
}

const struct command cache_commands[] = {
	{ "cache clear", "", "delete everything in memcached", 0, 0, false, run_clear },
	{ NULL },
};
