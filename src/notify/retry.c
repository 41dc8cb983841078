#include "notify/retry.h"

#include "base/ids.h"

enum { SECOND_US = 1000000, SHARES = 1000 };

int64_t
retry_delay_us(int64_t attempts)
{
	static const int64_t seconds[] = { 5, 30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600, 6 * 3600 };
	const int64_t        steps = sizeof seconds / sizeof *seconds;
	int64_t              delay = seconds[attempts < 1 ? 0 : attempts > steps ? steps - 1 : attempts - 1] * SECOND_US;
	uint32_t             jitter;

	random_bytes(&jitter, sizeof jitter);
	return delay - delay / 5 + delay * 2 / 5 * (int64_t)(jitter % SHARES) / SHARES;
}
