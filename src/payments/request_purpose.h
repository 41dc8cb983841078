/*
 * request_purpose.h: payments of payment requests.
 */
#ifndef REQUEST_PURPOSE_H
#define REQUEST_PURPOSE_H

#include "payments/purpose.h"

extern const struct purpose request_purpose;

#endif
