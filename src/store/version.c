#include "store/version.h"

static uint32_t
id_end(struct uuid id)
{
	const uint8_t *end = id.bytes + sizeof id.bytes - 4;

	return (uint32_t)end[0] << 24 | (uint32_t)end[1] << 16 | (uint32_t)end[2] << 8 | end[3];
}

const struct problem *
check_version(const struct expected_version *expected, struct uuid id, int64_t version)
{
	if (expected == NULL)
		return OK;
	for (size_t i = 0; i < expected->count; i++)
		if (expected->any_of[i].id_end == id_end(id) && expected->any_of[i].version == version)
			return OK;
	return problem(VERSION_MISMATCH, "the object has changed; fetch it again");
}
