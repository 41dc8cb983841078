/* Where a parcel is followed. */
#include "base/config.h"
#include "base/encoding.h"
#include "base/text.h"
#include "orders/fulfilments.h"

#include <string.h>
#include <strings.h>

const char *
carrier_url(struct work *work, const char *carrier, const char *tracking)
{
	static const char  hole[] = "{tracking}";
	const char *const *rule = work->config->orders.carriers;

	if (carrier == NULL || tracking == NULL)
		return NULL;
	for (; *rule != NULL; rule++) {
		size_t      length = strcspn(*rule, ":");
		const char *at = strstr(*rule, hole);
		struct text url = text_new(work->arena, 200);

		if (strlen(carrier) != length || strncasecmp(*rule, carrier, length) != 0)
			continue;
		text_add(&url, *rule + length + 1, (size_t)(at - *rule) - length - 1);
		text_add_percent(&url, tracking);
		text_add_string(&url, at + strlen(hole));
		return url.bytes;
	}
	return NULL;
}
