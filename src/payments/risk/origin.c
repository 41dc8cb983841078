/* Whom a request comes from, as far as that says something of the payer. */
#include "base/arena.h"
#include "base/network.h"
#include "payments/risk/risk.h"

#include <string.h>

enum { MAPPED_BYTES = 12, SUBJECT_BYTES = 8, SITE_BYTES = 6 };

/* Addresses of a house, a machine or a link (RFC 1918, 3927, 4193, 4291). */
static const char *const private_networks[] = { "0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.168.0.0/16", "::/128", "::1/128", "fc00::/7", "fe80::/10" };

static bool
is_public(const char *address)
{
	struct network network;

	for (size_t i = 0; i < sizeof private_networks / sizeof *private_networks; i++)
		if (network_parse(private_networks[i], &network) && network_contains(&network, address))
			return false;
	return true;
}

static struct uuid *
cut(struct arena *arena, const struct network *address, size_t bytes)
{
	struct uuid *kept = ARENA_NEW(arena, struct uuid);

	memcpy(kept->bytes, address->bytes, bytes);
	return kept;
}

struct risk_origin
risk_origin(struct work *work)
{
	static const unsigned char mapped[MAPPED_BYTES] = { [10] = 0xff, [11] = 0xff };
	struct risk_origin         origin = { NULL };
	struct network             address;
	bool                       four;

	/* A merchant's server asks for its payers, who are met on the hosted page. */
	if (work->viewer.merchant != NULL || !network_parse(work->address, &address) || !is_public(work->address))
		return origin;
	four = memcmp(address.bytes, mapped, sizeof mapped) == 0;
	origin.address = cut(work->arena, &address, four ? sizeof address.bytes : SUBJECT_BYTES);
	origin.network = cut(work->arena, &address, four ? sizeof address.bytes - 1 : SITE_BYTES);
	origin.country = risk_country(work, origin.address);
	return origin;
}
