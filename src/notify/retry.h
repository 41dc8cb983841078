/*
 * retry.h: when a delivery that failed is tried again.
 */
#ifndef RETRY_H
#define RETRY_H

#include <stdint.h>

/*
 * Microseconds until the next attempt after so many: five seconds, half a minute, and so on to six hours; a fifth more or less, so
 * that what failed together does not come together.
 */
int64_t retry_delay_us(int64_t attempts);

#endif
