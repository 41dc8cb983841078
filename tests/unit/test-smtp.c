/* What a mail server may say at each step, and what that means for the letter. */
#include "base/arena.h"
#include "base/config.h"
#include "net/smtp.h"
#include "store/work.h"
#include "tests/suite.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE_ROOM = 4096, TIMEOUT_MS = 400 };

/* What the server answers to each command; "" closes the connection, NULL says nothing. */
struct manner {
	const char *greeting, *ehlo, *auth, *mail, *rcpt, *data, *end, *quit;
};

static const struct manner good = { "220 mail.haat.test", "250-mail.haat.test\r\n250-SIZE 1000000\r\n250 AUTH PLAIN",
	"235 2.7.0 welcome", "250 2.1.0 ok", "250 2.1.5 ok", "354 go on", "250 2.0.0 taken", "221 bye" };

/* False when the conversation is over. */
static bool
say(FILE *connection, const char *answer)
{
	if (answer == NULL)
		pause(); /* until the test ends us */
	if (*answer == '\0')
		return false;
	fprintf(connection, "%s\r\n", answer);
	return fflush(connection) == 0;
}

static void
converse(FILE *connection, const struct manner *manner)
{
	char line[LINE_ROOM];
	bool in_letter = false, goes_on = say(connection, manner->greeting);

	while (goes_on && fgets(line, sizeof line, connection) != NULL) {
		if (in_letter) {
			if (strcmp(line, ".\r\n") != 0)
				continue;
			in_letter = false;
			goes_on = say(connection, manner->end);
		} else if (strncmp(line, "EHLO haat.test", 14) == 0) {
			goes_on = say(connection, manner->ehlo);
		} else if (strncmp(line, "AUTH ", 5) == 0) {
			goes_on = say(connection, "334 ") && fgets(line, sizeof line, connection) != NULL &&
			    say(connection, manner->auth);
		} else if (strncmp(line, "MAIL FROM:<shop@haat.test>", 26) == 0) {
			goes_on = say(connection, manner->mail);
		} else if (strcmp(line, "RCPT TO:<amina@example.test>\r\n") == 0) {
			goes_on = say(connection, manner->rcpt);
		} else if (strcmp(line, "DATA\r\n") == 0) {
			in_letter = manner->data != NULL && strncmp(manner->data, "354", 3) == 0;
			goes_on = say(connection, manner->data);
		} else if (strncmp(line, "QUIT", 4) == 0) {
			say(connection, manner->quit);
			goes_on = false;
		} else {
			goes_on = say(connection, "500 5.5.1 what?");
		}
	}
}

/* A server for one connection, in a process of its own; *port is where. */
static pid_t
serve(const struct manner *manner, int64_t *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t          length = sizeof address;
	int                fd = socket(AF_INET, SOCK_STREAM, 0);
	pid_t              child;

	REQUIRE(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 4) == 0);
	REQUIRE(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
	*port = ntohs(address.sin_port);
	fflush(NULL);
	child = fork();
	REQUIRE(child >= 0);
	if (child == 0) {
		FILE *connection = fdopen(accept(fd, NULL, NULL), "r+");

		if (connection != NULL) {
			setvbuf(connection, NULL, _IONBF, 0);
			converse(connection, manner);
			fclose(connection);
		}
		_exit(0);
	}
	close(fd);
	return child;
}

static struct arena     *arena;
static struct smtp_reply reply;
static struct config     config;

static void
begin(void)
{
	if (arena == NULL)
		arena = arena_new(8 << 20);
	arena_reset(arena);
	signal(SIGPIPE, SIG_IGN);
	config = (struct config) { .mail = { .host = "127.0.0.1",
				       .tls = MAIL_PLAIN,
				       .username = "",
				       .password = "",
				       .ca_file = "",
				       .connect_timeout_ms = TIMEOUT_MS,
				       .timeout_ms = TIMEOUT_MS } };
}

static enum smtp_outcome
send_letter(void)
{
	struct work        work = { .arena = arena, .config = &config, .request_id = "", .traceparent = "", .address = "" };
	struct smtp_letter letter = {
		.from = "shop@haat.test", .to = "amina@example.test", .bytes = "Subject: x\r\n\r\n.\r\n..\r\nhi\r\n", .length = 26
	};

	smtp_send(&work, &letter, &reply);
	return reply.outcome;
}

static enum smtp_outcome
send_to(struct manner manner)
{
	enum smtp_outcome outcome;
	pid_t             server = serve(&manner, &config.mail.port);

	outcome = send_letter();
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	return outcome;
}

/* The good manner with one answer changed. */
#define BUT(member, answer) \
	({ \
		struct manner manner_ = good; \
		manner_.member = (answer); \
		manner_; \
	})

static void
taken(void)
{
	begin();
	CHECK_INT(send_to(good), SMTP_TAKEN);
	CHECK_INT(reply.code, 250);
	CHECK_TEXT(reply.error, "");
	/* It has the letter, however it says goodbye. */
	CHECK_INT(send_to(BUT(quit, "500 5.5.1 no")), SMTP_TAKEN);
	CHECK_INT(send_to(BUT(quit, "")), SMTP_TAKEN);
	config.mail.username = "haat";
	config.mail.password = "secret";
	CHECK_INT(send_to(good), SMTP_TAKEN);
}

static void
about_the_letter(void)
{
	begin();
	CHECK_INT(send_to(BUT(rcpt, "550 5.1.1 amina@example.test is unknown")), SMTP_REFUSED);
	CHECK_TEXT(reply.error, "550 5.1.1 at RCPT");
	CHECK_INT(send_to(BUT(rcpt, "450 4.2.0 greylisted, amina@example.test")), SMTP_LATER);
	CHECK_TEXT(reply.error, "450 4.2.0 at RCPT");
	CHECK_INT(send_to(BUT(mail, "552 5.3.4 too large")), SMTP_REFUSED);
	CHECK_INT(send_to(BUT(mail, "451 try later")), SMTP_LATER);
	CHECK_TEXT(reply.error, "451 at MAIL");
	CHECK_INT(send_to(BUT(data, "554 5.6.0 no")), SMTP_REFUSED);
	CHECK_INT(send_to(BUT(data, "452 4.3.1 full")), SMTP_LATER);
	CHECK_INT(send_to(BUT(end, "554 5.7.1 spam")), SMTP_REFUSED);
	CHECK_TEXT(reply.error, "554 5.7.1 at end of data");
	CHECK_INT(send_to(BUT(end, "451-4.3.0 try\r\n451 4.3.0 later")), SMTP_LATER);
}

/* None of these says anything about this letter. */
static void
about_the_server(void)
{
	begin();
	CHECK_INT(send_to(BUT(greeting, "554 5.3.2 no service")), SMTP_UNAVAILABLE);
	CHECK_TEXT(reply.error, "554 5.3.2 at greeting");
	CHECK_INT(send_to(BUT(greeting, "")), SMTP_UNAVAILABLE);
	CHECK_INT(send_to(BUT(greeting, NULL)), SMTP_UNAVAILABLE);
	CHECK(strstr(reply.error, "at greeting") != NULL);
	CHECK_INT(send_to(BUT(ehlo, NULL)), SMTP_UNAVAILABLE);
	CHECK_INT(send_to(BUT(mail, "421 4.3.2 closing")), SMTP_UNAVAILABLE);
	CHECK_INT(send_to(BUT(mail, "530 5.7.0 log in first")), SMTP_UNAVAILABLE);
	CHECK_INT(send_to(BUT(mail, "550 5.7.1 sender rejected")), SMTP_UNAVAILABLE);
	CHECK_TEXT(reply.error, "550 5.7.1 at MAIL");
	CHECK_INT(send_to(BUT(mail, "553 5.1.8 no such domain")), SMTP_UNAVAILABLE);
	CHECK_INT(send_to(BUT(mail, "")), SMTP_UNAVAILABLE);
	CHECK_INT(send_to(BUT(rcpt, "421 4.7.0 too many")), SMTP_UNAVAILABLE);
	CHECK_INT(send_to(BUT(rcpt, NULL)), SMTP_UNAVAILABLE);
	CHECK_INT(send_to(BUT(data, NULL)), SMTP_UNAVAILABLE);
	CHECK_INT(send_to(BUT(end, "421 4.3.0 closing")), SMTP_UNAVAILABLE);
	config.mail.username = "haat";
	config.mail.password = "wrong";
	CHECK_INT(send_to(BUT(auth, "535 5.7.8 wrong password")), SMTP_UNAVAILABLE);
	CHECK_TEXT(reply.error, "535 5.7.8 at AUTH");
	CHECK_INT(send_to(BUT(auth, "454 4.7.0 not now")), SMTP_UNAVAILABLE);
}

static void
nobody_there(void)
{
	pid_t server;

	begin();
	server = serve(&good, &config.mail.port);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	CHECK_INT(send_letter(), SMTP_UNAVAILABLE);
	CHECK_INT(reply.code, 0);
}

/* It has the whole letter and keeps silent, or goes away. */
static void
nobody_knows(void)
{
	begin();
	CHECK_INT(send_to(BUT(end, NULL)), SMTP_UNKNOWN);
	CHECK(strstr(reply.error, "at end of data") != NULL);
	CHECK_INT(send_to(BUT(end, "")), SMTP_UNKNOWN);
}

/* A server that has no TLS is given neither the letter nor the password. */
static void
never_in_the_clear(void)
{
	begin();
	config.mail.username = "haat";
	config.mail.password = "secret";
	config.mail.tls = MAIL_STARTTLS;
	CHECK_INT(send_to(good), SMTP_UNAVAILABLE);
	config.mail.tls = MAIL_TLS;
	CHECK_INT(send_to(good), SMTP_UNAVAILABLE);
}

SUITE("mail servers", TEST(taken), TEST(about_the_letter), TEST(about_the_server), TEST(nobody_there), TEST(nobody_knows),
    TEST(never_in_the_clear))
