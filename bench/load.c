/*
 * load: requests from a template over kept connections, for what wrk cannot send: each request its own, and at a rate.
 *
 *   load --port=N --request=FILE [--values=FILE [--start=LINE] [--once]] [--sign=SECRET_FILE]
 *        [--connections=N] [--seconds=S] [--rate=PER_SECOND]
 *
 * The request file holds a request line and headers, an empty line, and a body; {1}, {2} ... stand for the words of the
 * next line of the values file, {new} for a text that no other request has.  Content-Length is added; with --sign a
 * Stripe-Signature over the body, too.  With --rate a request is due at its time whether or not earlier ones were
 * answered, and its latency counts from then.  Prints one line of JSON.
 */
#include "base/instant.h"
#include "verify/haatverify.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WORDS_MAX = 16, CONNECTIONS_MAX = 256, REQUEST_BYTES = 16 * 1024, ANSWER_BYTES = 256 * 1024, SAMPLES_MAX = 4000000 };

struct options {
	const char *request, *values, *sign;
	unsigned    port, connections;
	double      seconds, rate;
	size_t      start;
	bool        once;
};

struct connection {
	int     fd;
	bool    waiting;  /* for an answer */
	int64_t since_us; /* when its request was due */
	char    answer[ANSWER_BYTES];
	size_t  length;
};

struct load {
	const struct options *options;
	char                 *head, *body, secret[256];
	char *(*words)[WORDS_MAX];
	size_t             n_lines, next_line, sent, refused, broken;
	uint32_t          *samples_us;
	size_t             n_samples;
	int                epoll;
	struct connection *connections;
	int64_t            started_us, until_us;
	bool               exhausted;
	char               first_refusal[600];
};

static char *
read_file(const char *path)
{
	FILE  *file = fopen(path, "r");
	char  *bytes = calloc(1, REQUEST_BYTES);
	size_t length;

	if (file == NULL || bytes == NULL) {
		fprintf(stderr, "load: cannot read '%s': %s\n", path, strerror(errno));
		exit(EXIT_FAILURE);
	}
	length = fread(bytes, 1, REQUEST_BYTES - 1, file);
	bytes[length] = '\0';
	fclose(file);
	return bytes;
}

static void
read_values(struct load *load, const char *path)
{
	FILE  *file = fopen(path, "r");
	char  *line = NULL, *rest;
	size_t room = 0, allocated = 0;

	if (file == NULL) {
		fprintf(stderr, "load: cannot read '%s': %s\n", path, strerror(errno));
		exit(EXIT_FAILURE);
	}
	while (getline(&line, &room, file) > 0) {
		size_t n = 0;

		if (load->n_lines == allocated) {
			allocated = allocated == 0 ? 1024 : allocated * 2;
			load->words = realloc(load->words, allocated * sizeof *load->words);
			if (load->words == NULL)
				abort();
		}
		memset(load->words[load->n_lines], 0, sizeof *load->words);
		for (char *word = strtok_r(line, " \n", &rest); word != NULL && n < WORDS_MAX;
		     word = strtok_r(NULL, " \n", &rest))
			load->words[load->n_lines][n++] = strdup(word);
		load->n_lines++;
	}
	free(line);
	fclose(file);
}

/* Copies the template with its places filled in; returns the length. */
static size_t
fill(const struct load *load, const char *template, size_t line, char *into, size_t room)
{
	size_t length = 0;

	while (*template != '\0' && length + 1 < room) {
		const char *word = NULL, *end = *template == '{' ? strchr(template, '}') : NULL;
		char        unique[32];

		if (end != NULL && strncmp(template, "{new}", 5) == 0) {
			snprintf(unique, sizeof unique, "%08x-%zu", (unsigned)load->started_us, load->sent);
			word = unique;
		} else if (end != NULL && template[1] >= '1' && template[1] <= '9' && (size_t)(end - template) <= 3 &&
		    load->n_lines > 0) {
			word = load->words[line][strtoul(template + 1, NULL, 10) - 1];
		}
		if (word == NULL) {
			into[length++] = *template ++;
			continue;
		}
		length += (size_t)snprintf(into + length, room - length, "%s", word);
		template = end + 1;
	}
	into[length] = '\0';
	return length;
}

static size_t
make_request(struct load *load, char *into)
{
	static char body[REQUEST_BYTES];
	size_t      line = 0, length, body_length;
	char        signature[HAAT_SIGN_STRIPE_SIZE] = "";

	if (load->n_lines > 0) {
		line = load->next_line++;
		if (load->options->once && load->next_line >= load->n_lines)
			load->exhausted = true;
		line %= load->n_lines;
	}
	body_length = fill(load, load->body, line, body, sizeof body);
	length = fill(load, load->head, line, into, REQUEST_BYTES);
	if (load->options->sign != NULL &&
	    haat_sign_stripe(load->secret, time(NULL), body, body_length, signature, sizeof signature) == 0)
		length += (size_t)snprintf(into + length, REQUEST_BYTES, "Stripe-Signature: %s\r\n", signature);
	length += (size_t)snprintf(into + length, 3 * REQUEST_BYTES - length, "Content-Length: %zu\r\n\r\n%s", body_length, body);
	load->sent++;
	return length;
}

static void
open_connection(struct load *load, struct connection *connection)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)load->options->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	int one = 1;

	connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *)&address, sizeof address) != 0) {
		fprintf(stderr, "load: cannot connect: %s\n", strerror(errno));
		exit(EXIT_FAILURE);
	}
	setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	connection->waiting = false;
	connection->length = 0;
	epoll_ctl(
	    load->epoll, EPOLL_CTL_ADD, connection->fd, &(struct epoll_event) { .events = EPOLLIN, .data.ptr = connection });
}

static void
send_request(struct load *load, struct connection *connection, int64_t due_us)
{
	static char request[3 * REQUEST_BYTES];
	size_t      length = make_request(load, request);

	connection->since_us = due_us;
	connection->length = 0;
	connection->waiting = true;
	if (send(connection->fd, request, length, MSG_NOSIGNAL) != (ssize_t)length)
		load->broken++;
}

/* The length of the whole answer, once its head is there; 0 before. */
static size_t
whole_length(const struct connection *connection)
{
	const char *end = memmem(connection->answer, connection->length, "\r\n\r\n", 4), *field;
	size_t      head;

	if (end == NULL)
		return 0;
	head = (size_t)(end - connection->answer) + 4;
	field = strcasestr(connection->answer, "\r\nContent-Length:");
	if (field != NULL && field < end)
		return head + strtoul(field + strlen("\r\nContent-Length:"), NULL, 10);
	if (strncmp(connection->answer + 9, "204", 3) == 0 || strncmp(connection->answer + 9, "304", 3) == 0)
		return head;
	/* Chunked: whole when the last chunk is there. */
	return connection->length >= 5 && memcmp(connection->answer + connection->length - 5, "0\r\n\r\n", 5) == 0
	    ? connection->length
	    : SIZE_MAX;
}

static void
note_answer(struct load *load, struct connection *connection, int64_t now_us)
{
	int status = (int)strtol(connection->answer + 9, NULL, 10);

	connection->waiting = false;
	if (status < 200 || status > 299) {
		if (load->refused++ == 0)
			snprintf(load->first_refusal, sizeof load->first_refusal, "%.599s", connection->answer);
	} else if (load->n_samples < SAMPLES_MAX) {
		load->samples_us[load->n_samples++] = (uint32_t)(now_us - connection->since_us);
	}
}

/* False: the connection has ended. */
static bool
read_answer(struct load *load, struct connection *connection)
{
	ssize_t got = recv(connection->fd, connection->answer + connection->length, ANSWER_BYTES - 1 - connection->length, 0);
	size_t  whole;

	if (got <= 0)
		return false;
	connection->length += (size_t)got;
	connection->answer[connection->length] = '\0';
	whole = whole_length(connection);
	if (whole > 0 && connection->length >= whole)
		note_answer(load, connection, monotonic_us());
	return true;
}

/* The next request on an idle connection: at once, or when it is due. */
static void
feed(struct load *load, int64_t now_us)
{
	for (unsigned i = 0; i < load->options->connections && !load->exhausted && now_us < load->until_us; i++) {
		struct connection *connection = &load->connections[i];
		int64_t            due_us = now_us;

		if (connection->waiting)
			continue;
		if (load->options->rate > 0)
			due_us = load->started_us + (int64_t)((double)load->sent * 1e6 / load->options->rate);
		if (due_us > now_us)
			return;
		send_request(load, connection, due_us);
	}
}

static bool
any_waiting(const struct load *load)
{
	for (unsigned i = 0; i < load->options->connections; i++)
		if (load->connections[i].waiting)
			return true;
	return false;
}

static void
run(struct load *load)
{
	struct epoll_event events[64];
	int64_t            now = load->started_us = monotonic_us();

	load->until_us = now + (int64_t)(load->options->seconds * 1e6);
	while ((now < load->until_us && !load->exhausted) || (any_waiting(load) && now < load->until_us + 2000000)) {
		int n;

		feed(load, now);
		n = epoll_wait(load->epoll, events, 64, load->options->rate > 0 ? 1 : 100);
		for (int i = 0; i < n; i++) {
			struct connection *connection = events[i].data.ptr;

			if (!read_answer(load, connection)) {
				load->broken += connection->waiting;
				close(connection->fd);
				open_connection(load, connection);
			}
		}
		now = monotonic_us();
		if (load->until_us > now && load->exhausted && !any_waiting(load))
			break;
	}
	if (now < load->until_us)
		load->until_us = now;
}

static int
by_size(const void *a, const void *b)
{
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;

	return first < second ? -1 : first > second;
}

static void
report(struct load *load)
{
	double seconds = (double)(load->until_us - load->started_us) / 1e6;
	size_t n = load->n_samples;

	qsort(load->samples_us, n, sizeof *load->samples_us, by_size);
	printf("{\"per_second\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"answered\": %zu, \"refused\": %zu, \"broken\": %zu, "
	       "\"used\": %zu}\n",
	    (double)n / seconds, n == 0 ? 0 : load->samples_us[n / 2] / 1e3, n == 0 ? 0 : load->samples_us[n * 99 / 100] / 1e3, n,
	    load->refused, load->broken, load->next_line);
	if (load->refused > 0)
		fprintf(stderr, "load: %zu refused, the first one:\n%s\n", load->refused, load->first_refusal);
}

static bool
read_options(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{ "port", required_argument, NULL, 'p' },
		{ "request", required_argument, NULL, 'r' },
		{ "values", required_argument, NULL, 'v' },
		{ "start", required_argument, NULL, 'l' },
		{ "once", no_argument, NULL, 'o' },
		{ "sign", required_argument, NULL, 'g' },
		{ "connections", required_argument, NULL, 'n' },
		{ "seconds", required_argument, NULL, 's' },
		{ "rate", required_argument, NULL, 'a' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	*options = (struct options) { .connections = 32, .seconds = 2 };
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 'p':
			options->port = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'r':
			options->request = optarg;
			break;
		case 'v':
			options->values = optarg;
			break;
		case 'l':
			options->start = strtoul(optarg, NULL, 10);
			break;
		case 'o':
			options->once = true;
			break;
		case 'g':
			options->sign = optarg;
			break;
		case 'n':
			options->connections = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 's':
			options->seconds = strtod(optarg, NULL);
			break;
		case 'a':
			options->rate = strtod(optarg, NULL);
			break;
		default:
			return false;
		}
	}
	return options->port > 0 && options->port < 65536 && options->request != NULL && options->connections >= 1 &&
	    options->connections <= CONNECTIONS_MAX && options->seconds > 0 && options->rate >= 0 && optind == argc;
}

/* Parts head and body; the head's lines end as HTTP wants. */
static void
read_request(struct load *load, const char *path)
{
	char  *text = read_file(path), *body = strstr(text, "\n\n");
	size_t length = 0;

	load->body = body == NULL ? strdup("") : strdup(body + 2);
	load->body[strcspn(load->body, "\n")] = '\0';
	if (body != NULL)
		body[1] = '\0';
	load->head = calloc(1, REQUEST_BYTES);
	for (char *c = text; *c != '\0' && length + 2 < REQUEST_BYTES; c++) {
		if (*c == '\n')
			load->head[length++] = '\r';
		load->head[length++] = *c;
	}
	free(text);
}

int
main(int argc, char **argv)
{
	struct options     options;
	static struct load load;

	if (!read_options(argc, argv, &options)) {
		fputs("usage: load --port=N --request=FILE [--values=FILE [--start=LINE] [--once]] [--sign=SECRET_FILE]\n"
		      "            [--connections=N] [--seconds=S] [--rate=PER_SECOND]\n",
		    stderr);
		return EXIT_FAILURE;
	}
	load.options = &options;
	read_request(&load, options.request);
	if (options.values != NULL)
		read_values(&load, options.values);
	load.next_line = options.start;
	if (options.sign != NULL) {
		snprintf(load.secret, sizeof load.secret, "%s", read_file(options.sign));
		load.secret[strcspn(load.secret, "\n")] = '\0';
	}
	load.samples_us = malloc(SAMPLES_MAX * sizeof *load.samples_us);
	load.connections = calloc(options.connections, sizeof *load.connections);
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (load.samples_us == NULL || load.connections == NULL || load.epoll < 0)
		abort();
	for (unsigned i = 0; i < options.connections; i++)
		open_connection(&load, &load.connections[i]);
	run(&load);
	report(&load);
	return load.n_samples > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
