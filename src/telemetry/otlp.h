/*
 * otlp.h: spans for an OpenTelemetry collector (OTLP/HTTP, JSON): many in one call.
 */
#ifndef OTLP_H
#define OTLP_H

#include "telemetry/outlet.h"

extern const struct collector otlp_collector;

#endif
