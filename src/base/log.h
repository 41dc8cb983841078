/*
 * log.h: one JSON line per event to stderr, where journald (or ./dev) takes it.
 *
 *   log_info("order placed", LOG_ID("order", number), LOG_NUMBER("lines", count));
 *
 * A line is {"time", "level", "message", then the fields of the event, then the fields of the running request
 * (request_id, trace_id, route, user_id, key_id, and what it is about)}.  Everything that comes from outside is masked: e-mail addresses, phone
 * numbers, card numbers (Luhn), tokens and secrets (hk_live_…, sk_…, whsec_…, Bearer …, three dotted base64url parts)
 * never reach the log.  A line is one write(2) of at most 8 KiB (cut, still valid JSON), so lines of several processes do
 * not mix.  Logging never fails and never blocks the work: what cannot be written is dropped.
 *
 * The line of an error says where it was written ("place": "src/orders/place.c:112"), and may be given to somebody besides
 * (log_errors_to).
 *
 * Where stderr is the journal (JOURNAL_STREAM says so) each line begins with syslog's level, "<3>" for an error, which the
 * journal takes off again: `journalctl -p err` is the error log.  Everywhere else a line is the JSON alone.
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* One more member of a line. */
struct log_field {
	const char *name;
	const char *text; /* NULL: the number counts */
	int64_t     number;
	bool        trusted; /* made by us (ids, routes): not masked */
};

#define LOG_TEXT(name_, text_) ((struct log_field) { .name = name_, .text = (text_) == NULL ? "" : (text_) })
#define LOG_ID(name_, text_) ((struct log_field) { .name = name_, .text = (text_) == NULL ? "" : (text_), .trusted = true })
#define LOG_NUMBER(name_, number_) ((struct log_field) { .name = name_, .number = (number_) })

/* What every line of the running request carries; texts must live until log_context(NULL). */
struct log_context {
	const char *request_id, *trace_id, *route, *user_id, *key_id; /* key_id: of the API key; NULL: none */
	const char *span_id;                                          /* of the request in its trace; NULL: none */
};

/*
 * What the lines of the running request are about, until log_context is called again: copied, cut at SUBJECT_BYTES; NULL takes
 * it off.  Whoever takes up a payment, a refund or an event says so, and each line below tells which one it was.
 */
enum log_subject { LOG_ORDER, LOG_PAYMENT, LOG_REFUND, LOG_EVENT, LOG_SUBJECT__COUNT };
void log_about(enum log_subject subject, const char *text);

/* `program` stands in every line; lines below `minimum` are not written.  Call it again when stderr has changed. */
void log_open(const char *program, enum log_level minimum);
void log_context(const struct log_context *context);

/* From now on `take` gets each error's line as well: masked, without the end of line; NULL: nobody.  It must not log. */
void log_errors_to(void (*take)(const char *line, size_t length));

/* `place`: file and line, as the compiler was given the file. */
void log_write(enum log_level level, const char *place, const char *message, const struct log_field *fields, size_t count);

#define LOG_LINE_TEXT_(line) #line
#define LOG_LINE_(line) LOG_LINE_TEXT_(line)
#define LOG_(level, message, ...) \
	log_write(level, __FILE__ ":" LOG_LINE_(__LINE__), message, (const struct log_field[]) { { 0 }, ##__VA_ARGS__ } + 1, \
	    sizeof((const struct log_field[]) { { 0 }, ##__VA_ARGS__ }) / sizeof(struct log_field) - 1)
#define log_debug(message, ...) LOG_(LOG_LEVEL_DEBUG, message, ##__VA_ARGS__)
#define log_info(message, ...) LOG_(LOG_LEVEL_INFO, message, ##__VA_ARGS__)
#define log_warning(message, ...) LOG_(LOG_LEVEL_WARNING, message, ##__VA_ARGS__)
#define log_error(message, ...) LOG_(LOG_LEVEL_ERROR, message, ##__VA_ARGS__)

/*
 * From log_hold to log_flush lines below LOG_LEVEL_WARNING may wait, to be written some at a time and in their order: a
 * server brackets one turn of its loop, so that a busy one does not make a system call for each line.
 */
void log_hold(void);
void log_flush(void);

/*
 * Copies `text` into `into` (of `size` bytes, cut at a character) with everything personal or secret replaced:
 * "r***@example.test", "+88017*****01", "4242********4242", "sk_***".
 */
void log_mask(const char *text, char *into, size_t size);

#endif
