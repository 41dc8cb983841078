/* haatctl top: how each part of the shop is, every second, on a terminal; without one, or once, as text or JSON. */
#include "ops/command.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/text.h"
#include "ops/operations.h"
#include "ops/top_screen.h"
#include "store/work.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { EVERY_MS = 1000, TEXT_ROOM = 8192, LINES_DEFAULT = 24, COLUMNS_DEFAULT = 80 };

struct top {
	struct control          *control;
	bool                     once, json;
	bool                     paused, ended;
	enum top_order           order;
	const struct operations *operations; /* last read */
};

static volatile sig_atomic_t stopped;

static void
stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

static void
look(struct top *top)
{
	arena_reset(top->control->arena);
	top->operations = read_operations(top->control->work);
}

/* One look as text or as a line of JSON.  False when nobody reads it any more. */
static bool
print_plainly(struct top *top)
{
	struct text out;

	look(top);
	out = text_new(top->control->arena, TEXT_ROOM);
	if (top->json)
		shape_print(&operations_shape, top->operations, &out);
	else
		top_print(top->control->arena, top->operations, top->order, &out);
	text_add_char(&out, '\n');
	fwrite(out.bytes, 1, out.length, stdout);
	return fflush(stdout) == 0;
}

static int
run_plainly(struct top *top)
{
	bool is_read = print_plainly(top);

	while (!top->once && is_read && !stopped) {
		poll(NULL, 0, EVERY_MS); /* a signal ends it early */
		is_read = stopped || print_plainly(top);
	}
	return top->once && top->operations->condition != CONDITION_OK ? COMMAND_FINDING : COMMAND_OK;
}

/* As many lines and columns as the terminal has; a line feed alone does not return the cursor there. */
static void
draw(struct top *top)
{
	struct winsize size = { 0 };
	struct text    text = text_new(top->control->arena, TEXT_ROOM), out = text_new(top->control->arena, TEXT_ROOM);
	int            lines, columns;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	lines = size.ws_row > 0 ? size.ws_row : LINES_DEFAULT;
	columns = size.ws_col > 0 ? size.ws_col : COLUMNS_DEFAULT;
	text_addf(&text, "%s, %s   s: sort   p: pause   q: quit\n", top->paused ? "paused" : "every second",
	    top_order_names[top->order]);
	top_print(top->control->arena, top->operations, top->order, &text);
	TEXT_ADD(&out, "\033[H");
	for (const char *line = text.bytes; *line != '\0' && lines > 0; lines--) {
		int length = (int)strcspn(line, "\n");

		text_addf(&out, "%.*s\033[K%s", length < columns ? length : columns, line, lines > 1 ? "\r\n" : "");
		line += length + 1;
	}
	TEXT_ADD(&out, "\033[J");
	fwrite(out.bytes, 1, out.length, stdout);
	top->ended = fflush(stdout) != 0;
}

static void
take_key(struct top *top, char key)
{
	if (key == 'q')
		top->ended = true;
	else if (key == 'p' || key == ' ')
		top->paused = !top->paused;
	else if (key == 's')
		top->order = (top->order + 1) % TOP_ORDER__COUNT;
}

/* Waits for a key until the next look is due, or for ever while it is paused; draws what the keys change. */
static void
wait_for_keys(struct top *top, int64_t until_ms)
{
	struct pollfd keys = { .fd = STDIN_FILENO, .events = POLLIN };
	int64_t       left = until_ms - monotonic_ms();
	char          key;

	while (!stopped && !top->ended && (top->paused || left > 0)) {
		if (poll(&keys, 1, top->paused ? -1 : (int)left) < 0 && errno != EINTR)
			top->ended = true;
		if (keys.revents != 0) {
			if (read(STDIN_FILENO, &key, 1) != 1)
				top->ended = true; /* the terminal is gone */
			else
				take_key(top, key);
			if (!top->ended)
				draw(top);
		}
		left = until_ms - monotonic_ms();
	}
}

static int
run_on_terminal(struct top *top)
{
	struct termios before, raw;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return command_cannot("the terminal cannot be read");
	raw = before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	fputs("\033[?1049h\033[?25l", stdout); /* a screen of its own, without a cursor */
	while (!stopped && !top->ended) {
		int64_t begun = monotonic_ms();

		look(top);
		draw(top);
		wait_for_keys(top, begun + EVERY_MS);
	}
	fputs("\033[?25h\033[?1049l", stdout);
	fflush(stdout);
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	return COMMAND_OK;
}

/* Somebody sees both ends, and the terminal can do more than print. */
static bool
has_terminal(void)
{
	const char *kind = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && kind != NULL && *kind != '\0' && strcmp(kind, "dumb") != 0;
}

static int
run_top(struct control *control, int count, char **arguments)
{
	struct top       top = { .control = control };
	struct sigaction action = { .sa_handler = stop };

	for (int i = 0; i < count; i++) {
		if (strcmp(arguments[i], "--once") == 0)
			top.once = true;
		else if (strcmp(arguments[i], "--json") == 0)
			top.json = true;
		else
			return command_misused("'%s' is not an option", arguments[i]);
	}
	if (!control->join_workers(control->config))
		return command_cannot("the shop does not run on this machine: no access to '%s'", control->config->run_directory);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (top.once || top.json || !has_terminal())
		return run_plainly(&top);
	log_open("haatctl", LOG_LEVEL_ERROR); /* what does not answer is on the screen, and would break it */
	return run_on_terminal(&top);
}

const struct command top_commands[] = {
	{ "top", "[--once] [--json]",
	    "show every second how each part of the shop is, since when, and what to do; --once exits with 1 if a part is not well",
	    0, 2, false, run_top },
	{ NULL },
};
