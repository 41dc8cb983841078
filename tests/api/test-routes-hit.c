/* Runs behind all other programs: did each route of the shop answer with success at least once? */
#include "tests/api/api.h"

#include "http/route.h"
#include "shop.h"

#include <stdio.h>
#include <string.h>

static bool
was_hit(const char *id)
{
	char  line[200];
	bool  found = false;
	FILE *file = fopen(routes_hit_path(), "re");

	while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		found = strcmp(line, id) == 0;
	}
	if (file != NULL)
		fclose(file);
	return found;
}

static void
every_route_was_hit(void)
{
	const char *const *id;

	shop_directory();
	for (id = route_ids(); *id != NULL; id++)
		if (!was_hit(*id))
			CU_assertImplementation(CU_FALSE, __LINE__, form("no test had success with the route '%s'", *id), __FILE__, "",
			    CU_FALSE);
	CHECK(id - route_ids() > 10);
}

SUITE("api: routes", TEST(every_route_was_hit))
