/*
 * resource.h: what collectors are told of where something comes from.
 */
#ifndef RESOURCE_H
#define RESOURCE_H

struct config;

/* telemetry.environment, or the profile's name. */
const char *telemetry_environment(const struct config *config);

/* The machine's name; it stays. */
const char *telemetry_host(void);

#endif
