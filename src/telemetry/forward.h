/*
 * forward.h: the process that sends errors and spans to who collects them: a Sentry-compatible server, an OpenTelemetry collector.
 *
 * They come as datagrams from all other processes (base/telemetry.h) and are kept in memory until they were taken, 1,000 of each
 * kind at most; what comes when there is no room is dropped.  It needs no database, and nothing waits for it: a collector that
 * hangs, is away or wants to be left alone costs what is dropped meanwhile, and no more (haat_telemetry_items_total).
 */
#ifndef FORWARD_H
#define FORWARD_H

struct work;

/*
 * Forwards until TERM or INT, which are blocked; then what is there goes out, within three seconds.  Without a collector it only says
 * that it lives.  `doorbell`: of its lane.
 */
void forward_telemetry(struct work *work, int doorbell);

#endif
